"""Acting: a form of somebody's goes to a verb. It is done, or the form comes back with every reason and every word."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from fastapi import Response
from fastapi.responses import RedirectResponse

from provefirst.errors import InvalidInputError, StaleVersionError
from provefirst.lifecycle.act import Answer, Done
from provefirst.web.access import NotSignedInError, Visitor
from provefirst.web.fields import Filled, count_of
from provefirst.web.keeping import Values, forget, keep
from provefirst.web.posted import Posted
from provefirst.web.sight import look

Again = Callable[[tuple[str, ...], int], Response]
"""Shows the form again, with reasons and a status."""


def act(given: Posted, run: Callable[[], Answer], did: str, again: Again) -> Response:
    """Let `run` do it, and go to the initiative; or show the form again."""
    try:
        answer = run()
    except StaleVersionError as error:
        stale = (
            f"somebody else wrote to {error.initiative} while you were writing: it is at version {error.found} now. "
            "Look at what changed, then send this again",
        )
        return again(stale, 409)
    except InvalidInputError as error:
        return again(tuple(str(error).split("\n")), 422)
    if not isinstance(answer, Done):
        return again(answer.reasons, 403 if answer.is_forbidden else 409)
    given.request.app.state.site.nudge()
    given.done()
    forget(given.workspace, visitor_of(given).handle, given.place)
    return RedirectResponse(f"/initiatives/{answer.initiative.key}?did={did}", 303)


def as_it_stands(given: Posted, key: str, show: Callable[..., Response], values: Values | None = None) -> Again:
    """Shows a form of the initiative `key` again, as that is now, with what was written: `show` makes its page."""

    def again(reasons: tuple[str, ...], status: int) -> Response:
        now = look(given.workspace, key, visitor_of(given))
        filled = Filled(given.values if values is None else values, is_new=False)
        return show(given.request, now, filled, reasons=reasons, status=status)

    return again


def interrupted(given: Posted, with_files: Callable[[Posted], Values] | None = None) -> Response | None:
    """The answer where nothing is to be done: not signed in, or the form is only to be kept."""
    if (away := given.turned_away()) is not None:
        return away
    if given.does == "keep":
        values = with_files(given) if with_files else given.values
        keep(given.workspace, visitor_of(given).handle, given.place, values)
        return RedirectResponse(f"{given.place}?kept=1", 303)
    return None


def visitor_of(given: Posted) -> Visitor:
    if given.visitor is None:
        raise NotSignedInError
    return given.visitor


def added(values: dict[str, tuple[str, ...]], does: str) -> dict[str, tuple[str, ...]]:
    """`values` with one more empty group where the button for it was pressed."""
    name = does.removeprefix("add:")
    return {**values, f"{name}[{count_of(name, values)}].": ("",)}


def mend(reasons: Iterable[str], wrong: Any) -> tuple[str, ...]:
    """What is said on top of a form where some of its fields are wrong."""
    told = tuple(reasons)
    count = len(wrong)
    fields = f"{count} field{'s' if count != 1 else ''} below {'are' if count != 1 else 'is'} not right yet"
    return (*told, fields) if count else told
