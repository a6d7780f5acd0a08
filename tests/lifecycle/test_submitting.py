"""Open and submit: what is put on the track, by whom, at which stage, and on which day."""

from datetime import datetime, timedelta, timezone
from hashlib import sha256

import pytest

from provefirst.errors import InvalidInputError, StaleVersionError
from provefirst.evidence import Kind
from provefirst.ledger import verify
from provefirst.lifecycle.act import Answer
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.opening import open_initiative
from provefirst.lifecycle.submitting import submit
from provefirst.people import Role
from provefirst.stages import Outcome, Stage
from tests import world as w
from tests.lifecycle.answers import SOON, TODAY, events, refused
from tests.world import World, done


@pytest.fixture
def researching(world: World) -> str:
    return world.bring_to(world.open(), Stage.RESEARCH)


def submits(world: World, key: str, kind: Kind, document: object, *, by: str = "dana", **more: object) -> Answer:
    return submit(world.workspace, key, kind, document, by=by, **more)  # type: ignore[arg-type]


class TestOpening:
    @pytest.mark.parametrize("days", [0, -1, -400])
    def test_a_wish_for_a_day_that_is_over_is_refused(self, world, days):
        day = TODAY + timedelta(days=days)
        answer = open_initiative(world.workspace, w.proposal(wished_deadline=day), by="olga")
        assert refused(answer) == (f"wished_deadline: {day.isoformat()} is not after today, {TODAY.isoformat()}",)

    def test_a_wish_promises_nothing(self, world):
        key = world.open(wished_deadline=SOON)
        assert world.initiative(key).deadline is None

    def test_it_begins_at_its_first_stage_with_the_budget_asked_for(self, world):
        key = world.open()
        state = world.initiative(key)
        assert (state.stage, state.attempt, state.owner, state.budget) == (Stage.PROPOSAL, 1, "olga", 0)
        assert events(world, key) == [
            "initiative.opened",
            "budget.requested",
            "evidence.submitted",
            "evidence.submitted",
            "stage.entered",
        ]

    def test_without_a_screen_the_first_gate_waits_for_one(self, world):
        gate = done(open_initiative(world.workspace, w.proposal(), by="olga")).gate
        assert gate.reasons == (  # type: ignore[union-attr]
            "ethics_screen: not submitted",
            "0 of 1 approvals by an ethics reviewer",
        )

    def test_each_has_a_key_of_its_own(self, world):
        assert [world.open(), world.open()] == ["PF-1", "PF-2"]


class TestWhatBelongsElsewhere:
    def test_evidence_for_a_stage_to_come_is_refused(self, world):
        key = world.open()
        answer = submits(world, key, Kind.RESEARCH_DOSSIER, w.dossier())
        assert refused(answer) == (f"research_dossier belongs to research, and {key} is at proposal",)

    def test_evidence_for_a_stage_that_is_over_is_refused(self, world):
        key = world.bring_to(world.open(), Stage.REPLICATION)
        answer = submits(world, key, Kind.RESEARCH_DOSSIER, w.dossier())
        assert refused(answer) == (f"research_dossier belongs to research, and {key} is at replication",)

    def test_every_stage_it_belongs_to_is_named(self, world, researching):
        answer = submits(world, researching, Kind.EFFORT_ESTIMATE, w.estimate())
        assert refused(answer) == (
            f"effort_estimate belongs to data analysis or review, and {researching} is at research",
        )

    @pytest.mark.parametrize(
        ("kind", "document", "verb"),
        [(Kind.REVIEW, w.peer_review(), "review"), (Kind.LESSON, w.lesson(), "conclude")],
    )
    def test_what_has_a_verb_of_its_own_is_not_submitted(self, world, researching, kind, document, verb):
        answer = submits(world, researching, kind, document)
        assert refused(answer) == (f"{kind.value} has a verb of its own: {verb}",)

    @pytest.mark.parametrize("handle", ["rita", "bea", "hans", "olga", "root"])
    def test_only_a_data_scientist_submits_research(self, world, researching, handle):
        before = events(world, researching)
        assert refused(submits(world, researching, Kind.RESEARCH_DOSSIER, w.dossier(), by=handle)) != ()
        assert events(world, researching) == before

    def test_after_the_end_nothing_is_submitted(self, world, researching):
        done(conclude(world.workspace, researching, w.lesson(Outcome.WITHDRAWN), by="olga"))
        answer = submits(world, researching, Kind.RESEARCH_DOSSIER, w.dossier())
        assert refused(answer) == (f"{researching} is concluded: withdrawn",)


