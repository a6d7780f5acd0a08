"""Lessons are found, stay, and are met by whoever asks again. On each kind of database."""

import json
import random

import pytest
from sqlalchemy import text

from provefirst.errors import ConstraintError, InvalidInputError, UnknownError
from provefirst.evidence import Kind, Source
from provefirst.gates import Closed
from provefirst.integrity.auditing import verify
from provefirst.lifecycle import organisation
from provefirst.lifecycle.act import Refused
from provefirst.lifecycle.concluding import conclude
from provefirst.lifecycle.holding import Registration, register_data
from provefirst.lifecycle.keeping import rebuild
from provefirst.lifecycle.opening import open_initiative
from provefirst.lifecycle.publishing import publish, write_into
from provefirst.lifecycle.remembering import Difference, Wanted, answer, lesson, search, similar, subject_of
from provefirst.lifecycle.revisiting import raise_revisits
from provefirst.lifecycle.submitting import submit
from provefirst.stages import Outcome, Reason, Stage
from tests import world as w
from tests.world import NOON, World, done

SIZES = {
    "title": "Recommend clothes sizes in the online shop",
    "problem": "Every third parcel comes back because the size did not fit.",
    "affected": "Customers who are told a size.",
    "hypothesis": "Height and weight tell the size that a customer keeps.",
    "domain": "retail",
    "data_kind": "tabular",
}
AGAIN = SIZES | {
    "title": "A size advisor for the shop",
    "problem": "Parcels with clothes are returned when the size is wrong.",
}
SAID = Difference(earlier="PF-1", difference="Customers have told for a season how it fits.")


def ended(world: World, outcome: Outcome = Outcome.NOT_FEASIBLE, proposal: dict = SIZES, **changes: object) -> str:
    """An initiative concluded by its peers."""
    key = world.bring_to(world.open(**proposal), Stage.RESEARCH)
    done(conclude(world.workspace, key, w.lesson(outcome, Reason.DISCRIMINATORY, **changes), by="dana"))
    world.approve_stop(key)
    assert world.initiative(key).conclusion is not None
    return key


class TestFinding:
    def test_words_are_found_by_their_stems_in_lesson_and_proposal(self, any_world):
        key = ended(any_world, lesson="Bodies measured twice tell more.")
        for words in ("measuring twice", "PARCELS", "discriminatory", "sizes' fit"):
            found = search(any_world.workspace, Wanted(words)).rows
            assert (words, [row["initiative"] for row in found]) == (words, [key])
        loose = search(any_world.workspace, Wanted("parcel pumps"))
        assert ([row["initiative"] for row in loose.rows], loose.is_loose) == ([key], True)
        assert search(any_world.workspace, Wanted("pumps bearings")).rows == ()
        assert not search(any_world.workspace, Wanted("parcel")).is_loose

    def test_facets_narrow_and_are_counted(self, any_world):
        first = ended(any_world)
        second = ended(any_world, Outcome.INCONCLUSIVE, {"domain": "health"} | {"title": "Tell tumours apart"})
        everything = search(any_world.workspace, Wanted())
        assert [row["initiative"] for row in everything.rows] == [second, first]
        assert everything.facets["outcome"] == {"inconclusive": 1, "not_feasible": 1}
        assert everything.facets["data_kind"] == {"other": 1, "tabular": 1}
        one = search(any_world.workspace, Wanted(outcome="inconclusive", metric="accuracy", reason="discriminatory"))
        assert ([row["initiative"] for row in one.rows], one.total) == ([second], 1)

    def test_pages_follow_each_other(self, world):
        keys = [ended(world), ended(world, proposal=AGAIN)]
        pages = [search(world.workspace, Wanted(), limit=1, skip=skip).rows[0]["initiative"] for skip in (0, 1)]
        assert (pages, search(world.workspace, Wanted(), skip=2).rows) == (keys[::-1], ())

    @pytest.mark.parametrize("words", ['"', "size OR", "NEAR(", "a*", "size:fit", "' ; DROP TABLE lesson", "()", "%_"])
    def test_no_word_is_taken_for_a_command(self, any_world, words):
        ended(any_world)
        search(any_world.workspace, Wanted(words))

    def test_what_names_nothing_known_is_refused_with_the_nearest(self):
        with pytest.raises(InvalidInputError, match="did you mean 'not_feasible'"):
            Wanted(outcome="not_feasable")

    def test_a_lesson_that_there_is_not_is_refused_with_the_nearest(self, world):
        ended(world)
        with pytest.raises(UnknownError, match="did you mean 'PF-1'"):
            lesson(world.workspace, "PF-11")


