"""Alarms on data with nothing wrong in them: how often each fires all the same."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from types import MappingProxyType

import numpy as np
import pandas as pd

from bench.quality.parts import CLEAN, Told, limit, some, table
from bench.quality.verdicts import columns
from provefirst.checks.asking import Question
from provefirst.checks.assessment import assess
from provefirst.checks.case import Case
from provefirst.checks.material import Claim, Material, Roles
from provefirst.checks.registry import all_checks, find, run
from provefirst.evidence import Kind, ReplicationReport, Tries, Try
from provefirst.findings import Finding
from provefirst.holdout.splitting import split
from provefirst.initiative import NEVER, Initiative, Submission
from provefirst.stages import Stage
from provefirst.texts import Document

NOISE, TRIES, STUDY = 40, 20, 1000
RIGHT, GUESSED = 0.85, 0.6
VERDICTS = ("PF300", "PF301")
REPLICATION = ("PF501", "PF502", "PF503", "PF504", "PF505")
NOMINAL = {
    "PF102": 0.05, "PF207": 0.01, "PF208": 0.01, "PF302": 0.05, "PF401": 0.025, "PF405": 0.01, "PF501": 0.025,
    "PF601": 0.05,
}  # fmt: skip
"""The rate at which an alarm that is a test may fire on clean data; for those that are limits, 5 % is taken."""
WORDS = "made for this measurement"


def clean(generator: np.random.Generator, rows: int = 1500) -> pd.DataFrame:
    """Nothing wrong with it: a logistic rule of three columns, other columns beside them, some values missing."""
    frame = columns(generator, rows)
    chance = 1 / (1 + np.exp(-(2.0 * frame["a"] + 1.5 * frame["b"] - 1.2 * frame["c"])))
    frame = frame.assign(sex=generator.choice(["f", "m"], rows), y=(generator.random(rows) < chance).astype(int))
    frame["person"] = generator.integers(0, rows // 5, rows)
    return frame.assign(e=frame["e"].mask(generator.random(rows) < 0.05))


def alarmed(draw: int) -> dict[str, str]:
    """The level of each finding on one clean data set: persons in one half of the draws, days in the other; one in four
    has forty columns of noise besides, among which there is something to choose."""
    generator = np.random.default_rng([99, draw])
    frame = clean(generator)
    if draw % 4 == 0:
        noise = generator.normal(size=(len(frame), NOISE))
        frame = frame.join(pd.DataFrame(noise, columns=[f"n{number}" for number in range(NOISE)]))
    time = "day" if draw % 2 else "none"
    if draw % 2:
        frame = frame.drop(columns="person").assign(day=pd.date_range("2023-01-01", periods=len(frame)).astype(str))
    known = dict.fromkeys(frame.columns, "before")
    group = "none" if draw % 2 else "person"
    question = Question("y", 0.8, "roc_auc", time=time, group=group, sensitive=("sex",), known_at=known, seed=draw)
    found = [*assess(frame, question).findings, *curved(draw), best_of_tries(draw), *done_again(draw)]
    return {one.code: one.level.value for one in found if one.code not in VERDICTS}


def curved(draw: int) -> list[Finding]:
    """PF403 where no straight line does: the target follows the size of one column, whichever sign it has."""
    generator = np.random.default_rng([96, draw])
    frame = columns(generator, 1500)
    signal = frame["a"] + 2 * (frame["b"].abs() - 0.8) + 0.5 * generator.normal(size=len(frame))
    frame = frame.assign(y=(signal > 0).astype(int))
    found = assess(frame, Question("y", 0.8, "roc_auc", seed=draw), codes=frozenset({"PF403"})).findings
    return [one for one in found if one.code == "PF403"]


def best_of_tries(draw: int) -> Finding:
    """PF402 on honest tries at clean data: a logistic regression on each of so many choices of columns."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    generator = np.random.default_rng([98, draw])
    frame = clean(generator).drop(columns="e").assign(order=lambda f: f.index.astype(str))
    sealed = split(frame, "y", share=0.3, seed=draw).sealed
    work, rest = (frame[mask].reset_index(drop=True) for mask in (~sealed, sealed))
    claim, roles = Claim("roc_auc", 0.8), Roles("y", identifier="order", positive="1")
    given = Material(work, rest, roles, claim, split="stratified", blindness="sealed", seed=draw)
    files: dict[str, bytes] = {}
    for number in range(TRIES):
        chosen = generator.permutation(["a", "b", "c", "d"])[: 2 + number % 3]
        model = LogisticRegression(C=10.0 ** generator.integers(-2, 3))
        chance = cross_val_predict(model, work[chosen], work["y"], cv=5, method="predict_proba")[:, 1]
        said = pd.DataFrame({"id": work["order"], "prediction": (chance > 0.5).astype(int), "score": chance})
        files[f"{number:064x}"] = said.to_csv(index=False).encode()
    tries = Tries(tries=tuple(Try(name=f"try {digest[-2:]}", predictions=digest) for digest in files))
    return run(find("PF402"), with_evidence(Kind.TRIES, Stage.DATA_ANALYSIS, tries, files, given), {})


