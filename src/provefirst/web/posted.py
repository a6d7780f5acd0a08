"""Posted: what a form sent, checked to come from a page of whoever is signed in, and never lost."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import UploadFile

from provefirst.documents.charset import require_utf8
from provefirst.lifecycle.workspace import Workspace
from provefirst.web.access import Visitor, require_own_site, visitor, workspace_of
from provefirst.web.keeping import NONE, PLACE, Values, keep
from provefirst.web.pieces import Pieces, find

FIELDS, FILES = 2000, 20
SIZE = 256 * 1024
_OWN = frozenset({"_csrf"})
SENT = "sent:"
"""What begins the name of a field that says by which id a file was sent before."""


@dataclass(frozen=True)
class Posted:
    """Fields by name, each with all its values; files that were chosen; and who sent them, if somebody is signed in."""

    request: Request
    values: Values
    files: Mapping[str, tuple[UploadFile, ...]]
    visitor: Visitor | None
    is_own: bool = field(default=False)
    sent_before: tuple[Pieces, ...] = ()

    def done(self) -> None:
        """Nothing that was sent for this form is needed any more."""
        for one in self.sent_before:
            one.drop()

    @property
    def workspace(self) -> Workspace:
        return workspace_of(self.request)

    @property
    def place(self) -> str:
        return self.request.url.path

    def one(self, name: str) -> str:
        """The value of a field; empty where there is none."""
        return self.values.get(name, ("",))[-1]

    @property
    def does(self) -> str:
        """Which button was pressed."""
        return self.one("_do")

    @property
    def version(self) -> int | None:
        text = self.one("_version")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None

    def turned_away(self) -> Response | None:
        """Where to, if nobody is signed in or the page was made for another sign-in; what was written is kept."""
        is_draft = PLACE.fullmatch(self.place) is not None
        if self.visitor is None:
            from provefirst.web.signing import signing_in_again

            return signing_in_again(self.request, self.home, self.values if is_draft else NONE)
        if not self.is_own:
            is_kept = keep(self.workspace, self.visitor.handle, self.place, self.values)
            return RedirectResponse(f"{self.home}?kept=1" if is_kept else self.home, 303)
        return None

    @property
    def home(self) -> str:
        """The page that the form is on. What is not kept as a draft, such as passwords, is carried nowhere."""
        if PLACE.fullmatch(self.place):
            return self.place
        for home in ("/profile/notices", "/profile", "/people", "/audit"):
            if self.place.startswith(home):
                return home
        return "/work"


async def posted(request: Request) -> AsyncIterator[Posted]:
    """What a form sent. One of another site is refused."""
    require_own_site(request)
    require_utf8(request.headers.get("content-type", ""))
    async with request.form(max_files=FILES, max_fields=FIELDS, max_part_size=SIZE) as form:
        values: dict[str, tuple[str, ...]] = {}
        files: dict[str, tuple[UploadFile, ...]] = {}
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                if value.filename:
                    files[name] = (*files.get(name, ()), value)
            elif name not in _OWN:
                values[name] = (*values.get(name, ()), value.replace("\r\n", "\n"))
        who = visitor(request)
        is_own = who is not None and who.sent(str(form.get("_csrf", "")))
        before = _sent_before(request, who, values)
        opened = [(name, one.upload()) for name, one in before]
        for name, file in opened:
            files[name] = (*files.get(name, ()), file)
        yield Posted(request, MappingProxyType(values), files, who, is_own, tuple(one for _, one in before))
        for _, file in opened:
            file.file.close()


def _sent_before(request: Request, who: Visitor | None, values: dict[str, tuple[str, ...]]) -> list[tuple[str, Pieces]]:
    """Files that came in pieces before their form, whole ones only, by the field that they were chosen in."""
    named = [(name, known) for name in list(values) if name.startswith(SENT) for known in values.pop(name)]
    if who is None:
        return []
    found = [(name.removeprefix(SENT), find(workspace_of(request).home, who.handle, known)) for name, known in named]
    return [(name, one) for name, one in found if one.offset == one.size]


def dumped(values: Values) -> str:
    """What was written, to be carried through a sign-in."""
    return json.dumps({name: list(given) for name, given in values.items()})
