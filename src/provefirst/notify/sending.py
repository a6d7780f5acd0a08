"""Sending: one message to one address, by Apprise. Whatever goes wrong is told, and nothing is raised."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from provefirst.errors import InvalidInputError, nearest

if TYPE_CHECKING:
    from apprise import Apprise, AppriseAsset, NotifyBase

LONGEST = 500
_CALL = re.compile(r"(<(?=[!@#])|@(?=\w))")


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody is told."""

    title: str
    body: str


def service_of(address: str, services: tuple[str, ...]) -> str:
    """The service that an address of somebody's own belongs to. InvalidInputError where it is none to be used here.

    What stands after a question mark would have Apprise read files, follow redirects or leave certificates unchecked:
    nobody needs it for the services that are allowed.
    """
    name = address.partition("://")[0].lower()
    allowed = f"an address of one of these services, as Apprise writes it: {', '.join(services) or 'none is allowed'}"
    if "://" not in address or name not in services:
        raise InvalidInputError("address", "(not shown)", allowed, nearest=nearest(name, services))
    if "?" in address or len(address) > LONGEST or not address.isprintable() or " " in address:
        told = f"up to {LONGEST} characters without blanks and without anything after a question mark"
        raise InvalidInputError("address", "(not shown)", told)
    if _made(address) is None:
        raise InvalidInputError("address", "(not shown)", f"a whole address of {name}, as Apprise writes it")
    return name


def mail_to(server: str, person: str) -> str:
    """The mail server's address with the person's put to it."""
    return f"{server}{'&' if '?' in server else '?'}to={quote(person, safe='@')}"


def send(address: str, message: Message) -> str:
    """Send `message`; an empty text where it was taken, else why not."""
    from apprise import LogCapture

    if (service := _made(address)) is None:
        return "the address is none that Apprise knows"
    told = _told()
    told.add(service)
    if not address.startswith("mailto"):
        message = Message(_silent(message.title), _silent(message.body))
    with LogCapture(level=logging.WARNING, fmt="%(message)s") as said:  # type: ignore[no-untyped-call]
        try:
            is_taken = told.notify(title=message.title, body=message.body, body_format="text")
        except (OSError, TypeError, ValueError) as problem:
            return f"{type(problem).__name__}: {problem}"
        return "" if is_taken else " ".join(said.getvalue().split())[:300] or "it was not taken"


def _silent(text: str) -> str:
    """`text` that calls nobody in a chat: a title such as "@everyone" would ring for the whole room."""
    return _CALL.sub("\\1\N{WORD JOINER}", text)


def _made(address: str) -> NotifyBase | None:
    from apprise import Apprise

    return Apprise.instantiate(address, asset=_asset(), suppress_exceptions=True)


def _told() -> Apprise:
    from apprise import Apprise

    return Apprise(asset=_asset())


@cache
def _asset() -> AppriseAsset:
    """Who speaks. Addresses are written to no log, and what people wrote is put in as it is."""
    from apprise import AppriseAsset

    return AppriseAsset(
        app_id="provefirst", app_desc="provefirst", app_url="", async_mode=False, secure_logging=True,
        interpret_escapes=False, interpret_emojis=False,
    )  # fmt: skip
