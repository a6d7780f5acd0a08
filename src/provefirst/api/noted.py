"""Noted: every refusal of access is written down, after it was answered: who, what, and why."""

from __future__ import annotations

from dataclasses import dataclass

from anyio import to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from provefirst.api.caller import address
from provefirst.api.problems import ProblemError
from provefirst.engine.logs import logger
from provefirst.engine.secrecy import without_secrets
from provefirst.errors import StorageError
from provefirst.lifecycle.refusals import calling_from, note
from provefirst.lifecycle.workspace import Workspace


@dataclass(frozen=True)
class Noted:
    """Writes down what was refused. Whoever shows no credential at all was not refused, only asked for one.

    What a verb notes of itself is taken back with the request's transaction, so nothing stands there twice.
    """

    app: ASGIApp
    workspace: Workspace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except ProblemError as error:  # told further out; what is refused before any route is refused all the same
            if error.problem.status == 403:
                scope["state"].setdefault("refused", (error.problem.detail,))
            raise
        finally:
            state = scope.get("state", {})
            if state.get("refused") or (status == 401 and state.get("presented")):
                await to_thread.run_sync(self._note, scope)

    def _note(self, scope: Scope) -> None:
        state, caller = scope["state"], scope["state"].get("caller")
        calling_from.set(address(scope))
        what = state.get("verb") or without_secrets(f"{scope['method']} {scope['path']}")
        key = str(scope.get("path_params", {}).get("key", ""))
        reasons = state.get("refused") or ("a credential that is not good",)
        try:
            note(self.workspace, caller.person if caller else "", what, key, "; ".join(reasons))
        except StorageError:
            logger("api").exception("a refusal could not be written down", what=what)
