"""The courier: tells people and webhooks what happened, Prefect or no Prefect. Slow receivers block nobody."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from provefirst.engine.logs import logger
from provefirst.lifecycle.workspace import Workspace
from provefirst.notify.delivering import tell_due
from provefirst.webhooks.delivering import deliver_due

Round = Callable[[Workspace, datetime], int]


class Courier:
    """Two threads of its own, one for webhooks and one for people, each with a round every second."""

    def __init__(self, workspace: Workspace, *, turn: float) -> None:
        self._workspace, self._turn = workspace, turn
        self._stopping = threading.Event()
        self._log = logger("engine.courier")
        rounds: dict[str, Round] = {"webhooks": deliver_due, "notices": tell_due}
        self._threads = [
            threading.Thread(target=self._live, args=(name, go), name=name, daemon=True) for name, go in rounds.items()
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float) -> None:
        """End after the message that is on its way; what was not sent is due at the next start."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(seconds / len(self._threads))

    def _live(self, name: str, go: Round) -> None:
        while not self._stopping.wait(self._turn):
            try:
                if taken := go(self._workspace, self._workspace.clock()):
                    self._log.info("told", of=name, messages=taken)
            except Exception:  # whatever a receiver or the database did: the next round tries again
                self._log.exception("a round failed", of=name)
