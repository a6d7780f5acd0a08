"""Runs of an MLflow experiment, as tries. MLflow is an extra: pip install "provefirst[mlflow]"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from provefirst.errors import InvalidInputError, UnknownError, nearest, shorten
from provefirst.lifecycle.submitting import ATTACHMENT_LIMIT
from provefirst.texts import visible


@dataclass(frozen=True)
class Run:
    """A run: its predictions are a file among its artifacts, where it has one of that name."""

    name: str
    params: dict[str, Any]
    seconds: float
    predictions: bytes | None


def runs_of(experiment: str, tracking_uri: str | None, artifact: str) -> Iterator[Run]:
    """Every run, deleted and failed ones too, oldest first; UnknownError where there is no such experiment."""
    client = _client(tracking_uri)
    found = client.get_experiment_by_name(experiment)
    if found is None:
        names = [one.name for one in client.search_experiments(max_results=1000)]
        raise UnknownError("experiment", experiment, "one that the server has", nearest=nearest(experiment, names))
    token = None
    while True:
        page = client.search_runs(
            [found.experiment_id], run_view_type=3, order_by=["attributes.start_time ASC"], page_token=token
        )
        for run in page:
            yield _run(client, run, artifact)
        if not (token := page.token):
            return


def _client(tracking_uri: str | None) -> Any:
    try:
        from mlflow.tracking import MlflowClient
    except ImportError:
        raise InvalidInputError("mlflow", "not installed", 'pip install "provefirst[mlflow]"') from None
    return MlflowClient(tracking_uri)


def _run(client: Any, run: Any, artifact: str) -> Run:
    from provefirst.checks.studying import plain  # late: it imports pandas

    info = run.info
    name = shorten(" ".join(visible(info.run_name or "run").split()), 160)
    seconds = max(0.0, ((info.end_time or info.start_time) - info.start_time) / 1000)
    return Run(f"{name} ({info.run_id[:8]})", plain(run.data.params), seconds, _predictions(client, info, artifact))


def _predictions(client: Any, info: Any, artifact: str) -> bytes | None:
    """The artifact's bytes; None where there is none, or it is too large to be attached."""
    above = artifact.rpartition("/")[0] or None
    sizes = {one.path: one.file_size for one in client.list_artifacts(info.run_id, above) if not one.is_dir}
    if artifact not in sizes or (sizes[artifact] or 0) > ATTACHMENT_LIMIT:
        return None
    with TemporaryDirectory() as folder:
        return Path(client.download_artifacts(info.run_id, artifact, folder)).read_bytes()
