"""provefirst: prove first, fund after.

Importing the package stays light on purpose: the command line must answer before pandas or Prefect are
loaded. `connect` is found when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from provefirst.client import connect as connect

__version__ = "0.1.0"
__all__ = ["__version__", "connect"]


def __getattr__(name: str) -> Any:
    if name == "connect":
        from provefirst.client import connect

        return connect
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
