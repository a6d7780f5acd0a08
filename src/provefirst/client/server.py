"""A provefirst server over HTTP: requests that can be sent again without harm, and problems told as errors."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from provefirst import __version__
from provefirst.documents.loading import InvalidDocumentError
from provefirst.errors import ForbiddenError, InvalidInputError, ProvefirstError, StaleVersionError, UnknownError
from provefirst.lifecycle.act import Refused

TRIES = 4
"""How often a request is sent where the server doesn't answer, or says that it is busy."""

BINARY = {"Content-Type": "application/octet-stream"}
PATIENCE = httpx.Timeout(60.0, connect=10.0)
_LOCAL = ("localhost", "127.0.0.1", "::1")


class NotSignedInError(ProvefirstError):
    """The server doesn't take the token, or was given none."""

    def __init__(self, url: str, why: str) -> None:
        self.url = url
        super().__init__(f"{url} lets nobody in with this token: {why}. Sign in with: provefirst login {url}")


class UnreachableError(ProvefirstError):
    """The server didn't answer, or not so that it could be understood."""

    def __init__(self, url: str, why: str) -> None:
        self.url = url
        super().__init__(f"{url} can't be asked: {why}")


@dataclass
class Server:
    """Where a server is, and the token that it is asked with."""

    url: str
    token: str = field(default="", repr=False)
    transport: httpx.BaseTransport | None = field(default=None, repr=False)
    pause: float = 0.5
    _client: httpx.Client | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.url = checked(self.url)

    def get(self, path: str, **parameters: Any) -> Any:
        """What is read at `path`; parameters that say nothing are left out."""
        given = {name: value for name, value in parameters.items() if value not in ("", None)}
        return self._answer(self.send("GET", path, params=given)).json()

    def content(self, path: str) -> bytes:
        return self._answer(self.send("GET", path)).content

    def write(self, path: str, body: Any = None, *, expected: int | None = None, **sent: Any) -> Any | Refused:
        """What is answered to a write: plain values, or Refused with every reason. It is done once, however often sent.

        With `expected`, StaleVersionError where the initiative is at another version.
        """
        match = f'"{expected}"' if expected is not None else "*"
        headers = {"Idempotency-Key": uuid4().hex, **({"If-Match": match} if "initiatives/" in path else {})}
        more = {"json": body} if body is not None else sent
        headers |= more.pop("headers", {})
        response = self.send("POST", path, headers=headers, **more)
        problem = _problem(response) if response.status_code in (403, 409) else None
        if problem is not None and "reasons" in problem:
            return Refused(tuple(problem["reasons"]), is_forbidden=response.status_code == 403)
        return self._answer(response).json()

    def send(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **sent: Any) -> httpx.Response:
        """The server's answer, whatever it is. Where there is none, or it is busy, the same is sent again."""
        last = ""
        for attempt in range(TRIES):
            if attempt:
                time.sleep(self.pause * 2 ** (attempt - 1))
            try:
                response = self._opened().request(method, f"/api/v1/{path}", headers=dict(headers or {}), **sent)
            except httpx.TransportError as problem:
                last = type(problem).__name__
                continue
            if response.status_code != 503:
                return response
            last = "its storage is busy"
        raise UnreachableError(self.url, last)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()

    def _opened(self) -> httpx.Client:
        if self._client is None:
            headers = {"User-Agent": f"provefirst/{__version__}"}
            if self.token:
                headers["Authorization"] = f"Bearer {self.token}"
            self._client = httpx.Client(
                base_url=self.url, headers=headers, timeout=PATIENCE, transport=self.transport, follow_redirects=False
            )
        return self._client

    def _answer(self, response: httpx.Response) -> httpx.Response:
        if response.is_success:
            return response
        problem = _problem(response)
        if problem is None:
            raise UnreachableError(self.url, f"it answers with {response.status_code}, and no problem in it")
        raise self._error(response.status_code, problem)

    def _error(self, status: int, problem: Mapping[str, Any]) -> ProvefirstError:
        detail = str(problem.get("detail", ""))
        if status == 401:
            return NotSignedInError(self.url, detail)
        if status == 403:
            return ForbiddenError(problem.get("reasons") or [detail])
        if status == 412:
            expected, found = int(problem.get("expected") or 0), int(problem.get("found") or 0)
            return StaleVersionError(str(problem.get("initiative", "")), expected, found)
        told = [_input(one, is_unknown=status == 404) for one in problem.get("problems", ())]
        if told and status in (404, 422):
            return told[0] if len(told) == 1 else InvalidDocumentError(told)
        return ProvefirstError(f"{self.url}: {detail or problem.get('title', status)}")


def refusal(answer: Any | Refused) -> Refused | None:
    """What a verb on the organisation answers: None where it is done."""
    return answer if isinstance(answer, Refused) else None


def checked(url: str) -> str:
    """`url` where a token may be sent there: by https, or to this machine."""
    parts = urlsplit(url)
    allowed = "https://… (http only for this machine), without a path"
    is_here = parts.hostname in _LOCAL
    if parts.scheme not in ("http", "https") or not parts.hostname or (parts.scheme == "http" and not is_here):
        raise InvalidInputError("server", url, allowed)
    if parts.path not in ("", "/") or parts.query or parts.username:
        raise InvalidInputError("server", url, allowed)
    return f"{parts.scheme}://{parts.netloc}"


def _problem(response: httpx.Response) -> dict[str, Any] | None:
    if not response.headers.get("content-type", "").startswith("application/problem+json"):
        return None
    try:
        found = response.json()
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _input(told: Mapping[str, Any], *, is_unknown: bool) -> InvalidInputError:
    kind = UnknownError if is_unknown else InvalidInputError
    return kind(told["field"], told["value"], told["allowed"], nearest=told["nearest"])
