"""Data at a URL are read by the engine's runs, in both modes."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler

from provefirst.engine.engine import Engine
from provefirst.evidence import Kind
from provefirst.lifecycle.arriving import Request, request_data
from provefirst.lifecycle.holding import Registration
from provefirst.lifecycle.settings import settings
from tests.engines import SECONDS
from tests.evidence.studies import csv, orders, prepared
from tests.webhooks.receiver import receiving
from tests.world import World, done


def test_a_table_is_read_and_sealed_by_a_run(engine: Engine, live_world: World) -> None:
    content = csv(orders())

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    with receiving() as server:
        server.answer = answer
        place = f"http://localhost:{server.port}/exports/"
        file = live_world.workspace.home / "provefirst.toml"
        file.write_text(f'[data]\nplaces = ["{place}"]\nprivate_hosts = ["localhost"]\n')
        live_world.workspace.settings = settings(live_world.workspace.home)
        key = prepared(live_world)
        about = Registration(name="Orders", target="size", identifier="order")
        done(request_data(live_world.workspace, key, Request(url=f"{place}orders.csv", about=about), by="hans"))
        engine.settle(SECONDS)
    found = live_world.initiative(key)
    assert [(one.status, one.reasons) for one in found.arrivals] == [("read", ())]
    registration = found.current(Kind.DATA_REGISTRATION)
    assert registration is not None
    assert (registration.by, registration.content["blindness"], len(server.got)) == ("hans", "sealed", 1)
