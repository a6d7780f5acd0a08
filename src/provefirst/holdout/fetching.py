"""Fetching: a table at a URL that somebody named, brought to this machine's disk piece by piece.

Whoever runs the engine says from where (`Places`); nothing else is read, no redirect is followed, and it ends in time.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import SplitResult, urlsplit

import httpcore

from provefirst.errors import InvalidInputError, shorten
from provefirst.guard import ForbiddenAddressError, GuardedNetwork

PIECE = 1 << 20
_PAUSE = 30.0
_NAME = 100
_HTTP = {"http": 80, "https": 443}
_SEEN = re.compile(r"[!-~]+")
_SPELT = re.compile(r"[A-Za-z0-9._~/+@=,:-]*")


@dataclass(frozen=True, slots=True)
class Places:
    """What URLs may begin with, hosts that may be private, and how much may be read for how long."""

    allowed: tuple[str, ...]
    private_hosts: tuple[str, ...] = ()
    largest: int = 50 * 2**30
    seconds: float = 1800.0


def check_place(url: str, places: Places) -> str:
    """The URL in its plain form. InvalidInputError where it is none, holds a secret, or is beyond what is allowed.

    A path's letters are spelt as they are: an escape that the server reads otherwise leads nowhere.
    """
    parts = _parsed(url)
    for prefix in places.allowed:
        base = _parsed(prefix)
        folder = base.path if base.path.endswith("/") else f"{base.path}/"
        if (parts.scheme, _host(parts)) == (base.scheme, _host(base)) and parts.path.startswith(folder):
            if parts.scheme == "file":
                _within(parts.path, folder, url)
            return parts.geturl()
    told = ", ".join(places.allowed) or "nothing, as things are set"
    raise InvalidInputError(
        "url", shorten(url, 200), f"a URL that begins with what `places` under [data] names: {told}"
    )


@contextmanager
def fetched(url: str, places: Places, folder: Path) -> Iterator[Path]:
    """The table at `url` as a file in `folder`, a link to it where it lies on this machine; it is gone afterwards.

    InvalidInputError where it may not or can't be read, is too large or takes too long. Nothing secret is in it.
    """
    parts = _parsed(check_place(url, places))
    if parts.scheme == "file":
        with _held(Path(parts.path), places, folder) as path:
            yield path
        return
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (parts.path.rpartition("/")[2][-_NAME:] or "table")
    until = time.monotonic() + places.seconds
    try:
        with path.open("xb") as file:
            if parts.scheme in _HTTP:
                _over_http(parts.geturl(), file, places, until)
            else:
                _by_fsspec(parts.geturl(), file, places, until)
        yield path
    finally:
        path.unlink(missing_ok=True)


def _parsed(url: str) -> SplitResult:
    try:
        parts = urlsplit(url if _SEEN.fullmatch(url) else "")
        _host(parts)
    except ValueError:
        raise InvalidInputError("url", shorten(url), "an address such as s3://bucket/table.parquet") from None
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        allowed = "one without password, query and fragment: secrets are for the engine's machine to hold"
        bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="")
        raise InvalidInputError("url", shorten(bare.geturl()), allowed)
    is_spelt = _SPELT.fullmatch(parts.path) and not set(parts.path.split("/")) & {".", ".."} and "//" not in parts.path
    is_named = bool(parts.netloc) != (parts.scheme == "file") and re.fullmatch(r"[a-z][a-z0-9]*", parts.scheme)
    if not is_spelt or not is_named or "::" in url:
        raise InvalidInputError("url", shorten(url), "scheme, host and a path of plain letters, without .. and escapes")
    return parts._replace(netloc=parts.netloc.lower()) if parts.scheme in _HTTP else parts


def _host(parts: SplitResult) -> str:
    """Host and port; a port that goes without saying is said. ValueError where it is none."""
    if parts.scheme not in _HTTP:
        return parts.netloc
    return f"{parts.hostname}:{parts.port or _HTTP[parts.scheme]}"


def _within(path: str, folder: str, url: str) -> None:
    """A link must not lead out of the folder."""
    real, root = Path(path).resolve(), Path(folder).resolve()
    try:
        is_there = real.is_relative_to(root) and real.is_file()
    except OSError:  # a name that is too long, a folder that may not be looked into
        is_there = False
    if not is_there:
        raise InvalidInputError("url", shorten(url), "a file within the folder that `places` names")


@contextmanager
def _held(path: Path, places: Places, folder: Path) -> Iterator[Path]:
    """A link to the very file that was opened and judged, whatever stands at `path` by the time that it is read."""
    try:
        file = path.open("rb")
    except OSError as problem:
        raise InvalidInputError("url", path.as_uri(), f"a file that can be read ({problem.strerror})") from None
    with file:
        known, size = Path(f"/proc/self/fd/{file.fileno()}"), os.fstat(file.fileno()).st_size
        real = known.resolve() if known.exists() else path.resolve()
        roots = (Path(_parsed(one).path).resolve() for one in places.allowed if one.startswith("file:"))
        if not any(real.is_relative_to(root) for root in roots):
            raise InvalidInputError("url", path.as_uri(), "a file within the folder that `places` names")
        if size > places.largest:
            raise _too_large(size, places)
        folder.mkdir(parents=True, exist_ok=True)
        link = folder / path.name[-_NAME:]
        link.symlink_to(known if known.exists() else real)
        try:
            yield link
        finally:
            link.unlink(missing_ok=True)


def _over_http(url: str, file: IO[bytes], places: Places, until: float) -> None:
    network = GuardedNetwork([host.lower() for host in places.private_hosts], until)
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), _PAUSE)
    headers = [("user-agent", "provefirst"), ("accept-encoding", "identity")]
    try:
        with (
            httpcore.ConnectionPool(network_backend=network, max_connections=1) as pool,
            pool.stream("GET", url, headers=headers, extensions={"timeout": timeouts}) as response,
        ):
            if response.status != 200:
                what = ", which is not followed" if 300 <= response.status < 400 else ""
                raise InvalidInputError(
                    "url", url, f"an address that answers 200; this one says {response.status}{what}"
                )
            _written(response.iter_stream(), file, places, until)
    except ForbiddenAddressError as problem:
        allowed = f"a host on the open internet, or one that `private_hosts` under [data] names: {problem}"
        raise InvalidInputError("url", url, allowed) from None
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as problem:
        raise InvalidInputError("url", url, f"an address that answers in time ({type(problem).__name__})") from None
    except OSError as problem:
        raise InvalidInputError("url", url, f"a table for which there is room ({problem.strerror})") from None


def _by_fsspec(url: str, file: IO[bytes], places: Places, until: float) -> None:
    from fsspec.core import url_to_fs

    try:
        place, inside = url_to_fs(url)
        with place.open(inside, "rb") as source:
            _written(iter(lambda: source.read(PIECE), b""), file, places, until)
    except InvalidInputError:
        raise
    except Exception as problem:  # every kind of place has errors of its own, and what they say may hold a secret
        raise InvalidInputError("url", url, f"a URL that can be read ({type(problem).__name__})") from None


def _written(pieces: Iterator[Any], file: IO[bytes], places: Places, until: float) -> None:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > places.largest:
            raise _too_large(size, places)
        if time.monotonic() > until:
            raise InvalidInputError(
                "url", f"{size} bytes so far", f"a table that is read in {places.seconds:g} seconds"
            )
        file.write(piece)
    file.flush()
    os.fsync(file.fileno())


def _too_large(size: int, places: Places) -> InvalidInputError:
    return InvalidInputError("url", f"{size} bytes or more", f"at most {places.largest}: `largest` under [data]")
