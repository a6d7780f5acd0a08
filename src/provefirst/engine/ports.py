"""Ports: whether one can be had, said plainly before anything is started on it."""

from __future__ import annotations

import socket
import time

from provefirst.errors import ProvefirstError


class PortTakenError(ProvefirstError):
    """Another program listens where we were to."""

    def __init__(self, host: str, port: int, purpose: str, option: str) -> None:
        self.host, self.port, self.purpose, self.option = host, port, purpose, option
        super().__init__(
            f"port {port} on {host} is taken, so {purpose} can't start there: "
            f"stop the program that has it, or choose another port with {option}"
        )


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen on `port` now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def require(host: str, port: int, *, purpose: str, option: str, patience: float = 3.0) -> None:
    """Raise PortTakenError unless `port` is free, or becomes so soon: a server that was just stopped lets go late."""
    until = time.monotonic() + patience
    while not is_free(host, port):
        if time.monotonic() > until:
            raise PortTakenError(host, port, purpose, option)
        time.sleep(0.1)


def any_free(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
