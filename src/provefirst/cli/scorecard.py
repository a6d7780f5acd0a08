"""How work goes: the rigor scorecard of somebody or a team, and the figures of the whole portfolio."""

from __future__ import annotations

from typing import Annotated

import typer

from provefirst.cli import completion
from provefirst.cli.page import Page, words
from provefirst.cli.session import Facts, Session, Told, command
from provefirst.errors import InvalidInputError

app = typer.Typer(rich_markup_mode=None)


@command(app, "scorecard")
def scorecard(
    session: Session,
    person: Annotated[str, typer.Argument(show_default=False, help="Whose.", autocompletion=completion.handles)] = "",
    team: Annotated[str, typer.Option("--team", show_default=False, help="Everybody of this cost centre.")] = "",
) -> Told:
    """Show how somebody, or a team, works: rigor, line by line. It can't see how anything came out."""
    if bool(person) == bool(team):
        raise InvalidInputError("person", person or "(nothing)", "either a person or --team COST_CENTRE")
    found = session.client().scorecard(person, team=team)

    def show(page: Page) -> None:
        page.heading(f"Rigor of {person or 'team ' + team}")
        if team:
            page.line(", ".join(found["people"]), indent=2)
        if found["total"] is None:
            page.line("nothing to score yet: no evidence, estimate or review of theirs")
            return
        asked = len(found["questions"])
        over = "one question" if asked == 1 else f"{asked} questions, weighed alike"
        page.line(f"{found['total']:.0%} over {over}", indent=2)
        for about in found["questions"]:
            page.line(f"{about['share']:>4.0%}  {about['asks']}", "bold", indent=2)
            for point in about["points"]:
                where = ", ".join(str(version) for version in point["entries"])
                got = f"{point['earned']} of {point['possible']}"
                page.line(f"{point['initiative']}: {got}: {point['because']} (entry {where})", indent=8)

    return Told(dict(found), show)


@command(app, "portfolio")
def portfolio(session: Session) -> Told:
    """Show how soon answers came, what was not spent, and on what evidence money was released."""
    found = session.client().portfolio()

    def show(page: Page) -> None:
        from provefirst.money import Money

        page.heading("Answers")
        page.line(_spread("to a no", found["days_to_no"]), indent=2)
        page.line(_spread("to a yes (the release gate open)", found["days_to_yes"]), indent=2)
        page.heading("Not spent on what ended before it was funded")
        for one in found["avoided"]:
            low, high = (Money(amount=one[name], currency=one["currency"]) for name in ("low", "high"))
            page.line(f"{low} to {high} (n = {one['n']})", indent=2)
            page.line(_counterfactual(one), indent=4)
        page.heading("Money released")
        for currency, about in found["released"].items():
            for blindness, amount in sorted(about["by_blindness"].items()):
                evidence = "before any data" if blindness == "none" else f"on {blindness} evidence"
                page.line(f"{Money(amount=amount, currency=currency)} {evidence}", indent=2)
            page.line(f"{about['blind_share']:.0%} on sealed or prospective evidence", indent=2)
        if not found["released"]:
            page.line("none yet", indent=2)
        page.heading("Negative results that others answered to")
        page.line(str(found["negatives_reused"]), indent=2)

    return Told(dict(found), show)


def _spread(what: str, spread: Facts) -> str:
    if not spread["n"]:
        return f"{what}: none yet"
    low, middle, high = (f"{spread[name]:.1f}" for name in ("low", "median", "high"))
    return f"{what}: {middle} days (middle half {low} to {high}, n = {spread['n']})"


def _counterfactual(one: Facts) -> str:
    most = "at most: had all that was asked for been spent"
    if one["share"] is None:
        return f"{most}; at least: nothing, since too few were funded to tell what is spent (n = {one['funded']})"
    return f"{most}; at least: had {one['share']:.0%} of it been spent, as 3 of 4 funded ones did (n = {one['funded']})"


@command(app, "forecasts")
def forecasts(session: Session) -> Told:
    """Show how well each role foresaw what would prove feasible: Brier score and calibration."""
    found = session.client().forecasts()

    def show(page: Page) -> None:
        for about in found["roles"]:
            page.heading(f"{words(about['role'])}s")
            within = "" if about["low"] is None else f" ({about['low']:.3f} to {about['high']:.3f})"
            given = f"{about['n']} forecasts on {about['initiatives']} initiatives"
            page.line(f"Brier score {about['brier']:.3f}{within}, {given}", indent=2)
            base = f"{about['brier_of_base_rate']:.3f}: {about['base_rate']:.0%} proved feasible"
            page.line(f"whoever always says the base rate: {base}", indent=2)
            for one in about["bins"]:
                share = f"{one['share']:.0%} ({one['share_low']:.0%} to {one['share_high']:.0%})"
                page.line(f"said {one['mean']:.0%}, came true {share}, n = {one['n']}", indent=4)
        if not found["roles"]:
            page.line("no forecast was given on an initiative of which the answer is known")

    return Told(dict(found), show)
