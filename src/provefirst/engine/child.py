"""Child processes that the engine needs: started, watched, started again when they die, and stopped with the engine."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping, Sequence

import structlog

from provefirst.errors import ProvefirstError

STOP_SECONDS = 10.0
LONGEST_PAUSE = 30.0
KEPT_LINES = 20


class ChildFailedError(ProvefirstError):
    """A child process ended before it was ready; carries the last lines that it printed."""

    def __init__(self, name: str, code: int, lines: Sequence[str]) -> None:
        self.name, self.code, self.lines = name, code, tuple(lines)
        said = "; it said:\n" + "\n".join(lines) if lines else " without a word"
        super().__init__(f"{name} ended with exit code {code}{said}")


class Child:
    """One module, run as a process of its own on a leash (see `leash`), its lines passed on to the log."""

    def __init__(self, name: str, module: str, *arguments: str, env: Mapping[str, str]) -> None:
        self.name = name
        self._command = [sys.executable, "-m", module, *arguments]
        self._env = dict(env)
        self._log = structlog.get_logger("provefirst.engine.child").bind(child=name)
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._keeper = threading.Thread(target=self._keep, name=f"keeper of {name}", daemon=True)
        self.starts = 0

    def start(self) -> None:
        """Start the process, and a thread that starts it again whenever it dies."""
        self._spawn()
        self._keeper.start()

    def stop(self) -> None:
        """End the process: politely, and after ten seconds not so."""
        self._stopping.set()
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._log.warning("killed, because it did not stop", seconds=STOP_SECONDS)
            process.kill()
            process.wait()
        self._keeper.join(STOP_SECONDS)
        if process.stdin:
            process.stdin.close()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def raise_if_failed(self) -> None:
        """Raise ChildFailedError where the process has ended by itself."""
        if self._process is not None and (code := self._process.poll()) is not None and not self._stopping.is_set():
            raise ChildFailedError(self.name, code, list(self._lines))

    def _spawn(self) -> None:
        self._lines.clear()
        self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
            self._command, env=self._env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.starts += 1
        self._log.debug("started", pid=self._process.pid)

    def _keep(self) -> None:
        pause = 0.5
        while (process := self._process) is not None:
            for line in process.stdout or ():
                self._said(line.decode(errors="replace").rstrip())
            code = process.wait()
            if self._stopping.is_set():
                return
            self._log.error("ended by itself: starting it again", exit_code=code, in_seconds=pause)
            if self._stopping.wait(pause):
                return
            pause = min(pause * 2, LONGEST_PAUSE)
            self._spawn()

    def _said(self, line: str) -> None:
        if line:
            self._lines.append(line)
            self._log.info("said", line=line)
