"""Money and deadlines stay locked whoever writes: while a gate is closed, no entry and no row says otherwise."""

from datetime import timedelta

import pytest

from provefirst.evidence import Kind
from provefirst.ledger import canonical
from provefirst.lifecycle import organisation
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.funding import Request, release
from provefirst.lifecycle.reviewing import review, vote
from provefirst.lifecycle.scheduling import Wish, set_deadline
from provefirst.money import Money
from provefirst.stages import Choice, Outcome, Stage
from tests import world as w
from tests.store.forging import INSERT, entries_of, forged, refusal, refusal_of, write
from tests.world import NOON, World, ballot, done

CAPPED = w.policies(research=w.gate(Stage.RESEARCH, [Kind.RESEARCH_DOSSIER], exploration_cap=5_000_00))
DAY = (NOON + timedelta(days=300)).date()
LOCKED = "money is locked: "
NOT_LIKE_THAT = LOCKED + "it can't be moved like that"
IS_WHAT_IT_MOVES = LOCKED + "a tranche is what it moves"
GATE_CLOSED = LOCKED + "the release gate is closed"
NO_DEADLINE = "a deadline is locked: no open gate frees it, or there is no estimate"
NO_DECISION = "a gate opens only by the decision just before"
NO_VOTES = "a decision needs the votes that carry it"
TRANCHE_ROW = (
    "INSERT INTO tranche (initiative, number, version, kind, amount, currency, purpose, waits_for) "
    "VALUES (:initiative, :number, :version, :kind, :amount, 'EUR', 'Pilot', '')"
)
DEADLINE_ROW = (
    'INSERT INTO deadline (initiative, version, day, p80, "override") '
    "VALUES (:initiative, :version, :day, '2026-06-01', '')"
)


def tranche(amount: object, kind: str = "budget", **changes: object) -> dict[str, object]:
    """What a tranche's entry says."""
    source = "requested" if kind == "exploration" else "approved"
    said = {"number": 1, "kind": kind, "amount": amount, "purpose": "Pilot", "waits_for": ""}
    return said | {"moves": [[source, "released", amount]]} | changes


def money(amount: int) -> Money:
    return Money(amount=amount, currency="EUR")


def releases(world: World, key: str, amount: int) -> None:
    done(release(world.workspace, key, Request(amount=money(amount), purpose="Pilot"), by="bea"))


def recycles(world: World, key: str, back_to: Stage) -> None:
    done(review(world.workspace, key, w.peer_review(Choice.RECYCLE, back_to=back_to), by="rita"))


@pytest.fixture(scope="module")
def keys(locked_world: World) -> dict[str, str]:
    """Initiatives at every place that matters. What is refused here leaves them as they are."""
    world, made = locked_world, {}
    organisation.adopt(world.workspace, CAPPED, by="root")
    made["early"] = world.bring_to(world.open(budget=10_000_00), Stage.RESEARCH)
    made["capped"] = world.bring_to(world.open(budget=10_000_00), Stage.REPLICATION)
    made["deciding"] = world.bring_to(world.open(budget=10_000_00), Stage.RELEASE)
    done(world.approve(made["deciding"], "bea"))
    made["released"] = world.bring_to(world.open(budget=10_000_00), Stage.WATCH)
    releases(world, made["released"], 1_000_00)
    made["recycled"] = world.bring_to(world.open(budget=10_000_00), Stage.WATCH)
    releases(world, made["recycled"], 1_000_00)
    done(set_deadline(world.workspace, made["recycled"], Wish(day=DAY), by="olga"))
    recycles(world, made["recycled"], Stage.REVIEW)
    return made


@pytest.mark.parametrize("place", ["early", "capped", "deciding", "recycled"])
def test_no_tranche_of_the_budget_while_the_release_gate_is_closed(locked_world, keys, place):
    assert refusal_of(locked_world, keys[place], "tranche.released", tranche(1)) == GATE_CLOSED


@pytest.mark.parametrize("kind", ["Exploration", "exploration ", "", "gift"])
def test_a_tranche_of_an_unknown_kind_is_one_of_the_budget(locked_world, keys, kind):
    data = tranche(1) | {"kind": kind}
    assert refusal_of(locked_world, keys["capped"], "tranche.released", data) == GATE_CLOSED


@pytest.mark.parametrize("kind", [None, 0, False, [], {}])
def test_a_tranche_that_names_no_kind_is_refused(locked_world, keys, kind):
    data = tranche(1) | {"kind": kind}
    assert refusal_of(locked_world, keys["capped"], "tranche.released", data) in (GATE_CLOSED, IS_WHAT_IT_MOVES)


