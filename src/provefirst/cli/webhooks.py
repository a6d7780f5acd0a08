"""Webhooks: who is told of what happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from provefirst.cli.answers import changed, refused
from provefirst.cli.family import family
from provefirst.cli.page import Page
from provefirst.cli.session import Session, Told, command

if TYPE_CHECKING:
    from provefirst.lifecycle.act import Refused
    from provefirst.webhooks.hooks import Shown

app = typer.Typer(rich_markup_mode=None)
webhooks = family(app, "webhooks", "Tell other programs what happens, signed.")

HookId = Annotated[str, typer.Argument(show_default=False, help="Its id, as `webhooks list` shows it.")]


@command(webhooks, "add")
def add(
    session: Session,
    url: Annotated[str, typer.Argument(show_default=False, help="Where messages are posted: https://…")],
    event: Annotated[
        list[str] | None,
        typer.Option("--event", show_default=False, help="Such as gate.opened. Repeatable. Default: everything."),
    ] = None,
) -> Told:
    """Tell an address of entries from now on, as an admin."""
    from provefirst.webhooks import hooks

    client = session.local()
    return _shown(hooks.add(client.workspace, url, by=client.actor, events=tuple(event or ())))


@command(webhooks, "rotate")
def rotate(session: Session, hook: HookId) -> Told:
    """Give a webhook a new secret, and set it going again."""
    from provefirst.webhooks import hooks

    client = session.local()
    return _shown(hooks.rotate(client.workspace, hook, by=client.actor))


@command(webhooks, "remove")
def remove(session: Session, hook: HookId) -> Told:
    """Tell a webhook nothing more."""
    from provefirst.webhooks import hooks

    client = session.local()
    return changed(
        hooks.remove(client.workspace, hook, by=client.actor), {"webhook": hook}, f"{hook} is told nothing more"
    )


@command(webhooks, "list")
def listing(session: Session) -> Told:
    """List the webhooks and what they are told of."""
    from provefirst.webhooks import hooks

    found = hooks.listing(session.local().workspace)
    facts = [
        {
            "id": hook.id,
            "url": hook.url,
            "events": list(hook.events),
            "is_active": hook.is_active,
            "problem": hook.problem,
        }
        for hook in found
    ]

    def show(page: Page) -> None:
        if not found:
            page.line("No webhooks.")
            return
        rows = [
            (hook.id, "active" if hook.is_active else hook.problem, ", ".join(hook.events) or "everything", hook.url)
            for hook in found
        ]
        page.table(("id", "state", "events", "address"), rows)

    return Told({"webhooks": facts}, show)


@command(webhooks, "messages")
def messages(session: Session, hook: HookId) -> Told:
    """List a webhook's messages and how each fares, the newest first."""
    from provefirst.webhooks import hooks

    found = hooks.messages(session.local().workspace, hook)
    names = ("message", "initiative", "version", "status", "tries", "next_at", "sent_at", "problem")

    def show(page: Page) -> None:
        if not found:
            page.line("It has been told nothing yet.")
            return
        rows = [
            (f"{row['initiative']} {row['version']}", row["status"], str(row["tries"]), row["problem"]) for row in found
        ]
        page.table(("entry", "status", "tries", "problem"), rows)

    return Told({"messages": [{name: row[name] for name in names} for row in found]}, show)


def _shown(answer: Shown | Refused) -> Told:
    from provefirst.lifecycle.act import Refused

    if isinstance(answer, Refused):
        return refused(answer.reasons)
    hook = answer.hook
    facts = {"done": True, "webhook": hook.id, "url": hook.url, "secret": answer.secret, "public_key": answer.public}

    def show(page: Page) -> None:
        page.line(f"{hook.id} is told of {', '.join(hook.events) or 'everything'}", "bold")
        page.line("Give its receiver one of these; the secret is not shown again:")
        page.raw(f"  secret      {answer.secret}\n  public key  {answer.public}")

    return Told(facts, show)
