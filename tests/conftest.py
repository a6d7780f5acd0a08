"""Fixtures for every test. What is real but may be missing on a machine comes from tests.parts."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["tests.parts", "tests.databases", "tests.engines", "pytester"]

LONGEST = ("journeys", "demo", "engine", "integrity", "web", "api", "access")
"""Folders whose files take longest. They come first, so that two workers end at about the same time."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _place(item.path))


def _place(file: Path) -> int:
    folder = file.parent.name
    return LONGEST.index(folder) if folder in LONGEST else len(LONGEST)
