"""Text that no database can hold is an input that nobody can have meant, not a database that failed."""

import pytest

from provefirst.errors import InvalidInputError
from provefirst.lifecycle.opening import open_initiative
from provefirst.store.listing import lessons
from tests import world as w
from tests.world import World

BROKEN = ["PF-1\x00", "\x00", "PF-\ud800", "\udcff"]


@pytest.mark.parametrize("text", BROKEN)
def test_no_initiative_has_such_a_key(any_world: World, text: str) -> None:
    with pytest.raises(InvalidInputError):
        any_world.initiative(text)


@pytest.mark.parametrize("text", BROKEN)
def test_nobody_has_such_a_name(any_world: World, text: str) -> None:
    with pytest.raises(InvalidInputError):
        open_initiative(any_world.workspace, w.proposal(), by=text)


@pytest.mark.parametrize("text", ["\x00", "\ud800"])
def test_no_lesson_has_such_a_word(any_world: World, text: str) -> None:
    try:
        with any_world.workspace.store.reading() as work:
            found = lessons(work, text=text)
    except InvalidInputError:
        found = ()
    assert found == ()


@pytest.mark.parametrize("name", ["ORG", "", "pf-1", "PF-1; DROP TABLE entry", "../PF-1", "P" * 10_000])
def test_what_is_no_key_is_unknown(any_world: World, name: str) -> None:
    with pytest.raises(InvalidInputError, match="initiative: "):
        any_world.initiative(name)
