"""Fixtures of the API's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.served import Served, served
from tests.world import World


@pytest.fixture
def api(world: World) -> Iterator[Served]:
    """The API on a world of its own."""
    with served(world.workspace) as made:
        yield made
