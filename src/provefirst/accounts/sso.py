"""Single sign-on by OpenID Connect: the authorization code flow with PKCE, state, nonce and a checked ID token.

A provider is trusted for who somebody is and which groups they are in, and for nothing else: what a role may do, the
permission matrix says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import Field

from provefirst.accounts.arriving import Arrival, arrive
from provefirst.accounts.keys import digest, is_same, new_secret
from provefirst.accounts.signing_in import SignedIn
from provefirst.ledger import instant
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.refusals import note
from provefirst.lifecycle.workspace import Workspace
from provefirst.people import Role
from provefirst.store import accounts
from provefirst.store.accounts import FlowRow
from provefirst.texts import Document, Word

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA"]
"""Signatures by a key pair only: a token signed by a shared secret, or by nobody, is refused."""

LEEWAY = timedelta(seconds=60)
FLOW_LASTS = timedelta(minutes=10)
_PATIENCE = 10.0


class Provider(Document):
    """An OpenID provider, and what its groups mean here."""

    name: Word
    issuer: Word
    client_id: Word
    client_secret: str = Field(default="", repr=False)
    scopes: tuple[Word, ...] = ("openid", "profile", "email")
    groups_claim: Word = "groups"
    roles: dict[Word, frozenset[Role]] = Field(default_factory=dict, description="what each group may be called on for")
    creates_people: bool = Field(default=False, description="whether whoever signs in and is not known yet is added")


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and the secret to leave in it as a cookie until it comes back."""

    url: str
    browser: str

    def __repr__(self) -> str:
        return "Begun(…)"


class SsoError(Exception):
    """What a provider sent can't be trusted; says why, for the log, and holds no secret."""


def begin_sso(workspace: Workspace, provider: Provider, redirect_uri: str) -> Begun | Refused:
    """Begin a sign-on: the answer will be taken only with this state, in this browser, and soon."""
    try:
        endpoint = _address(_metadata(provider)["authorization_endpoint"])
    except SsoError as problem:
        return _refused(workspace, provider, str(problem))
    state, browser, nonce, verifier = (new_secret() for _ in range(4))
    with _client(provider, redirect_uri) as client:
        url, _ = client.create_authorization_url(endpoint, state=state, nonce=nonce, code_verifier=verifier)
    now = workspace.clock()
    row = {"digest": digest(state), "provider": provider.name, "browser": digest(browser), "nonce": nonce}
    with workspace.store.writing() as work:
        accounts.drop_before(work, FlowRow, "ends_at", instant(now))
        accounts.add(work, FlowRow, row | {"verifier": verifier, "ends_at": instant(now + FLOW_LASTS)})
    return Begun(url, browser)


def finish_sso(
    workspace: Workspace, provider: Provider, redirect_uri: str, *, state: str, code: str, browser: str
) -> SignedIn | Refused:
    """Finish a sign-on with what the browser brought back, and begin a session."""
    now = workspace.clock()
    with workspace.store.writing() as work:
        row = accounts.find(work, FlowRow, digest=digest(state), provider=provider.name)
        if row is not None:
            accounts.drop(work, FlowRow, digest=row["digest"])
    if row is None or row["ends_at"] <= instant(now) or not is_same(row["browser"], digest(browser)):
        return _refused(workspace, provider, "the sign-on was not begun in this browser, or too long ago")
    try:
        metadata = _metadata(provider)
        answer = _exchanged(provider, metadata, redirect_uri, code, row["verifier"])
        keys = _keys(metadata)
        claims = checked(str(answer.get("id_token", "")), keys, provider, row["nonce"], now)
        claims = _with_groups(provider, metadata, answer, claims)
    except SsoError as problem:
        return _refused(workspace, provider, str(problem))
    arrival = Arrival(
        provider.issuer, claims, _groups(claims, provider), provider.roles, creates=provider.creates_people
    )
    signed_in = arrive(workspace, arrival)
    return _refused(workspace, provider, signed_in) if isinstance(signed_in, str) else signed_in


