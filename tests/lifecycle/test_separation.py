"""Separation of duties: owner, author, reviewer and voter are four persons, and nobody passes for another."""

import pytest

from provefirst.errors import UnknownError
from provefirst.evidence import Kind
from provefirst.lifecycle import organisation
from provefirst.lifecycle.act import Answer
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.deciding import decide_now
from provefirst.lifecycle.opening import open_initiative
from provefirst.lifecycle.reviewing import review, vote
from provefirst.lifecycle.submitting import submit
from provefirst.people import ENGINE, Person, Role
from provefirst.stages import Choice, Outcome, Stage
from tests import world as w
from tests.lifecycle.answers import SAID, clears, promises, refused, releases, resumes, spends, votes
from tests.world import World, done

MANY = (Role.PRODUCT_OWNER, Role.DATA_SCIENTIST, Role.REVIEWER, Role.BOARD_MEMBER, Role.ETHICS_REVIEWER)


def joins(world: World, handle: str, *roles: Role, **fields: object) -> None:
    person = Person.model_validate({"handle": handle, "name": "New Person", "roles": frozenset(roles)} | fields)
    assert organisation.add_person(world.workspace, person, by="root") is None


def reviews(world: World, key: str, by: str) -> Answer:
    return review(world.workspace, key, w.peer_review(), by=by)


def ballots(world: World, key: str, by: str) -> Answer:
    return vote(world.workspace, key, w.ballot(), by=by)


class TestTheEnginesName:
    """The engine writes without anybody's leave: whoever could call themselves so would need none."""

    @pytest.fixture
    def watched(self, world: World) -> str:
        return world.bring_to(world.open(), Stage.WATCH)

    @pytest.mark.parametrize(
        "verb",
        [
            lambda world, key: submit(world.workspace, key, Kind.PRODUCTION_REPORT, w.production(), by=ENGINE),
            lambda world, key: reviews(world, key, ENGINE),
            lambda world, key: releases(world, key, 10, by=ENGINE),
            lambda world, key: spends(world, key, 10, by=ENGINE),
            lambda world, key: promises(world, key, by=ENGINE),
            lambda world, key: conclude(world.workspace, key, w.lesson(Outcome.WITHDRAWN), by=ENGINE),
            lambda world, key: resumes(world, key, ENGINE),
            lambda world, key: open_initiative(world.workspace, w.proposal(), by=ENGINE),
            lambda world, key: ballots(world, world.bring_to(world.open(), Stage.RELEASE), ENGINE),
        ],
    )
    def test_nobody_acts_under_it(self, world, watched, verb):
        with pytest.raises(UnknownError, match="person: 'engine' is not accepted: nobody here has that name"):
            verb(world, watched)

    def test_nobody_takes_it(self, world):
        person = Person(handle=ENGINE, name="The Engine", roles=frozenset({Role.ADMIN}))
        with pytest.raises(ValueError, match="a handle other than the engine's own"):
            organisation.add_person(world.workspace, person, by="root")


