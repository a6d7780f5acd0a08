"""The guard: connects to addresses on the open internet only, and to the very address that it looked at.

A URL comes from a person, and the server can reach what that person can't: its own services, the cloud's metadata, the
neighbours. So the name is resolved here, every address is judged, and the connection goes to one that
passed: a name that answers differently the second time is not asked a second time.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Collection, Iterable
from typing import Any

import httpcore

from provefirst.errors import ProvefirstError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))


class ForbiddenAddressError(ProvefirstError):
    """A name that leads inside."""


def is_open(address: Address) -> bool:
    """Whether `address` is on the open internet. One that carries another inside is judged by that one as well."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_open(address.ipv4_mapped)
        for carried in (address.sixtofour, *(address.teredo or ())):
            if carried is not None and not is_open(carried):
                return False
        if any(address in network for network in _NAT64):
            return is_open(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def resolve(host: str, port: int, allowed: Collection[str]) -> tuple[str, ...]:
    """The addresses of `host`. ForbiddenAddressError where one leads inside and the host is not in `allowed`."""
    try:
        answers = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise httpcore.ConnectError(f"{host} is not known: {problem}") from problem
    found = tuple(dict.fromkeys(str(answer[4][0]) for answer in answers))
    if host.lower() not in allowed:
        for address in found:
            if not is_open(ipaddress.ip_address(address.partition("%")[0])):
                raise ForbiddenAddressError(f"{host} leads to {address}, which is not on the open internet")
    return found


class GuardedNetwork(httpcore.NetworkBackend):
    """Connects only where the guard lets, and only until `until` (as time.monotonic tells it)."""

    def __init__(self, allowed: Collection[str], until: float) -> None:
        self._allowed, self._until = allowed, until
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        problem: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in resolve(host, port, self._allowed):
            try:
                stream = self._inner.connect_tcp(address, port, left(self._until, timeout))
                return _Leashed(stream, self._until)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failure:
                problem = failure
        raise problem

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class _Leashed(httpcore.NetworkStream):
    """A stream that ends at a time: a server that answers a byte a second must not hold the sender for ever."""

    def __init__(self, inner: httpcore.NetworkStream, until: float) -> None:
        self._inner, self._until = inner, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, left(self._until, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, left(self._until, timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Leashed(self._inner.start_tls(ssl_context, server_hostname, left(self._until, timeout)), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def left(until: float, timeout: float | None) -> float:
    """The seconds that are left, at most `timeout`."""
    remaining = until - time.monotonic()
    if remaining <= 0:
        raise httpcore.ReadTimeout("it took too long")
    return remaining if timeout is None else min(remaining, timeout)
