"""Rendering: a template and its values become a page, with the headers that every page has."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from fastapi import Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from provefirst.lifecycle.workspace import Workspace
from provefirst.store import overview
from provefirst.texts import visible
from provefirst.web import pieces, words
from provefirst.web.access import Visitor, workspace_of

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
)
COUNTED = 100
"""The menu counts what waits for somebody up to here."""

_STYLES = ("tokens.css", "page.css", "parts.css", "forms.css", "print.css")


def page(
    request: Request, template: str, *, visitor: Visitor | None = None, status: int = 200, **values: Any
) -> Response:
    """The page that `template` makes of `values`."""
    shown = {
        "visitor": visitor,
        "roles": {role.value for role in visitor.person.roles} if visitor else set(),
        "csrf": visitor.csrf if visitor else "",
        "waiting_count": counted(workspace_of(request), visitor) if visitor else 0,
        "here": request.url.path,
        "is_development": request.app.state.site.is_development,
        "now": workspace_of(request).clock(),
    }
    text = environment().get_template(template).render(shown | values)
    return Response(text, status, dict(HEADERS), "text/html; charset=utf-8")


def bare(status: int, heading: str, reasons: list[str]) -> Response:
    """A page about a problem, made without a look into the database: that may be what failed."""
    shown: dict[str, Any] = {
        "visitor": None,
        "roles": set(),
        "csrf": "",
        "waiting_count": 0,
        "here": "",
        "is_development": False,
    }
    values = {"status": status, "heading": heading, "reasons": [visible(reason)[:2000] for reason in reasons]}
    text = environment().get_template("problem.html").render({**shown, **values})
    return Response(text, status, dict(HEADERS), "text/html; charset=utf-8")


def counted(workspace: Workspace, visitor: Visitor) -> int:
    """On how many initiatives something waits for the visitor."""
    roles = [role.value for role in visitor.person.roles]
    with workspace.store.reading() as work:
        return overview.waiting_count(work, visitor.handle, roles, most=COUNTED)


@cache
def environment() -> Environment:
    """The templates. What is not there is an error, and what is shown is escaped."""
    made = Environment(
        loader=PackageLoader("provefirst.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(words.FILTERS)
    made.tests.update(words.TESTS)
    made.globals.update(
        {
            "money": words.money,
            "ago": words.ago,
            "words": words,
            "piece": lambda: pieces.PIECE,
            "style": _address("css"),
            "script": _address("js"),
        }
    )
    return made


@cache
def static() -> Mapping[str, tuple[bytes, str]]:
    """Content and media type of what pages are made with, by the name in its address, which changes with it."""
    css = b"\n".join(_read(name) for name in _STYLES)
    js = _read("app.js")
    found = {
        f"app.{sha256(css).hexdigest()[:12]}.css": (css, "text/css; charset=utf-8"),
        f"app.{sha256(js).hexdigest()[:12]}.js": (js, "text/javascript; charset=utf-8"),
        "icon.svg": (_read("icon.svg"), "image/svg+xml"),
    }
    return MappingProxyType(found)


def _address(ending: str) -> str:
    return next(f"/static/{name}" for name in static() if name.endswith(f".{ending}"))


def _read(name: str) -> bytes:
    return files("provefirst.web").joinpath("static", name).read_bytes()
