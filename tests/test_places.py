"""Flows and shipped policies are found in a checkout and in an installed wheel."""

import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from provefirst import places

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def package(tmp_path, monkeypatch) -> Path:
    """Where the package pretends to be installed."""
    package = tmp_path / "lib" / "site-packages" / "provefirst"
    package.mkdir(parents=True)
    monkeypatch.setattr(places, "_PACKAGE", package)
    return package


def test_a_missing_folder_is_refused_with_both_places_it_could_be_in(package):
    with pytest.raises(FileNotFoundError) as refusal:
        places.flows_dir()
    inside, beside = package / "_flows", package.parents[1] / "flows"
    assert str(refusal.value) == f"provefirst's flows folder is in neither {inside} nor {beside}"


def test_an_installed_wheel_keeps_them_inside_the_package(package):
    (package / "_flows").mkdir()
    (package / "_config").mkdir()
    assert (places.flows_dir(), places.config_dir()) == (package / "_flows", package / "_config")


def test_a_checkout_keeps_them_at_its_top():
    assert (places.flows_dir(), places.config_dir()) == (ROOT / "flows", ROOT / "config")


def test_a_wheel_holds_every_flow_and_shipped_policy(tmp_path):
    [wheel] = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert _packed("flows", "*.py") | _packed("config", "*") | {"provefirst/py.typed"} <= packed
    assert [name for name in packed if "__pycache__" in name] == []


def _packed(folder: str, pattern: str) -> set[str]:
    """The names that the wheel should give the files of a checkout's folder."""
    files = (path for path in (ROOT / folder).rglob(pattern) if path.is_file() and path.suffix != ".pyc")
    return {f"provefirst/_{path.relative_to(ROOT).as_posix()}" for path in files}
