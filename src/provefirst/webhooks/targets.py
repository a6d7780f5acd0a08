"""Targets: where a hook's messages go, read from its URL."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from provefirst.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class Target:
    """Where a hook's messages go, read from its URL."""

    scheme: str
    host: str
    port: int


def target_of(url: str, allowed: Collection[str]) -> Target:
    """Read a hook's URL. https, without a name and password in it; http only to hosts in `allowed`."""
    import httpx

    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError, TypeError):
        raise InvalidInputError("url", url, "an address such as https://example.org/hook") from None
    host = parsed.raw_host.decode("ascii").lower()
    if parsed.scheme != "https" and not (parsed.scheme == "http" and host in allowed):
        raise InvalidInputError("url", url, "https (http only to hosts that were allowed)")
    if parsed.userinfo or parsed.fragment or not host or len(url) > 2000:
        raise InvalidInputError("url", url, "an address of up to 2000 characters without user name or fragment")
    return Target(parsed.scheme, host, parsed.port or (443 if parsed.scheme == "https" else 80))
