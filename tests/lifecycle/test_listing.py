"""Lists: in any order that is offered, page by page, with nothing twice and nothing left out."""

from __future__ import annotations

from typing import get_args

import pytest

from provefirst.errors import InvalidInputError
from provefirst.lifecycle import listing
from tests.world import World


@pytest.fixture
def listed(any_world: World) -> World:
    """A world with initiatives alike in all but their key, and some that differ."""
    for title, budget in (("Beta", 200), ("Alpha beta", 100), ("Beta", 200), ("Gamma", 300), ("Beta", 9)):
        any_world.open(title=title, budget=budget)
        any_world.clock.pass_days(1)
    return any_world


@pytest.mark.parametrize("sort", get_args(listing.Sort))
def test_pages_follow_on_each_other_in_every_order(listed: World, sort: str) -> None:
    whole = listing.initiatives(listed.workspace, sort=sort).rows
    column = sort.removeprefix("-")
    assert [row[column] for row in whole] == sorted((row[column] for row in whole), reverse=sort != column)
    pages, after = [], ""
    while True:
        page = listing.initiatives(listed.workspace, sort=sort, after=after, limit=2)
        pages += page.rows
        if page.after is None:
            break
        after = page.after
    assert tuple(pages) == whole


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"sort": "age"}, "sort"),
        ({"after": "yesterday"}, "after"),
        ({"sort": "requested", "after": "requested many PF-1"}, "after"),
        ({"sort": "title", "after": "title Be\x00ta PF-1"}, "after"),
        ({"sort": "opened_at", "after": "changed_at 2026-03-02T09:00:00.000000Z PF-1"}, "after"),
        ({"sort": "requested", "after": "-requested 100 PF-1"}, "after"),
        ({"text": "Be\x00ta"}, "text"),
        ({"status": "closed"}, "status"),
        ({"limit": 0}, "limit"),
    ],
)
def test_what_names_no_order_page_or_filter_is_refused(world: World, asked: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        listing.initiatives(world.workspace, **asked)  # type: ignore[arg-type]
    assert refusal.value.field == field
