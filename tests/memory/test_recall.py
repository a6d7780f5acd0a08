"""What is kept in memory of all initiatives is what the database holds."""

from datetime import timedelta

from sqlalchemy import text

from provefirst.ledger import instant
from provefirst.lifecycle.recall import OVERLAP, Recall
from provefirst.likeness import Subject
from provefirst.store.database import transaction
from tests.world import NOON, World

ASKED = Subject("", "Tell benign from malignant", "Biopsies are read twice", "", "", "health")


def found(world: World, recall: Recall) -> list[str]:
    with world.workspace.store.reading() as work:
        return sorted(match.key for match in recall.alike(work, ASKED, limit=10, least=0.0))


def test_what_was_proposed_before_the_newest_and_committed_after_it_is_not_missed(any_world: World):
    world, recall = any_world, Recall()
    late = world.open()
    world.clock.pass_days(1)
    newest = world.open()
    before = instant(NOON + timedelta(days=1) - OVERLAP / 2)
    with transaction(world.workspace.store.engine, writes=True) as connection:
        row = connection.execute(text("SELECT * FROM subject WHERE initiative = :key"), {"key": late}).mappings().one()
        connection.execute(text("DELETE FROM subject WHERE initiative = :key"), {"key": late})
    assert found(world, recall) == [newest]
    with transaction(world.workspace.store.engine, writes=True) as connection:
        names = ", ".join(row)
        values = ", ".join(f":{name}" for name in row)
        connection.execute(text(f"INSERT INTO subject ({names}) VALUES ({values})"), {**row, "at": before})
    assert found(world, recall) == [late, newest]


def test_what_was_read_is_counted_once(world: World):
    recall = Recall()
    keys = [world.open() for _ in range(3)]
    for _ in range(3):
        assert found(world, recall) == keys
    assert len(recall.index) == 3
