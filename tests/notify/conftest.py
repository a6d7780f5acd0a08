"""A world whose people have e-mail addresses, and a real mail server that takes what is sent to them."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from provefirst.lifecycle import organisation
from provefirst.notify.delivering import tell_due
from tests.world import World


@dataclass
class Mailbox:
    """What the mail server took. Where it `refuses`, it says so to everybody."""

    port: int = 0
    got: list[tuple[str, Message]] = field(default_factory=list)
    refuses: bool = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # its name
        if self.refuses:
            return "451 try again later"
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        for recipient in envelope.rcpt_tos:
            self.got.append((recipient, message_from_bytes(content, policy=default)))
        return "250 taken"

    @property
    def url(self) -> str:
        return f"mailto://127.0.0.1:{self.port}?from=provefirst@example.org&mode=insecure"

    def texts(self) -> dict[str, list[str]]:
        """What each person was told, without the lines that stand under every message."""
        found: dict[str, list[str]] = {}
        for recipient, message in self.got:
            body = message.get_body(("plain", "html"))  # type: ignore[attr-defined]
            lines = [line for line in body.get_content().splitlines() if line.startswith("- ")]
            found.setdefault(recipient.partition("@")[0], []).extend(lines)
        return found


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        box.port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    yield box
    controller.stop()


@pytest.fixture
def mailed(world: World, mailbox: Mailbox) -> World:
    """The world, with a mail server and an address for everybody in it."""
    return with_mail(world, mailbox)


def with_mail(world: World, mailbox: Mailbox) -> World:
    settings = world.workspace.settings
    notify = settings.notify.model_copy(update={"email": mailbox.url})
    world.workspace.settings = settings.model_copy(update={"notify": notify})
    with world.workspace.store.reading() as work:
        people = work.people()
    for person in people:
        named = person.model_copy(update={"email": f"{person.handle}@example.org"})
        assert organisation.add_person(world.workspace, named, by="root") is None
    return world


@pytest.fixture
def tell(mailed: World) -> Callable[[], int]:
    """Sends what is due: `tell()`."""
    return lambda: tell_due(mailed.workspace, mailed.clock.now)