def checked(token: str, keys: KeySet, provider: Provider, nonce: str, now: datetime) -> Mapping[str, Any]:
    """The claims of an ID token that is signed by the provider, for us, for this sign-on, and not out of date."""
    try:
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
    except (JoseError, ValueError, KeyError, TypeError) as problem:
        raise SsoError(f"the ID token is not signed by the provider ({type(problem).__name__})") from problem
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    is_ours = provider.client_id in audiences and claims.get("azp", provider.client_id) == provider.client_id
    if claims.get("iss") != provider.issuer:
        raise SsoError("the ID token is of another issuer")
    if not is_ours or (len(audiences) > 1 and "azp" not in claims):
        raise SsoError("the ID token is for somebody else")
    if not is_same(str(claims.get("nonce", "")), nonce):
        raise SsoError("the ID token is of another sign-on")
    _check_times(claims, now)
    if not isinstance(claims.get("sub"), str) or not claims["sub"]:
        raise SsoError("the ID token says of nobody that they signed in")
    return claims


def _check_times(claims: Mapping[str, Any], now: datetime) -> None:
    at, slack = now.timestamp(), LEEWAY.total_seconds()
    expires, issued, begins = claims.get("exp"), claims.get("iat"), claims.get("nbf", 0)
    if not all(isinstance(value, int | float) for value in (expires, issued, begins)):
        raise SsoError("the ID token does not say for how long it is good")
    if float(expires or 0) + slack <= at or float(issued or 0) - slack > at or float(begins) - slack > at:
        raise SsoError("the ID token is out of date")


def _metadata(provider: Provider) -> Mapping[str, Any]:
    found = _fetched(_address(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"))
    if found.get("issuer") != provider.issuer:
        raise SsoError("the provider says that it is another issuer")
    return found


def _keys(metadata: Mapping[str, Any]) -> KeySet:
    found = _fetched(_address(metadata.get("jwks_uri")))
    try:
        return KeySet.import_key_set(found)  # type: ignore[arg-type]
    except (JoseError, ValueError, KeyError, TypeError) as problem:
        raise SsoError("the provider's keys can't be read") from problem


def _exchanged(
    provider: Provider, metadata: Mapping[str, Any], redirect_uri: str, code: str, verifier: str
) -> Mapping[str, Any]:
    endpoint = _address(metadata.get("token_endpoint"))
    try:
        with _client(provider, redirect_uri) as client:
            answer: Mapping[str, Any] = client.fetch_token(endpoint, code=code, code_verifier=verifier)
    except Exception as problem:  # Authlib speaks through httpx or httpx2, as is installed: no common root of errors
        raise SsoError(f"the provider did not take the code ({type(problem).__name__})") from problem
    return answer


def _with_groups(
    provider: Provider, metadata: Mapping[str, Any], answer: Mapping[str, Any], claims: Mapping[str, Any]
) -> Mapping[str, Any]:
    """`claims`, and what only the user-info endpoint says. What the signed token says goes first."""
    is_complete = provider.groups_claim in claims and "email" in claims
    if is_complete or "userinfo_endpoint" not in metadata or "access_token" not in answer:
        return claims
    headers = {"Authorization": f"Bearer {answer['access_token']}"}
    more = _fetched(_address(metadata["userinfo_endpoint"]), headers)
    if more.get("sub") != claims["sub"]:
        raise SsoError("the provider told of somebody else")
    return {**more, **claims}


def _groups(claims: Mapping[str, Any], provider: Provider) -> frozenset[str]:
    told = claims.get(provider.groups_claim, [])
    return frozenset(group for group in (told if isinstance(told, list) else [told]) if isinstance(group, str))


def _fetched(url: str, headers: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    try:
        answer = httpx.get(url, headers=dict(headers or {}), timeout=_PATIENCE, follow_redirects=False)
        answer.raise_for_status()
        found = answer.json()
    except (httpx.HTTPError, ValueError) as problem:
        raise SsoError(f"the provider can't be asked ({type(problem).__name__})") from problem
    if not isinstance(found, dict):
        raise SsoError("the provider's answer can't be read")
    return found


def _address(url: object) -> str:
    """`url` where it is encrypted, or does not leave this machine."""
    parts = urlsplit(str(url))
    is_here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_here):
        raise SsoError("the provider is not asked by https")
    return str(url)


def _client(provider: Provider, redirect_uri: str) -> Any:
    return OAuth2Client(
        client_id=provider.client_id,
        client_secret=provider.client_secret or None,
        token_endpoint_auth_method="client_secret_basic" if provider.client_secret else "none",
        scope=" ".join(provider.scopes),
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        timeout=_PATIENCE,
    )


def _refused(workspace: Workspace, provider: Provider, why: str) -> Refused:
    note(workspace, "", f"sso {provider.name}", "", why)
    return Refused((f"{provider.name}: {why}",), is_forbidden=True)
