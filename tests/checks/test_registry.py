import subprocess
import sys
import time
from importlib.metadata import EntryPoint

import pytest

from provefirst.checks import registry
from provefirst.checks.case import MissingError, NotApplicableError
from provefirst.checks.check import Check, Parameter, finding
from provefirst.checks.registry import Case, measure_all, run
from provefirst.errors import InvalidInputError
from provefirst.findings import Finding, Level
from provefirst.initiative import Initiative
from provefirst.stages import Stage

EMPTY = Case(Initiative("PF-1"), lambda digest: b"", lambda content: "0" * 64)


def check(measure: object, **changes: object) -> Check:
    fields: dict[str, object] = {
        "code": "XY900",
        "title": "A check",
        "why": "It matters.",
        "how": "By measuring.",
        "limit": "None.",
        "stage": Stage.RESEARCH,
        "binding": False,
        "measure": measure,
        "render": lambda found: f"found {found.measured['value']}",
    }
    return Check(**(fields | changes))  # type: ignore[arg-type]


WITH_ALPHA = check(
    lambda case, alpha: finding(Level.PASSED, {"value": alpha}), parameters=(Parameter("alpha", 0.1, "", 0.01, 1),)
)


def raising(problem: BaseException) -> Check:
    def measure(case: Case) -> Finding:
        raise problem

    return check(measure)


def test_words_are_rendered_from_the_numbers() -> None:
    found = run(check(lambda case: finding(Level.PASSED, {"value": 3})), EMPTY, {})
    assert found == Finding(code="XY900", level=Level.PASSED, measured={"value": 3}, message="found 3")


def test_a_check_that_crashes_is_a_finding_that_blocks() -> None:
    assert run(raising(ValueError("no")), EMPTY, {}) == Finding(
        code="XY900", level=Level.CRASHED, message="ValueError: no"
    )


def test_a_check_that_ends_the_program_does_not_end_the_program() -> None:
    assert run(raising(SystemExit(1)), EMPTY, {}).level is Level.CRASHED


def test_missing_evidence_skips_a_check_and_says_what_is_missing() -> None:
    found = run(raising(MissingError("look: not submitted")), EMPTY, {})
    assert (found.level, found.message) == (Level.SKIPPED, "look: not submitted")


def test_a_question_that_does_not_arise_is_not_applicable() -> None:
    assert run(raising(NotApplicableError("no group column")), EMPTY, {}).level is Level.NOT_APPLICABLE


def test_a_check_that_takes_too_long_is_stopped_and_blocks() -> None:
    ended = []

    def measure(case: Case) -> Finding:
        try:
            while True:
                time.sleep(0.01)
        finally:
            ended.append(True)

    found = run(check(measure, seconds=0.2), EMPTY, {})
    assert (found.level, found.message) == (Level.CRASHED, "took longer than the 0.2 seconds it may")
    time.sleep(0.5)
    assert ended == [True]


@pytest.mark.parametrize("value", [0, 2.0, "0.5", True, float("nan")])
def test_a_parameter_out_of_range_blocks(value: object) -> None:
    one = check(
        lambda case, alpha: finding(Level.PASSED, {"value": alpha}), parameters=(Parameter("alpha", 0.1, "", 0.01, 1),)
    )
    assert run(one, EMPTY, {"alpha": value}).level is Level.CRASHED


def test_an_unknown_parameter_blocks_and_names_the_nearest() -> None:
    one = check(
        lambda case, alpha: finding(Level.PASSED, {"value": 1}), parameters=(Parameter("alpha", 0.1, "", 0.01, 1),)
    )
    assert "did you mean 'alpha'?" in run(one, EMPTY, {"alhpa": 0.5}).message


def test_an_unknown_code_named_by_a_policy_blocks() -> None:
    (found,) = measure_all(Stage.PROPOSAL, {"PF999": {}}, EMPTY)
    assert (found.code, found.level, found.message[:13]) == ("PF999", Level.CRASHED, "no such check")


def test_findings_come_in_the_order_of_their_codes() -> None:
    codes = [found.code for found in measure_all(Stage.REPLICATION, {"PF999": {}, "PF300": {}}, EMPTY)]
    assert codes == sorted(codes)


def test_an_unknown_code_is_told_with_the_nearest() -> None:
    with pytest.raises(InvalidInputError, match="did you mean 'PF301'"):
        registry.find("PF3O1")


def test_every_check_says_what_it_is_for_and_under_its_own_name() -> None:
    for code, one in registry.all_checks().items():
        assert one.code == code
        assert one.measure.__module__.rpartition(".")[2].startswith(code.lower() + "_")
        assert all(len(text) > 20 for text in (one.why, one.how, one.limit))
        assert all(parameter.about for parameter in one.parameters)


def test_parameters_are_known_by_code() -> None:
    assert registry.known()["PF502"] == frozenset({"alpha"})


def test_others_add_a_check_by_entry_point_and_a_broken_one_breaks_only_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = [
        EntryPoint("mine", "tests.checks.test_registry:MINE", registry.GROUP),
        EntryPoint("gone", "no_such_package:CHECK", registry.GROUP),
        EntryPoint("taken", "tests.checks.test_registry:TAKEN", registry.GROUP),
        EntryPoint("other", "tests.checks.test_registry:EMPTY", registry.GROUP),
    ]
    monkeypatch.setattr(registry, "entry_points", lambda group: there)
    registry._found.cache_clear()
    try:
        assert "XY900" in registry.all_checks()
        assert sorted(registry.broken()) == ["gone", "other", "taken"]
        assert registry.find("PF300").title == "Verdict on the sealed set"
    finally:
        registry._found.cache_clear()


def test_knowing_the_checks_loads_no_data_library() -> None:
    program = (
        "import sys; from provefirst.checks.registry import known; known();"
        "print([name for name in ('pandas', 'sklearn', 'numpy', 'scipy', 'pyarrow') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


MINE = check(lambda case: finding(Level.PASSED, {"value": 1}))
TAKEN = check(lambda case: finding(Level.PASSED, {"value": 1}), code="PF300")
