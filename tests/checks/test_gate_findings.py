"""The checks where they belong: run by an attempt on submitted evidence, with the policies that ship."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from provefirst.checks.registry import known
from provefirst.documents import policies
from provefirst.evidence import Explanation, Kind, Tries, Try
from provefirst.findings import Finding, Level
from provefirst.holdout.tables import read_table
from provefirst.lifecycle import attempts
from provefirst.lifecycle.holding import Registration, look, register_data
from provefirst.lifecycle.submitting import submit
from provefirst.places import config_dir
from provefirst.stages import Stage
from provefirst.store.outbox import Attempt
from tests import world
from tests.checks.cases import shop
from tests.world import World, done


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    made = World.make(tmp_path / "home")
    yield made
    made.workspace.store.engine.dispose()


def orders() -> pd.DataFrame:
    return shop(900).assign(order=lambda f: [f"o{n}" for n in f.index])


def analysed(here: World, *, right: float, **prereg: object) -> str:
    """An initiative whose sealed orders were looked at by predictions that are right in that share of rows."""
    frame = orders()
    key = here.bring_to(here.open(), Stage.DATA_ANALYSIS)
    done(submit(here.workspace, key, Kind.PREREGISTRATION, world.preregistration(goal=0.8, **prereg), by="dana"))
    known_at = dict.fromkeys(["a", "b", "c", "colour", "order", "y"], "before")
    request = Registration(name="Orders", target="y", identifier="order", known_at=known_at)  # type: ignore[arg-type]
    done(register_data(here.workspace, key, request, frame.to_csv(index=False).encode(), by="hans"))
    registration = here.initiative(key).current(Kind.DATA_REGISTRATION)
    assert registration is not None
    ids = read_table(here.workspace.blobs.get(registration.content["sealed_features"]))["order"]
    truth = frame.set_index("order")["y"].reindex(ids).to_numpy()
    wrong = np.arange(truth.size) < round((1 - right) * truth.size)
    said = pd.DataFrame({"id": ids, "prediction": np.where(wrong, 1 - truth, truth)})
    done(look(here.workspace, key, said.to_csv(index=False).encode(), by="dana"))
    return key


def measured(here: World, key: str) -> Mapping[str, Finding]:
    initiative = here.initiative(key)
    attempt = Attempt(key, initiative.stage, initiative.attempt, 1)
    return {found.code: found for found in attempts.measure(here.workspace, attempt).findings}


def test_the_policies_that_ship_name_checks_that_there_are() -> None:
    assert policies.check(config_dir() / "gates", known()) == ()


def test_a_good_claim_passes_what_the_data_analysis_gate_waits_for(here: World) -> None:
    found = measured(here, analysed(here, right=0.95))
    assert [found[code].level for code in ("PF300", "PF301", "PF107")] == [Level.PASSED] * 3
    assert found["PF300"].measured["blindness"] == "sealed"


def test_a_claim_below_its_goal_does_not(here: World) -> None:
    found = measured(here, analysed(here, right=0.7))
    assert (found["PF300"].level, found["PF300"].measured["verdict"]) == (Level.FAILED, "not_feasible")


def test_nothing_crashes_on_registered_data_and_plots_are_stored(here: World) -> None:
    key = analysed(here, right=0.95)
    found = measured(here, key)
    assert [one.message for one in found.values() if one.level is Level.CRASHED] == []
    plots = [digest for one in found.values() for digest in one.plots.values()]
    assert len(plots) > 3
    assert all(here.workspace.blobs.get(digest).startswith(b"<svg") for digest in plots)


def test_an_explanation_that_leans_on_a_column_nobody_has_fails(here: World) -> None:
    key = analysed(here, right=0.95)
    invented = Explanation(method="a look at it", top_features=("moon phase",), account=world.WORDS)
    done(submit(here.workspace, key, Kind.EXPLANATION, invented, by="dana"))
    assert measured(here, key)["PF404"].level is Level.FAILED


def test_logged_tries_are_corrected_for(here: World) -> None:
    key = analysed(here, right=0.95)
    registration = here.initiative(key).current(Kind.DATA_REGISTRATION)
    assert registration is not None
    work = read_table(here.workspace.blobs.get(registration.content["work"]))
    said = pd.DataFrame({"id": work["order"], "prediction": np.random.default_rng(1).integers(0, 2, len(work))})
    content = said.to_csv(index=False).encode()
    tries = Tries(tries=(Try(name="a guess", predictions=sha256(content).hexdigest(), seconds=0.1),))
    done(submit(here.workspace, key, Kind.TRIES, tries, by="dana", files={"guess.csv": content}))
    assert measured(here, key)["PF402"].level is Level.FAILED


def test_without_evidence_every_check_is_skipped_and_says_so(here: World) -> None:
    key = here.bring_to(here.open(), Stage.DATA_ANALYSIS)
    found = measured(here, key)
    assert {one.level for one in found.values()} == {Level.SKIPPED}
    assert found["PF300"].message == "preregistration: not submitted"
