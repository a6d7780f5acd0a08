"""Tries from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from provefirst.cli.app import app
from tests.evidence.studies import csv, ready
from tests.world import World


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def key(home: Path) -> str:
    made = World.make(home)
    found = ready(made)
    made.workspace.store.engine.dispose()
    return found


def run(home: Path, *words: str, as_: str = "dana") -> Result:
    return CliRunner().invoke(app, ["try", *words], env={"PROVEFIRST_HOME": str(home), "PROVEFIRST_AS": as_})


def said(home: Path, key: str, folder: Path) -> Path:
    """The right answer for each work row, but for the first ten."""
    from provefirst.client import connect

    with connect(home, as_="dana") as client:
        work = client.initiative(key).study().work.frame
    right = work["size"].where(work.index >= 10, "M")
    (folder / "said.csv").write_bytes(csv(work[["order"]].set_axis(["id"], axis=1).assign(prediction=right)))
    return folder / "said.csv"


def test_a_try_is_logged_and_listed(home: Path, key: str, tmp_path: Path) -> None:
    file = str(said(home, key, tmp_path))
    told = run(home, "log", key, file, "--name", "forest", "--param", "depth=4", "--seconds", "2")
    assert told.exit_code == 0, told.output
    assert "forest: accuracy 0.9" in told.output
    (one,) = json.loads(run(home, "list", key, "--json").stdout)["tries"]
    assert (one["number"], one["name"], one["params"], one["seconds"]) == (1, "forest", {"depth": "4"}, 2.0)
    assert "forest" in run(home, "list", key).output


def test_before_anything_is_tried_the_list_says_so(home: Path, key: str) -> None:
    assert run(home, "list", key).output == "No try is logged yet.\n"


def test_a_refusal_exits_3_and_bad_input_2(home: Path, key: str, tmp_path: Path) -> None:
    file = str(said(home, key, tmp_path))
    assert run(home, "log", key, file, "--name", "forest", as_="olga").exit_code == 3
    assert "NAME=VALUE" in (bad := run(home, "log", key, file, "--name", "forest", "--param", "depth")).output
    assert bad.exit_code == 2
    assert run(home, "log", key, str(tmp_path / "none.csv"), "--name", "forest").exit_code == 2
