"""Rigor is scored by how work was done. How it came out can't be seen in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import provefirst
from provefirst.evidence import DataRegistration, Kind, Look, Tries, Try
from provefirst.findings import Finding, Level
from provefirst.history import replay
from provefirst.ledger import GENESIS, Entry, Event, seal
from provefirst.reuse import later, reused
from provefirst.rigor import QUESTIONS, Card, Point, card, points
from provefirst.stages import Choice, Stage
from tests import world as w
from tests.core.stories import Story

DIGEST = "d" * 64
LOOK = Look(number=1, of=1, predictions=DIGEST, registration=DIGEST)
TRIES = Tries(tries=(Try(name="forest", predictions=DIGEST),))
OPPOSITE: Mapping[str, str] = {
    one: other
    for pair in (
        ("passed", "failed"), ("feasible", "not_feasible"), ("go", "stop"), ("inconclusive", "feasible"),
        ("conditional_go", "stop"), ("warning", "failed"), ("data_insufficient", "no_value"),
    )
    for one, other in (pair, pair[::-1])
}  # fmt: skip


def registration(blindness: str = "sealed") -> DataRegistration:
    return DataRegistration.model_validate(
        {
            "name": "Nuclei", "rows": 569, "columns": [{"name": "radius", "dtype": "float64"}], "target": "malignant",
            "identifier": "row", "fingerprint": DIGEST, "schema_fingerprint": DIGEST, "split": "random", "seed": 1,
            "sealed_rows": 171, "blindness": blindness, "work": DIGEST, "sealed_features": DIGEST,
        }
    )  # fmt: skip


def analysed(*order: Kind, blindness: str = "sealed") -> Story:
    """At data analysis, with evidence handed in in the given order."""
    documents = {
        Kind.PREREGISTRATION: w.preregistration(),
        Kind.DATA_REGISTRATION: registration(blindness),
        Kind.TRIES: TRIES,
        Kind.LOOK: LOOK,
    }
    story = Story().opened().entered(Stage.DATA_ANALYSIS)
    for kind in order:
        story.submitted(kind, "hans" if kind is Kind.DATA_REGISTRATION else "dana", document=documents[kind])
    return story


def scored(story: Story, question: str) -> list[tuple[int, int, str]]:
    """What the points of `question` earned, of how many, and why."""
    return [(one.earned, one.possible, one.because) for one in points(story.initiative) if one.question == question]


@pytest.mark.parametrize(
    ("order", "told"),
    [
        (
            (Kind.PREREGISTRATION, Kind.DATA_REGISTRATION, Kind.LOOK),
            (2, 2, "preregistered before the data were registered"),
        ),
        (
            (Kind.DATA_REGISTRATION, Kind.PREREGISTRATION, Kind.LOOK),
            (1, 2, "preregistered after the data were registered, and before the first look"),
        ),
        ((Kind.DATA_REGISTRATION, Kind.LOOK, Kind.PREREGISTRATION), (0, 2, "no preregistration before the first look")),
    ],
)
def test_the_earlier_it_is_preregistered_the_better(order, told):
    assert scored(analysed(*order), "preregistered") == [told]


def test_what_could_not_be_done_yet_is_not_asked():
    assert points(analysed(Kind.PREREGISTRATION).initiative) == ()


def test_tries_count_only_where_they_were_logged_before_the_look():
    before = analysed(Kind.TRIES, Kind.LOOK)
    after = analysed(Kind.LOOK, Kind.TRIES)
    assert [point[0] for story in (before, after) for point in scored(story, "tries_logged")] == [1, 0]


@pytest.mark.parametrize(("blindness", "earned"), [("declared", 1), ("sealed", 2), ("prospective", 3)])
def test_the_blinder_the_better(blindness, earned):
    story = analysed(Kind.DATA_REGISTRATION, blindness=blindness)
    assert scored(story, "blindness") == [(earned, 3, f"the sealed set was {blindness}")]


@pytest.mark.parametrize("level", [Level.PASSED, Level.FAILED, Level.WARNING])
def test_a_check_that_answered_counts_whatever_it_said(level):
    story = analysed(Kind.LOOK).measured(Finding(code="PF300", level=level))
    assert scored(story, "checks_answered") == [(1, 1, "1 of 1 checks of data analysis gave an answer")]


@pytest.mark.parametrize("level", [Level.SKIPPED, Level.CRASHED])
def test_a_check_that_was_kept_from_answering_does_not(level):
    story = analysed(Kind.LOOK).measured(Finding(code="PF402", level=level))
    told = "0 of 1 checks of data analysis gave an answer; without one: PF402"
    assert scored(story, "checks_answered") == [(0, 1, told)]


def test_a_reformulation_names_what_differs():
    named = w.replication(mode="reformulated", deviations=("Other clinic",))
    silent = w.replication(mode="reformulated", deviations=())
    stories = [
        Story().opened().entered(Stage.REPLICATION).submitted(Kind.REPLICATION_REPORT, document=report)
        for report in (named, silent)
    ]
    told = [scored(story, "deviations_disclosed") for story in stories]
    assert told == [
        [(1, 1, "1 deviation from the original named")],
        [(0, 1, "done otherwise than the original, and no deviation named")],
    ]


def test_predictions_alone_are_nothing_to_do_it_again_with():
    bare = Story().opened().entered(Stage.REPLICATION)
    bare.submitted(Kind.REPLICATION_REPORT, files={"predictions": DIGEST})
    whole = Story().opened().entered(Stage.REPLICATION)
    whole.submitted(Kind.REPLICATION_REPORT, files={"predictions": DIGEST, "notebook.ipynb": DIGEST})
    assert [scored(one, "reproducible")[0][0] for one in (bare, whole)] == [0, 1]


def test_each_point_is_whose_doing_it_was():
    story = analysed(Kind.PREREGISTRATION, Kind.DATA_REGISTRATION, Kind.LOOK)
    whose = {point.question: point.by for point in points(story.initiative)}
    assert whose == {
        "preregistered": frozenset({"dana"}), "tries_logged": frozenset({"dana"}), "blindness": frozenset({"hans"}),
    }  # fmt: skip


def test_a_question_that_was_asked_often_weighs_no_more_than_another():
    often = [Point("blindness", "PF-1", frozenset({"a"}), 3, 3, "", ()) for _ in range(9)]
    once = Point("tries_logged", "PF-1", frozenset({"a"}), 0, 1, "", ())
    assert card([*often, once]).total == 0.5


def test_nothing_done_is_no_score():
    assert card([]) == Card((), None)


def test_turning_every_outcome_round_changes_no_score(world):
    """Released after every gate, and the same ledger with each level, choice, vote and outcome turned round."""
    key = world.bring_to(world.open(), Stage.WATCH)
    with world.workspace.store.reading() as work:
        entries = list(work.entries(key))
    other = turned(entries)
    assert [entry.data for entry in other] != [entry.data for entry in entries]
    assert points(replay(other)) == points(replay(entries)) != ()


def test_turning_round_the_finding_that_decides_changes_no_score():
    yes = analysed(Kind.PREREGISTRATION, Kind.DATA_REGISTRATION, Kind.TRIES, Kind.LOOK)
    yes.measured(Finding(code="PF300", level=Level.PASSED, measured={"verdict": "feasible", "estimate": 0.95}))
    yes.voted("rita").decided(Choice.GO, "rita")
    no = turned(yes.entries)
    assert no[-1].data["choice"] == "stop"
    assert [one.findings[0].level for one in replay(no).measurements] == [Level.FAILED]
    assert points(replay(no)) == points(yes.initiative)


def lesson_of(key: str = "PF-1", by: str = "dana") -> Story:
    """Concluded with a lesson."""
    story = Story(key).opened().submitted(Kind.PROPOSAL, "olga").submitted(Kind.ETHICS_SCREEN, "olga").passed()
    story.submitted(Kind.LESSON, by)
    lesson = story.initiative.submissions[-1]
    ended = {"outcome": "not_feasible", "reasons": ["data_insufficient"], "by": ["rita"], "lesson": lesson.digest}
    return story.add("initiative.concluded", **ended)


def asking_again(key: str, shown: Sequence[str], told: str = "", by: str = "dirk") -> Story:
    """Another initiative that was shown earlier ones, and whose dossier says `told` besides."""
    story = Story(key).opened().submitted(Kind.PROPOSAL, "olga")
    found = [
        {"key": one, "title": "Like it", "outcome": "not_feasible", "score": 0.5, "shared": ["it"]} for one in shown
    ]
    if found:
        story.add("resemblance.found", found=found)
    story.submitted(Kind.ETHICS_SCREEN, "olga").passed()
    dossier = w.dossier()
    conclusion = f"{dossier.conclusion} {told}".strip()
    return story.submitted(Kind.RESEARCH_DOSSIER, by, document=dossier.model_copy(update={"conclusion": conclusion}))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (asking_again("PF-2", ["PF-1"], "As PF-1 found, the data are few."), (1, "names it")),
        (asking_again("PF-2", [], "As PF-1 found, the data are few."), (1, "names it")),
        (asking_again("PF-2", ["PF-1"]), (0, "was shown it, and does not name it")),
        (asking_again("PF-2", ["PF-1"], "As PF-11 and XPF-1 found."), (0, "was shown it, and does not name it")),
    ],
)
def test_a_lesson_is_reused_where_a_later_dossier_of_others_names_it(asked, told):
    [point] = reused(lesson_of().initiative, later(asked.entries))
    assert (point.by, point.possible, point.earned) == (frozenset({"dana"}), 1, told[0])
    assert point.because.startswith(f"PF-2 {told[1]} in its research dossier (entry ")


@pytest.mark.parametrize(
    "asked",
    [
        asking_again("PF-2", ["PF-1"], "As PF-1 found.", by="dana"),
        asking_again("PF-2", []),
        Story("PF-2").opened().add("resemblance.found", found=[{"key": "PF-1", "title": "x", "outcome": "retired",
                                                                "score": 0.5, "shared": []}]),
    ],
)  # fmt: skip
def test_neither_ones_own_nor_what_was_never_shown_nor_what_has_no_dossier_is_asked(asked):
    assert list(reused(lesson_of().initiative, later(asked.entries))) == []


def test_nothing_is_reused_of_what_is_not_concluded():
    assert list(reused(Story().opened().initiative, later(asking_again("PF-2", ["PF-1"], "PF-1").entries))) == []


def test_turning_round_every_outcome_changes_no_point_of_reuse():
    lesson, asked = lesson_of(), asking_again("PF-2", ["PF-1"], "As PF-1 found.")
    others = [*asked.entries, *asking_again("PF-3", ["PF-1"]).entries]
    other_way = [*turned(asked.entries), *turned(asking_again("PF-3", ["PF-1"]).entries)]
    assert [entry.data for entry in other_way] != [entry.data for entry in others]
    found = tuple(reused(lesson.initiative, later(others)))
    assert [point.earned for point in found] == [1, 0]
    assert tuple(reused(replay(turned(lesson.entries)), later(other_way))) == found


def turned(entries: Sequence[Entry]) -> list[Entry]:
    """The same ledger with every outcome, choice and level in it turned into its opposite, sealed anew."""
    made: list[Entry] = []
    for entry in entries:
        event = Event(entry.event, entry.actor, _turned(entry.data))
        previous = made[-1].digest if made else GENESIS
        place = {"initiative": entry.initiative, "version": entry.version, "at": entry.at}
        made.append(seal(event, previous=previous, **place))
    return made


def _turned(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _turned(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_turned(one) for one in value]
    return OPPOSITE.get(value, value) if isinstance(value, str) else value


def test_nobody_is_counted_by_how_often_it_came_out_well():
    """No code, page or document speaks of a share of successes, but to say that there is none."""
    root = Path(provefirst.__file__).parent
    words = ("success_rate", "success rate", "win_rate", "win rate", "track record")
    found = {
        str(file.relative_to(root)): word
        for file in sorted(root.rglob("*"))
        if file.suffix in (".py", ".html", ".sql", ".yaml", ".js") and file.is_file()
        for word in words
        if word in file.read_text(encoding="utf-8").lower()
    }
    assert found == {}


def test_every_question_is_told_in_the_documentation():
    text = Path("docs/rigor.md").read_text(encoding="utf-8")
    assert [name for name in QUESTIONS if f"`{name}`" not in text] == []
