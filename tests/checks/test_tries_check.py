from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from provefirst.checks.case import Case
from provefirst.checks.material import Claim
from provefirst.checks.registry import find, run
from provefirst.evidence import Kind, Tries, Try
from provefirst.findings import Finding, Level
from provefirst.initiative import Initiative, Submission
from provefirst.stages import Stage
from tests.checks.cases import Files, material, shop
from tests.world import NOON


def tried(
    predictions: Mapping[str, pd.DataFrame],
    goal: float,
    code: str = "PF402",
    right: float | None = None,
    counted: int = 0,
) -> Finding:
    """The finding on these logged tries, and so many without predictions; half of the rows' targets are 1."""
    frame = shop(400).assign(order=lambda f: f.index.astype(str), y=lambda f: f.index % 2)
    given = material(frame, claim=Claim("accuracy", goal), identifier="order")
    blobs = Files()
    logged = tuple(
        Try(name=name, predictions=blobs.write(said.to_csv(index=False).encode()), seconds=1.0)
        for name, said in predictions.items()
    ) + tuple(Try(name=f"run {number}") for number in range(counted))
    submission = Submission(
        kind=Kind.TRIES,
        stage=Stage.DATA_ANALYSIS,
        attempt=1,
        by="dana",
        at=NOON,
        version=1,
        digest="0" * 64,
        content=Tries(tries=logged).model_dump(mode="json"),
        attachments={},
        derived={},
    )
    stage = Stage.DATA_ANALYSIS
    initiative = Initiative("PF-1", 1, stage=stage, attempts=MappingProxyType({stage: 1}), submissions=(submission,))
    if right is not None:
        truth = given.sealed["y"]
        hit = np.random.default_rng(1).random(len(truth)) < right
        given = replace(given, answers=pd.DataFrame({"prediction": truth.where(hit, 1 - truth)}))
    return run(find(code), Case(initiative, blobs.__getitem__, blobs.write, given=given), {})


def work_rows() -> pd.DataFrame:
    frame = shop(400).assign(order=lambda f: f.index.astype(str), y=lambda f: f.index % 2)
    return material(frame, identifier="order").work


def guesses(tries: int) -> dict[str, pd.DataFrame]:
    """Many models of noise."""
    work, generator = work_rows(), np.random.default_rng(5)
    return {
        f"try {number}": pd.DataFrame({"id": work["order"], "prediction": generator.integers(0, 2, len(work))})
        for number in range(tries)
    }


def good(right: float) -> pd.DataFrame:
    work, generator = work_rows(), np.random.default_rng(6)
    said = work["y"].where(generator.random(len(work)) < right, 1 - work["y"])
    return pd.DataFrame({"id": work["order"], "prediction": said})


def test_the_best_of_many_guesses_is_worth_a_guess() -> None:
    found = tried(guesses(200), goal=0.62)
    assert found.level is Level.FAILED
    assert found.measured["naive"] > 0.62  # type: ignore[operator]
    assert found.measured["corrected"] < 0.58  # type: ignore[operator]


def test_a_good_model_among_guesses_keeps_its_worth() -> None:
    assert tried({**guesses(50), "the one": good(0.9)}, goal=0.85).level is Level.PASSED


def test_tries_that_leave_out_rows_are_refused() -> None:
    found = tried({"short": good(0.9).iloc[1:], "whole": good(0.9)}, goal=0.85)
    assert (found.level, "one row for each work row, and no other" in found.message) == (Level.CRASHED, True)


def test_the_best_try_is_held_against_the_sealed_rows() -> None:
    assert tried({"the one": good(0.9)}, goal=0.85, code="PF401", right=0.7).level is Level.WARNING
    assert tried({"the one": good(0.9)}, goal=0.85, code="PF401", right=0.9).level is Level.PASSED


def test_tries_without_predictions_make_the_best_of_the_others_worth_less() -> None:
    alone, among = (tried({"the one": good(0.9)}, goal=0.82, counted=counted) for counted in (0, 2000))
    assert (alone.level, alone.measured["bound"]) == (Level.PASSED, None)
    assert (among.level, among.measured["counted"]) == (Level.FAILED, 2000)
    assert among.measured["bound"] < 0.82 < among.measured["corrected"]  # type: ignore[operator]
    assert "2000 more have no predictions" in among.message


def test_tries_of_which_none_has_predictions_leave_the_check_skipped() -> None:
    assert tried({}, goal=0.8, counted=3).level is Level.SKIPPED