def test_a_tranche_without_a_kind_is_refused(locked_world, keys):
    data = tranche(1)
    del data["kind"]
    assert refusal_of(locked_world, keys["capped"], "tranche.released", data) == GATE_CLOSED


def test_no_exploration_beyond_the_cap(locked_world, keys):
    data = tranche(5_000_01, "exploration")
    said = refusal_of(locked_world, keys["capped"], "tranche.released", data)
    assert said == LOCKED + "more than the exploration cap"


def test_no_exploration_where_no_gate_frees_any(locked_world, keys):
    said = refusal_of(locked_world, keys["early"], "tranche.released", tranche(1, "exploration"))
    assert said == LOCKED + "more than the exploration cap"


@pytest.mark.parametrize("amount", [0, -1, -(10**15), 1.5, "1", "-1", None, True, [1], 10**30])
@pytest.mark.parametrize("kind", ["budget", "exploration"])
def test_a_tranche_is_a_whole_positive_amount(locked_world, keys, amount, kind):
    place = "released" if kind == "budget" else "capped"
    assert refusal_of(locked_world, keys[place], "tranche.released", tranche(amount, kind)) != ""


@pytest.mark.parametrize(
    "moves",
    [
        [],
        [["requested", "released", 2]],
        [["approved", "released", 1]],
        [["pool", "released", 1]],
        [["requested", "spent", 1]],
        [["requested", "released", 1], ["requested", "released", 1]],
        [["requested", "released", -1]],
        [["requested", "released", "1"]],
        [["requested", "released"]],
        "requested",
        None,
    ],
)
def test_a_tranche_moves_what_it_says_and_nothing_else(locked_world, keys, moves):
    data = tranche(1, "exploration", moves=moves)
    assert refusal_of(locked_world, keys["capped"], "tranche.released", data) != ""


def test_a_tranche_without_moves_is_refused(locked_world, keys):
    data = tranche(1, "exploration")
    del data["moves"]
    assert refusal_of(locked_world, keys["capped"], "tranche.released", data) == IS_WHAT_IT_MOVES


@pytest.mark.parametrize("event", ["budget.requested", "money.spent", "money.returned", "budget.approved"])
@pytest.mark.parametrize("source", ["pool", "requested", "approved"])
def test_no_other_event_releases(locked_world, keys, event, source):
    data = {"amount": 1, "moves": [[source, "released", 1]]}
    assert refusal_of(locked_world, keys["capped"], event, data) in (
        NOT_LIKE_THAT,
        LOCKED + "a budget is approved only as the release gate opens",
    )


@pytest.mark.parametrize("source", ["pool", "requested", "approved"])
def test_only_what_was_released_is_spent(locked_world, keys, source):
    data = {"amount": 1, "what": "Machines", "on": "2026-03-02", "moves": [[source, "spent", 1]]}
    assert refusal_of(locked_world, keys["capped"], "money.spent", data) == NOT_LIKE_THAT


@pytest.mark.parametrize("place", ["capped", "deciding", "released", "recycled"])
def test_no_budget_is_approved_but_by_the_release_gate_as_it_opens(locked_world, keys, place):
    data = {"amount": 1, "moves": [["requested", "approved", 1]]}
    said = refusal_of(locked_world, keys[place], "budget.approved", data)
    assert said == LOCKED + "a budget is approved only as the release gate opens"


@pytest.mark.parametrize("place", ["early", "capped", "deciding", "recycled"])
def test_no_deadline_while_no_gate_frees_one(locked_world, keys, place):
    data = {"day": DAY.isoformat(), "p80": "2026-06-01", "override": "Because I can"}
    assert refusal_of(locked_world, keys[place], "deadline.set", data) == NO_DEADLINE


@pytest.mark.parametrize("stage", ["replication", "release"])
def test_no_gate_opens_without_a_decision(locked_world, keys, stage):
    data = {"stage": stage, "attempt": 1, "exploration_cap": 10**12, "deadline": True}
    assert refusal_of(locked_world, keys["capped"], "gate.opened", data) == NO_DECISION


@pytest.mark.parametrize("choice", ["go", "conditional_go", "proceed", None])
def test_no_decision_to_go_on_without_votes(locked_world, keys, choice):
    data = decision(locked_world, keys["capped"], choice)
    assert refusal_of(locked_world, keys["capped"], "decision.made", data) == NO_VOTES


def test_no_decision_on_fewer_votes_than_the_policy_asks_for(locked_world, keys):
    key = keys["deciding"]
    assert refusal_of(locked_world, key, "decision.made", decision(locked_world, key)) == NO_VOTES


def test_no_decision_on_votes_about_another_dossier(locked_world, keys):
    key = keys["deciding"]
    data = decision(locked_world, key) | {"dossier": "f" * 64}
    assert refusal_of(locked_world, key, "decision.made", data) == NO_VOTES


