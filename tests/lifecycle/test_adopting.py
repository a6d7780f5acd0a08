"""Policies change for what is opened from now on; what is open keeps its own until it is migrated on the record."""

import pytest

from provefirst.clauses import FindingRule
from provefirst.evidence import Kind
from provefirst.findings import Finding, Level
from provefirst.gates import Closed
from provefirst.lifecycle import attempts, organisation
from provefirst.lifecycle.act import Answer
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.reviewing import vote
from provefirst.stages import Outcome, Stage
from provefirst.store.outbox import of_initiative
from tests import world as w
from tests.lifecycle.answers import SAID, refused
from tests.world import World, done

STRICT = w.policies(research=w.gate(Stage.RESEARCH, [Kind.RESEARCH_DOSSIER], quorum=2))


@pytest.fixture
def strict(world: World) -> str:
    """The digest of a stricter policy set, adopted."""
    assert organisation.adopt(world.workspace, STRICT, by="root") is None
    return STRICT.digest


def migrates(world: World, key: str, digest: str, by: str = "root") -> Answer:
    return organisation.migrate(world.workspace, key, digest, SAID, by=by)


class TestAdopting:
    @pytest.mark.parametrize("handle", ["olga", "dana", "rita", "bea", "ella", "anna"])
    def test_only_an_admin_adopts(self, world, handle):
        assert refused(organisation.adopt(world.workspace, STRICT, by=handle)) != ()
        assert world.initiative(world.open()).policy == w.FINDINGLESS.digest

    def test_what_is_open_stays_on_its_version(self, world):
        key = world.bring_to(world.open(), Stage.RESEARCH)
        organisation.adopt(world.workspace, STRICT, by="root")
        world.submit_stage(key)
        state = done(world.approve(key)).initiative
        assert (state.policy, state.stage) == (w.FINDINGLESS.digest, Stage.REPLICATION)

    def test_what_is_opened_from_now_on_is_under_the_new(self, world, strict):
        key = world.bring_to(world.open(), Stage.RESEARCH)
        world.submit_stage(key)
        state = done(world.approve(key, "rita")).initiative
        assert (state.policy, state.stage) == (strict, Stage.RESEARCH)


class TestMigrating:
    @pytest.fixture
    def key(self, world: World) -> str:
        return world.bring_to(world.open(), Stage.RESEARCH)

    @pytest.mark.parametrize("handle", ["olga", "dana", "rita", "bea", "ella", "anna"])
    def test_only_an_admin_migrates(self, world, key, strict, handle):
        assert refused(migrates(world, key, strict, handle)) != ()
        assert world.initiative(key).policy == w.FINDINGLESS.digest

    def test_a_policy_that_was_never_adopted_is_refused(self, world, key):
        assert refused(migrates(world, key, "f" * 64)) == ("no adopted policy set has digest ffffffffffff…",)

    def test_to_the_same_policy_nothing_is_migrated(self, world, key):
        assert refused(migrates(world, key, w.FINDINGLESS.digest)) == (f"{key} is under that policy already",)

    def test_after_the_end_nothing_is_migrated(self, world, key, strict):
        done(conclude(world.workspace, key, w.lesson(Outcome.WITHDRAWN), by="olga"))
        assert refused(migrates(world, key, strict)) == (f"{key} is concluded: withdrawn",)

    def test_votes_cast_under_the_old_policy_are_void(self, world, strict):
        key = world.bring_to(opened_before(world), Stage.RELEASE)
        done(vote(world.workspace, key, w.ballot(), by="bea"))
        done(migrates(world, key, strict))
        gate = done(vote(world.workspace, key, w.ballot(), by="ben")).gate
        assert gate.reasons == (  # type: ignore[union-attr]
            "1 of 2 approvals by a board member",
            "approval by bea is void: what was approved has changed since",
        )

    def test_it_is_on_record_with_its_reason(self, world, key, strict):
        done(migrates(world, key, strict))
        with world.workspace.store.reading() as work:
            entry = work.entries(key)[-1]
        assert (entry.event, entry.actor, dict(entry.data)) == (
            "policy.migrated",
            "root",
            {"from": w.FINDINGLESS.digest, "to": strict, "reason": w.WORDS, "part": "admin"},
        )

    def test_the_gate_is_that_of_the_new_policy_from_then_on(self, world, key, strict):
        world.submit_stage(key)
        done(migrates(world, key, strict))
        gate = done(world.approve(key, "rita")).gate
        assert gate.reasons == ("1 of 2 approvals by a reviewer",)  # type: ignore[union-attr]
        assert done(world.approve(key, "rolf")).initiative.stage is Stage.REPLICATION


def opened_before(world: World) -> str:
    """One that was opened under the policy before the last."""
    assert organisation.adopt(world.workspace, w.FINDINGLESS, by="root") is None
    return world.open()


class TestMigratingToOtherMeasurements:
    """Evidence that lies there already is measured by what the new policy asks for."""

    MEASURED = w.policies(
        research=w.gate(Stage.RESEARCH, [Kind.RESEARCH_DOSSIER], findings={"PF301": FindingRule()}),
    )
    STRICTER = w.policies(
        research=w.gate(Stage.RESEARCH, [Kind.RESEARCH_DOSSIER], quorum=2, findings={"PF301": FindingRule()}),
    )

    @pytest.fixture
    def key(self, world: World) -> str:
        assert organisation.adopt(world.workspace, self.STRICTER, by="root") is None
        assert organisation.adopt(world.workspace, self.MEASURED, by="root") is None
        assert organisation.adopt(world.workspace, w.FINDINGLESS, by="root") is None
        return world.bring_to(world.open(), Stage.RESEARCH)

    def test_nothing_is_owed_while_the_evidence_is_not_there(self, world, key):
        before = owed(world, key)
        done(migrates(world, key, self.MEASURED.digest))
        assert owed(world, key) == before

    def test_a_run_is_owed_for_the_stage_where_it_is(self, world, key):
        world.submit_stage(key)
        before = owed(world, key)
        state = done(migrates(world, key, self.MEASURED.digest)).initiative
        assert owed(world, key) == [*before, ("research", 1, state.version)]

    def test_the_answer_tells_the_gate_of_the_new_policy(self, world, key):
        world.submit_stage(key)
        gate = done(migrates(world, key, self.MEASURED.digest)).gate
        assert gate == Closed(("PF301: no finding", "0 of 1 approvals by a reviewer"))

    def test_what_was_measured_as_the_old_one_asked_counts_no_more(self, world, key):
        """Not even where the run was under way meanwhile: it asked for other limits."""
        done(migrates(world, key, self.MEASURED.digest))
        world.submit_stage(key)
        attempt = attempts.due(world.workspace, world.clock())[-1]
        claimed = attempts.claim(world.workspace, attempt, "run", world.clock())
        state = claimed.initiative
        done(migrates(world, key, self.STRICTER.digest))
        found = attempts.Measured(
            state.evidence_digest(state.stage), state.policy, (Finding(code="PF301", level=Level.PASSED),)
        )
        report = attempts.record(world.workspace, attempt, "run", found)
        assert isinstance(report, attempts.GateReport)
        assert report.gate == Closed(("PF301: no finding", "0 of 2 approvals by a reviewer"))


def owed(world: World, key: str) -> list[tuple[str, int, int]]:
    with world.workspace.store.reading() as work:
        return [(run["stage"], run["attempt"], run["cause"]) for run in of_initiative(work, key)]
