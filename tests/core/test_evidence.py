"""Evidence: every kind holds what it must, in its range, and nothing that can't be shown."""

import pytest
from pydantic import ValidationError

from provefirst.evidence import LESS_IS_BETTER, Column, DataRegistration, Goal, Kind, Look, ProductionReport, Tries, Try
from provefirst.kinds import BELONGS_TO, MODELS, WRITTEN_BY
from provefirst.ledger import canonical
from provefirst.people import PARTS
from provefirst.stages import Outcome, Reason, Stage
from provefirst.texts import Document
from tests import world
from tests.core.stories import DOCUMENTS

DIGEST = "a" * 64
REGISTRATION = DataRegistration(
    name="Biopsies of 1993",
    rows=569,
    columns=(Column(name="radius", dtype="float"),),
    target="benign",
    identifier="row",
    fingerprint=DIGEST,
    schema_fingerprint=DIGEST,
    split="stratified",
    seed=7,
    sealed_rows=114,
    blindness="sealed",
    work=DIGEST,
    sealed_features=DIGEST,
)
TRIES = Tries(tries=(Try(name="linear", params={"C": 1.0, "seed": 3}, predictions=DIGEST, seconds=0.5),))
LOOK = Look(number=1, of=1, predictions=DIGEST, registration=DIGEST)
ALL: dict[Kind, Document] = {
    **DOCUMENTS,
    Kind.PREREGISTRATION: world.preregistration(),
    Kind.EXPLANATION: world.explanation(),
    Kind.DATA_REGISTRATION: REGISTRATION,
    Kind.TRIES: TRIES,
    Kind.LOOK: LOOK,
}
PROPOSED = ALL[Kind.PROPOSAL].model_dump(mode="json")
BAD_TEXT = {
    "a line break": "one\ntwo",
    "a null character": "a\x00bc",
    "an escape": "ab\x1b[31mc",
    "turned around": "abc\u202edef",
    "invisible": "\u200b\u200b\u200b",
    "half a pair": "\ud800abc",
    "too short": "ab",
    "blank": "     ",
    "ten megabytes": "x" * 10**7,
    "a number": 5,
    "nothing": None,
}


def changed(document: Document, **fields: object) -> Document:
    return type(document).model_validate(document.model_dump() | fields)


def problems(document: Document, **fields: object) -> list[str]:
    """The places of what is wrong with `document` once `fields` are changed."""
    with pytest.raises(ValidationError) as caught:
        changed(document, **fields)
    return sorted({".".join(map(str, error["loc"])) for error in caught.value.errors()})


@pytest.mark.parametrize("kind", list(Kind))
def test_an_unknown_field_is_refused(kind):
    assert problems(ALL[kind], surprise=1) == ["surprise"]


@pytest.mark.parametrize("kind", list(Kind))
def test_evidence_cannot_be_changed_once_made(kind):
    with pytest.raises(ValidationError, match="frozen"):
        setattr(ALL[kind], next(iter(type(ALL[kind]).model_fields)), None)


@pytest.mark.parametrize("kind", list(Kind))
def test_evidence_comes_back_from_the_ledger_as_it_went_in(kind):
    text = canonical(ALL[kind].model_dump(mode="json"))
    assert MODELS[kind].model_validate_json(text) == ALL[kind]


@pytest.mark.parametrize("bad", BAD_TEXT.values(), ids=BAD_TEXT)
def test_a_title_that_cannot_be_shown_is_refused(bad):
    assert problems(world.proposal(), title=bad) == ["title"]


def test_a_title_of_200_characters_is_the_longest():
    assert problems(world.proposal(), title="x" * 201) == ["title"]
    assert len(world.proposal(title="x" * 200).title) == 200


@pytest.mark.parametrize("name", ["\x00", "\u202egnp", "\ud800", "", "x" * 201, "a\nb"])
def test_a_parameters_name_that_cannot_be_shown_is_refused(name):
    with pytest.raises(ValidationError):
        Try(name="linear", params={name: 1}, predictions=DIGEST, seconds=1)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), "nan", 10**400])
def test_a_number_that_is_none_is_refused_everywhere(value):
    assert problems(world.source(), reported=value) == ["reported"]
    assert problems(world.estimate(), optimistic=value) == ["optimistic"]
    assert problems(world.production(), low=value) == ["low"]
    assert problems(world.preregistration(), goal=value) == ["goal"]


