"""Rigor: how work was done, point by point, from the ledger alone. It can't see how anything came out.

Every question is about what somebody did, and when: registered first, logged, measured, explained. None reads a
finding's level beyond whether there was an answer at all, and none reads a verdict, a choice or an outcome, so an
honest no scores what the same work would have scored with a yes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from provefirst.deadlines import working_day
from provefirst.evidence import Kind
from provefirst.findings import Level
from provefirst.initiative import OPINIONS, Initiative, Submission
from provefirst.plans import stands_since
from provefirst.stages import Stage

PROMPT = timedelta(days=7)
"""A review is prompt that comes within so many days of the evidence it is about."""

UNANSWERED = frozenset({Level.SKIPPED, Level.CRASHED})
"""Levels of a finding that say nothing, whichever way it would have gone."""

_BLINDNESS = {"declared": 1, "sealed": 2, "prospective": 3}


@dataclass(frozen=True, slots=True)
class Point:
    """One question asked of one piece of work: how far it was met, by whom, and the entries that show it."""

    question: str
    initiative: str
    by: frozenset[str]
    earned: int
    possible: int
    because: str
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """What all points of one question come to: from 0 to 1, and of how many."""

    question: str
    share: float
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A rigor scorecard. `total` weighs each question that was asked alike; None where none was."""

    scores: tuple[Score, ...]
    total: float | None


def points(initiative: Initiative) -> tuple[Point, ...]:
    """Every point of one initiative."""
    return tuple(point for ask in _ASKED.values() for point in ask(initiative))


def card(found: Iterable[Point]) -> Card:
    """The scorecard that points make, question by question."""
    asked: dict[str, list[Point]] = {question: [] for question in QUESTIONS}
    for point in found:
        asked[point.question].append(point)
    scores = tuple(
        Score(question, sum(p.earned for p in about) / sum(p.possible for p in about), tuple(about))
        for question, about in asked.items()
        if about
    )
    return Card(scores, sum(score.share for score in scores) / len(scores) if scores else None)


def _preregistered(initiative: Initiative) -> Iterator[Point]:
    yield from _amended(initiative)
    for attempt in sorted({look.attempt for look in _all(initiative, Kind.LOOK)}):
        look = _first(initiative, Kind.LOOK, attempt)
        said, data = (_first(initiative, kind, attempt) for kind in (Kind.PREREGISTRATION, Kind.DATA_REGISTRATION))
        if look is None:
            continue
        if said is None or said.version > look.version:
            earned, told = 0, "no preregistration before the first look"
        elif not look.derived.get("confirms", True):
            earned, told = 0, "preregistered after results on the same rows were seen"
        elif data is not None and data.version < said.version:
            earned, told = 1, "preregistered after the data were registered, and before the first look"
        else:
            earned, told = 2, "preregistered before the data were registered"
        yield _point("preregistered", initiative, [look], earned, 2, told, also=[s for s in (said, data) if s])


def _amended(initiative: Initiative) -> Iterator[Point]:
    """A plan that was changed after results is as good as one that came after the data, once new rows answered it."""
    looks = _all(initiative, Kind.LOOK)
    for plan in _all(initiative, Kind.PREREGISTRATION):
        is_amended = "amends" in plan.derived and plan.derived.get("looks_seen")
        if not is_amended or stands_since(initiative, plan) is not plan:
            continue
        look = next((one for one in looks if one.version > plan.version), None)
        is_confirmed = look is not None and look.derived.get("confirms", True)
        changed = ", ".join(plan.derived["changed"])
        told = f"amended after results were seen ({changed}), and {'' if is_confirmed else 'not '}tested on new rows"
        yield _point("preregistered", initiative, [plan], int(is_confirmed), 2, told, also=[look] if look else [])


def _logged(initiative: Initiative) -> Iterator[Point]:
    for attempt in sorted({look.attempt for look in _all(initiative, Kind.LOOK)}):
        look, tries = (_first(initiative, kind, attempt) for kind in (Kind.LOOK, Kind.TRIES))
        if look is None:
            continue
        is_logged = tries is not None and tries.version < look.version
        told = "tries were logged before the first look" if is_logged else "no try was logged before the first look"
        yield _point("tries_logged", initiative, [look], int(is_logged), 1, told, also=[tries] if tries else [])


def _disclosed(initiative: Initiative) -> Iterator[Point]:
    for report in _all(initiative, Kind.REPLICATION_REPORT):
        is_same = report.content["mode"] != "reformulated"
        is_met = is_same or bool(report.content["deviations"])
        named = len(report.content["deviations"])
        told = f"{named} deviation{'' if named == 1 else 's'} from the original named"
        if not is_met:
            told = "done otherwise than the original, and no deviation named"
        yield _point("deviations_disclosed", initiative, [report], int(is_met), 1, told)


def _blind(initiative: Initiative) -> Iterator[Point]:
    for data in _all(initiative, Kind.DATA_REGISTRATION):
        kind = str(data.content["blindness"])
        yield _point("blindness", initiative, [data], _BLINDNESS[kind], 3, f"the sealed set was {kind}")


