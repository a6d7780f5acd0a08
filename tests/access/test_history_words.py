"""What people do to each other's standing is told in words, to whoever may read it, and without what they may not."""

from __future__ import annotations

from pathlib import Path

from provefirst.history import _STEPS as STEPS
from provefirst.lifecycle import entry_words
from provefirst.lifecycle.entry_words import sentence
from provefirst.lifecycle.viewing import View, view
from provefirst.stages import Stage
from tests.world import METHOD, WORDS, World


def test_every_event_has_its_words() -> None:
    assert STEPS.keys() <= entry_words._WORDS.keys()


def test_a_blind_reviewer_reads_a_history_without_what_is_hidden(tmp_path: Path) -> None:
    world = World.make(tmp_path)
    key = world.bring_to(world.open(), Stage.REVIEW)
    world.judge_method(key, "rita")
    shown = view(world.workspace, key, by="rolf")
    assert isinstance(shown, View)
    told = [sentence(entry, "EUR") for entry in shown.entries]
    hidden = "evidence is shown once you have declared that you have no conflict of interest"
    assert f"wrote method_review.submitted: {hidden}" in told
    assert not any(METHOD.summary in one for one in told if "method" in one)
    seen = view(world.workspace, key, by="anna")
    assert isinstance(seen, View)
    assert f"reviewed the method at review, before a result was shown: {WORDS}" in [
        sentence(entry, "EUR") for entry in seen.entries
    ]