class TestStaying:
    def test_no_lesson_can_be_deleted_or_changed(self, any_world):
        ended(any_world)
        for attack in ("DELETE FROM lesson", "UPDATE lesson SET lesson = 'It went well.'"):
            with pytest.raises(ConstraintError), any_world.workspace.store.writing() as work:
                work.connection.execute(text(attack))
        assert search(any_world.workspace, Wanted()).total == 1

    def test_a_rebuild_leaves_them_findable_and_locked(self, any_world):
        key = ended(any_world)
        rebuild(any_world.workspace)
        assert search(any_world.workspace, Wanted("parcel")).rows[0]["initiative"] == key
        with pytest.raises(ConstraintError), any_world.workspace.store.writing() as work:
            work.connection.execute(text("DELETE FROM lesson"))

    def test_an_audit_finds_nothing_wrong(self, any_world):
        ended(any_world, revisit_on=NOON.date().replace(year=2027))
        assert verify(any_world.workspace).bad == ()


class TestMeetingItAgain:
    def test_a_no_closes_the_proposal_gate_until_it_is_answered(self, any_world):
        ended(any_world)
        key = any_world.open(**AGAIN)
        gate = done(any_world.approve(key)).gate
        assert isinstance(gate, Closed)
        [reason] = gate.reasons
        assert reason.startswith("PF-1 asked the like and ended not feasible (alike by 0.")
        assert "size" in reason
        assert done(answer(any_world.workspace, key, SAID, by="olga")).initiative.stage is Stage.RESEARCH

    def test_what_was_said_stands_on_both(self, world):
        ended(world)
        key = world.open(**AGAIN)
        done(answer(world.workspace, key, SAID, by="olga"))
        [known] = world.initiative(key).resemblances.values()
        assert (known.key, known.difference, known.by) == ("PF-1", SAID.difference, "olga")
        [built] = lesson(world.workspace, "PF-1")["answered_by"]
        assert (built["initiative"], built["difference"]) == (key, SAID.difference)

    def test_nobody_but_its_owner_answers(self, world):
        ended(world)
        key = world.open(**AGAIN)
        for handle in ("dana", "ella", "otto", "root"):
            assert isinstance(answer(world.workspace, key, SAID, by=handle), Refused)

    def test_only_what_was_found_is_answered(self, world):
        ended(world)
        key = world.open(**AGAIN)
        refused = answer(world.workspace, key, Difference(earlier="PF-7", difference="It is another."), by="olga")
        assert refused == Refused((f"PF-7 was not found to be like {key}; those found are: PF-1",))

    @pytest.mark.parametrize("outcome", [Outcome.INCONCLUSIVE])
    def test_what_ended_otherwise_is_shown_and_holds_nothing_up(self, world, outcome):
        ended(world, outcome)
        key = world.open(**AGAIN)
        assert [one.outcome for one in world.initiative(key).resemblances.values()] == [outcome]
        assert done(world.approve(key)).initiative.stage is Stage.RESEARCH

    def test_a_policy_may_be_content_with_showing_it(self, world):
        ended(world)
        rule = w.gate(Stage.PROPOSAL, [Kind.PROPOSAL, Kind.ETHICS_SCREEN], w.Role.ETHICS_REVIEWER)
        loose = w.policies(proposal=rule.model_copy(update={"earlier": "shown"}))
        assert organisation.adopt(world.workspace, loose, by="root") is None
        key = world.open(**AGAIN)
        assert list(world.initiative(key).resemblances) == ["PF-1"]
        assert done(world.approve(key)).initiative.stage is Stage.RESEARCH

    def test_something_else_meets_nothing(self, world):
        ended(world)
        assert dict(world.initiative(world.open()).resemblances) == {}

    def test_a_proposal_changed_into_it_meets_it_too(self, world):
        ended(world)
        key = world.open()
        done(submit(world.workspace, key, Kind.PROPOSAL, w.proposal(**AGAIN), by="olga"))
        assert list(world.initiative(key).resemblances) == ["PF-1"]

    def test_what_is_under_way_is_shown_as_similar_too(self, world):
        first = world.open(**SIZES)
        [found] = similar(world.workspace, subject_of(w.proposal(**AGAIN)), least=0.2)
        assert (found["key"], found["outcome"], found["lesson"]) == (first, "", None)


