"""Notices: when one wants to be told of what and where, and one's dates as a calendar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Path, Request, Response
from fastapi.responses import RedirectResponse

from provefirst.errors import InvalidInputError
from provefirst.lifecycle.act import Refused
from provefirst.notify import calendar, wishes
from provefirst.notify.topics import ABOUT, Topic, When
from provefirst.web.access import Visitor, require, workspace_of
from provefirst.web.acting import visitor_of
from provefirst.web.posted import Posted, posted
from provefirst.web.render import page
from provefirst.web.route import pages

router = pages()
PLACE = "/profile/notices"
SAID = {
    "chosen": "It holds from now on.",
    "added": "You are told there too from now on. Try it out.",
    "removed": "You are told nothing more there.",
    "tried": "A message is on its way. If it doesn't arrive, look at the address.",
    "ended": "The address of your calendar is good for nothing any more.",
}
WORDS = {When.NOW: "at once", When.DAILY: "once a day", When.NEVER: "never"}
Sent = Annotated[Posted, Depends(posted)]
Channel = Annotated[str, Path(pattern=r"^([0-9a-f]{16}|email)$")]


@router.get(PLACE)
def show(request: Request, visitor: Annotated[Visitor, Depends(require)], did: str = "") -> Response:
    return _page(request, visitor, said=SAID.get(did, ""))


@router.post(PLACE)
def choose(given: Sent) -> Response:
    def run(who: str) -> None:
        topics = {topic.value: given.one(topic) for topic in Topic if given.one(topic)}
        wishes.choose(given.workspace, topics, by=who)

    return _done(given, "chosen", run)


@router.post(f"{PLACE}/addresses")
def add(given: Sent) -> Response:
    return _done(given, "added", lambda who: wishes.add(given.workspace, given.one("address"), by=who))


@router.post(f"{PLACE}/addresses/{{channel}}/remove")
def remove(channel: Channel, given: Sent) -> Response:
    return _done(given, "removed", lambda who: wishes.remove(given.workspace, channel, by=who))


@router.post(f"{PLACE}/addresses/{{channel}}/try")
def try_out(channel: Channel, given: Sent) -> Response:
    return _done(given, "tried", lambda who: wishes.try_out(given.workspace, channel, by=who))


@router.post(f"{PLACE}/calendar")
def new_calendar(given: Sent) -> Response:
    """The address is shown this once: whoever knows it reads the dates."""
    if (away := given.turned_away()) is not None:
        return away
    secret = wishes.new_calendar(given.workspace, by=visitor_of(given).handle)
    return _page(given.request, visitor_of(given), secret=secret)


@router.post(f"{PLACE}/calendar/end")
def end_calendar(given: Sent) -> Response:
    return _done(given, "ended", lambda who: wishes.drop_calendar(given.workspace, by=who))


@router.get("/calendar/{secret}.ics")
def feed(request: Request, secret: Annotated[str, Path(max_length=200)]) -> Response:
    """For calendars, which sign in nowhere: the secret in the address is all they have."""
    if (content := calendar.calendar_of(workspace_of(request), secret)) is None:
        return Response("there is nothing here", 404, media_type="text/plain")
    return Response(content, 200, {"Cache-Control": "private, max-age=300"}, "text/calendar; charset=utf-8")


def _done(given: Posted, did: str, run: Callable[[str], Refused | None]) -> Response:
    if (away := given.turned_away()) is not None:
        return away
    visitor = visitor_of(given)
    try:
        refused = run(visitor.handle)
    except InvalidInputError as problem:
        return _page(given.request, visitor, wrong=problem.allowed, status=422)
    if refused is not None:
        return _page(given.request, visitor, reasons=refused.reasons, status=409)
    return RedirectResponse(f"{PLACE}?did={did}", 303)


def _page(
    request: Request,
    visitor: Visitor,
    *,
    said: str = "",
    wrong: str = "",
    secret: str = "",
    reasons: tuple[str, ...] = (),
    status: int = 200,
) -> Response:
    workspace = workspace_of(request)
    settings = workspace.settings
    return page(
        request, "notices.html", visitor=visitor, status=status, said=said, wrong=wrong, reasons=reasons,
        wishes=wishes.wishes(workspace, by=visitor.handle), about=ABOUT, words=WORDS,
        services=settings.notify.services, has_mail=bool(settings.notify.email), hour=settings.notify.digest_hour,
        feed=f"{settings.address}/calendar/{secret}.ics" if secret else "",
    )  # fmt: skip
