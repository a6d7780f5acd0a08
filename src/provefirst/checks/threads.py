"""How many threads a fit may use: on small data they wait for each other longer than they work."""

from __future__ import annotations

from functools import cache
from typing import Any

FEW_ROWS = 100_000


def limited(rows: int) -> Any:
    """A context in which a model of so many rows is fitted or asked: one thread below 100,000 rows, else as many as are
    there."""
    return _controller().limit(limits=1 if rows < FEW_ROWS else None)


@cache
def _controller() -> Any:
    import sklearn.ensemble  # noqa: F401  # its thread pools must be loaded before they can be found
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return ThreadpoolController()
