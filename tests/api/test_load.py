"""Many clients at once, for a few seconds: nothing that was told is lost, and nothing is done twice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bench.load import check, prepare, press
from provefirst.api.app import create_app
from tests.api.served import listening


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_nothing_is_lost_or_doubled_under_load(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    url = request.getfixturevalue("postgres_server").create() if dialect == "postgresql" else ""
    workspace, tokens = prepare(tmp_path / "home", url)
    with listening(create_app(workspace)) as server:
        seen = asyncio.run(press(server, tokens, clients=40, seconds=5))
    assert check(workspace, seen) == []
    assert seen.failures == []
    assert seen.broken == 0
    assert seen.statuses[200] > 50
    assert len(seen.told) > 10
    workspace.store.engine.dispose()
