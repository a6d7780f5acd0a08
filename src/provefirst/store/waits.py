"""Waits: what an initiative waits for, as rows of their own, so that a list of them needs no initiative replayed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from provefirst.gates import PolicySet
from provefirst.initiative import Initiative
from provefirst.ledger import canonical, instant
from provefirst.waiting import waiting_for


def rows_of(state: Initiative, policies: PolicySet | None) -> Iterator[dict[str, object]]:
    """What `state` waits for. Time changes none of it, so the moment of its newest entry does for now.
    Nothing can be told where its policies are not known.
    """
    if policies is None:
        return
    for line, one in enumerate(waiting_for(policies, state, now=state.changed_at), start=1):
        yield {
            "initiative": state.key,
            "line": line,
            "role": one.role.value if one.role else "",
            "people": canonical(one.people),
            "what": one.what,
            "since": instant(one.since),
            "not_of": canonical(one.not_of),
        }


@lru_cache(maxsize=64)
def policies_in(content: str | None) -> PolicySet | None:
    """The policy set that is kept as `content`; None where nothing is."""
    return PolicySet.model_validate_json(content) if content is not None else None