class TestLookingAgain:
    def raised(self, world: World, key: str) -> list[str]:
        raise_revisits(world.workspace, now=world.clock())
        return [one["because"] for one in lesson(world.workspace, key)["revisit"] if one["met_at"]]

    def test_its_day_raises_it_once(self, any_world):
        key = ended(any_world, revisit_on=NOON.date().replace(month=6))
        assert self.raised(any_world, key) == []
        any_world.clock.pass_days(120)
        assert self.raised(any_world, key) == ["the day to look again has come: 2026-06-02"]
        version = any_world.initiative(key).version
        assert raise_revisits(any_world.workspace, now=any_world.clock()) == 0
        assert any_world.initiative(key).version == version

    def test_a_source_that_is_cited_elsewhere_raises_it(self, any_world):
        key = ended(any_world, revisit_source="Garment fit panel")
        any_world.clock.pass_days(1)
        other = any_world.bring_to(any_world.open(), Stage.RESEARCH)
        told = [w.source(), w.source(citation="Okafor 2031: a panel of garments and how they fit")]
        dossier = w.dossier().model_copy(update={"sources": tuple(told[:1])})
        done(submit(any_world.workspace, other, Kind.RESEARCH_DOSSIER, dossier, by="dana"))
        assert self.raised(any_world, key) == []
        dossier = dossier.model_copy(update={"sources": tuple(told)})
        done(submit(any_world.workspace, other, Kind.RESEARCH_DOSSIER, dossier, by="dana"))
        [because] = self.raised(any_world, key)
        assert because == f"a source is known now ({other}): {told[1].citation}"
        assert isinstance(told[1], Source)

    def test_rows_that_are_registered_elsewhere_raise_it_once_there_are_enough_of_that_name(self, any_world):
        world = any_world
        key = ended(world, revisit_rows=300, revisit_data="Returned parcels")
        world.clock.pass_days(1)

        def register(name: str, rows: int) -> str:
            other = world.bring_to(world.open(), Stage.DATA_ANALYSIS)
            done(submit(world.workspace, other, Kind.PREREGISTRATION, w.preregistration(), by="dana"))
            chance = random.Random(name)
            lines = [f"{other}-{number},{chance.random()},{number % 2}" for number in range(rows)]
            table = "\n".join(["id,x,y", *lines]).encode()
            request = Registration(name=name, target="y", identifier="id")
            done(register_data(world.workspace, other, request, table, by="hans"))
            return other

        register("Returned parcels", 299)
        register("Other parcels", 400)
        assert self.raised(world, key) == []
        other = register("RETURNED parcels", 300)
        assert self.raised(world, key) == [f"RETURNED parcels now has 300 rows ({other})"]
        assert raise_revisits(world.workspace, now=world.clock()) == 0

    def test_rows_need_the_data_that_they_are_of(self):
        with pytest.raises(ValueError, match="go together"):
            w.lesson(revisit_rows=1000)


class TestPublishing:
    def test_every_lesson_is_told_and_no_person_is_named(self, world, tmp_path):
        ended(world)
        ended(world, Outcome.INCONCLUSIVE, AGAIN | {"title": "A <script>size</script> & more"})
        files = publish(world.workspace, tmp_path / "site", name="Öffentlich & Co")
        assert [file.name for file in files] == ["PF-1.html", "PF-2.html", "index.html", "lessons.bib", "lessons.json"]
        told = "".join(file.read_text("utf-8") for file in files)
        assert [handle for handle in w.PEOPLE if f" {handle}" in told or f'"{handle}"' in told] == []
        assert "<script>" not in (tmp_path / "site" / "PF-2.html").read_text("utf-8")
        rows = json.loads((tmp_path / "site" / "lessons.json").read_text("utf-8"))["lessons"]
        assert [row["initiative"] for row in rows] == ["PF-2", "PF-1"]

    def test_pages_of_a_no_and_of_another_end_differ_in_words_alone(self, world, tmp_path):
        ended(world)
        ended(world, Outcome.INCONCLUSIVE)
        publish(world.workspace, tmp_path / "site")
        first, second = ((tmp_path / "site" / f"PF-{n}.html").read_text("utf-8") for n in (1, 2))
        assert first.replace("not feasible", "inconclusive").replace("PF-1", "PF-2").replace("pf-1", "pf-2") == second

    @pytest.mark.parametrize("file", ["../x.html", "/etc/x.html", "a/b.json", ".bib", "x.sh"])
    def test_nothing_is_written_outside_the_folder(self, tmp_path, file):
        with pytest.raises(InvalidInputError, match="without a folder"):
            write_into(tmp_path / "site", {file: "x"})
        assert not (tmp_path / "site").exists()

    def test_a_folder_with_something_in_it_is_left_alone(self, world, tmp_path):
        (tmp_path / "kept.txt").write_text("mine")
        with pytest.raises(InvalidInputError, match="nothing is overwritten"):
            publish(world.workspace, tmp_path)


def test_opening_tells_what_it_met(world):
    ended(world)
    opened = done(open_initiative(world.workspace, w.proposal(**AGAIN), by="olga"))
    [entry] = [entry for entry in opened.entries if entry.event == "resemblance.found"]
    assert (entry.actor, [one["key"] for one in entry.data["found"]]) == ("engine", ["PF-1"])
