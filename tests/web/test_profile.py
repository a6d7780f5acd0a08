"""Profile and coming in: secrets are shown once and to nobody else, and an act needs whoever it belongs to."""

from __future__ import annotations

import html
import re

import pyotp

from provefirst.accounts.invitations import invite
from provefirst.accounts.tokens import authenticate, tokens
from provefirst.people import Person, Role
from tests.web.conftest import Ask
from tests.web.serving import PASSWORD, Served


def test_a_token_is_shown_once_works_and_is_revoked_by_its_owner_alone(site: Served, ask: Ask) -> None:
    workspace = site.world.workspace
    made = ask("dana").send("/profile/tokens", "/profile", name="Nightly upload", scopes="read", days="30")
    secret = re.findall(r"pf_[A-Za-z0-9_-]{20,}", made.text)[0]
    known = authenticate(workspace, secret)
    assert known is not None
    assert known.person.handle == "dana"
    assert secret not in ask("dana").get("/profile").text
    (token,) = tokens(workspace, by="dana") or ()
    assert ask("olga").send(f"/profile/tokens/{token.id}/revoke", "/profile").status_code == 409
    assert authenticate(workspace, secret) is not None
    assert ask("dana").send(f"/profile/tokens/{token.id}/revoke", "/profile").status_code == 303
    assert authenticate(workspace, secret) is None


def test_what_is_wrong_with_a_token_stands_beside_its_field(ask: Ask) -> None:
    answer = ask("dana").send("/profile/tokens", "/profile", name="x", scopes="read", days="9999")
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 2


def test_a_second_factor_is_set_up_asked_for_and_dropped(site: Served, ask: Ask) -> None:
    dana = ask("dana")
    shown = dana.send("/profile/second-factor", "/profile").text
    assert 'src="data:image/svg+xml' in shown
    seed = re.findall(r"<pre[^>]*>([A-Z2-7]{32})", shown)[0]
    code = pyotp.TOTP(seed).at(site.world.clock())
    assert dana.send("/profile/second-factor/confirm", "/profile", code="000000").status_code == 409
    confirmed = dana.send("/profile/second-factor/confirm", "/profile", code=code)
    codes = re.findall(r"(?:[a-z2-9]{4}-){3}[a-z2-9]{4}", html.unescape(confirmed.text))
    assert len(codes) == 10
    asked = ask().http.post("/sign-in", data={"name": "dana", "password": PASSWORD})
    assert "the code that your authenticator shows" in asked.text
    signed_in = ask().http.post("/sign-in", data={"name": "dana", "password": PASSWORD, "code": codes[0]})
    assert signed_in.status_code == 303
    assert dana.send("/profile/second-factor/drop", "/profile", code=codes[1]).status_code == 303


def test_changing_the_password_ends_every_other_sign_in(ask: Ask) -> None:
    here, elsewhere = ask("dana"), ask("dana")
    new = {"old": PASSWORD, "new": "seven blue umbrellas sail", "again": "seven blue umbrellas sail"}
    wrong = here.send("/profile/password", "/profile", **(new | {"again": "another"}))
    assert "not the same" in wrong.text
    assert here.send("/profile/password", "/profile", **new).status_code == 303
    assert elsewhere.get("/profile").status_code == 303
    assert here.get("/profile").status_code == 200


def test_signing_out_everywhere_ends_every_sign_in(ask: Ask) -> None:
    here, elsewhere = ask("dana"), ask("dana")
    assert here.send("/profile/sign-out-everywhere", "/profile").headers["location"] == "/sign-in"
    assert elsewhere.get("/profile").status_code == 303


def test_a_password_is_carried_nowhere_where_a_sign_in_has_ended(site: Served, ask: Ask) -> None:
    dana = ask("dana")
    page = dana.get("/profile").text
    token = re.findall(r'name="_csrf" value="(\w+)"', page)[0]
    site.world.clock.pass_days(1)
    fields = {"_csrf": token, "old": PASSWORD, "new": "never shown again", "again": "never shown again"}
    answer = dana.http.post("/profile/password", data=fields)
    assert answer.status_code == 401
    assert ("never shown again" in answer.text, PASSWORD in answer.text) == (False, False)
    forged = ask("dana").http.post("/profile/password", data=fields | {"_csrf": "none"})
    assert forged.headers["location"] == "/profile"


def test_an_invited_person_comes_in_once_and_only_with_a_password_typed_alike(site: Served, ask: Ask) -> None:
    nina = Person(handle="nina", name="Nina New", roles=frozenset({Role.DATA_SCIENTIST}))
    secret = invite(site.world.workspace, nina, by="root")
    assert isinstance(secret, str)
    client, path = ask(), f"/join/{secret}"
    good = "seven blue umbrellas sail"
    apart = client.http.post(path, data={"password": good, "again": "seven red umbrellas sail"})
    assert (apart.status_code, "not the same" in apart.text) == (422, True)
    assert client.http.post(path, data={"password": "nina", "again": "nina"}).status_code == 422
    assert client.http.post(path, data={"password": good, "again": good}).headers["location"] == "/work"
    assert "Nina New" in client.get("/work").text
    assert ask().http.post(path, data={"password": good, "again": good}).status_code == 422