class TestWhatIsSubmitted:
    def test_the_very_same_evidence_is_refused(self, world, researching):
        world.submit_stage(researching)
        answer = submits(world, researching, Kind.RESEARCH_DOSSIER, w.dossier())
        assert refused(answer) == ("research_dossier: this very evidence is submitted already",)

    def test_a_new_proposal_does_not_ask_for_more(self, world):
        key = world.open()
        answer = submits(world, key, Kind.PROPOSAL, w.proposal(budget=100_000_01), by="olga")
        assert refused(answer) == (
            "the budget was requested when the initiative was opened, and can't be changed by a new proposal",
        )

    def test_a_report_of_days_to_come_is_refused(self, world):
        key = world.bring_to(world.open(), Stage.WATCH)
        tomorrow = TODAY + timedelta(days=1)
        report = w.production().model_copy(update={"until": tomorrow})
        assert refused(submits(world, key, Kind.PRODUCTION_REPORT, report)) == (
            f"until: {tomorrow.isoformat()} is after today, {TODAY.isoformat()}: a report tells of what was",
        )

    @pytest.mark.parametrize("name", ["", "a/b", "a\\b", "a\nb", "a" * 101])
    def test_a_file_with_a_name_that_is_none_is_refused(self, world, researching, name):
        answer = submits(world, researching, Kind.RESEARCH_DOSSIER, w.dossier(), files={name: b"x"})
        assert refused(answer) == (f"{name[:80]!r}: a file's name has up to 100 printable characters and no slash",)

    def test_it_is_bound_to_stage_attempt_and_author(self, world, researching):
        state = done(submits(world, researching, Kind.RESEARCH_DOSSIER, w.dossier())).initiative
        found = state.current(Kind.RESEARCH_DOSSIER)
        assert (found.stage, found.attempt, found.by, found.document) == (Stage.RESEARCH, 1, "dana", w.dossier())
        assert state.parts["dana"] is Role.DATA_SCIENTIST

    def test_files_are_kept_by_their_digest(self, world, researching):
        files = {"notes.txt": b"Nuclei are larger."}
        state = done(submits(world, researching, Kind.RESEARCH_DOSSIER, w.dossier(), files=files)).initiative
        digest = sha256(files["notes.txt"]).hexdigest()
        assert state.current(Kind.RESEARCH_DOSSIER).attachments == {"notes.txt": digest}
        assert world.workspace.blobs.get(digest) == files["notes.txt"]

    def test_what_it_replaces_stays_visible(self, world):
        key = world.open()
        state = done(submits(world, key, Kind.PROPOSAL, w.proposal(title="Another title"), by="olga")).initiative
        titles = [one.content["title"] for one in state.submissions if one.kind is Kind.PROPOSAL]
        assert titles == ["Tell benign from malignant", "Another title"]


class TestStaleVersions:
    def test_who_saw_an_older_version_writes_nothing(self, world, researching):
        before, version = events(world, researching), world.initiative(researching).version
        with pytest.raises(StaleVersionError) as caught:
            submits(world, researching, Kind.RESEARCH_DOSSIER, w.dossier(), expected=version - 1)
        problem = caught.value
        assert (problem.initiative, problem.expected, problem.found) == (researching, version - 1, version)
        assert events(world, researching) == before

    def test_a_version_that_is_not_there_yet_is_stale_too(self, world, researching):
        version = world.initiative(researching).version
        with pytest.raises(StaleVersionError):
            submits(world, researching, Kind.RESEARCH_DOSSIER, w.dossier(), expected=version + 1)

    def test_who_saw_the_newest_version_writes(self, world, researching):
        version = world.initiative(researching).version
        done(submits(world, researching, Kind.RESEARCH_DOSSIER, w.dossier(), expected=version))


class TestClocks:
    def test_a_clock_without_a_zone_writes_nothing(self, world, researching):
        before = events(world, researching)
        world.clock.now = datetime(2026, 3, 2, 12)  # noqa: DTZ001  # what must be refused
        with pytest.raises(InvalidInputError, match="a time with its zone"):
            submits(world, researching, Kind.RESEARCH_DOSSIER, w.dossier())
        with pytest.raises(InvalidInputError, match="a time with its zone"):
            world.open()
        assert events(world, researching) == before

    def test_a_clock_that_goes_back_does_not_take_the_ledger_with_it(self, world, researching):
        last = world.initiative(researching).changed_at
        world.clock.pass_days(-10)
        state = done(submits(world, researching, Kind.RESEARCH_DOSSIER, w.dossier())).initiative
        with world.workspace.store.reading() as work:
            verify(work.entries(researching))
        assert state.changed_at == last

    def test_a_clock_in_another_zone_is_written_in_utc(self, world, researching):
        world.clock.now = datetime(2026, 3, 2, 14, 30, tzinfo=timezone(timedelta(hours=2)))
        done(submits(world, researching, Kind.RESEARCH_DOSSIER, w.dossier()))
        with world.workspace.store.reading() as work:
            assert work.entries(researching)[-1].at == "2026-03-02T12:30:00.000000Z"
