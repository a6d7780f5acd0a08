"""A world for each test, copied from the template."""

import pytest

from tests.world import World


@pytest.fixture
def here(world: World) -> World:
    return world