def done_again(draw: int) -> list[Finding]:
    """The replication checks on a result that is as true here as it was there."""
    generator = np.random.default_rng([97, draw])
    reported = float(generator.binomial(STUDY, RIGHT)) / STUDY
    report = ReplicationReport.model_validate(
        {
            "mode": "public_code",
            "original": {
                "citation": WORDS, "metric": "accuracy", "reported": reported, "rows": STUDY, "is_code_public": True,
                "is_data_public": True, "carries_over": WORDS,
            },
            "method": WORDS,
            "reference_rate": GUESSED,
        }
    )  # fmt: skip
    truth = (generator.random(STUDY) < GUESSED).astype(int)
    said = np.where(generator.random(STUDY) < RIGHT, truth, 1 - truth)
    content = pd.DataFrame({"id": range(STUDY), "truth": truth, "prediction": said}).to_csv(index=False).encode()
    case = with_evidence(Kind.REPLICATION_REPORT, Stage.REPLICATION, report, {"0" * 64: content}, None)
    return [run(find(code), case, {}) for code in REPLICATION]


def with_evidence(
    kind: Kind, stage: Stage, document: Document, files: dict[str, bytes], given: Material | None
) -> Case:
    """A case with one piece of evidence, whose files are named by digest."""
    submission = Submission(
        kind=kind,
        stage=stage,
        attempt=1,
        by="dana",
        at=NEVER,
        version=1,
        digest="0" * 64,
        content=document.model_dump(mode="json"),
        attachments={"predictions": next(iter(files))},
        derived={},
    )
    initiative = Initiative("PF-1", 1, stage=stage, attempts=MappingProxyType({stage: 1}), submissions=(submission,))
    return Case(initiative, files.__getitem__, lambda content: "0" * 64, given=given, is_drawing=False)


def alarms(pool: ProcessPoolExecutor, share: float) -> Told:
    n = some(CLEAN, share)
    fired: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for levels in pool.map(alarmed, range(n), chunksize=2):
        fired.update(code for code, level in levels.items() if level in ("warning", "failed", "crashed"))
        asked.update(code for code, level in levels.items() if level not in ("skipped", "not_applicable"))
    rows: list[list[object]] = []
    everything = True
    for code, check in all_checks().items():
        if not asked[code]:
            continue
        rate = NOMINAL.get(code, 0.05)
        is_good = fired[code] <= limit(asked[code], rate)
        everything &= is_good
        rows.append([code, check.title, fired[code], asked[code], f"{rate:.1%}", "holds" if is_good else "**missed**"])
    text = f"""{n} data sets of 1,500 rows with nothing wrong in them (a logistic rule of three of eight columns, 5 % of
one column missing at random), half of them with 300 persons and half with a row a day, one in four with {NOISE}
columns of noise besides. For PF403, as many more of which no straight line follows the rule; for PF402, with
{TRIES} honest tries each, which reach the goal of .80 in truth; for the replication checks, as many pairs of
studies of {STUDY} rows each, in both of which {RIGHT:.0%} are right in truth. Nominal is the level of an alarm
that is a test, and 5 % for one that is a limit. Verdicts have
their own table above; how often PF701 fires on a model that holds is in [watch.md](watch.md).

{table("Alarm | | >Fired | >Asked | >Nominal | ", rows)}"""
    return Told(text, everything)
