"""Watch: what production shows of a released model, and letting money move again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from provefirst.cli import reading
from provefirst.cli.answers import answered
from provefirst.cli.family import family
from provefirst.cli.page import Page, words
from provefirst.cli.session import Expected, Facts, Key, Session, Told, command

app = typer.Typer(rich_markup_mode=None)
watch = family(app, "watch", "Watch a released model in production.")


@command(watch, "observe")
def observe(  # noqa: PLR0913, PLR0917  # an option is an argument
    session: Session,
    key: Key,
    rows: Annotated[Path, typer.Argument(help="CSV or Parquet with truth, prediction (and score, and groups).")],
    since: Annotated[str, typer.Option("--since", show_default=False, help="First day of the period.")],
    until: Annotated[str, typer.Option("--until", show_default=False, help="Last day of the period.")],
    inputs: Annotated[Path | None, typer.Option("--inputs", help="Inputs to compare with the sealed rows.")] = None,
    group: Annotated[list[str] | None, typer.Option("--group", help="A column to compare within. Repeat.")] = None,
    complaints: Annotated[int, typer.Option("--complaints", help="How many complained.")] = 0,
    opt_outs: Annotated[int, typer.Option("--opt-outs", help="How many asked to be left out.")] = 0,
    cost: Annotated[str | None, typer.Option("--cost", help='What running it cost: "1200 EUR".')] = None,
    value: Annotated[str | None, typer.Option("--value", help='What it was worth: "9000 EUR".')] = None,
    expected: Expected = None,
) -> Told:
    """Take in rows of production and judge them against what was claimed."""
    given = {"since": reading.day("since", since), "until": reading.day("until", until), "groups": group or []}
    more = {"complaints": complaints, "opt_outs": opt_outs, "cost": cost, "value": value}
    period = {**given, **{name: one for name, one in more.items() if one is not None}}
    return answered(session.initiative(key).observe(period, rows, inputs=inputs, expected=expected))


@command(watch, "report")
def report(session: Session, key: Key, expected: Expected = None) -> Told:
    """Submit the production report that all observed periods make, as the watch gate asks for one."""
    return answered(session.initiative(key).report(expected=expected))


@command(watch, "show")
def show_(session: Session, key: Key) -> Told:
    """Show what was claimed, what production shows, and the verdict."""
    facts = session.initiative(key).production()
    return Told(facts, lambda page: _show(facts, page))


@command(watch, "pull")
def pull(session: Session) -> Told:
    """Fetch what is due from the sources in the data folder's watch/ now."""
    lines = session.client().pull()

    def show(page: Page) -> None:
        for line in lines or ("nothing is due",):
            page.line(line)

    return Told({"pulled": list(lines)}, show)


@command(watch, "thaw")
def thaw(
    session: Session,
    key: Key,
    reason: Annotated[str, typer.Option("--reason", "-r", show_default=False, help="Why.")],
    expected: Expected = None,
) -> Told:
    """Let frozen money move again, as a board member. What was observed before is judged no more."""
    return answered(session.initiative(key).thaw(reason, expected=expected))


def _show(facts: Facts, page: Page) -> None:
    if claim := facts["claim"]:
        page.line(
            f"claimed: {words(claim['metric'])} {claim['estimate']:.4g}, at worst {claim['bound']:.4g}; "
            f"goal {claim['goal']:.4g}"
        )
    if (now := facts["production"]) is None:
        page.line("nothing was observed in production yet")
        return
    page.line(f"verdict: {now['verdict']}: {now['estimate']:.4g} on {now['rows']} rows", "bold cyan")
    page.line(f"loss (log e, alarm at {facts['alarm_at']:.2f}): {now['log_degraded']:.2f} against the claim, "
              f"{now['log_broken']:.2f} against the goal")  # fmt: skip
    for because in now["because"]:
        page.item(because)
    for one in now["signals"]:
        evidence = f"log e {one['log_e']:.2f}, alarm at {one['alarm_at']:.2f}"
        page.line(f"{words(one['name'])}: {one['seen']:.3g}, at most {one['limit']:.3g} ({evidence})", indent=2)
    if now["frozen"]:
        page.line(f"money is frozen since {now['frozen']['since']}: {now['frozen']['because']}", "bold")
    rows = [
        (f"{one['since']} {one['until']}", str(one["rows"]), f"{one['estimate']:.4g}", _drift(one),
         str(one["complaints"]), str(one["opt_outs"]))
        for one in facts["periods"]
    ]  # fmt: skip
    page.table(("PERIOD", "ROWS", "METRIC", "DRIFT AUC", "COMPLAINTS", "OPT-OUTS"), rows)
    for one in facts["periods"][-1:]:
        for group in one["groups"] or ():
            page.item(f"{group['column']} {group['group']}: {group['estimate']:.4g} on {group['rows']} rows")


def _drift(one: Facts) -> str:
    return f"{one['drift']['auc']:.2f}" if one["drift"] else "-"
