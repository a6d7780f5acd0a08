"""The engine: one thread that dispatches what is owed, reconciles what was lost and lets the timers run."""

from __future__ import annotations

import threading
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING

from provefirst.engine.announcer import Announcer
from provefirst.engine.changes import Changes
from provefirst.engine.courier import Courier
from provefirst.engine.dispatcher import AWAY, Dispatcher
from provefirst.engine.logs import logger
from provefirst.engine.prefect_api import Reachable, connected
from provefirst.engine.pulse import Pulse, owed, pulse
from provefirst.engine.reconciler import Patience, Reconciler
from provefirst.engine.runs import Runs
from provefirst.errors import ProvefirstError
from provefirst.lifecycle.workspace import Workspace

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient


class NotSettledError(ProvefirstError):
    """Runs were still owed when patience ended."""

    def __init__(self, seconds: float, owed: tuple[str, ...]) -> None:
        self.seconds, self.owed = seconds, owed
        super().__init__(f"after {seconds:.0f} seconds these runs had not finished: {', '.join(owed)}")


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the engine does what, in seconds."""

    turn: float = 1.0
    look: float = 0.05
    reconcile: float = 10.0
    timers: float = 900.0
    stop: float = 20.0


class Engine(AbstractContextManager["Engine"]):
    """Works from `start` to `stop`, whatever Prefect or the database do meanwhile."""

    def __init__(self, workspace: Workspace, runs: Runs, api_url: str, *, pace: Pace, patience: Patience) -> None:
        self.workspace, self.runs, self.api_url = workspace, runs, api_url
        self.pace = pace
        self._prefect = Reachable(api_url)
        self._dispatcher = Dispatcher(workspace, runs)
        self._reconciler = Reconciler(workspace, runs, patience)
        self._announcer = Announcer(workspace)
        self._courier = Courier(workspace, turn=pace.turn)
        self._changes = Changes(workspace.store.engine, workspace.clock)
        self._nudged, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._live, name="engine", daemon=True)
        self._reconcile_at = self._timers_at = self._turned_at = time.monotonic()
        self._log = logger("engine")
        self._is_tidy = False

    def start(self) -> None:
        self.runs.start(self.finished)
        self._thread.start()
        self._courier.start()
        self._log.info("started", mode=self.runs.mode, prefect=self.api_url)

    def stop(self) -> None:
        """Stop dispatching, let what runs end if it can soon, and leave the rest to the next engine."""
        self._stopping.set()
        self._nudged.set()
        self._thread.join(self.pace.stop)
        self._courier.stop(self.pace.stop)
        self.runs.stop(self.pace.stop)
        self._log.info("stopped")

    def nudge(self) -> None:
        """Have the engine look now rather than within the second."""
        self._nudged.set()

    def finished(self) -> None:
        """A run ended here: whether it did so in the ledger too is worth a look."""
        self._reconcile_at = time.monotonic()
        self._nudged.set()

    def remind(self) -> None:
        """Let the timers run now."""
        self._timers_at = time.monotonic()
        self._nudged.set()

    def settle(self, seconds: float = 60.0) -> None:
        """Return once nothing is owed any more; NotSettledError where that takes longer than `seconds`."""
        self.nudge()
        until = time.monotonic() + seconds
        while names := self.owed():
            if time.monotonic() > until:
                raise NotSettledError(seconds, names)
            time.sleep(0.02)

    def owed(self) -> tuple[str, ...]:
        """The names of all runs that are to be started or have not finished."""
        return owed(self.workspace)

    def pulse(self) -> Pulse:
        """How the engine is just now."""
        return pulse(self.workspace, since_turn=time.monotonic() - self._turned_at, is_prefect_up=bool(self._prefect))

    def __enter__(self) -> Engine:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _live(self) -> None:
        with connected(self.api_url, retries=0) as client:
            while not self._stopping.is_set():
                try:
                    self._turn(client)
                except AWAY as problem:
                    self._prefect.lost()
                    self._log.warning("Prefect can't take runs: they wait", problem=str(problem) or repr(problem))
                except Exception:  # the database or Prefect failed under it: the next turn tries again
                    self._log.exception("a turn failed")
                    self._stopping.wait(self.pace.turn)
                self._turned_at = time.monotonic()
                self._rest()
        self._changes.close()

    def _turn(self, client: SyncPrefectClient) -> None:
        if not self._prefect:
            return
        now = time.monotonic()
        if now >= self._reconcile_at:
            self._reconcile_at = now + self.pace.reconcile
            self._reconciler.reconcile(client)
        self._dispatcher.dispatch(client)
        if now >= self._timers_at:
            self._run_timers(client, now)
        self._announcer.announce(client)
        if not self._is_tidy:
            self._reconciler.tidy(client)
            self._is_tidy = True

    def _run_timers(self, client: SyncPrefectClient, now: float) -> None:
        self._timers_at = now + self.pace.timers  # before they run: `remind` may ask for the next meanwhile
        try:
            self.runs.run_timers(client, f"timers/{self.workspace.clock().isoformat()}")
        except AWAY:
            self._timers_at = now  # timers that could not be sent are sent next turn
            raise

    def _rest(self) -> None:
        """Wait for a nudge, a write to the database or the next turn, whichever is first."""
        until = time.monotonic() + self.pace.turn
        while time.monotonic() < until:
            if self._nudged.wait(self.pace.look):
                self._nudged.clear()
                return
            if self._changes.seen():
                return
