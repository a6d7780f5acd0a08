"""What keeps people and programs out that have no business here."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from provefirst.api.app import create_app
from provefirst.api.caller import Caller, Via
from provefirst.api.examples import BODIES
from provefirst.api.limits import Buckets, Rate
from provefirst.api.serve import listening
from provefirst.documents.given import values_of
from provefirst.evidence import Kind
from provefirst.lifecycle.refusals import refusals
from tests.api.served import Served, served
from tests.world import World, screen

OPENING = dict(BODIES["opening"])
JSON = {"Content-Type": "application/json"}


def as_session(secret: str, **headers: str) -> dict[str, str]:
    """The headers of a browser that is signed in as whom `secret` names."""
    return {"Cookie": f"provefirst={secret}", **headers}


def csrf(secret: str) -> str:
    return Caller(secret, "session", None, secret).csrf


def test_without_a_credential_nothing_is_read_or_written(api: Served, world: World) -> None:
    key = world.open()
    for path in ("initiatives", f"initiatives/{key}", "people", "audit", "me", "tokens"):
        answer = api.get(path)
        assert (path, answer.status_code, answer.headers["www-authenticate"]) == (path, 401, "Bearer")
    assert api.post("initiatives", OPENING).status_code == 401


def test_every_answer_carries_the_strict_headers(api: Served) -> None:
    for answer in (api.get("me", by="olga"), api.get("me"), api.get("nowhere", by="olga"), api.get("/health")):
        headers = answer.headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["content-security-policy"].startswith("default-src 'none'; frame-ancestors 'none'")
        assert headers["referrer-policy"] == "same-origin"
        assert "server" not in headers


def test_https_is_asked_for_again_only_where_it_was_used(world: World) -> None:
    with served(world.workspace) as api:
        api.base = "https://localhost"
        assert "max-age" in api.get("me", by="olga").headers["strict-transport-security"]
    with served(world.workspace) as api:
        assert "strict-transport-security" not in api.get("me", by="olga").headers


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "localhost@evil", "", "127.0.0.1\t", "[::1"]
)
def test_a_host_that_is_not_ours_is_not_answered_to(api: Served, host: str) -> None:
    assert api.get("/health", headers={"Host": host}).status_code == 400


def test_hosts_below_a_name_are_answered_to_where_it_is_allowed(world: World) -> None:
    with served(world.workspace, hosts=("*.example.org",)) as api:
        assert api.get("/health", headers={"Host": "proofs.example.org:8443"}).status_code == 200
        assert api.get("/health", headers={"Host": "example.org"}).status_code == 400
        assert api.get("/health", headers={"Host": "badexample.org"}).status_code == 400


@pytest.mark.parametrize(("proxy", "told"), [("10.0.0.1", "198.51.100.7"), ("10.0.0.2", "10.0.0.2")])
def test_where_a_request_comes_from_is_believed_of_trusted_proxies_only(world: World, proxy: str, told: str) -> None:
    web = world.workspace.settings.web.model_copy(update={"trusted_proxies": ("10.0.0.1",)})
    config = listening(create_app(world.workspace), web, "127.0.0.1", 8000)
    config.load()
    said = {"Authorization": "Bearer nobody's", "X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"}

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(config.loaded_app, client=(proxy, 1234))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get("/api/v1/me", headers=said)

    answer = asyncio.run(asked())
    assert ("strict-transport-security" in answer.headers) is (told == "198.51.100.7")
    assert [one.address for one in refusals(world.workspace)] == [told]


def test_a_request_has_an_id_that_can_say_nothing_else(api: Served) -> None:
    given = api.get("me", by="olga", headers={"X-Request-ID": "abcdef-0123456789"})
    assert given.headers["x-request-id"] == "abcdef-0123456789"
    made = api.get("me", by="olga", headers={"X-Request-ID": 'x" forged="yes'})
    assert len(made.headers["x-request-id"]) == 32


def test_a_sign_in_writes_only_with_its_csrf_token(api: Served) -> None:
    bare = api.post("initiatives", OPENING, headers=as_session("olga"))
    other = api.post("initiatives", OPENING, headers=as_session("olga", **{"X-CSRF-Token": csrf("otto")}))
    own = api.post("initiatives", OPENING, headers=as_session("olga", **{"X-CSRF-Token": csrf("olga")}))
    assert [answer.status_code for answer in (bare, other, own)] == [403, 403, 201]


@pytest.mark.parametrize(
    "sent", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"},
             {"Origin": "null"}, {"Origin": "http://localhost.evil.example"}],
)  # fmt: skip
def test_what_another_site_made_a_browser_send_is_refused(api: Served, sent: dict[str, str]) -> None:
    headers = as_session("olga", **{"X-CSRF-Token": csrf("olga")}, **sent)
    assert api.post("initiatives", OPENING, headers=headers).status_code == 403
    assert api.post("session", {"name": "olga", "password": "x"}, headers=sent).status_code == 403


def test_cors_is_off_unless_an_origin_is_named(world: World) -> None:
    asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}
    with served(world.workspace) as api:
        assert "access-control-allow-origin" not in api.get("me", by="olga", headers=asked).headers
    with served(world.workspace, cors_origins=("https://app.example",)) as api:
        answer = api.get("me", by="olga", headers=asked)
        assert answer.headers["access-control-allow-origin"] == "https://app.example"
        assert "access-control-allow-credentials" not in answer.headers


def test_a_body_that_says_that_it_is_too_large_is_not_read(api: Served) -> None:
    answer = api.call("POST", "initiatives", by="olga", headers={**JSON, "Content-Length": "999999999"}, content=b"{}")
    assert (answer.status_code, answer.json()["limit"]) == (413, 256 * 1024)


def test_a_body_that_turns_out_too_large_is_cut_off(api: Served) -> None:
    async def endless():  # type: ignore[no-untyped-def]
        for _ in range(10_000):
            yield b" " * 1024

    answer = api.call("POST", "initiatives", by="olga", headers=JSON, content=endless())
    assert answer.status_code == 413


def test_nobody_unknown_may_send_as_much_as_a_file(api: Served) -> None:
    content = b"x" * (300 * 1024)
    headers = {"Content-Type": "application/octet-stream"}
    assert api.call("POST", "files", headers=headers, content=content).status_code == 413
    assert api.call("POST", "files", by="dana", headers=headers, content=content).status_code == 201


def test_nothing_is_unpacked(api: Served) -> None:
    answer = api.call(
        "POST", "initiatives", by="olga", headers={**JSON, "Content-Encoding": "gzip"}, content=b"\x1f\x8b"
    )
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"proposal":' * 5000 + b"1" + b"}" * 5000,
        b"\xff\xfe",
        b'{"proposal": NaN}',
        b'{"proposal": 1e999999}',
        b'{"proposal": {}, "proposal": {}}',
        b'["proposal"]',
        b"null",
        b"!!python/object/apply:os.system [id]",
        b"&a [*a]",
        b'{"proposal": "' + b"x" * 100_000 + b'"}',
        json.dumps({"proposal": {"title": "a\u0000b"}}).encode(),
    ],
)
def test_a_body_made_to_do_harm_is_bad_input(api: Served, body: bytes) -> None:
    answer = api.call("POST", "initiatives", by="olga", headers=JSON, content=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/yaml"])
def test_only_json_is_read_as_json(api: Served, kind: str) -> None:
    answer = api.call("POST", "initiatives", by="olga", headers={"Content-Type": kind}, content=b"{}")
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "path",
    ["initiatives/PF-1/files/..%2f..%2fprovefirst.db", "initiatives/..%2f..%2fetc/files/" + "0" * 64,
     "initiatives/PF-1/files/" + "0" * 63 + "/", "policies/..%2f..%2fetc%2fpasswd"],
)  # fmt: skip
def test_no_path_leads_out_of_what_is_served(api: Served, world: World, path: str) -> None:
    world.open()
    assert api.get(path, by="olga").status_code in (404, 422)


def test_a_policy_file_is_written_nowhere_but_under_its_own_name(api: Served) -> None:
    for name in ("../release.yaml", "release.yaml/../x.yaml", "/etc/cron.d/x.yaml", ".yaml", "release.py"):
        answer = api.post("policies", {"files": {name: "leaves: release"}}, by="root")
        assert (name, answer.status_code) == (name, 422)


def test_a_file_is_attached_only_by_whoever_uploaded_it(api: Served, world: World) -> None:
    key = world.open()
    digest = api.call("POST", "files", by="dana", headers={"Content-Type": "application/octet-stream"},
                      content=b"mine").json()["digest"]  # fmt: skip
    body = {"document": values_of(screen()), "files": {"x.txt": digest}}
    path = f"initiatives/{key}/evidence/{Kind.ETHICS_SCREEN.value}"
    other = api.post(path, body, by="olga")
    assert (other.status_code, other.json()["reasons"]) == (
        409,
        [f"{digest}: upload the file first (POST /api/v1/files)"],
    )


def test_too_many_requests_have_to_wait_and_are_told_how_long(world: World) -> None:
    with served(world.workspace, requests_per_minute=60) as api:
        answers = [api.get("me", by="olga") for _ in range(70)]
        late = next(answer for answer in answers if answer.status_code != 200)
        assert (late.status_code, late.headers["retry-after"]) == (429, "1")
        assert api.get("me", by="otto").status_code == 200


def test_a_bucket_fills_again() -> None:
    now = [0.0]
    buckets = Buckets(Rate(per_second=2.0, burst=3), clock=lambda: now[0])
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 0.5]
    now[0] = 0.5
    assert [buckets.take("a"), buckets.take("a")] == [0, 0.5]
    assert buckets.take("b") == 0


def test_every_refusal_of_access_is_written_down(api: Served, world: World) -> None:
    key = world.open()
    by_session = as_session("olga", **{"X-CSRF-Token": csrf("olga")})
    api.post("pools/main/funding", {"amount": "1 EUR"}, by="olga")
    api.post(f"initiatives/{key}/votes", dict(BODIES["vote"]), by="olga", headers={"If-Match": "*"})
    api.get("audit", by="olga")
    api.get("tokens?of=root", by="olga")
    api.post("invitations", {"handle": "nora", "name": "Nora New", "roles": ["admin"]}, headers=by_session)
    api.get("me", headers={"Authorization": "Bearer no such token"})
    api.get("me")
    found = {(one.who, one.what, one.key, one.count) for one in refusals(world.workspace)}
    assert found == {
        ("olga", "fund", "", 1),
        ("olga", "vote", key, 1),
        ("olga", "audit", "", 1),
        ("olga", "tokens", "", 1),
        ("olga", "POST /api/v1/invitations", "", 1),
        ("", "GET /api/v1/me", "", 1),
    }


def test_a_link_that_lets_somebody_in_is_not_written_down_with_a_refusal(api: Served, world: World) -> None:
    secret = "Zm9yIG5vYm9keSBlbHNl"
    api.call("POST", f"http://localhost/join/{secret}", headers={"Authorization": "Bearer no such token"})
    api.call("POST", f"http://evil.example/join/{secret}", headers={"Authorization": "Bearer no such token"})
    api.get(f"/api/v1/join/{secret}", headers={"Authorization": "Bearer no such token"})
    assert refusals(world.workspace) != ()
    assert [one for one in refusals(world.workspace) if secret in repr(one)] == []


def test_a_fault_of_ours_tells_nothing_but_its_id(world: World) -> None:
    def broken(via: Via, secret: str) -> Caller | None:
        raise RuntimeError("postgresql://provefirst:hunter2@db is gone")

    api = Served(create_app(world.workspace, None, broken))
    answer = api.get("me", by="olga")
    api.close()
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert (answer.json()["detail"], len(answer.headers["x-request-id"])) == (
        "it was logged under the request's id",
        32,
    )
    assert [word for word in ("hunter2", "postgresql", "RuntimeError", "Traceback") if word in answer.text] == []


def test_pages_of_documentation_are_off_unless_asked_for(world: World) -> None:
    with served(world.workspace) as api:
        assert [api.get(path, by="olga").status_code for path in ("/api/docs", "/api/redoc")] == [404, 404]


def test_a_misspelt_parameter_filters_nothing_and_is_refused(api: Served) -> None:
    answer = api.get("initiatives?onwer=olga", by="olga")
    assert (answer.status_code, answer.json()["problems"][0]["value"]) == (422, "onwer")
    assert api.get("initiatives?limit=1&limit=2", by="olga").status_code == 422
