"""Policies are read strictly, and kept in one form."""

from pathlib import Path

import pytest

from provefirst.documents import policies
from provefirst.documents.loading import InvalidDocumentError
from provefirst.errors import InvalidInputError
from provefirst.places import config_dir
from provefirst.stages import ORDER, Stage
from tests.lifecycle.refusals import KNOWN


@pytest.fixture
def folder(tmp_path) -> Path:
    """The shipped policies, to be changed."""
    for path in (config_dir() / "gates").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def change(folder: Path, gate: str, old: str, new: str) -> None:
    """Write `new` for `old` in a gate's file."""
    text = (folder / f"{gate}.yaml").read_text()
    assert text.count(old) == 1
    (folder / f"{gate}.yaml").write_text(text.replace(old, new))


def problems(folder: Path, known=KNOWN) -> list[str]:
    """What is wrong with the policies in `folder`, without the folder's name."""
    return [
        str(problem).replace(f"{folder}/", "").replace(str(folder), ".") for problem in policies.check(folder, known)
    ]


# What is refused


def test_a_gate_that_asks_for_no_evidence_is_refused(folder):
    change(folder, "watch", "[production_report]", "[]")
    [problem] = problems(folder)
    assert problem.startswith(
        "watch.yaml:4:3: requires.evidence: [] is not accepted: a list of at least 1; each: one of"
    )


def test_a_gate_that_asks_for_nothing_at_all_is_refused(folder):
    (folder / "watch.yaml").write_text("leaves: watch\nrequires: {}\napprovals: {role: reviewer, quorum: 1}\n")
    [problem] = problems(folder)
    assert problem.startswith("watch.yaml:2:1: requires.evidence: nothing is not accepted: it is required: a list of")


@pytest.mark.parametrize("quorum", ["0", "-1", "101"])
def test_a_quorum_that_is_no_number_of_persons_is_refused(folder, quorum):
    change(folder, "review", "quorum: 2", f"quorum: {quorum}")
    assert problems(folder) == [
        f"review.yaml:5:37: approvals.quorum: {quorum} is not accepted: a whole number from 1 to 100"
    ]


def test_an_unknown_key_is_refused_with_the_nearest(folder):
    change(folder, "review", "quorum:", "qorum:")
    assert problems(folder) == [
        "review.yaml:5:29: approvals.qorum: 'qorum' is not accepted: known here: role, quorum, independent_of; "
        "did you mean 'quorum'?"
    ]


def test_a_deadline_before_release_is_refused(folder):
    change(folder, "research", "deadline: false", "deadline: true")
    [problem] = problems(folder)
    assert problem.endswith(
        "is not accepted: a deadline can't be unlocked by the research gate: only by release or watch"
    )


@pytest.mark.parametrize(
    ("gate", "line", "told"),
    [
        ("research", "spending_alarm: 80", "spending_alarm: 'research' is not accepted: only at the release gate"),
        ("review", "watch: {gap: 0.1}", "watch: 'review' is not accepted: only at the watch gate"),
    ],
)
def test_what_counts_at_one_gate_is_refused_at_others(folder, gate, line, told):
    path = folder / f"{gate}.yaml"
    path.write_text(f"{path.read_text()}{line}\n")
    [problem] = problems(folder)
    assert problem.endswith(told)


@pytest.mark.parametrize(
    ("gate", "old", "new", "told"),
    [
        (
            "release",
            "spending_alarm: 80",
            "spending_alarm: 0",
            "spending_alarm: 0 is not accepted: a whole number from 1",
        ),
        ("release", "spending_alarm", "spending_alarms", "did you mean 'spending_alarm'"),
        ("watch", "drift: 0.75", "drift: 0.4", "watch.drift: 0.4 is not accepted"),
        ("watch", "complaints: 0.02", "complaint: 0.02", "did you mean 'complaints'"),
    ],
)
def test_an_alarm_or_a_limit_that_is_none_is_refused(folder, gate, old, new, told):
    change(folder, gate, old, new)
    [problem] = problems(folder)
    assert told in problem


def test_a_finding_that_no_check_measures_is_refused_with_the_nearest(folder):
    change(folder, "replication", "PF501:", "PF311:")
    assert problems(folder) == [
        "replication.yaml:7:5: requires.findings.PF311: 'PF311' is not accepted: the code of a check that is there: "
        "PF300, PF301, PF501, PF502, PF701; did you mean 'PF301'?"
    ]


def test_what_is_no_code_is_refused(folder):
    change(folder, "replication", "PF501:", "replicates:")
    assert problems(folder) == [
        "replication.yaml:7:5: requires.findings.replicates: 'replicates' is not accepted: "
        "a key here is text that matches ^[A-Z]{2,6}[0-9]{3}$"
    ]


def test_a_parameter_that_the_check_does_not_have_is_refused_with_the_nearest(folder):
    change(folder, "replication", "alpha:", "aplha:")
    assert problems(folder) == [
        "replication.yaml:8:20: requires.findings.PF502.aplha: 'aplha' is not accepted: known here: accept, alpha; "
        "did you mean 'alpha'?"
    ]


