"""Child processes that the engine needs: started, started again when they die, and stopped with the engine."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import nullcontext

from provefirst.engine.logs import logger
from provefirst.errors import ProvefirstError

STOP_SECONDS = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
KEPT_LINES = 20


class ChildFailedError(ProvefirstError):
    """A child process ended by itself; carries the last lines that it printed."""

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
        self._log = logger("engine.child").bind(child=name)
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()
        self._stopping = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name=f"keeper of {name}", daemon=True)
        self.failure: ChildFailedError | None = None

    def start(self) -> None:
        """Start the process, and a thread that starts it again whenever it dies."""
        self._spawn()
        self._keeper.start()

    def stop(self) -> None:
        """End the process: politely, and after ten seconds not so."""
        with self._starting:
            self._stopping.set()
        if (process := self._process) is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._log.warning("killed, because it did not stop", seconds=STOP_SECONDS)
            process.kill()
            process.wait()
        self._keeper.join(STOP_SECONDS)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def _spawn(self) -> None:
        with self._starting:
            if not self._stopping.is_set():
                self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
                    self._command,
                    env=self._env,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                )
                self._log.debug("started", pid=self._process.pid)

    def _keep(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set() and self._process is not None:
            failure = self._attend(self._process)
            if self._stopping.is_set():
                return
            self.failure = failure
            self._log.error("ended by itself: it is started again", exit_code=failure.code, in_seconds=pause)
            self._stopping.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            self._spawn()

    def _attend(self, process: subprocess.Popen[bytes]) -> ChildFailedError:
        """Pass on what the process prints until it ends."""
        kept: deque[str] = deque(maxlen=KEPT_LINES)
        reader = threading.Thread(target=self._read, args=(process, kept), name=f"reader of {self.name}", daemon=True)
        reader.start()
        code = process.wait()
        reader.join(1.0)  # not for ever: the child's own children may hold its output open
        if process.stdin:
            process.stdin.close()
        return ChildFailedError(self.name, code, tuple(kept))

    def _read(self, process: subprocess.Popen[bytes], kept: deque[str]) -> None:
        with process.stdout or nullcontext(()) as lines:
            for raw in lines:
                if line := raw.decode(errors="replace").rstrip():
                    kept.append(line)
                    self._log.info("said", line=line)
