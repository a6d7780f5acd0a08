"""What belongs to people, on both databases: what is written there must be read alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from provefirst.accounts import invitations
from provefirst.accounts.invitations import accept, invite
from provefirst.accounts.signing_in import WRONG, SignedIn, session, sign_in
from provefirst.accounts.tokens import Made, NewToken, authenticate, create_token
from provefirst.lifecycle import organisation
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.conflicts import propose_reviewers
from provefirst.lifecycle.refusals import refusals
from provefirst.people import Role
from provefirst.stages import Stage
from tests.access.people import GOOD, person, signed_in
from tests.databases import Database


def test_people_come_in_sign_in_and_leave(database: Database) -> None:
    with database.world() as world:
        link = invite(world.workspace, person("nora", Role.REVIEWER, expertise=["biopsy"]), by="root")
        assert isinstance(link, str)
        begun = signed_in(accept(world.workspace, link, GOOD))
        token = create_token(world.workspace, NewToken(name="nightly"), by="nora")
        assert isinstance(token, Made)
        assert sign_in(world.workspace, "nora", "a wrong pass phrase") == Refused((WRONG,))
        assert [one.count for one in refusals(world.workspace)] == [1]
        key = world.bring_to(world.open(), Stage.RESEARCH)
        assert propose_reviewers(world.workspace, key)[0].handle == "nora"
        world.bring_to(key, Stage.REVIEW)
        world.approve(key, "nora")
        gone = person("nora", Role.REVIEWER, is_active=False)
        assert organisation.add_person(world.workspace, gone, by="root") is None
        assert world.initiative(key).standing_votes == ()
        assert session(world.workspace, begun.secret) is None
        assert authenticate(world.workspace, token.secret) is None


def test_of_many_who_use_a_link_at_once_one_comes_in(database: Database) -> None:
    with database.world() as world:
        link = invitations.reset_password(world.workspace, "rita", by="root")
        assert isinstance(link, str)
        with ThreadPoolExecutor(4) as pool:
            told = list(pool.map(lambda _: accept(world.workspace, link, GOOD), range(4)))
        assert sum(isinstance(answer, SignedIn) for answer in told) == 1


def test_tries_at_once_are_braked_like_tries_in_a_row(database: Database) -> None:
    with database.world() as world, ThreadPoolExecutor(10) as pool:
        told = list(pool.map(lambda number: sign_in(world.workspace, "rita", f"a guess {number}"), range(10)))
    assert sum(isinstance(answer, Refused) for answer in told) == 5
