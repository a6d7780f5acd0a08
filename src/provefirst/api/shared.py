"""What every request of one application shares."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from provefirst.accounts.sso import Provider
from provefirst.documents.loading import read
from provefirst.engine.engine import Engine
from provefirst.lifecycle.workspace import Workspace
from provefirst.texts import Document

PROVIDERS = "sign-in.yaml"


class Providers(Document):
    """Where else people can sign in."""

    providers: tuple[Provider, ...] = ()


@dataclass(frozen=True)
class Shared:
    """The workspace, and the engine where it lives in this process."""

    workspace: Workspace
    engine: Engine | None = None
    providers: tuple[Provider, ...] = ()

    def nudge(self) -> None:
        """Have the engine look at once; where it is another process, it sees the write by itself."""
        if self.engine is not None:
            self.engine.nudge()


def shared(request: Request) -> Shared:
    found: Shared = request.app.state.shared
    return found


def providers(workspace: Workspace) -> tuple[Provider, ...]:
    """The providers that the data folder's `sign-in.yaml` names; their secrets are why it isn't among the settings."""
    file = workspace.home / PROVIDERS
    return read(file, Providers).providers if file.is_file() else ()
