"""Recognising: what is known of rows that are registered, from earlier registrations, whoever's they were."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provefirst.initiative import Initiative
from provefirst.lifecycle.registered import Held, hashes_of
from provefirst.lifecycle.workspace import Workspace
from provefirst.plans import newest_plan

if TYPE_CHECKING:
    from provefirst.holdout.fingerprints import Hashes
    from provefirst.holdout.recognising import Before, Kin
    from provefirst.holdout.sealing import Past, Plan, Sealed


@dataclass(frozen=True)
class Related:
    """An earlier registration that could hold rows of the table, by the same columns, or does, by what is in them."""

    held: Held
    has_same_columns: bool
    kin: Kin | None

    def is_burnt(self, initiative: Initiative, targets: frozenset[str]) -> bool:
        """Whether its sealed rows can't be sealed again for these targets: they were looked at as often as was
        registered, or before the newest preregistration stood. A target's name is not enough where its values differ.
        """
        is_about_it = bool(self.held.targets & targets)
        if self.kin is not None and not self.has_same_columns:
            is_about_it = self.kin.is_same_target
        return is_about_it and (self.held.is_burnt or self.held.was_seen_before(initiative, newest_plan(initiative)))


@dataclass(frozen=True)
class Memory:
    """All related registrations of a table, and each name under which its target was predicted."""

    related: tuple[Related, ...]
    targets: frozenset[str]

    def names_before(self, initiative: Initiative) -> tuple[Hashes, Hashes]:
        """By what hashes the rows went that are sealed, and those that are worked on, where they had other columns."""
        from provefirst.holdout.fingerprints import joined

        same = [(one, one.kin) for one in self.related if one.kin is not None and one.kin.is_same_target]
        sealed = [kin.sealed_as for one, kin in same if not one.is_burnt(initiative, self.targets)]
        return joined(sealed), joined([kin.worked_as for _, kin in same])


def known_of(workspace: Workspace, frame: Any, plan: Plan, earlier: Iterable[Held]) -> Memory:
    """What earlier registrations know of the rows of `frame`; each that brings one of its values to mind is read."""
    from provefirst.holdout.recognising import all_values, brings_to_mind, recognise

    values, columns = all_values(frame, plan), [str(name) for name in frame]
    related = []
    for one in earlier:
        kin = None
        has_same_columns = one.could_share(columns, plan.identifier, plan.target)
        is_read = has_same_columns or "marks" not in one.derived
        if is_read or brings_to_mind(values, hashes_of(workspace, one.derived["marks"])):
            kin = recognise(frame, plan, _before(workspace, one), has_same_columns=has_same_columns)
        if has_same_columns or kin is not None:
            related.append(Related(one, has_same_columns, kin))
    same = (one.held.targets for one in related if one.kin is not None and one.kin.is_same_target)
    return Memory(tuple(related), frozenset({plan.target}).union(*same))


def past_of(workspace: Workspace, initiative: Initiative, known: Memory, frame: Any, plan: Plan) -> Past:
    """Which rows were sealed, worked on, or are burnt for this target.

    Rows whose looks were about another target are sealed still: nothing was learnt of this one.
    """
    from provefirst.holdout.fingerprints import joined
    from provefirst.holdout.sealing import Past, keys

    now = keys(frame, plan)[1]
    sealed: list[Hashes] = []
    worked: list[Hashes] = []
    burnt: list[Hashes] = []
    for one in known.related:
        kept = burnt if one.is_burnt(initiative, known.targets) else sealed
        if one.has_same_columns:
            kept.append(hashes_of(workspace, one.held.derived["sealed_hashes"]))
            worked.append(hashes_of(workspace, one.held.derived["worked_hashes"]))
        if one.kin is not None:
            kept.append(now[one.kin.sealed])
            worked.append(now[one.kin.worked])
    return Past(sealed=joined(sealed), worked=joined(worked), burnt=joined(burnt))


def given_out(workspace: Workspace, known: Memory, target: str, sealed: Sealed) -> Iterator[str]:
    """Where the answers to sealed rows went out with a registration that predicted something else."""
    from provefirst.holdout.sealing import overlap

    for one in known.related:
        held = one.held
        other = held.content["target"]
        if one.kin is not None and one.kin.sealed.any() and one.kin.given_out:
            column = one.kin.given_out[0]
            as_what = "" if column == target else f" as {column}"
            yield f"{target} of these rows was given out on {held.key}{as_what}, where {other} was predicted"
        elif not one.has_same_columns or other == target or target not in _columns(held):
            continue
        elif overlap(sealed.hashes, hashes_of(workspace, held.derived["sealed_hashes"])):
            yield f"{target} of these rows was given out on {held.key}, where {other} was predicted"


def _columns(held: Held) -> Sequence[str]:
    return [column["name"] for column in held.content["columns"]]


def _before(workspace: Workspace, held: Held) -> Before:
    """A registered table as it was, from what the engine keeps of it."""
    from provefirst.holdout.recognising import before_of
    from provefirst.holdout.sealing import Plan

    content = held.content
    digests = (content["sealed_features"], held.derived["labels"], content["work"])
    features, labels, work = (workspace.blobs.get(digest) for digest in digests)
    return before_of(features, labels, work, Plan(target=content["target"], identifier=content["identifier"]))