class TestOnePartAPerson:
    def test_the_owner_does_not_review_what_they_asked_for(self, world):
        key = done(open_initiative(world.workspace, w.proposal(), by="otto", screen=w.screen())).initiative.key
        world.bring_to(key, Stage.RESEARCH)
        world.submit_stage(key)
        assert refused(reviews(world, key, "otto"))[0] == (
            f"otto is product owner on {key}, and nobody has two parts on one initiative"
        )

    def test_the_owner_does_not_vote_on_the_board(self, world):
        key = done(open_initiative(world.workspace, w.proposal(), by="otto", screen=w.screen())).initiative.key
        world.bring_to(key, Stage.RELEASE)
        assert refused(ballots(world, key, "otto"))[0] == (
            f"otto is product owner on {key}, and nobody has two parts on one initiative"
        )

    def test_an_author_does_not_review(self, world):
        key = world.bring_to(world.open(), Stage.RESEARCH)
        done(submit(world.workspace, key, Kind.RESEARCH_DOSSIER, w.dossier(), by="dirk"))
        assert refused(reviews(world, key, "dirk"))[0] == (
            f"dirk is data scientist on {key}, and nobody has two parts on one initiative"
        )

    def test_a_reviewer_does_not_become_an_author(self, world):
        key = world.bring_to(world.open(), Stage.RESEARCH)
        world.submit_stage(key)
        done(reviews(world, key, "dirk"))
        answer = submit(world.workspace, key, Kind.REPLICATION_REPORT, w.replication(), by="dirk")
        assert refused(answer)[0] == f"dirk is reviewer on {key}, and nobody has two parts on one initiative"

    def test_a_reviewer_does_not_vote_on_the_board_as_well(self, world):
        key = world.bring_to(world.open(), Stage.RESEARCH)
        world.submit_stage(key)
        done(reviews(world, key, "otto"))
        world.bring_to(key, Stage.RELEASE)
        assert refused(ballots(world, key, "otto"))[0] == (
            f"otto is reviewer on {key}, and nobody has two parts on one initiative"
        )

    def test_on_another_initiative_they_have_another_part(self, world):
        one = done(open_initiative(world.workspace, w.proposal(), by="otto", screen=w.screen())).initiative.key
        other = world.bring_to(world.open(), Stage.RESEARCH)
        world.submit_stage(other)
        done(reviews(world, other, "otto"))
        parts = [world.initiative(key).parts["otto"] for key in (one, other)]
        assert parts == [Role.PRODUCT_OWNER, Role.REVIEWER]

    def test_a_part_outlives_the_loss_of_its_role(self, world):
        key = world.bring_to(world.open(), Stage.RESEARCH)
        done(submit(world.workspace, key, Kind.RESEARCH_DOSSIER, w.dossier(), by="dirk"))
        joins(world, "dirk", Role.REVIEWER)
        assert refused(reviews(world, key, "dirk"))[0] == (
            f"dirk is data scientist on {key}, and nobody has two parts on one initiative"
        )

    def test_an_admin_who_owns_an_initiative_does_not_change_its_rules(self, world):
        joins(world, "olga", Role.PRODUCT_OWNER, Role.ADMIN)
        key = world.open()
        lax = w.policies(review=w.gate(Stage.REVIEW, [Kind.REVIEW]))
        organisation.adopt(world.workspace, lax, by="root")
        assert refused(organisation.migrate(world.workspace, key, lax.digest, SAID, by="olga")) != ()
        done(organisation.migrate(world.workspace, key, lax.digest, SAID, by="root"))


class TestQuorumCountsPersons:
    def test_one_person_voting_twice_counts_once(self, world):
        key = world.bring_to(world.open(), Stage.RELEASE)
        done(ballots(world, key, "bea"))
        gate = done(ballots(world, key, "bea")).gate
        assert gate.reasons == ("1 of 2 approvals by a board member",)  # type: ignore[union-attr]

    def test_two_accounts_with_one_mailbox_are_one_person(self, world):
        joins(world, "bea", Role.BOARD_MEMBER, email="bea@example.org")
        joins(world, "bea2", Role.BOARD_MEMBER, email="Bea+two@Example.org")
        key = world.bring_to(world.open(), Stage.RELEASE)
        done(ballots(world, key, "bea"))
        assert refused(ballots(world, key, "bea2")) == (
            f"bea2 and bea are one person, and bea is board member on {key}",
        )

    def test_who_has_every_role_still_counts_once(self, world):
        joins(world, "multi", *MANY)
        key = world.bring_to(world.open(), Stage.REVIEW)
        done(reviews(world, key, "multi"))
        done(reviews(world, key, "multi"))
        assert world.initiative(key).stage is Stage.REVIEW
        done(reviews(world, key, "rita"))
        assert refused(ballots(world, key, "multi")) == (
            f"multi is reviewer on {key}, and nobody has two parts on one initiative",
        )

    def test_the_vote_of_somebody_who_left_no_longer_counts(self, world):
        key = world.bring_to(world.open(), Stage.RELEASE)
        done(ballots(world, key, "bea"))
        joins(world, "bea", Role.BOARD_MEMBER, is_active=False)
        gate = done(ballots(world, key, "ben")).gate
        assert gate.reasons == (  # type: ignore[union-attr]
            "1 of 2 approvals by a board member",
            "the vote of bea no longer counts: they left",
        )

    def test_the_gate_does_not_wait_for_somebody_who_left(self, world):
        key = world.bring_to(world.open(), Stage.RELEASE)
        done(ballots(world, key, "bea"))
        joins(world, "bea", Role.BOARD_MEMBER, is_active=False)
        done(world.approve(key, "ben", "otto"))
        assert world.initiative(key).stage is Stage.WATCH

    def test_the_gate_does_not_wait_for_somebody_whose_vote_became_void(self, world):
        key = world.bring_to(world.open(), Stage.REVIEW)
        done(reviews(world, key, "rita"))
        done(submit(world.workspace, key, Kind.EFFORT_ESTIMATE, w.estimate(likely=41), by="dana"))
        done(world.approve(key, "rolf", "dirk"))
        assert world.initiative(key).stage is Stage.RELEASE


