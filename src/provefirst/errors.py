"""What should not happen, or can't be understood. A closed gate is not an error: it is a value (see `gates`)."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class ProvefirstError(Exception):
    """The root of every error raised here; `str(error)` is a sentence fit for a user."""


class InvalidInputError(ProvefirstError, ValueError):
    """A value that can't be accepted: names the field, the value, what is allowed and the nearest valid thing."""

    def __init__(
        self, field: str, value: object, allowed: str, *, nearest: str | None = None, where: str | None = None
    ) -> None:
        self.field = field
        self.value = value
        self.allowed = allowed
        self.nearest = nearest
        self.where = where
        shown = shorten(repr(value))
        place = f"{where}: " if where else ""
        hint = f"; did you mean {nearest!r}?" if nearest else ""
        super().__init__(f"{place}{field}: {shown} is not accepted: {allowed}{hint}")


class UnknownError(InvalidInputError):
    """A name that stands for nothing here (an initiative, person, policy or pool)."""


class StaleVersionError(ProvefirstError):
    """Somebody else wrote to the initiative first; nothing was written."""

    def __init__(self, initiative: str, expected: int, found: int) -> None:
        self.initiative, self.expected, self.found = initiative, expected, found
        super().__init__(
            f"{initiative} is at version {found}, not {expected}: look at what changed (provefirst show {initiative}), "
            "then try again"
        )


class ForbiddenError(ProvefirstError):
    """Somebody asked to see what they may not see; every reason why."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("; ".join(self.reasons))


class BrokenLedgerError(ProvefirstError):
    """An entry does not follow from the one before it."""

    def __init__(self, initiative: str, version: int, problem: str) -> None:
        self.initiative, self.version, self.problem = initiative, version, problem
        super().__init__(f"{initiative}: entry {version}: {problem}")


class DigestMismatchError(ProvefirstError):
    """A blob's content is not what its digest says."""

    def __init__(self, expected: str, found: str) -> None:
        self.expected, self.found = expected, found
        super().__init__(f"the content has digest {found[:12]}…, not {expected[:12]}…: it was changed or cut off")


class StorageError(ProvefirstError):
    """The disk or database can't take or give what was asked; nothing was half-written."""


class ConstraintError(StorageError):
    """The database refused a row that breaks one of its constraints or triggers; nothing was written."""


def shorten(text: str, length: int = 80) -> str:
    """`text`, cut to `length` characters with an ellipsis where it was longer."""
    return text if len(text) <= length else text[: length - 1] + "…"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, or None where nothing is alike."""
    return next(iter(get_close_matches(word[:200], list(known), n=1, cutoff=0.5)), None)
