"""Tries on the work set: each is logged, and none is taken back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provefirst.cli.answers import answered, refused
from provefirst.cli.family import family
from provefirst.cli.page import Page
from provefirst.cli.session import Facts, Key, Session, Told, command
from provefirst.errors import InvalidInputError

if TYPE_CHECKING:
    from provefirst.tries import Logged

app = typer.Typer(rich_markup_mode=None)
tries = family(app, "try", "Log what was tried on the work set.")


@command(tries, "log")
def log(
    session: Session,
    key: Key,
    predictions: Annotated[Path, typer.Argument(help="CSV or Parquet: id, prediction, one row for each work row.")],
    name: Annotated[str, typer.Option("--name", show_default=False, help="What was tried.")],
    param: Annotated[
        list[str] | None, typer.Option("--param", help="A parameter: NAME=VALUE. Repeat for more.")
    ] = None,
    seconds: Annotated[float, typer.Option("--seconds", help="How long it took.")] = 0.0,
) -> Told:
    """Log a try by its out-of-fold predictions. It stays logged."""
    found = (
        session.initiative(key)
        .study()
        .log_predictions(predictions, name=name, params=_params(param or ()), seconds=seconds)
    )
    told = answered(found.answer)
    if told.code:
        return told

    def show(page: Page) -> None:
        page.line(f"{found.name}: {found.metric} {found.score:.4g} on the work set, out of fold", "bold cyan")
        told.show(page)

    return Told({**told.facts, "try": {"name": found.name, "metric": found.metric, "score": found.score}}, show)


@command(tries, "list")
def list_(session: Session, key: Key) -> Told:
    """List every try that was ever logged, by whomever."""
    found = session.initiative(key).study().tries()

    def show(page: Page) -> None:
        if not found:
            page.line("No try is logged yet.")
            return
        rows = [
            (str(n), one.attempt.name, one.by, "no" if one.is_counted_only else "yes") for n, one in _numbered(found)
        ]
        page.table(("try", "name", "by", "predictions"), rows)

    return Told({"tries": [_facts(n, one) for n, one in _numbered(found)]}, show)


@command(tries, "import")
def import_(
    session: Session,
    key: Key,
    experiment: Annotated[str, typer.Argument(help="The name of an MLflow experiment.")],
    tracking: Annotated[
        str | None,
        typer.Option("--tracking", show_default=False, help="MLflow's tracking URI. Default: as MLflow has it."),
    ] = None,
    predictions: Annotated[
        str, typer.Option("--predictions", help="The artifact of a run that holds its predictions.")
    ] = "predictions.csv",
) -> Told:
    """Count every run of an MLflow experiment as a try, deleted ones too."""
    study = session.initiative(key).study()
    found = study.import_mlflow(experiment, tracking_uri=tracking, predictions=predictions)
    reasons = [reason for answer in found.answers for reason in getattr(answer, "reasons", ())]
    if reasons:
        return refused(reasons)

    def show(page: Page) -> None:
        page.line(f"{found.with_predictions} runs logged with predictions, {found.counted} counted only.", "bold")
        for problem in found.problems:
            page.item(problem)

    facts = {"with_predictions": found.with_predictions, "counted": found.counted, "problems": list(found.problems)}
    return Told({"done": True, **facts}, show)


def _numbered(found: tuple[Logged, ...]) -> enumerate[Logged]:
    return enumerate(found, start=1)


def _facts(number: int, one: Logged) -> Facts:
    names = ("by", "version", "work", "preregistration")
    return {"number": number, **one.attempt.model_dump(mode="json"), **{name: getattr(one, name) for name in names}}


def _params(given: list[str] | tuple[()]) -> dict[str, str]:
    found = {}
    for word in given:
        name, sign, value = word.partition("=")
        if not (name.strip() and sign):
            raise InvalidInputError("param", word, "NAME=VALUE, such as C=0.5")
        found[name.strip()] = value
    return found
