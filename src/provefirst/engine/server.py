"""A Prefect server of our own, for whoever has none: a child process with its data inside the data folder."""

from __future__ import annotations

import os
import time
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

import httpx

from provefirst.engine import ports
from provefirst.engine.child import Child
from provefirst.engine.logs import logger
from provefirst.errors import ProvefirstError

START_SECONDS = 120.0


class PrefectNotReadyError(ProvefirstError):
    """The Prefect server did not answer in time."""

    def __init__(self, url: str, seconds: float) -> None:
        self.url, self.seconds = url, seconds
        super().__init__(f"the Prefect server at {url} gave no answer within {seconds:.0f} seconds")


class PrefectServer(AbstractContextManager["PrefectServer"]):
    """Started at once, healthy some seconds later (a new database takes longest), started again if it dies."""

    def __init__(self, folder: Path, *, host: str = "127.0.0.1", port: int, with_pages: bool = True) -> None:
        self.folder, self.host, self.port = folder, host, port
        self._child = Child(
            "the Prefect server",
            "provefirst.engine.prefect_server",
            host,
            str(port),
            env={**os.environ, **settings(folder, with_pages=with_pages)},
        )

    @property
    def api_url(self) -> str:
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104  # compared, not bound  # nosec B104
        return f"http://{host}:{self.port}/api"

    @property
    def pid(self) -> int | None:
        return self._child.pid

    def start(self) -> None:
        """Start the process without waiting for it; PortTakenError where its port can't be had."""
        ports.require(self.host, self.port, purpose="the Prefect server", option="--prefect-port")
        self.folder.mkdir(parents=True, exist_ok=True)
        self._child.start()

    def wait(self, seconds: float = START_SECONDS) -> None:
        """Return once the server answers; raise where it ended, or stays silent too long."""
        until = time.monotonic() + seconds
        while not is_healthy(self.api_url):
            if self._child.failure is not None:
                raise self._child.failure
            if time.monotonic() > until:
                raise PrefectNotReadyError(self.api_url, seconds)
            time.sleep(0.1)
        logger("engine.server").info("Prefect is up", url=self.api_url)

    def stop(self) -> None:
        self._child.stop()

    def __enter__(self) -> PrefectServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def is_healthy(api_url: str) -> bool:
    """Whether a Prefect server answers at `api_url`."""
    try:
        return httpx.get(f"{api_url}/health", timeout=2.0, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def settings(folder: Path, *, with_pages: bool = True) -> dict[str, str]:
    """What a Prefect process of ours runs under: its own folder, nothing told to anybody, quiet."""
    return {
        "PREFECT_HOME": str(folder),
        "PREFECT_PROFILES_PATH": str(folder / "profiles.toml"),
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_UI_ENABLED": "true" if with_pages else "false",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_LEVEL": "WARNING",
    }
