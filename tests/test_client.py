"""The client in Python: the verbs in process, documents as models or mappings."""

from datetime import timedelta

import pytest

import provefirst
from provefirst.client import Client, NobodyError, NoWorkspaceError
from provefirst.errors import InvalidInputError, StaleVersionError, UnknownError
from provefirst.lifecycle.act import Done, Refused
from provefirst.stages import Choice, Stage
from tests.world import NOON, World, ballot, done, dossier, lesson, peer_review, proposal, screen

PROPOSAL = {
    "title": "Which parcels come late",
    "problem": "Customers call because nobody tells them.",
    "affected": "Customers, drivers and the help desk.",
    "hypothesis": "Lateness can be told an hour ahead.",
    "goal": {"metric": "roc_auc", "value": 0.8, "why": "Half of the calls would not come."},
}
ASKING = PROPOSAL | {"budget": "25000 EUR"}


def acting(world: World, handle: str) -> Client:
    """A client of `handle` on the world's workspace."""
    return Client(world.workspace, handle)


def test_connecting_where_nothing_was_made_names_folder_and_command(tmp_path):
    with pytest.raises(NoWorkspaceError) as refusal:
        provefirst.connect(tmp_path)
    told = f"there is no provefirst data in {tmp_path} (database: sqlite:///{tmp_path}/provefirst.db). Make it with: "
    assert str(refusal.value) == f"{told}provefirst init --home {tmp_path} --admin NAME"


def test_connecting_finds_what_was_made(world):
    with provefirst.connect(world.workspace.home, as_="olga") as client:
        assert [person.handle for person in client.people.list()][:2] == ["anna", "bea"]


def test_acting_needs_a_name_and_reading_none(world, monkeypatch):
    monkeypatch.delenv("PROVEFIRST_AS", raising=False)
    with provefirst.connect(world.workspace.home) as client:
        assert client.list().rows == ()
        with pytest.raises(NobodyError):
            client.open(proposal())


def test_the_name_is_taken_from_the_environment(world, monkeypatch):
    monkeypatch.setenv("PROVEFIRST_AS", "olga")
    with provefirst.connect(world.workspace.home) as client:
        assert done(client.open(ASKING)).initiative.owner == "olga"


def test_a_mapping_and_a_model_make_the_same_document(world):
    by_mapping = done(acting(world, "olga").open({**PROPOSAL, "budget": {"amount": 25_000_00, "currency": "EUR"}}))
    by_model = done(acting(world, "olga").open(proposal(25_000_00, **PROPOSAL | {"domain": "other"})))
    first, second = (answer.initiative.submissions[0] for answer in (by_mapping, by_model))
    assert first.content == second.content


def test_a_mapping_with_problems_is_refused_with_all_of_them_and_no_line_numbers(world):
    with pytest.raises(InvalidInputError) as refusal:
        acting(world, "olga").open({**PROPOSAL, "titel": "x", "budget": "-5 EUR"})
    assert str(refusal.value).splitlines() == [
        "titel: 'titel' is not accepted: known here: title, problem, affected, hypothesis, goal, prior_art, budget, "
        "wished_deadline, domain, data_kind, forecast; did you mean 'title'?",
        "budget: '-5 EUR' is not accepted: an amount and a currency, such as '250000 EUR' or '12.50 EUR'",
    ]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400, object()], ids=["nan", "inf", "huge", "object"])
def test_a_number_that_is_none_is_refused(world, value):
    with pytest.raises(InvalidInputError, match=r"goal\.value"):
        acting(world, "olga").open({**ASKING, "goal": {**PROPOSAL["goal"], "value": value}})


def test_a_document_of_another_kind_is_refused(world):
    with pytest.raises(InvalidInputError, match="a Proposal or a mapping"):
        acting(world, "olga").open("proposal.yaml")  # type: ignore[arg-type]


def test_a_refusal_is_a_value_with_every_reason(world):
    handle = acting(world, "olga").initiative(world.open())
    assert handle.vote(ballot()) == Refused(
        ("olga is not ethics reviewer", "olga is product owner on PF-1, and nobody has two parts on one initiative")
    )


