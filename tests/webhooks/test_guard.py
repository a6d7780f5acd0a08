"""Which addresses are inside, however they are written, and that a name is not asked twice."""

from __future__ import annotations

import ipaddress
import socket
import time

import httpcore
import pytest

from provefirst.guard import ForbiddenAddressError, GuardedNetwork, is_open, resolve
from tests.webhooks.receiver import receiving

INSIDE = """
    127.0.0.1 127.8.8.8 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 100.100.100.200
    0.0.0.0 0.1.2.3 192.0.0.1 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1
    255.255.255.255 ::1 :: fe80::1 fc00::1 fd00:ec2::254 ff02::1 2001:db8::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1
    ::ffff:169.254.169.254 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::a00:1 2002:7f00:1:: 2002:a00:1::
    2001:0:7f00:1:: 2001:0:4136:e378:8000:63bf:80ff:fffe
""".split()
OUTSIDE = "1.1.1.1 93.184.216.34 172.32.0.1 2606:4700::1111 ::ffff:1.1.1.1 64:ff9b::101:101".split()


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_open(address: str) -> None:
    assert not is_open(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_of_the_internet_is_open(address: str) -> None:
    assert is_open(ipaddress.ip_address(address))


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "127.0.0.1"])
def test_loopback_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        resolve(host, 443, ())


def test_one_address_inside_among_several_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **options: answers)

    with pytest.raises(ForbiddenAddressError, match=r"10\.0\.0\.1"):
        resolve("two.example", 443, ())


def test_a_name_that_answers_differently_the_second_time_is_not_asked_a_second_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rebinding: the guard hands the socket the address that it judged, and no name."""
    asked: list[object] = []
    real = socket.getaddrinfo

    def rebinding(host: object, *rest: object, **options: object) -> object:
        asked.append(host)
        first = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("1.1.1.1", 80))]
        return first if host == "rebinding.example" else real(host, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    connected: list[object] = []

    def connect(address: tuple[str, int], *rest: object, **options: object) -> socket.socket:
        connected.append(address)
        raise OSError("no way out of a test")

    monkeypatch.setattr(socket, "create_connection", connect)
    network = GuardedNetwork((), time.monotonic() + 5)
    with pytest.raises(httpcore.ConnectError):
        network.connect_tcp("rebinding.example", 80)

    assert asked == ["rebinding.example"]
    assert connected == [("1.1.1.1", 80)]


def test_an_allowed_host_is_reached_and_another_name_for_it_is_not() -> None:
    with receiving() as receiver:
        network = GuardedNetwork({"localhost"}, time.monotonic() + 5)
        network.connect_tcp("localhost", receiver.port).close()

        with pytest.raises(ForbiddenAddressError):
            network.connect_tcp("127.0.0.1", receiver.port)


def test_nothing_is_begun_when_no_time_is_left() -> None:
    with pytest.raises(httpcore.TimeoutException):
        GuardedNetwork({"localhost"}, time.monotonic() - 1).connect_tcp("localhost", 9)
