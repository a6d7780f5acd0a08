"""docs/cli.md describes every command that there is, and none that there isn't."""

import re
from pathlib import Path

import pytest

from provefirst.cli.app import app
from provefirst.cli.session import DONE, FAILED, MISUSED, REFUSED
from tests.cli.terminal import commands

COMMANDS = commands(app)
TEXT = (Path(__file__).parents[2] / "docs" / "cli.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^### `provefirst ([a-z ]+)`\n(.*?)(?=^##|\Z)", TEXT, flags=re.MULTILINE | re.DOTALL))
SHARED = {"--home", "--as", "--json", "--help", "-h"}


def test_every_command_has_its_section_and_no_section_is_left_over():
    assert sorted(SECTIONS) == sorted(COMMANDS)


@pytest.mark.parametrize("path", sorted(COMMANDS))
def test_a_section_names_exactly_the_options_of_its_command(path):
    options = {name for option in COMMANDS[path].params for name in getattr(option, "opts", ()) if name[:2] == "--"}
    named = set(re.findall(r"`(--[a-z-]+)", SECTIONS[path]))
    assert named - SHARED == options - SHARED


@pytest.mark.parametrize("path", sorted(COMMANDS))
def test_every_command_takes_the_shared_options(path):
    options = {name for option in COMMANDS[path].params for name in getattr(option, "opts", ())}
    assert options >= {"--home", "--as", "--json"}


def test_every_exit_code_is_explained():
    told = {int(code) for code in re.findall(r"^\| ([0-9]+) \|", TEXT, flags=re.MULTILINE)}
    assert told == {DONE, FAILED, MISUSED, REFUSED, 130, 141}