class TestWhoHasSeveralRoles:
    """They act in the one that the gate asks for, where they have no part yet."""

    def test_a_hold_of_the_board_is_lifted_by_one_who_also_reviews(self, world):
        joins(world, "multi", Role.REVIEWER, Role.BOARD_MEMBER)
        key = world.bring_to(world.open(), Stage.RELEASE)
        done(
            votes(world, key, Choice.HOLD, "bea", "ben", condition="More rows", until=w.NOON.date().replace(year=2027))
        )
        done(resumes(world, key, "multi"))

    def test_a_condition_of_the_board_is_cleared_by_one_who_also_reviews(self, world):
        joins(world, "multi", Role.REVIEWER, Role.BOARD_MEMBER)
        key = world.bring_to(world.open(), Stage.RELEASE)
        done(votes(world, key, Choice.CONDITIONAL_GO, "bea", "ben", conditions=("Ask the nurses",)))
        done(clears(world, key, 1, "multi"))

    def test_a_conclusion_is_proposed_by_one_who_also_owns_products(self, world):
        joins(world, "multi", Role.PRODUCT_OWNER, Role.DATA_SCIENTIST)
        key = world.bring_to(world.open(), Stage.RESEARCH)
        done(conclude(world.workspace, key, w.lesson(), by="multi"))

    def test_an_early_deadline_is_set_by_a_board_member_who_also_owns_products(self, world):
        key = world.bring_to(world.open(), Stage.WATCH)
        done(promises(world, key, w.NOON.date().replace(month=4), by="otto", override="The fair is in April."))


class TestWhoMayNot:
    @pytest.mark.parametrize("handle", ["anna", "hans", "rita", "bea", "dana", "root"])
    def test_only_a_product_owner_opens(self, world, handle):
        assert refused(open_initiative(world.workspace, w.proposal(), by=handle)) != ()

    def test_nobody_unknown_does_anything(self, world):
        with pytest.raises(UnknownError, match="did you mean 'olga'"):
            open_initiative(world.workspace, w.proposal(), by="olgaa")

    def test_an_auditor_changes_nothing(self, world):
        key = world.open()
        assert refused(decide_now(world.workspace, key, by="anna")) != ()

    def test_somebody_inactive_does_nothing(self, world):
        joins(world, "olga", Role.PRODUCT_OWNER, is_active=False)
        assert refused(open_initiative(world.workspace, w.proposal(), by="olga"))[0] == "olga is no longer active"

    def test_another_product_owner_does_not_spend_the_owners_money(self, world):
        key = world.bring_to(world.open(), Stage.WATCH)
        done(releases(world, key, 10))
        assert refused(spends(world, key, 1, by="otto")) != ()

    def test_another_product_owner_does_not_withdraw(self, world):
        key = world.open()
        assert refused(conclude(world.workspace, key, w.lesson(Outcome.WITHDRAWN), by="otto")) != ()
