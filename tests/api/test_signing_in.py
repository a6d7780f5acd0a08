"""Signing in over HTTP: by link, password, code and another provider; and what credentials are good for."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pyotp
import pytest

from provefirst.accounts.invitations import first_start
from provefirst.accounts.passwords import hashed
from provefirst.accounts.signing_in import set_password, sign_out_everywhere
from provefirst.api.app import create_app
from provefirst.api.examples import BODIES
from provefirst.lifecycle.workspace import Workspace
from tests.api.served import Served
from tests.world import World

PASSWORD = "a sentence that only I know"
OTHER = "another that only I know as well"


@pytest.fixture
def doors(world: World) -> Iterator[Served]:
    """The API with the workspace's own accounts, in which Olga and Root have a password."""
    kept = hashed(PASSWORD)
    with world.workspace.store.writing() as work:
        for handle in ("olga", "root"):
            set_password(work, work.person(handle), kept, world.clock())
    for handle in ("olga", "root"):
        sign_out_everywhere(world.workspace, by=handle)
    yield from _served(world.workspace)


@pytest.fixture
def empty(tmp_path: Any) -> Iterator[Served]:
    """The API on a workspace where nobody is yet."""
    yield from _served(Workspace.open(tmp_path).prepare())


def _served(workspace: Workspace) -> Iterator[Served]:
    made = Served(create_app(workspace))
    yield made
    made.close()


def signed_in(api: Served, name: str = "olga", password: str = PASSWORD, **more: str) -> dict[str, str]:
    """The headers of a browser that has just signed in."""
    answer = api.post("session", {"name": name, "password": password, **more})
    assert answer.status_code == 200, answer.text
    api.forget_cookies()
    secret = answer.cookies["provefirst"]
    return {"Cookie": f"provefirst={secret}", "X-CSRF-Token": answer.json()["csrf"]}


def test_the_first_person_comes_in_by_the_setup_link_and_nobody_by_it_again(empty: Served) -> None:
    workspace = empty.app.state.shared.workspace
    secret = first_start(workspace)
    body = {"secret": secret, "handle": "root", "name": "Ruth Root", "password": PASSWORD}
    assert empty.post("setup", {**body, "secret": "guessed"}).status_code == 403
    assert empty.post("setup", {**body, "password": "short"}).status_code == 409
    assert empty.post("setup", {**body, "handle": "Not A Handle"}).status_code == 422
    assert empty.post("setup", body).status_code == 200
    assert empty.post("setup", {**body, "handle": "evil"}).status_code == 403
    assert [person.handle for person in _people(workspace)] == ["root"]