def test_an_initiative_goes_its_way_through_handles(world):
    key = done(acting(world, "olga").open(proposal(), screen=screen())).initiative.key

    def on(handle):
        return acting(world, handle).initiative(key)

    done(on("ella").vote({"choice": "go", "reason": "No harm is to be seen."}))
    done(on("dana").submit("research_dossier", dossier(), files={"notes": b"as found"}))
    done(on("rita").review(peer_review(), dossier=on("rita").dossier(on("rita").state().dossier[:12])))
    world.bring_to(key, Stage.WATCH)
    assert isinstance(on("bea").release("40000 EUR", "A pilot"), Done)
    assert isinstance(on("olga").spend("1200 EUR", "A nurse", on=NOON.date()), Done)
    assert isinstance(on("olga").set_deadline(NOON.date() + timedelta(days=400)), Done)
    assert on("olga").release("1 EUR", "More of it").reasons[0].startswith("olga is not board member")
    facts = on("anna").show()
    assert (facts["money"]["released"], facts["money"]["spent"], facts["stage"]) == (38_800_00, 1_200_00, "watch")
    assert [waiting.what for waiting in on("anna").waiting()] == ["production_report to be submitted"]
    assert [entry.version for entry in on("anna").history()] == list(range(1, facts["version"] + 1))


def test_files_come_back_by_digest_and_nothing_else_does(world):
    key = world.bring_to(world.open(), Stage.RESEARCH)
    handle = acting(world, "dana").initiative(key)
    done(handle.submit("research_dossier", dossier(), files={"notes": b"as found"}))
    digest = handle.evidence("research_dossier").attachments["notes"]
    other = world.workspace.blobs.put(b"stored for somebody else")
    assert handle.file(digest) == b"as found"
    with pytest.raises(UnknownError):
        handle.file(other)


def test_holding_resuming_and_clearing(world):
    key = world.open()
    handle = acting(world, "ella").initiative(key)
    until = (NOON + timedelta(days=30)).date()
    done(handle.vote(ballot(Choice.HOLD, condition="Data is here", until=until)))
    done(handle.resume("Data came in May."))
    done(handle.vote(ballot(Choice.CONDITIONAL_GO, conditions=("Ask the union",))))
    assert handle.clear(7, "Asked and answered.").reasons == (
        "condition 7 does not wait to be cleared on PF-1; waiting: 1",
    )
    done(handle.clear(1, "Asked and answered."))
    assert handle.show()["conditions"][0]["cleared_by"] == "ella"


def test_a_conclusion_is_a_lesson_for_everybody(world):
    key = world.bring_to(world.open(), Stage.RESEARCH)
    done(acting(world, "dana").initiative(key).conclude(lesson()))
    assert acting(world, "anna").initiative(key).show()["proposed"]["quorum"] == 2
    for handle in ("rita", "rolf"):
        done(acting(world, handle).initiative(key).review(peer_review(Choice.STOP)))
    [taught] = acting(world, "anna").lessons(text="sizes", outcome="not_feasible")
    assert (taught["initiative"], taught["reasons"]) == (key, ["goal_missed"])


def test_pages_of_a_list_follow_each_other(world):
    keys = [world.open() for _ in range(5)]
    client = acting(world, "anna")
    seen, after = [], ""
    while True:
        page = client.list(after=after, limit=2)
        seen += [row["key"] for row in page.rows]
        if page.after is None:
            break
        after = page.after
    assert sorted(seen) == keys


def test_people_pools_and_policies(world):
    client = acting(world, "root")
    assert client.people.save({"handle": "eve", "name": "Eve New", "roles": ["auditor"]}) is None
    assert client.people.deactivate("eve") is None
    assert next(person for person in client.people.list() if person.handle == "eve").is_active is False
    assert client.pools.fund("5 EUR") is None
    assert str(client.pools.list()["main"]) == "1,000,005.00 EUR"
    digest, policies = client.policies.in_force()
    assert (client.policies.find(digest[:8]), policies.digest) == ((digest, policies), digest)


def test_a_version_gone_stale_raises(world):
    handle = acting(world, "ella").initiative(world.open())
    with pytest.raises(StaleVersionError):
        handle.vote(ballot(), expected=1)