def decision(world: World, key: str, choice: str | None = "go") -> dict[str, object]:
    state = world.initiative(key)
    place = {"stage": state.stage.value, "attempt": state.attempt, "dossier": state.dossier}
    return place | {"choice": choice, "by": ["bea", "ben"], "reasons": ["Because"]}


@pytest.mark.parametrize("place", ["capped", "released"])
def test_no_tranche_row_without_its_entry(locked_world, keys, place):
    row = {"initiative": keys[place], "number": 2, "version": 1, "kind": "budget", "amount": 1}
    assert refusal(locked_world, TRANCHE_ROW, row) == "a tranche needs the ledger entry that released it"


@pytest.mark.parametrize("change", [{"amount": 9_000_00}, {"kind": "exploration"}, {"number": 7}])
def test_no_tranche_row_that_says_other_than_its_entry(locked_world, keys, change):
    key = keys["released"]
    row = {"initiative": key, "number": 1, "kind": "budget", "amount": 1_000_00}
    version = locked_world.initiative(key).tranches[0].version
    said = refusal(locked_world, TRANCHE_ROW, row | {"version": version} | change)
    assert said == "a tranche needs the ledger entry that released it"


@pytest.mark.parametrize("place", ["capped", "released"])
def test_no_deadline_row_without_its_entry(locked_world, keys, place):
    row = {"initiative": keys[place], "version": 1, "day": DAY.isoformat()}
    assert refusal(locked_world, DEADLINE_ROW, row) == "a deadline needs the ledger entry that set it"


def test_a_deadline_that_was_withdrawn_is_not_put_back(locked_world, keys):
    key = keys["recycled"]
    version = next(entry.version for entry in entries_of(locked_world, key) if entry.event == "deadline.set")
    row = {"initiative": key, "version": version, "day": DAY.isoformat()}
    assert refusal(locked_world, DEADLINE_ROW, row) == "a deadline needs the ledger entry that set it"


@pytest.mark.parametrize("account", ["pool:main", "PF-1:requested"])
def test_no_balance_is_negative(locked_world, keys, account):
    said = refusal(locked_world, "UPDATE balance SET amount = -1 WHERE account = :account", {"account": account})
    assert "balance_is_not_negative" in said


@pytest.mark.parametrize("locked_world", ["sqlite"], indirect=True)
@pytest.mark.parametrize("twice", ['"kind":"exploration","kind":"budget"', '"amount":1,"amount":900000'])
def test_a_key_that_stands_twice_does_not_say_one_thing_here_and_another_there(locked_world, keys, twice):
    row = forged(locked_world, keys["capped"], "tranche.released", tranche(1, "exploration"))
    row["data"] = canonical(tranche(1, "exploration"))[:-1] + "," + twice + "}"
    assert refusal(locked_world, INSERT, row) == "a key stands twice in the entry"


def test_a_tranche_within_its_cap_is_taken(any_world):
    organisation.adopt(any_world.workspace, CAPPED, by="root")
    key = any_world.bring_to(any_world.open(), Stage.REPLICATION)
    write(any_world, INSERT, forged(any_world, key, "tranche.released", tranche(5_000_00, "exploration"), actor="bea"))
    assert any_world.initiative(key).explored == 5_000_00
    again = tranche(1, "exploration", number=2)
    assert refusal_of(any_world, key, "tranche.released", again) == LOCKED + "more than the exploration cap"


def test_after_the_end_everything_is_locked_again(any_world):
    key = any_world.bring_to(any_world.open(), Stage.WATCH)
    releases(any_world, key, 1_000_00)
    done(conclude(any_world.workspace, key, w.lesson(Outcome.WITHDRAWN), by="olga"))
    day = {"day": DAY.isoformat(), "p80": "2026-06-01", "override": ""}
    assert refusal_of(any_world, key, "tranche.released", tranche(1)) == GATE_CLOSED
    assert refusal_of(any_world, key, "deadline.set", day) == NO_DEADLINE


def test_what_the_verbs_write_passes_every_lock(any_world):
    key = any_world.bring_to(any_world.open(), Stage.RELEASE)
    done(vote(any_world.workspace, key, ballot(), by="bea"))
    done(vote(any_world.workspace, key, ballot(Choice.CONDITIONAL_GO, conditions=("Ask the nurses",)), by="ben"))
    releases(any_world, key, 100_000_00)
    done(set_deadline(any_world.workspace, key, Wish(day=DAY), by="olga"))
    done(set_deadline(any_world.workspace, key, Wish(day=DAY + timedelta(days=1)), by="olga"))
    assert [entry.event for entry in entries_of(any_world, key)[-3:]] == [
        "tranche.released",
        "deadline.set",
        "deadline.set",
    ]
