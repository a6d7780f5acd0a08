"""Running: the engine with its server, the demo, and which checks there are."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from provefirst.cli.family import family
from provefirst.cli.page import Page, words
from provefirst.cli.session import Session, Told, command

app = typer.Typer(rich_markup_mode=None)
checks = family(app, "checks", "What the engine measures.")


@command(app, "up")
def up(
    session: Session,
    mode: Annotated[str | None, typer.Option("--mode", show_default=False, help="embedded or prefect.")] = None,
    host: Annotated[str | None, typer.Option("--host", show_default=False, help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option("--port", show_default=False, help="Port of the API.")] = None,
    prefect_port: Annotated[
        int | None, typer.Option("--prefect-port", show_default=False, help="Port of the Prefect server.")
    ] = None,
    prefect_url: Annotated[
        str, typer.Option("--prefect-url", show_default=False, help="A Prefect API that runs already.")
    ] = "",
    json_logs: Annotated[bool, typer.Option("--json-logs", help="Logs in JSON, for machines.")] = False,
) -> Told:
    """Run engine, Prefect server and API, until Ctrl-C. The first start makes the data folder."""
    from provefirst.documents.given import choice
    from provefirst.lifecycle.workspace import Workspace

    workspace = Workspace.open(session.home)
    session.closing.callback(workspace.store.engine.dispose)
    known = workspace.settings
    wanted: Any = choice("mode", mode or known.prefect.mode, ("embedded", "prefect"))
    from provefirst.api.serve import serve  # late: loads Prefect and FastAPI

    serve(
        workspace,
        mode=wanted,
        host=host or known.web.host,
        api_port=_port("port", port or known.web.port),
        prefect_port=_port("prefect-port", prefect_port or known.prefect.port),
        prefect_url=prefect_url,
        json_logs=json_logs,
    )
    return Told({"done": True}, lambda page: None)


@command(app, "demo")
def demo(session: Session) -> Told:
    """Tell five short stories through the real engine.

    It leaves a data folder to look at.
    """
    import sys

    from rich.console import Console

    from provefirst.demo.story import run

    told = run(Console(file=sys.stderr if session.is_json else sys.stdout), session.home)
    return Told(told.as_json(), lambda page: None)


@command(checks, "list")
def list_(session: Session) -> Told:
    """List every check, its stage, and what it asks."""
    from provefirst.checks.registry import all_checks, broken

    found = list(all_checks().values())
    facts = [
        {
            "code": check.code,
            "title": check.title,
            "stage": check.stage.value,
            "binding": check.binding,
            "why": check.why,
            "how": check.how,
            "limit": check.limit,
            "parameters": {p.name: {"default": p.default, "about": p.about} for p in check.parameters},
        }
        for check in found
    ]

    def show(page: Page) -> None:
        rows = [
            (check.code, words(check.stage.value), "binding" if check.binding else "warns", check.title)
            for check in found
        ]
        page.table(("CODE", "STAGE", "", "ASKS"), rows)
        for name, why in broken().items():
            page.line(f"{name} gave no check: {why}")

    return Told({"checks": facts, "broken": dict(broken())}, show)


def _port(field: str, port: int) -> int:
    from provefirst.errors import InvalidInputError

    if not 1 <= port <= 65535:
        raise InvalidInputError(field, port, "a port from 1 to 65535")
    return port
