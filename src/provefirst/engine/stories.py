"""Finding the flows: as modules for the engine's own process, and as the paths that Prefect's deployments name."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING, Any

from provefirst.places import flows_dir
from provefirst.stages import Stage

if TYPE_CHECKING:
    from prefect import Flow

PACKAGE = "provefirst_flows"
"""What the flows are called here. In a checkout they lie in `flows`, in a wheel in `provefirst/_flows`."""

TIMERS = "timers"
NAMES: tuple[str, ...] = (*(stage.value for stage in Stage), TIMERS)
_loading = Lock()


def flow_of(name: str) -> Flow[..., Any]:
    """The flow called `name`, which is also its file and its function."""
    with _loading:
        _package()
        flow: Flow[..., Any] = getattr(importlib.import_module(f"{PACKAGE}.{name}"), name)
        return flow


def entrypoint(name: str) -> str:
    """Where a deployment finds the flow."""
    return f"{flows_dir() / f'{name}.py'}:{name}"


def _package() -> ModuleType:
    if PACKAGE in sys.modules:
        return sys.modules[PACKAGE]
    folder = flows_dir()
    spec = importlib.util.spec_from_file_location(
        PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"the flows in {folder} can't be read")
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)
    return package