def _answered(initiative: Initiative) -> Iterator[Point]:
    newest = {(one.stage, one.attempt): one for one in initiative.measurements}
    for measurement in newest.values():
        asked = [finding for finding in measurement.findings if finding.level is not Level.NOT_APPLICABLE]
        if not asked:
            continue
        silent = [finding.code for finding in asked if finding.level in UNANSWERED]
        told = f"{len(asked) - len(silent)} of {len(asked)} checks of {measurement.stage.label} gave an answer"
        told += f"; without one: {', '.join(silent)}" if silent else ""
        place = (measurement.stage, measurement.attempt)
        by = frozenset(one.by for one in _at(initiative, *place))
        answered = len(asked) - len(silent)
        yield Point("checks_answered", initiative.key, by, answered, len(asked), told, (measurement.version,))


def _reproducible(initiative: Initiative) -> Iterator[Point]:
    for report in (*_all(initiative, Kind.REPLICATION_REPORT), *_all(initiative, Kind.ANALYSIS_REPORT)):
        attached = sorted(name for name in report.attachments if not name.startswith("predictions"))
        told = f"attached: {', '.join(attached)}" if attached else "nothing attached to do it again with"
        yield _point("reproducible", initiative, [report], int(bool(attached)), 1, f"{report.kind.value}: {told}")


def _reviewed(initiative: Initiative) -> Iterator[Point]:
    for review in _all(initiative, Kind.REVIEW):
        place = (review.stage, review.attempt)
        judged = [one.at for one in _at(initiative, *place) if one.version < review.version]
        met = {
            "the whole rubric, with comments": bool(review.content["ratings"]),
            f"within {PROMPT.days} days": not judged or review.at - max(judged) <= PROMPT,
        }
        if initiative.methods:  # a gate is blind here
            met["the method before the result"] = any(
                one.by == review.by and one.version < review.version for one in initiative.methods
            )
        lacks = [name for name, is_met in met.items() if not is_met]
        told = f"{review.stage.label}: " + (f"not {'; not '.join(lacks)}" if lacks else "; ".join(met))
        yield _point("reviews", initiative, [review], sum(met.values()), len(met), told)


def _estimated(initiative: Initiative) -> Iterator[Point]:
    """An estimate is met where the model was live between the optimistic and the pessimistic day."""
    opened, live = initiative.openings.get(Stage.RELEASE), _first(initiative, Kind.PRODUCTION_REPORT)
    if opened is None or live is None:
        return
    since = str(live.content["since"])
    for estimate in _all(initiative, Kind.EFFORT_ESTIMATE):
        if estimate.version > opened.version:
            continue
        first, last = (
            working_day(opened.at.date(), float(estimate.content[name])).isoformat()
            for name in ("optimistic", "pessimistic")
        )
        told = f"live on {since}, estimated between {first} and {last}"
        yield _point("estimates", initiative, [estimate], int(first <= since <= last), 1, told, also=[live])


_ASKED: dict[str, Callable[[Initiative], Iterator[Point]]] = {
    "preregistered": _preregistered,
    "tries_logged": _logged,
    "deviations_disclosed": _disclosed,
    "blindness": _blind,
    "checks_answered": _answered,
    "reproducible": _reproducible,
    "reviews": _reviewed,
    "estimates": _estimated,
}

QUESTIONS = {
    "preregistered": "Was it said what is tested before the data were there, or at least before they were looked at?",
    "tries_logged": "Were the tries logged before the first look, so that the best of many is known as such?",
    "deviations_disclosed": "Where the original was not done the same way, is it said what differs?",
    "blindness": "How blind was the sealed set: declared (1), sealed (2) or prospective (3)?",
    "checks_answered": "Did the checks give an answer, whichever it was?",
    "reproducible": "Is attached what another needs to do it again: code, a notebook, an environment?",
    "reviews": "Was the method judged before the result, by the whole rubric, and soon?",
    "estimates": "Was the model live between the optimistic and the pessimistic day?",
    "lessons_reused": "Did others who asked the like later build on the lesson, as their research dossier says?",
}
"""What is asked, by name, in the order of a scorecard."""


def _at(initiative: Initiative, stage: Stage, attempt: int) -> list[Submission]:
    """What was submitted to be judged at one attempt of a stage."""
    place = (stage, attempt)
    return [one for one in initiative.submissions if (one.stage, one.attempt) == place and one.kind not in OPINIONS]


def _all(initiative: Initiative, kind: Kind) -> list[Submission]:
    return [submission for submission in initiative.submissions if submission.kind is kind]


def _first(initiative: Initiative, kind: Kind, attempt: int | None = None) -> Submission | None:
    found = (one for one in _all(initiative, kind) if attempt is None or one.attempt == attempt)
    return next(found, None)


def _point(
    question: str, initiative: Initiative, whose: list[Submission], earned: int, possible: int, because: str,
    *, also: Iterable[Submission] = (),
) -> Point:  # fmt: skip
    by = frozenset(one.by for one in whose)
    shown = tuple(sorted({one.version for one in (*whose, *also)}))
    return Point(question, initiative.key, by, earned, possible, because, shown)
