"""Runs of a real MLflow experiment, counted as tries. Needs the extra: pip install "provefirst[mlflow]"."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from provefirst.checks.registry import Case, find, run
from provefirst.client import Client
from provefirst.client.study import Study
from provefirst.errors import UnknownError
from provefirst.lifecycle.act import Refused
from tests.evidence.studies import csv, ready
from tests.world import World

pytest.importorskip("mlflow")
pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow's own, about itself and what it stands on


@pytest.fixture
def tracking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of a new store of files."""
    from mlflow.tracking import MlflowClient

    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    return MlflowClient((tmp_path / "mlruns").as_uri())


def logged_run(tracking: Any, experiment: str, name: str, folder: Path, content: bytes | None, **params: str) -> str:
    run = tracking.create_run(experiment, run_name=name)
    for key, value in params.items():
        tracking.log_param(run.info.run_id, key, value)
    if content is not None:
        (folder / "predictions.csv").write_bytes(content)
        tracking.log_artifact(run.info.run_id, str(folder / "predictions.csv"))
    tracking.set_terminated(run.info.run_id)
    return str(run.info.run_id)


def said(study: Study, wrong: float) -> bytes:
    work = study.work.frame
    misses = np.random.default_rng(1).random(len(work)) < wrong
    frame = work[["order"]].set_axis(["id"], axis=1).assign(prediction=work["size"].where(~misses, "M"))
    return csv(frame)


def test_every_run_counts_with_its_predictions_or_without(here: World, tracking: Any, tmp_path: Path) -> None:
    key = ready(here, goal=0.75)
    dana = Client(here.workspace, "dana").initiative(key).study()
    experiment = tracking.create_experiment("sizes")
    logged_run(tracking, experiment, "forest", tmp_path, said(dana, 0.02), depth="4")
    logged_run(tracking, experiment, "no file", tmp_path, None)
    logged_run(tracking, experiment, "short", tmp_path, said(dana, 0.1)[:200])
    tracking.delete_run(logged_run(tracking, experiment, "thrown away", tmp_path, None))
    uri = (tmp_path / "mlruns").as_uri()
    found = dana.import_mlflow("sizes", tracking_uri=uri)
    assert found
    assert (found.with_predictions, found.counted) == (1, 3)
    assert "short" in found.problems[0]
    assert [one.attempt.name.split(" (")[0] for one in dana.tries()] == ["forest", "no file", "short", "thrown away"]
    assert dana.tries()[0].attempt.params == {"depth": "4"}
    correction = run(find("PF402"), Case(here.initiative(key), here.workspace.blobs.get, here.workspace.blobs.put), {})
    assert (correction.measured["tries"], correction.measured["counted"]) == (1, 3)
    assert "1 runs with predictions, 3 counted only" in found._repr_html_()
    again = dana.import_mlflow("sizes", tracking_uri=uri)
    assert again.answers == (Refused(("every run of sizes is logged already, or it has none",)),)
    logged_run(tracking, experiment, "one more", tmp_path, None)
    assert dana.import_mlflow("sizes", tracking_uri=uri).counted == 1


def test_an_experiment_that_is_not_there_is_named_with_the_nearest(here: World, tracking: Any, tmp_path: Path) -> None:
    dana = Client(here.workspace, "dana").initiative(ready(here)).study()
    tracking.create_experiment("sizes")
    with pytest.raises(UnknownError, match="sizes"):
        dana.import_mlflow("sises", tracking_uri=(tmp_path / "mlruns").as_uri())
