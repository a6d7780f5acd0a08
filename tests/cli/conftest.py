"""A terminal with an organisation in it, made once and copied for each test."""

from __future__ import annotations

import shutil

import pytest

from tests.cli.terminal import PEOPLE, Terminal
from tests.world import FINDINGLESS


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """A data folder made by the command line itself; its gates ask for no findings, so that no engine is needed."""
    terminal = Terminal(tmp_path_factory.mktemp("template"))
    terminal.does("init", "--admin", "root", "--pool", "1000000 EUR")
    for handle, roles in PEOPLE.items():
        terminal.does("people", "add", handle, *(word for role in roles for word in ("--role", role)), as_="root")
    from provefirst.client import connect

    assert connect(terminal.home, as_="root").policies.adopt(FINDINGLESS) is None
    return terminal.home


@pytest.fixture
def terminal(template, tmp_path, monkeypatch) -> Terminal:
    """A terminal with people, a pool and policies."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(template, tmp_path / ".provefirst")
    return Terminal(tmp_path)


@pytest.fixture
def bare(tmp_path, monkeypatch) -> Terminal:
    """A terminal in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Terminal(tmp_path)
