"""The organisation: making a data folder, and the people in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from provefirst.cli import completion
from provefirst.cli.answers import changed, refused
from provefirst.cli.family import family
from provefirst.cli.page import Page, words
from provefirst.cli.session import Facts, Session, Told, command

if TYPE_CHECKING:
    from collections.abc import Callable

    from provefirst.client import Client
    from provefirst.lifecycle.act import Refused
    from provefirst.people import Person

app = typer.Typer(rich_markup_mode=None)
people = family(app, "people", "Who is known here, and what they may be called on to do.")

Handle = Annotated[
    str, typer.Argument(metavar="HANDLE", show_default=False, autocompletion=completion.handles, help="Such as dana.")
]


Roles = Annotated[
    list[str],
    typer.Option("--role", show_default=False, autocompletion=completion.roles, help="Repeat for more than one."),
]


def roles_of(given: list[str]) -> list[str]:
    """The roles that were given on the command line, each once."""
    from provefirst.documents.given import choice
    from provefirst.people import Role

    return sorted({choice("role", role.replace(" ", "_"), [known.value for known in Role]) for role in given})


@command(app, "init")
def init(
    session: Session,
    admin: Annotated[
        str | None, typer.Option("--admin", show_default=False, help="Handle of the first admin. Default: --as.")
    ] = None,
    name: Annotated[str | None, typer.Option("--name", show_default=False, help="The admin's name.")] = None,
    pool: Annotated[
        str | None, typer.Option("--pool", show_default=False, help='Money for the first pool: "1000000 EUR".')
    ] = None,
) -> Told:
    """Make a data folder: database, policies, a first admin.

    Where there is one, its database is brought up to date.
    """
    from provefirst.client import Client
    from provefirst.lifecycle.workspace import Workspace
    from provefirst.money import Money
    from provefirst.texts import handle

    money = None if pool is None else Money.parse(pool)
    workspace = Workspace.open(session.home)
    session.closing.callback(workspace.store.engine.dispose)
    if workspace.is_prepared():  # perhaps by an older version
        workspace.prepare()
    is_new = not workspace.is_prepared() or not Client(workspace).people.list()
    first = (admin or session.person) if is_new else session.person
    if is_new and not first:
        return refused(("a first admin is needed: name one with --admin HANDLE",))
    if not is_new and (admin or pool):
        return refused((f"{workspace.home} is in use: add people with `people add`, money with `pool fund`",))
    client = Client(workspace, handle(first) if first else "")
    workspace.prepare()
    if not is_new:
        told = f"{workspace.home} was made already; its database is up to date"
        return Told({"done": True, "home": str(workspace.home), "is_new": False}, lambda page: page.line(told))
    return _found(client, name, money)


@command(people, "add")
def add(
    session: Session,
    handle: Handle,
    role: Roles,
    name: Annotated[
        str | None, typer.Option("--name", show_default=False, help="Their name. Default: the handle.")
    ] = None,
    email: Annotated[str | None, typer.Option("--email", show_default=False, help="Their address.")] = None,
    manager: Annotated[
        str | None,
        typer.Option("--manager", show_default=False, autocompletion=completion.handles, help="Whom they report to."),
    ] = None,
    cost_centre: Annotated[str | None, typer.Option("--cost-centre", show_default=False)] = None,
    expertise: Annotated[
        list[str] | None, typer.Option("--expertise", show_default=False, help="A tag of what they know. Repeatable.")
    ] = None,
) -> Told:
    """Add somebody, or change what is known of them. What is not said stays."""
    roles, client = roles_of(role), session.client()
    known = {person.handle: _person(person) for person in client.people.list()}.get(handle, {})
    said = {"name": name, "email": email, "manager": manager, "cost_centre": cost_centre, "expertise": expertise}
    given = {
        "name": _named(handle),
        "email": None,
        **known,
        **{field: value for field, value in said.items() if value is not None},
        "handle": handle,
        "roles": roles,
        "is_active": True,
    }
    told = f"{handle} is known here: {', '.join(words(known) for known in roles)}"
    return changed(client.people.save(given), {"person": given}, told)


@command(people, "list")
def list_(session: Session) -> Told:
    """List everybody known here."""
    known = session.client().people.list()

    def show(page: Page) -> None:
        rows = [
            (person.handle, person.name, "" if person.is_active else "no longer active", _roles(person))
            for person in known
        ]
        page.table(("HANDLE", "NAME", "", "ROLES"), rows)

    return Told({"people": [_person(person) for person in known]}, show)


@command(people, "deactivate")
def deactivate(session: Session, handle: Handle) -> Told:
    """Let somebody act no more. What they did stays on record."""
    return changed(session.client().people.deactivate(handle), {"person": handle}, f"{handle} is no longer active")


def _found(client: Client, name: str | None, money: object) -> Told:
    from provefirst.money import Money
    from provefirst.places import config_dir

    admin, home = client.actor, str(client.workspace.home)
    steps: list[Callable[[], Refused | None]] = [
        lambda: client.people.save({"handle": admin, "name": name or _named(admin), "roles": ["admin"]}),
        lambda: client.policies.adopt(config_dir() / "gates"),
        lambda: client.pools.fund(money) if isinstance(money, Money) else None,
    ]
    for step in steps:
        if (refusal := step()) is not None:
            return refused(refusal.reasons)
    facts = {"done": True, "home": home, "is_new": True, "admin": admin, "policy": client.policies.in_force()[0]}

    def show(page: Page) -> None:
        page.line(f"{home} is ready; {admin} is its admin, and the shipped policies are in force.")
        if isinstance(money, Money):
            page.line(f"pool {client.workspace.pool} holds {money}")
        page.line(f"next: provefirst people add HANDLE --role product_owner --as {admin}")

    return Told(facts, show)


def _named(handle: str) -> str:
    """A name for somebody of whom only the handle is known."""
    return handle.replace(".", " ").replace("-", " ").title().ljust(3, "-")


def _roles(person: Person) -> str:
    return ", ".join(sorted(role.label for role in person.roles))


def _person(person: Person) -> Facts:
    sets = {"roles": sorted(role.value for role in person.roles), "expertise": sorted(person.expertise)}
    return {**person.model_dump(mode="json"), **sets}
