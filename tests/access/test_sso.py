"""Single sign-on, against a real provider over HTTP, and against tokens that lie."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from provefirst.accounts.signing_in import SignedIn, session
from provefirst.accounts.sso import Begun, Provider, SsoError, begin_sso, checked, finish_sso
from provefirst.lifecycle import organisation
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.refusals import refusals
from provefirst.people import Role
from tests.access.people import person, signed_in
from tests.access.test_signing_in import everything_kept
from tests.world import World

BACK = "http://127.0.0.1:9/sso/back"
ROLES = {"science": frozenset({Role.DATA_SCIENTIST}), "board": frozenset({Role.BOARD_MEMBER, Role.REVIEWER})}

# The provider is somebody else's, and calls what its own dependency will drop one day.
pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")


def test_every_setting_of_a_provider_is_explained() -> None:
    page = (Path(__file__).parents[2] / "docs" / "access.md").read_text("utf-8")
    assert [name for name in Provider.model_fields if f"\n| `{name}` | " not in page] == []


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider that everybody can sign in with, as whoever they like."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import oidc_provider_mock
    with oidc_provider_mock.run_server_in_thread(require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World.make(tmp_path)
    world.clock.now = datetime.now(UTC)
    return world


def provider(issuer: str, **changes: object) -> Provider:
    fields: dict[str, object] = {
        "name": "house",
        "issuer": issuer,
        "client_id": "provefirst",
        "client_secret": "kept well",
        "roles": ROLES,
        "creates_people": True,
    }
    return Provider.model_validate(fields | changes)


def tells(issuer: str, subject: str, **claims: object) -> None:
    """Let the provider know what to say of `subject`."""
    facts = {"email": f"{subject}@example.org", "email_verified": True, "name": f"{subject.title()} Name"}
    httpx.put(f"{issuer}/users/{quote(subject)}", json=facts | {"groups": ["science"]} | claims).raise_for_status()


def begun(world: World, house: Provider) -> Begun:
    answer = begin_sso(world.workspace, house, BACK)
    assert isinstance(answer, Begun), answer
    return answer


def allowed(url: str, subject: str) -> dict[str, str]:
    """What the browser brings back once `subject` signed in with the provider."""
    answer = httpx.post(url, data={"sub": subject})
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def came(world: World, house: Provider, subject: str) -> SignedIn | Refused:
    start = begun(world, house)
    back = allowed(start.url, subject)
    return finish_sso(world.workspace, house, BACK, state=back["state"], code=back["code"], browser=start.browser)


def test_who_is_new_comes_in_with_the_roles_of_their_groups(world: World, issuer: str) -> None:
    tells(issuer, "nora", groups=["science", "football"])
    nora = signed_in(came(world, provider(issuer), "nora"))
    assert (nora.person.handle, nora.person.roles) == ("nora", {Role.DATA_SCIENTIST})
    caller = session(world.workspace, nora.secret)
    assert caller is not None
    assert caller.how == "sso"


def test_who_comes_again_is_the_same_person_with_the_roles_that_they_have_now(world: World, issuer: str) -> None:
    tells(issuer, "omar")
    first = signed_in(came(world, provider(issuer), "omar"))
    tells(issuer, "omar", groups=["board"], email="elsewhere@example.org")
    second = signed_in(came(world, provider(issuer), "omar"))
    assert second.person.handle == first.person.handle
    assert second.person.roles == {Role.BOARD_MEMBER, Role.REVIEWER}


def test_who_is_known_by_a_verified_address_is_not_made_anew(world: World, issuer: str) -> None:
    rita = person("rita", Role.REVIEWER, email="rita@example.org")
    assert organisation.add_person(world.workspace, rita, by="root") is None
    tells(issuer, "rita", email_verified=False)
    assert signed_in(came(world, provider(issuer), "rita")).person.handle == "rita2"
    tells(issuer, "someone-else", email="Rita@example.org")
    assert signed_in(came(world, provider(issuer), "someone-else")).person.handle == "rita"


def test_without_a_group_that_counts_here_nobody_comes_in(world: World, issuer: str) -> None:
    tells(issuer, "pete", groups=["football"])
    assert came(world, provider(issuer), "pete") == Refused(("house: none of your groups has a role here",))


def test_where_people_are_invited_only_a_stranger_is_refused(world: World, issuer: str) -> None:
    tells(issuer, "quinn")
    refused = came(world, provider(issuer, creates_people=False), "quinn")
    assert refused == Refused(("house: you are not known here: ask an admin for an invitation",))


def test_who_left_does_not_come_back_through_the_provider(world: World, issuer: str) -> None:
    tells(issuer, "sam")
    sam = signed_in(came(world, provider(issuer), "sam")).person
    gone = sam.model_copy(update={"is_active": False})
    assert organisation.add_person(world.workspace, gone, by="root") is None
    assert came(world, provider(issuer), "sam") == Refused((f"house: {sam.handle} is no longer active",))


def test_the_browser_is_sent_with_state_nonce_and_a_challenge(world: World, issuer: str) -> None:
    start = begun(world, provider(issuer))
    sent = {name: values[0] for name, values in parse_qs(urlsplit(start.url).query).items()}
    assert sent["code_challenge_method"] == "S256"
    assert (len(sent["code_challenge"]), len(sent["state"]), len(sent["nonce"])) == (43, 43, 43)
    assert sent["redirect_uri"] == BACK
    kept = everything_kept(world)
    assert sent["state"] not in kept
    assert start.browser not in kept
    assert "kept well" not in repr(provider(issuer))


def test_another_browser_cannot_finish_what_one_began(world: World, issuer: str) -> None:
    tells(issuer, "tina")
    house, start = provider(issuer), begun(world, provider(issuer))
    back = allowed(start.url, "tina")
    other = begun(world, house).browser
    told = finish_sso(world.workspace, house, BACK, state=back["state"], code=back["code"], browser=other)
    assert told == Refused(("house: the sign-on was not begun in this browser, or too long ago",))
    assert [one.what for one in refusals(world.workspace)] == ["sso house"]


def test_an_answer_is_taken_once_and_not_after_ten_minutes(world: World, issuer: str) -> None:
    tells(issuer, "uma")
    house = provider(issuer)
    for late in (timedelta(), timedelta(minutes=10)):
        start = begun(world, house)
        back = allowed(start.url, "uma")
        world.clock.now += late
        answer = {"state": back["state"], "code": back["code"], "browser": start.browser}
        if not late:
            signed_in(finish_sso(world.workspace, house, BACK, **answer))
        assert not finish_sso(world.workspace, house, BACK, **answer)


def test_a_made_up_code_is_refused(world: World, issuer: str) -> None:
    house, start = provider(issuer), begun(world, provider(issuer))
    state = parse_qs(urlsplit(start.url).query)["state"][0]
    told = finish_sso(world.workspace, house, BACK, state=state, code="made-up", browser=start.browser)
    assert told == Refused(("house: the provider did not take the code (OAuthError)",))


def test_a_provider_that_is_not_there_or_is_another_one_is_refused(world: World, issuer: str) -> None:
    assert begin_sso(world.workspace, provider("http://localhost:9"), BACK) == Refused(
        ("house: the provider can't be asked (ConnectError)",)
    )
    other = issuer.replace("localhost", "127.0.0.1")
    assert begin_sso(world.workspace, provider(other + "/"), BACK) == Refused(
        ("house: the provider says that it is another issuer",)
    )
    assert begin_sso(world.workspace, provider("http://idp.example.org"), BACK) == Refused(
        ("house: the provider is not asked by https",)
    )


# Tokens made by hand.

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEY = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
OTHER = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
KEYS = KeySet([RSAKey.import_key(KEY.as_dict(private=False))])
HOUSE = provider("https://idp.example.org")


def claims(**changes: object) -> dict[str, Any]:
    at = int(NOW.timestamp())
    good = {"iss": HOUSE.issuer, "aud": "provefirst", "sub": "nora", "nonce": "once", "iat": at, "exp": at + 300}
    return {name: value for name, value in (good | changes).items() if value is not None}


def token(key: Any = KEY, alg: str = "RS256", **changes: object) -> str:
    return jwt.encode({"alg": alg, "kid": "one"}, claims(**changes), key, algorithms=[alg])


def unsigned(**changes: object) -> str:
    header, _, _ = token().split(".")
    from base64 import urlsafe_b64encode
    from json import dumps

    def part(value: object) -> str:
        return urlsafe_b64encode(dumps(value).encode()).decode().rstrip("=")

    assert header
    return f"{part({'alg': 'none'})}.{part(claims(**changes))}."


def test_a_good_token_is_taken() -> None:
    assert checked(token(), KEYS, HOUSE, "once", NOW)["sub"] == "nora"
    assert checked(token(aud=["provefirst", "other"], azp="provefirst"), KEYS, HOUSE, "once", NOW)["sub"] == "nora"


AT = int(NOW.timestamp())
PUBLIC = KEY.as_pem(private=False)
LIES = {
    "signed by another key": (token(OTHER), "is not signed by the provider"),
    "signed by nobody": (unsigned(), "is not signed by the provider"),
    "signed by the public key as a shared secret": (
        jwt.encode({"alg": "HS256", "kid": "one"}, claims(), OctKey.import_key(b"x" * 32), algorithms=["HS256"]),
        "is not signed by the provider",
    ),
    "signed by a key of another kind": (
        token(ECKey.generate_key("P-256", {"kid": "one"}, private=True), "ES256"),
        "is not signed by the provider",
    ),
    "changed after it was signed": (
        ".".join([token().split(".")[0], unsigned(sub="root").split(".")[1], token().split(".")[2]]),
        "is not signed by the provider",
    ),
    "no token": ("nonsense", "is not signed by the provider"),
    "nothing": ("", "is not signed by the provider"),
    "of another issuer": (token(iss="https://evil.example.org"), "is of another issuer"),
    "for another audience": (token(aud="other"), "is for somebody else"),
    "for nobody": (token(aud=None), "is for somebody else"),
    "for us and another who asked for it": (token(aud=["provefirst", "other"], azp="other"), "is for somebody else"),
    "for us and another, without saying who asked": (token(aud=["provefirst", "other"]), "is for somebody else"),
    "of another sign-on": (token(nonce="twice"), "is of another sign-on"),
    "of no sign-on": (token(nonce=None), "is of another sign-on"),
    "out of date": (token(exp=AT - 61), "is out of date"),
    "for ever": (token(exp=None), "does not say for how long it is good"),
    "from the future": (token(iat=AT + 61), "is out of date"),
    "not good yet": (token(nbf=AT + 61), "is out of date"),
    "of nobody": (token(sub=None), "says of nobody that they signed in"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_lies_is_refused(lie: str) -> None:
    made, told = LIES[lie]
    with pytest.raises(SsoError, match=told):
        checked(made, KEYS, HOUSE, "once", NOW)