@pytest.mark.parametrize("rows", [0, -1, 1.5, "many", 10**12 + 1, 10**400])
def test_rows_are_counted_from_one_to_a_million_millions(rows):
    assert problems(world.source(), rows=rows) == ["rows"]


@pytest.mark.parametrize(
    ("metric", "value"),
    [("accuracy", 1.01), ("accuracy", -0.01), ("roc_auc", 93), ("r2", 1.1), ("brier", 2), ("mae", -1), ("rmse", -0.1)],
)
def test_a_goal_outside_of_its_metrics_range_is_refused(metric, value):
    with pytest.raises(ValidationError):
        Goal(metric=metric, value=value, why="Because.")


@pytest.mark.parametrize(("metric", "value"), [("accuracy", 1), ("accuracy", 0), ("r2", -3), ("mae", 1e6), ("mape", 2)])
def test_a_goal_at_the_edge_of_its_metrics_range_is_kept(metric, value):
    assert Goal(metric=metric, value=value, why="Because.").value == value


def test_an_unknown_metric_is_refused():
    with pytest.raises(ValidationError):
        Goal.model_validate({"metric": "vibes", "value": 0.5, "why": "Because."})


def test_money_in_a_proposal_is_never_negative_and_always_of_a_known_currency():
    assert problems(world.proposal(), budget={"amount": -1, "currency": "EUR"}) == ["budget.amount"]
    assert problems(world.proposal(), budget={"amount": 1, "currency": "EUX"}) == ["budget.currency"]


def test_an_estimate_out_of_order_is_refused():
    with pytest.raises(ValidationError, match="optimistic ≤ likely ≤ pessimistic must hold"):
        changed(world.estimate(), likely=10)


@pytest.mark.parametrize("days", [0, -1, 10_001])
def test_effort_is_more_than_nothing_and_less_than_forty_years(days):
    assert "pessimistic" in problems(world.estimate(), pessimistic=days)


def test_an_estimate_may_be_the_same_three_times():
    assert changed(world.estimate(), optimistic=5, likely=5, pessimistic=5).model_dump()["likely"] == 5


def test_a_report_from_production_has_its_estimate_within_its_interval():
    with pytest.raises(ValidationError, match="low ≤ estimate ≤ high must hold"):
        changed(world.production(), estimate=0.5)


def test_a_report_from_production_does_not_end_before_it_begins():
    with pytest.raises(ValidationError, match="until is before since"):
        ProductionReport.model_validate(world.production().model_dump() | {"until": "2020-01-01"})


def test_a_dossier_without_a_source_is_none():
    assert problems(world.dossier(), sources=()) == ["sources"]


@pytest.mark.parametrize("alpha", [0, 0.3, 1, -0.1])
def test_the_risk_of_a_wrong_verdict_is_small_and_not_nothing(alpha):
    assert problems(world.preregistration(), alpha=alpha) == ["alpha"]


def test_a_reviewer_with_a_conflict_of_interest_does_not_review():
    assert problems(world.peer_review(), has_conflict_of_interest=True) == ["has_conflict_of_interest"]


def test_a_lesson_needs_a_reason_from_the_fixed_list():
    assert problems(world.lesson(), reasons=()) == ["reasons"]
    assert problems(world.lesson(), reasons=("bad luck",)) == ["reasons", "reasons.0"]


@pytest.mark.parametrize("digest", ["", "a" * 63, "A" * 64, "../" + "a" * 61, "a" * 64 + "\n", "g" * 64])
def test_what_is_no_digest_is_refused(digest):
    assert problems(LOOK, predictions=digest) == ["predictions"]


def test_every_kind_has_its_model_its_stages_and_its_author():
    assert set(MODELS) == set(BELONGS_TO) == set(WRITTEN_BY) == set(Kind)
    assert set(WRITTEN_BY.values()) <= set(PARTS)


def test_a_lesson_may_come_at_every_stage():
    assert BELONGS_TO[Kind.LESSON] == frozenset(Stage)


def test_metrics_of_which_less_is_better_are_losses():
    assert sorted(LESS_IS_BETTER) == ["brier", "log_loss", "mae", "mape", "rmse"]


def test_the_fixed_lists_are_never_shortened():
    assert [outcome.value for outcome in Outcome] == [
        "feasible", "not_feasible", "inconclusive", "withdrawn", "retired",
    ]  # fmt: skip
    assert {"data_insufficient", "data_unavailable", "trends_differ", "original_flawed", "no_value"} <= set(Reason)
