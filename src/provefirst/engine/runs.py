"""What the dispatcher asks of a mode: create a run under a key, begin it, say whether it lives."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from provefirst.errors import ProvefirstError
from provefirst.store.outbox import Attempt

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient


class NotReadyError(ProvefirstError):
    """Runs can't be created yet: nothing is wrong with the run itself."""


class Runs(Protocol):
    """Where runs happen: in the engine's own process (`embedded`), or wherever Prefect's runner or workers are."""

    mode: str

    def start(self, finished: Callable[[], None]) -> None:
        """Make ready; `finished` is to be called when a run ends here. Prefect need not be up yet."""

    def stop(self, seconds: float) -> None:
        """Stop taking on runs, and let those that go on end within `seconds`."""

    @property
    def room(self) -> int:
        """How many more runs can be taken on now."""

    @property
    def is_busy(self) -> bool:
        """Whether a run goes on in this process."""

    def create(self, client: SyncPrefectClient, attempt: Attempt, key: str) -> str:
        """Have Prefect keep a run for `attempt`, the one it has where it was asked under `key` before; its id."""

    def begin(self, run_id: str) -> None:
        """Execute a run that was created, where that is for the engine to do."""

    def run_timers(self, client: SyncPrefectClient, key: str) -> None:
        """Run the timers' flow once, under `key`."""

    def is_live(self, run_id: str) -> bool:
        """Whether this process executes the run."""