def test_a_sign_in_is_a_cookie_that_scripts_and_other_sites_cannot_have(doors: Served) -> None:
    answer = doors.post("session", {"name": "olga", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "domain" not in cookie
    assert answer.cookies["provefirst"] not in answer.text


def test_by_https_the_cookie_is_for_this_host_and_for_https_only(doors: Served) -> None:
    doors.base = "https://localhost"
    cookie = doors.post("session", {"name": "olga", "password": PASSWORD}).headers["set-cookie"]
    assert cookie.startswith("__Host-provefirst=")
    assert {"secure", "path=/", "httponly"} <= {part.strip().lower() for part in cookie.split(";")}


def test_a_wrong_password_and_a_wrong_name_are_answered_alike(doors: Served) -> None:
    wrong = doors.post("session", {"name": "olga", "password": OTHER})
    nobody = doors.post("session", {"name": "nobody", "password": OTHER})
    assert (wrong.status_code, wrong.json()) == (nobody.status_code, nobody.json()) == (401, wrong.json())


def test_guessing_is_braked_with_the_time_to_wait(doors: Served) -> None:
    answers = [doors.post("session", {"name": "olga", "password": f"guess number {n}"}) for n in range(7)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_signing_in_ends_the_session_that_the_browser_had(doors: Served) -> None:
    first = signed_in(doors)
    answer = doors.call("POST", "session", headers={"Cookie": first["Cookie"], "X-CSRF-Token": first["X-CSRF-Token"]},
                        json={"name": "olga", "password": PASSWORD})  # fmt: skip
    doors.forget_cookies()
    assert answer.cookies["provefirst"] not in first["Cookie"]
    assert doors.get("me", headers=first).status_code == 401


def test_signing_out_ends_it_on_the_server(doors: Served) -> None:
    session = signed_in(doors)
    assert doors.get("session", headers=session).json()["csrf"] == session["X-CSRF-Token"]
    assert doors.call("DELETE", "session", headers=session).status_code == 200
    doors.forget_cookies()
    assert doors.get("me", headers=session).status_code == 401


def test_a_password_change_ends_every_other_sign_in(doors: Served) -> None:
    here, there = signed_in(doors), signed_in(doors)
    changed = doors.post("password", {"old": PASSWORD, "new": OTHER}, headers=here)
    doors.forget_cookies()
    assert changed.status_code == 200
    assert [doors.get("me", headers=each).status_code for each in (here, there)] == [401, 401]
    assert doors.get("me", headers={"Cookie": f"provefirst={changed.cookies['provefirst']}"}).status_code == 200
    assert doors.post("session", {"name": "olga", "password": PASSWORD}).status_code == 401


def test_one_sign_in_ends_another(doors: Served) -> None:
    here, there = signed_in(doors), signed_in(doors)
    rows = doors.get("sessions", headers=here).json()["rows"]
    other = next(row for row in rows if not row["is_current"])
    assert len(rows) == 2
    assert doors.call("DELETE", f"sessions/{other['id']}", headers=here).status_code == 200
    assert [doors.get("me", headers=each).status_code for each in (here, there)] == [200, 401]
    assert doors.call("DELETE", "sessions", headers=here).status_code == 200
    doors.forget_cookies()
    assert doors.get("me", headers=here).status_code == 401


def test_nobody_ends_somebody_elses_sign_in(doors: Served) -> None:
    olga, root = signed_in(doors), signed_in(doors, "root")
    (own,) = doors.get("sessions", headers=olga).json()["rows"]
    assert doors.call("DELETE", f"sessions/{own['id']}", headers=root).status_code == 409
    assert doors.get("me", headers=olga).status_code == 200


def test_with_a_second_factor_the_password_alone_lets_nobody_in(doors: Served, world: World) -> None:
    session = signed_in(doors)
    seed = doors.post("second-factor", headers=session).json()["secret"]
    code = pyotp.TOTP(seed).at(int(world.clock().timestamp()))
    codes = doors.post("second-factor/confirmation", {"code": code}, headers=session).json()["recovery_codes"]
    asked = doors.post("session", {"name": "olga", "password": PASSWORD})
    assert (asked.status_code, asked.json()["code_needed"]) == (401, True)
    assert doors.post("session", {"name": "olga", "password": PASSWORD, "code": code}).status_code == 401
    signed_in(doors, code=codes[0])
    assert doors.post("session", {"name": "olga", "password": PASSWORD, "code": codes[0]}).status_code == 401
    assert doors.post("second-factor/removal", {"code": codes[1]}, headers=session).status_code == 200
    signed_in(doors)


def test_a_token_is_good_for_its_scopes_and_not_for_credentials(doors: Served) -> None:
    session = signed_in(doors)
    made = doors.post("tokens", {"name": "nightly", "scopes": ["read"]}, headers=session).json()
    bearer = {"Authorization": f"Bearer {made['secret']}"}
    assert doors.get("me", headers=bearer).json()["scopes"] == ["read"]
    refused = doors.post("initiatives", dict(BODIES["opening"]), headers=bearer)
    assert (refused.status_code, refused.json()["reasons"]) == (403, ["open needs a token with the scope write"])
    for method, path in (("POST", "tokens"), ("GET", "sessions"), ("POST", "second-factor"), ("DELETE", "sessions")):
        assert doors.call(method, path, headers=bearer).status_code == 403


def test_a_token_that_was_ended_is_good_for_nothing(doors: Served) -> None:
    session = signed_in(doors)
    first = doors.post("tokens", {"name": "first", "scopes": ["read"]}, headers=session).json()
    second = doors.post("tokens", {"name": "second", "scopes": ["read"]}, headers=session).json()
    bearer = {"Authorization": f"Bearer {first['secret']}"}
    assert doors.call("DELETE", f"tokens/{second['token']['id']}", headers=bearer).status_code == 403
    assert doors.call("DELETE", f"tokens/{first['token']['id']}", headers=bearer).status_code == 200
    assert doors.get("me", headers=bearer).status_code == 401


def test_somebody_invited_comes_in_once(doors: Served) -> None:
    admin = signed_in(doors, "root")
    invited = doors.post("invitations", {"handle": "nora", "name": "Nora New", "roles": ["reviewer"]}, headers=admin)
    assert invited.status_code == 201
    body = {"secret": invited.json()["secret"], "password": PASSWORD}
    assert doors.post("invitations/acceptance", body).json()["handle"] == "nora"
    doors.forget_cookies()
    assert doors.post("invitations/acceptance", body).status_code == 403
    olga = signed_in(doors)
    other = {"handle": "nick", "name": "Nick New", "roles": ["admin"]}
    assert doors.post("invitations", other, headers=olga).status_code == 403
    assert doors.post("people/root/password-reset", headers=olga).status_code == 403


@pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")
def test_somebody_comes_in_from_another_provider(world: World) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import oidc_provider_mock
    world.clock.now = datetime.now(UTC)
    with oidc_provider_mock.run_server_in_thread(require_nonce=True) as provider:
        issuer = f"http://localhost:{provider.server_port}"
        (world.workspace.home / "sign-in.yaml").write_text(
            f"providers:\n  - name: house\n    issuer: {issuer}\n    client_id: provefirst\n"
            "    client_secret: kept well\n    roles: {science: [data_scientist]}\n    creates_people: true\n"
        )
        facts = {"email": "nora@example.org", "email_verified": True, "name": "Nora New", "groups": ["science"]}
        httpx.put(f"{issuer}/users/{quote('nora')}", json=facts).raise_for_status()
        api = Served(create_app(world.workspace))
        assert [row["name"] for row in api.get("sso").json()["rows"]] == ["house"]
        begun = api.get("sso/house")
        assert begun.status_code == 303
        back = urlsplit(httpx.post(begun.headers["location"], data={"sub": "nora"}).headers["location"])
        assert back.path == "/api/v1/sso/house/callback"
        browser = begun.cookies["provefirst-sso"]
        api.forget_cookies()
        stolen = api.get(f"sso/house/callback?{back.query}")
        assert stolen.status_code == 403
        again = urlsplit(httpx.post(api.get("sso/house").headers["location"], data={"sub": "nora"}).headers["location"])
        done = api.get(f"sso/house/callback?{again.query}")
        assert (done.status_code, done.headers["location"]) == (303, "/")
        assert api.get("me", headers={"Cookie": f"provefirst={done.cookies['provefirst']}"}).json()["handle"] == "nora"
        assert browser
        api.close()


def test_a_provider_that_is_not_set_up_is_not_found(doors: Served) -> None:
    assert doors.get("sso/evil").status_code == 404


def _people(workspace: Workspace) -> Any:
    with workspace.store.reading() as work:
        return work.people()
