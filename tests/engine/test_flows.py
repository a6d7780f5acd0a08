"""Every stage has its flow, and Prefect loads it from a checkout and from an installed wheel alike."""

from __future__ import annotations

import inspect
import shutil
from pathlib import Path

import pytest

from provefirst import places
from provefirst.engine.stories import NAMES, TIMERS, entrypoint, flow_of
from provefirst.stages import Stage


def test_there_is_a_flow_for_every_stage_and_one_for_the_timers():
    assert (*(stage.value for stage in Stage), TIMERS) == NAMES
    assert {flow_of(name).name for name in NAMES} == set(NAMES)


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_tells_the_same_story(stage: Stage):
    flow = flow_of(stage.value)
    assert list(inspect.signature(flow.fn).parameters) == ["initiative", "attempt", "cause"]
    assert flow.flow_run_name == f"{{initiative}}/{stage.value}/attempt-{{attempt}}"
    assert flow.retries == 0


@pytest.mark.parametrize("name", NAMES)
def test_prefect_loads_a_flow_from_an_installed_wheel(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from prefect.flows import load_flow_from_entrypoint

    package = tmp_path / "site-packages" / "provefirst"
    shutil.copytree(places.flows_dir(), package / "_flows")
    monkeypatch.setattr(places, "_PACKAGE", package)
    assert entrypoint(name) == f"{package}/_flows/{name}.py:{name}"
    assert load_flow_from_entrypoint(entrypoint(name), use_placeholder_flow=False).name == name
