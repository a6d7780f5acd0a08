"""Some rounds of the crash test; `python -m tests.engine.crash --rounds 50` runs them all."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from provefirst.engine.server import PrefectServer
from tests.databases import Database
from tests.engine.crash import SEAMS

ROUNDS = 2
ROOT = Path(__file__).resolve().parents[2]


def test_an_engine_killed_at_any_seam_loses_nothing_and_runs_nothing_twice(
    empty_database: Database, prefect: PrefectServer
):
    command = [sys.executable, "-W", "ignore", "-m", "tests.engine.crash", "--rounds", str(ROUNDS)]
    places = ["--home", empty_database.home, "--database-url", empty_database.url, "--prefect-url", prefect.api_url]
    done = subprocess.run([*command, *places], cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)["seconds_a_round"]) == set(SEAMS)
