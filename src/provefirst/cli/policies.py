"""Policies: what gates ask for. Checked, explained, shown, adopted, and an initiative put under another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provefirst.cli.answers import answered, changed
from provefirst.cli.family import family
from provefirst.cli.page import Page
from provefirst.cli.session import MISUSED, Key, Session, Told, command, error_of

if TYPE_CHECKING:
    from provefirst.gates import PolicySet

app = typer.Typer(rich_markup_mode=None)
policy = family(app, "policy", "What each gate asks for: check, explain, show, adopt, migrate.")

Folder = Annotated[
    Path | None, typer.Argument(show_default=False, help="Folder with one file a gate. Default: what is shipped.")
]
Digest = Annotated[str | None, typer.Option("--digest", show_default=False, help="The policy that begins so.")]


@command(policy, "check")
def check(session: Session, folder: Folder = None) -> Told:
    """Check policy files; every problem is told with its line."""
    from provefirst.client.organisation import known_checks
    from provefirst.documents import policies

    place = folder or _shipped()
    problems = policies.check(place, known_checks())

    def show(page: Page) -> None:
        for problem in problems:
            page.line(str(problem))
        if not problems:
            page.line(f"the policies in {place} are sound")

    facts = {"ok": not problems, "problems": [error_of(problem) for problem in problems]}
    return Told(facts, show, MISUSED if problems else 0)


@command(policy, "explain")
def explain(session: Session, folder: Folder = None, digest: Digest = None) -> Told:
    """Say in plain words what each gate asks for.

    Of the policies in a folder, else of those in force here.
    """
    from provefirst.documents import policies

    found = _policies(session, folder, digest)
    paragraphs = policies.explain(found)

    def show(page: Page) -> None:
        page.line(f"policy {found.digest[:12]}", "bold")
        for paragraph in paragraphs:
            page.item(paragraph)

    return Told({"digest": found.digest, "gates": list(paragraphs)}, show)


@command(policy, "show")
def show_(session: Session, digest: Digest = None) -> Told:
    """Print the policy in force, or another by its digest."""
    found = _policies(session, None, digest)
    facts = {"digest": found.digest, "policies": found.model_dump(mode="json")}

    def show(page: Page) -> None:
        import yaml

        page.line(f"# policy {found.digest}")
        page.raw(yaml.safe_dump(facts["policies"], sort_keys=False, allow_unicode=True).rstrip("\n"))

    return Told(facts, show)


@command(policy, "adopt")
def adopt(session: Session, folder: Folder = None) -> Told:
    """Adopt the policies in a folder for what is opened from now on."""
    from provefirst.documents import policies

    client = session.client()
    before = client.policies.adopted()[-1:]
    refusal = client.policies.adopt(folder or _shipped())
    if refusal is not None:
        return changed(refusal, {}, "")
    digest, now = client.policies.in_force()
    changes = policies.difference(before[0][1], now) if before else ()

    def show(page: Page) -> None:
        page.line(f"policy {digest[:12]} is in force; initiatives already open keep theirs")
        for change in changes:
            page.item(change)

    return Told({"done": True, "digest": digest, "changes": list(changes)}, show)


@command(policy, "migrate")
def migrate(
    session: Session,
    key: Key,
    reason: Annotated[str, typer.Option("--reason", "-r", show_default=False, help="Why.")],
    digest: Digest = None,
) -> Told:
    """Put an initiative under another adopted policy, on the record.

    Its standing votes become void.
    """
    client = session.client()
    wanted = None if digest is None else client.policies.find(digest)[0]
    return answered(client.initiative(key).migrate(reason, policy=wanted))


def _policies(session: Session, folder: Path | None, digest: str | None) -> PolicySet:
    from provefirst.client.organisation import known_checks
    from provefirst.documents import policies

    if folder is not None:
        return policies.load(folder, known_checks())
    known = session.client().policies
    return (known.in_force() if digest is None else known.find(digest))[1]


def _shipped() -> Path:
    from provefirst.places import config_dir

    return config_dir() / "gates"
