"""Where the files that ship beside the code are, in a checkout and in an installed wheel alike."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def flows_dir() -> Path:
    """The folder of Prefect flows, one file a stage."""
    return _shipped("flows")


def config_dir() -> Path:
    """The folder of shipped settings, gate policies and rubrics."""
    return _shipped("config")


def _shipped(name: str) -> Path:
    installed = _PACKAGE / f"_{name}"  # where the wheel puts it
    checkout = _PACKAGE.parents[1] / name
    for place in (installed, checkout):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"provefirst's {name} folder is in neither {installed} nor {checkout}")
