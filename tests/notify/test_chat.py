"""A chat service of the organisation's own is told as one would be outside: a real request, as Mattermost takes it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from provefirst.lifecycle.act import Refused
from provefirst.notify import wishes
from provefirst.notify.delivering import tell_due
from provefirst.store.retries import BACK_OFF
from tests.world import World

TOKEN = "9xuqzpbn5if8xq1ncwfhyg3krh"  # opens nothing


@dataclass
class Chat:
    """What was posted, as path and fields; `status` is what it answers."""

    port: int = 0
    status: int = 200
    got: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@pytest.fixture
def chat() -> Iterator[Chat]:
    room = Chat()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            room.got.append((self.path, body))
            self.send_response(room.status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Not a word on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        room.port = server.server_address[1]
        Thread(target=server.serve_forever, daemon=True).start()
        yield room
        server.shutdown()


@pytest.fixture
def chatting(world: World, chat: Chat) -> World:
    """The world, in which people may be told by Mattermost, and Ella wants to be."""
    settings = world.workspace.settings
    notify = settings.notify.model_copy(update={"services": ("mmost",)})
    world.workspace.settings = settings.model_copy(update={"notify": notify})
    assert wishes.add(world.workspace, f"mmost://127.0.0.1:{chat.port}/{TOKEN}", by="ella") is None
    return world


def test_whose_turn_it_is_is_told_where_they_chat(chatting: World, chat: Chat) -> None:
    key = chatting.open(title="Sort *letters* by concern")
    assert tell_due(chatting.workspace, chatting.clock.now) == 1
    ((path, said),) = chat.got
    assert path == f"/hooks/{TOKEN}"
    assert "waits for you: your vote" in said["text"]
    assert f"{key} Sort *letters* by concern" in said["text"]
    assert tell_due(chatting.workspace, chatting.clock.now) == 0


def test_a_title_rings_for_nobody(chatting: World, chat: Chat) -> None:
    chatting.open(title="Ask @channel, <!here> and <@U024BE7LH>: who writes to a@b?")
    tell_due(chatting.workspace, chatting.clock.now)
    said = chat.got[0][1]["text"]
    assert not re.search(r"@\w|<[!@]", said)
    seen = said.replace("\N{WORD JOINER}", "")
    assert "Ask @channel, <!here> and <@U024BE7LH>: who writes to a@b?" in seen


def test_what_a_chat_did_not_take_is_told_again_later(chatting: World, chat: Chat) -> None:
    chat.status = 503
    chatting.open()
    assert tell_due(chatting.workspace, chatting.clock.now) == 0
    assert len(chat.got) == 1
    assert "503" in wishes.wishes(chatting.workspace, by="ella").problems[0]["problem"]
    chat.status = 200
    assert tell_due(chatting.workspace, chatting.clock.now) == 0
    chatting.clock.now += BACK_OFF[0]
    assert tell_due(chatting.workspace, chatting.clock.now) == 1
    assert len(chat.got) == 2


def test_a_message_to_a_chat_can_be_tried_out(chatting: World, chat: Chat) -> None:
    (row,) = wishes.wishes(chatting.workspace, by="ella").channels
    assert wishes.try_out(chatting.workspace, row["id"], by="ella") is None
    assert len(chat.got) == 1
    chat.status = 403
    assert isinstance(wishes.try_out(chatting.workspace, row["id"], by="ella"), Refused)
