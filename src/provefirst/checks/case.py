"""A case: the evidence of one initiative as the checks see it, each part read once and shared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

from provefirst.errors import ProvefirstError
from provefirst.evidence import Kind
from provefirst.initiative import Initiative, Submission
from provefirst.kinds import MODELS
from provefirst.texts import Document

if TYPE_CHECKING:
    from provefirst.checks.material import Material

D = TypeVar("D", bound=Document)
T = TypeVar("T")


class MissingError(ProvefirstError):
    """What a check needs hasn't been submitted: the check is skipped, and says why."""


class NotApplicableError(ProvefirstError):
    """The question doesn't arise here (no group column, no probabilities): says why."""


@dataclass(frozen=True)
class Case:
    """What is measured: an initiative, and the ways to read stored files and to store plots, by digest.

    `given` is data that was never registered (the `assess` command); everything else comes from the evidence. Plots are
    made only where `is_drawing`.
    """

    initiative: Initiative
    read: Callable[[str], bytes] = field(repr=False)
    write: Callable[[bytes], str] = field(repr=False)
    given: Material | None = field(default=None, repr=False)
    is_drawing: bool = True
    _kept: dict[object, Any] = field(default_factory=dict, repr=False, compare=False)
    _lock: RLock = field(default_factory=RLock, repr=False, compare=False)

    def submission(self, kind: Kind) -> Submission:
        """The current evidence of `kind`; MissingError where there is none."""
        found = self.initiative.current(kind)
        if found is None:
            raise MissingError(f"{kind.value}: not submitted")
        return found

    def document(self, model: type[D]) -> D:
        """The current evidence that `model` describes; MissingError where there is none."""
        kind = next(kind for kind, known in MODELS.items() if known is model)
        found = self.submission(kind).document
        assert isinstance(found, model)  # noqa: S101  # what the table above says
        return found

    def file(self, kind: Kind, name: str) -> bytes:
        """The file attached to the current evidence of `kind` as `name`; MissingError where there is none."""
        digest = self.submission(kind).attachments.get(name)
        if digest is None:
            raise MissingError(f"{kind.value}: no file {name!r} is attached")
        return self.read(digest)

    @property
    def material(self) -> Material:
        """Work set, sealed rows and what was preregistered, loaded and encoded once for all checks."""
        if self.given is not None:
            return self.given
        from provefirst.checks.material import registered

        return self.once("material", lambda: registered(self))

    def draw(self, **plots: Callable[[], bytes]) -> dict[str, str]:
        """Plots (SVG) stored, by name; nothing where no plots are wanted."""
        return {name: self.write(plot()) for name, plot in plots.items()} if self.is_drawing else {}

    def once(self, key: object, make: Callable[[], T]) -> T:
        """What `make` makes, made once for all checks of this case; a failure is remembered as well."""
        with self._lock:
            if key not in self._kept:
                try:
                    self._kept[key] = (make(), None)
                except Exception as problem:
                    self._kept[key] = (None, problem)
            value, failed = self._kept[key]
        if failed is not None:
            raise failed
        return value  # type: ignore[no-any-return]
