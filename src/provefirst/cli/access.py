"""Who gets in: tokens for programs, invitations, links for a new password, and who could review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from provefirst.cli import completion
from provefirst.cli.answers import changed, refused
from provefirst.cli.family import family
from provefirst.cli.organisation import Handle, Roles, people, roles_of
from provefirst.cli.page import Page
from provefirst.cli.session import Facts, Key, Session, Told, command

if TYPE_CHECKING:
    from provefirst.accounts.tokens import Token
    from provefirst.lifecycle.act import Refused

app = typer.Typer(rich_markup_mode=None)
tokens = family(app, "token", "Tokens, by which programs act in your name.")


@command(tokens, "create")
def create(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False, help="What it is for.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(
            "--scope", show_default=False, help="read, write, judge, money, admin. Repeatable. Default: read."
        ),
    ] = None,
    days: Annotated[int, typer.Option("--days", help="For how long it is good.")] = 90,
) -> Told:
    """Make a token for yourself. It is told once, and can do no more than you."""
    from provefirst.accounts.tokens import NewToken, create_token
    from provefirst.documents.given import choice, document
    from provefirst.lifecycle.act import Refused
    from provefirst.permissions import Scope

    scopes = [choice("scope", given, [known.value for known in Scope]) for given in scope or ["read"]]
    client = session.local()
    new = document(NewToken, {"name": name, "scopes": sorted(set(scopes)), "days": days})
    made = create_token(client.workspace, new, by=client.actor)
    if isinstance(made, Refused):
        return refused(made.reasons)
    secret, token = made.secret, made.token

    def show(page: Page) -> None:
        page.line(f"{token.name}: for {', '.join(sorted(token.scopes))}, until {token.ends_at[:10]}")
        page.line("It is told now and never again:")
        page.line(secret)

    return Told({"token": {**_facts(token), "secret": secret}}, show)


@command(tokens, "list")
def list_(
    session: Session,
    of: Annotated[
        str, typer.Option("--of", show_default=False, autocompletion=completion.handles, help="Whose, as an admin.")
    ] = "",
) -> Told:
    """List tokens, those that are good no longer as well."""
    from provefirst.accounts import tokens as verbs
    from provefirst.lifecycle.act import Refused

    client = session.local()
    found = verbs.tokens(client.workspace, by=client.actor, of=of)
    if isinstance(found, Refused):
        return refused(found.reasons)

    def show(page: Page) -> None:
        rows = [(one.id, one.name, ", ".join(sorted(one.scopes)), _standing(one), one.used_at[:16]) for one in found]
        page.table(("ID", "NAME", "SCOPES", "GOOD UNTIL", "LAST USED"), rows)

    return Told({"tokens": [_facts(one) for one in found]}, show)


@command(tokens, "revoke")
def revoke(
    session: Session,
    token: Annotated[str, typer.Argument(metavar="ID", show_default=False, help="Its id, as `token list` shows it.")],
) -> Told:
    """End a token at once."""
    from provefirst.accounts.tokens import revoke_token

    client = session.local()
    return changed(revoke_token(client.workspace, token, by=client.actor), {"token": token}, f"{token} is revoked")


@command(people, "invite")
def invite(
    session: Session,
    handle: Handle,
    role: Roles,
    name: Annotated[str | None, typer.Option("--name", show_default=False, help="Default: the handle.")] = None,
    email: Annotated[str | None, typer.Option("--email", show_default=False, help="Their address.")] = None,
) -> Told:
    """Make a link by which somebody comes in, once and within a week."""
    from provefirst.accounts import invitations
    from provefirst.documents.given import document
    from provefirst.people import Person

    client = session.local()
    given = {"handle": handle, "name": name or handle.title().ljust(3, "-"), "email": email, "roles": roles_of(role)}
    secret = invitations.invite(client.workspace, document(Person, given), by=client.actor)
    return _link(client.workspace.settings.address, handle, secret)


@command(people, "link")
def link(session: Session, handle: Handle) -> Told:
    """Make a link by which somebody chooses a new password, once and within two hours."""
    from provefirst.accounts import invitations

    client = session.local()
    secret = invitations.reset_password(client.workspace, handle, by=client.actor)
    return _link(client.workspace.settings.address, handle, secret)


@command(app, "reviewers")
def reviewers(session: Session, key: Key) -> Told:
    """Propose who could review: those who know most about it first. Nobody with a conflict of interest."""
    found = session.initiative(key).reviewers()

    def show(page: Page) -> None:
        if not found:
            page.line("Nobody who may review it is free of a conflict of interest.")
            return
        page.table(
            ("HANDLE", "KNOWS", "UNDER WAY"), [(one.handle, ", ".join(one.knows), str(one.load)) for one in found]
        )

    return Told(
        {"reviewers": [{"handle": one.handle, "knows": list(one.knows), "load": one.load} for one in found]}, show
    )


def _link(address: str, handle: str, made: str | Refused) -> Told:
    if not isinstance(made, str):
        return refused(made.reasons)

    link = f"{address}/join/{made}"

    def show(page: Page) -> None:
        page.line(f"The link for {handle}, told now and never again:")
        page.raw(link)

    return Told({"handle": handle, "secret": made, "link": link}, show)


def _standing(token: Token) -> str:
    return "revoked" if token.revoked_at else token.ends_at[:10]


def _facts(token: Token) -> Facts:
    fields = {name: getattr(token, name) for name in type(token).__slots__}
    return {**fields, "scopes": sorted(token.scopes)}
