"""A terminal for the tests: commands run in this process on a data folder of their own, as a shell would run them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
import yaml
from typer.testing import CliRunner, Result

from provefirst.cli.app import app
from provefirst.documents.given import values_of
from provefirst.texts import Document
from tests import world

PEOPLE: Mapping[str, tuple[str, ...]] = {
    "olga": ("product_owner",),
    "otto": ("product_owner", "reviewer"),
    "dana": ("data_scientist",),
    "hans": ("data_owner",),
    "ella": ("ethics_reviewer",),
    "rita": ("reviewer",),
    "rolf": ("reviewer",),
    "bea": ("board_member",),
    "ben": ("board_member",),
}


@dataclass(frozen=True)
class Terminal:
    """A shell in `folder`, with the data folder `.provefirst` in it."""

    folder: Path

    @property
    def home(self) -> Path:
        return self.folder / ".provefirst"

    def run(self, *words: str, as_: str = "", stdin: str | bytes | None = None, **environment: str) -> Result:
        """What a command ends with."""
        known = {"PROVEFIRST_HOME": str(self.home), "PROVEFIRST_AS": as_ or None, "COLUMNS": "80", **environment}
        return CliRunner().invoke(app, list(words), input=stdin, env=known)

    def does(self, *words: str, as_: str = "", stdin: str | bytes | None = None) -> str:
        """What a command says, which must be done."""
        result = self.run(*words, as_=as_, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *words: str, as_: str = "") -> Any:
        """What a command answers in JSON, whatever it exits with."""
        return json.loads(self.run(*words, "--json", as_=as_).stdout)

    def file(self, name: str, document: Document) -> str:
        """A file with `document`, and its path."""
        path = self.folder / name
        path.write_text(yaml.safe_dump(json.loads(json.dumps(values_of(document))), sort_keys=False))
        return str(path)

    def opened(self) -> str:
        """The key of a new initiative of Olga's, with its ethics screen."""
        proposal, screen = self.file("proposal.yaml", world.proposal()), self.file("screen.yaml", world.screen())
        answer = self.json("open", proposal, "--screen", screen, as_="olga")
        return str(answer["initiative"]["key"])

    def screened(self) -> str:
        """The key of an initiative that stands at research."""
        key = self.opened()
        self.does("vote", key, "go", "--reason", "No harm is to be seen.", as_="ella")
        return key


def commands(app: typer.Typer) -> Mapping[str, Any]:
    """Every command of `app` by how it is typed, such as `policy check`."""
    found: dict[str, Any] = {}

    def collect(group: Any, path: str) -> None:
        for name, command in group.commands.items():
            inner = f"{path} {name}".strip()
            if hasattr(command, "commands"):
                collect(command, inner)
            else:
                found[inner] = command

    collect(typer.main.get_command(app), "")
    return found
