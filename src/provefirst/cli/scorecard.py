"""The rigor scorecard: how somebody works, line by line."""

from __future__ import annotations

from typing import Annotated

import typer

from provefirst.cli import completion
from provefirst.cli.page import Page
from provefirst.cli.session import Session, Told, command
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
