"""A leash: a child process that ends when its parent does, however the parent died.

The parent holds the other end of the child's standard input and never writes to it. When it closes, the parent is
gone, even by kill -9, and the child stops itself: no server is left behind that still holds its port.
"""

from __future__ import annotations

import os
import signal
import threading
import time

_STDIN = 0
GRACE = 10.0
"""Seconds that a child has for an orderly stop once its parent is gone."""


def end_with_parent() -> None:
    """Stop this process when its standard input closes."""
    threading.Thread(target=_watch, name="leash", daemon=True).start()


def _watch() -> None:
    while os.read(_STDIN, 1024):  # not through sys.stdin, whose lock would be missed when the interpreter ends
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)
