"""Signing in on a server from the command line: a token is kept, and commands act there in its name."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from provefirst.cli.answers import refused
from provefirst.cli.session import Session, Told, command

if TYPE_CHECKING:
    from provefirst.client.server import Server

app = typer.Typer(rich_markup_mode=None)
SCOPES = ("read", "write", "judge", "money", "admin")
DAYS = 30


@command(app, "login")
def login(
    session: Session,
    server: Annotated[
        str, typer.Argument(metavar="URL", show_default=False, help="Such as https://proofs.example.org.")
    ],
    name: Annotated[str, typer.Option("--name", show_default=False, help="Your handle or e-mail address.")] = "",
    token: Annotated[bool, typer.Option("--token", help="Read a token from standard input instead.")] = False,
) -> Told:
    """Sign in on a server. Commands act there from now on, until `logout` or --home says otherwise."""
    from provefirst.client import kept
    from provefirst.client.remote import RemoteClient
    from provefirst.client.server import Server, checked

    url = checked(server)
    with closing(Server(url)) as asked:
        secret = _typed("Token") if token else _made(asked, name or _asked("Name"))
    if not isinstance(secret, str):
        return refused(secret)
    with RemoteClient(Server(url, secret)) as client:
        me = client.me()
    place = kept.keep(kept.SignIn(url, secret))
    told = f"{me['handle']} on {url}; the token is kept in {place}"
    return Told({"server": url, "handle": me["handle"], "kept_in": place}, lambda page: page.line(told))


@command(app, "logout")
def logout(session: Session) -> Told:
    """End the token that `login` kept, there and here."""
    from provefirst.client import kept
    from provefirst.client.server import NotSignedInError, Server, UnreachableError

    sign_in = kept.current()
    if sign_in is None:
        return Told({"done": True, "ended": False}, lambda page: page.line("nobody was signed in"))
    ended = False
    server = Server(sign_in.server, sign_in.token)
    try:
        ended = any(server.send("DELETE", f"tokens/{one['id']}").is_success for one in _own(server, sign_in.token))
    except (NotSignedInError, UnreachableError):
        pass
    finally:
        server.close()
    kept.forget(sign_in.server)
    rest = "" if ended else "; the server could not be told: revoke the token there"
    return Told({"done": True, "ended": ended}, lambda page: page.line(f"signed out of {sign_in.server}{rest}"))


@command(app, "whoami")
def whoami(session: Session) -> Told:
    """Say who acts, and where."""
    from provefirst.client.remote import RemoteClient

    client = session.client()
    if isinstance(client, RemoteClient):
        facts = {"server": client.server.url, **client.me()}
        place = client.server.url
    else:
        person = client.workspace.person(client.actor)
        facts = {"home": str(client.workspace.home), "handle": person.handle, "roles": sorted(person.roles)}
        place = str(client.workspace.home)
    roles = ", ".join(role.replace("_", " ") for role in facts["roles"])
    return Told(facts, lambda page: page.line(f"{facts['handle']} ({roles}) on {place}"))


def _made(server: Server, name: str) -> str | tuple[str, ...]:
    """Sign in by password, make a token and sign out again; every reason where one can't."""
    sent: dict[str, Any] = {"name": name, "password": _typed("Password")}
    answer = server.send("POST", "session", json=sent)
    if answer.status_code == 401 and answer.json().get("code_needed"):
        answer = server.send("POST", "session", json={**sent, "code": _typed("Code")})
    if not answer.is_success:
        return (str(answer.json().get("detail", answer.status_code)),)
    headers = {"X-CSRF-Token": answer.json()["csrf"]}
    machine = os.uname().nodename if hasattr(os, "uname") else "a terminal"
    new = {"name": f"command line on {machine}"[:200], "scopes": list(SCOPES), "days": DAYS}
    made = server.send("POST", "tokens", json=new, headers=headers)
    server.send("DELETE", "session", headers=headers)
    if not made.is_success:
        return tuple(made.json().get("reasons") or [str(made.json().get("detail", made.status_code))])
    return str(made.json()["secret"])


def _own(server: Server, token: str) -> list[dict[str, Any]]:
    """The token itself, among those of its owner: the only one it can end."""
    me = server.get("me")
    return [one for one in server.get("tokens")["rows"] if one["id"] == me.get("token")]


def _typed(what: str) -> str:
    """Something secret: typed unseen, or read from standard input where that is no terminal."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    return str(typer.prompt(what, hide_input=True))


def _asked(what: str) -> str:
    return str(typer.prompt(what)) if sys.stdin.isatty() else sys.stdin.readline().strip()