@pytest.mark.parametrize("known", [None, KNOWN])
def test_accept_misspelt_is_not_taken_for_a_parameter(folder, known):
    change(folder, "replication", "PF501: {}", "PF501: {acept: warning}")
    [problem] = problems(folder, known)
    assert problem.endswith("; did you mean 'accept'?")


def test_a_level_that_there_is_not_is_refused_with_the_nearest(folder):
    change(folder, "replication", "PF501: {}", "PF501: {accept: [pased]}")
    assert problems(folder) == [
        "replication.yaml:7:22: requires.findings.PF501.accept[0]: 'pased' is not accepted: "
        "one of passed, warning, skipped, not_applicable; did you mean 'passed'?"
    ]


def test_a_finding_without_a_rule_is_refused(folder):
    change(folder, "replication", "PF501: {}", "PF501:")
    assert problems(folder) == [
        "replication.yaml:7:11: requires.findings.PF501: nothing is not accepted: fields: accept, parameters"
    ]


def test_evidence_that_comes_later_is_refused_because_the_gate_could_never_open(folder):
    change(folder, "research", "[research_dossier]", "[research_dossier, production_report]")
    assert problems(folder) == [
        "research.yaml:4:32: requires.evidence[1]: 'production_report' is not accepted: "
        "evidence that can be there by research; this one is submitted at watch"
    ]


def test_evidence_asked_for_twice_is_refused(folder):
    change(folder, "research", "[research_dossier]", "[research_dossier, research_dossier]")
    assert problems(folder) == [
        "research.yaml:4:32: requires.evidence[1]: 'research_dossier' is not accepted: each kind once"
    ]


def test_a_missing_gate_is_refused(folder):
    (folder / "review.yaml").unlink()
    assert problems(folder) == [".: review.yaml: nothing is not accepted: every gate needs its policy"]


def test_an_empty_folder_lacks_every_gate(tmp_path):
    assert problems(tmp_path) == [
        f".: {stage.value}.yaml: nothing is not accepted: every gate needs its policy" for stage in ORDER
    ]


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    assert problems(tmp_path / "gates") == [
        "folder: '.' is not accepted: a folder with one policy file a gate (No such file or directory)",
    ]


def test_two_files_for_one_gate_are_refused(folder):
    (folder / "review.yml").write_bytes((folder / "review.yaml").read_bytes())
    assert problems(folder) == [
        ".: file name: 'review.yml' is not accepted: one file for a gate; review.yaml is there already"
    ]


def test_a_file_named_after_no_stage_is_refused_with_the_nearest(folder):
    (folder / "review.yaml").rename(folder / "reviw.yaml")
    assert problems(folder) == [
        ".: file name: 'reviw.yaml' is not accepted: a stage's name and .yaml; stages: proposal, research, "
        "replication, data_analysis, review, release, watch; did you mean 'review.yaml'?"
    ]


def test_a_file_that_says_it_leaves_another_stage_is_refused(folder):
    change(folder, "watch", "leaves: watch", "leaves: release")
    assert problems(folder) == [
        "watch.yaml:2:9: leaves: 'release' is not accepted: the stage that the file is named after; "
        "did you mean 'watch'?"
    ]


def test_every_problem_of_every_file_is_told_before_anything_is_loaded(folder):
    change(folder, "review", "quorum: 2", "quorum: 0")
    change(folder, "replication", "PF501:", "PF999:")
    (folder / "watch.yaml").unlink()
    with pytest.raises(InvalidDocumentError) as refusal:
        policies.load(folder, KNOWN)
    assert [problem.field for problem in refusal.value.problems] == [
        "requires.findings.PF999", "approvals.quorum", "watch.yaml"
    ]  # fmt: skip
    assert str(refusal.value).count("\n") == 2


def test_what_is_no_dump_is_refused():
    with pytest.raises(InvalidInputError):
        policies.restore('{"gates": {}}')


# What is read


def test_without_known_codes_any_code_is_taken(folder):
    change(folder, "replication", "PF501:", "ACME123:")
    assert "ACME123" in policies.load(folder).at(Stage.REPLICATION).requires.findings


def test_an_editors_hidden_file_is_no_policy(folder):
    (folder / ".review.yaml").write_text("left behind")
    assert problems(folder) == []


def test_parameters_stand_beside_what_is_accepted(folder):
    change(folder, "replication", "{alpha: 0.025}", "{alpha: 0.05, accept: [passed, warning]}")
    rule = policies.load(folder, KNOWN).at(Stage.REPLICATION).requires.findings["PF502"]
    assert rule.model_dump(mode="json") == {"accept": ["passed", "warning"], "parameters": {"alpha": 0.05}}


def test_a_dump_is_restored_with_the_same_digest(folder):
    change(folder, "replication", "{alpha: 0.025}", "{alpha: 1.0e-05, accept: [passed, warning]}")
    read = policies.load(folder, KNOWN)
    restored = policies.restore(policies.dump(read))
    assert (restored, restored.digest, policies.dump(restored)) == (read, read.digest, policies.dump(read))
