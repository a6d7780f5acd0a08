"""Acts that more than one story has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from provefirst.demo import data
from provefirst.demo.play import Play
from provefirst.demo.words import go, review
from provefirst.evidence import Kind, Preregistration, ReplicationReport, ResearchDossier
from provefirst.lifecycle.act import Done
from provefirst.lifecycle.holding import Registration, look, register_data
from provefirst.lifecycle.reviewing import review as submit_review
from provefirst.lifecycle.reviewing import vote
from provefirst.lifecycle.submitting import submit


@dataclass(frozen=True)
class Table:
    """A data set, and what in it is learnt from what."""

    name: str
    frame: pd.DataFrame
    features: list[str]
    target: str
    identifier: str
    had_access: tuple[str, ...] = ()

    def predictions(self, model: Any) -> bytes:
        """Out-of-fold predictions of `model` on all rows."""
        return data.out_of_fold(model, self.frame, self.features, self.target, self.identifier)


def screened(play: Play, key: str, reason: str) -> None:
    play.passes("Ellen screens it for harm", vote(play.workspace, key, go(reason), by="ellen"))


def researched(play: Play, key: str, dossier: ResearchDossier, *, by: str) -> None:
    """How others did it, read by a peer."""
    play.does(
        f"{by.title()} submits how others did it",
        submit(play.workspace, key, Kind.RESEARCH_DOSSIER, dossier, by=by),
    )
    reading = review(
        go("Fits our case."), "What is known is named.", strengths="Says why it carries over.", weaknesses="One source."
    )
    play.passes("Ruth reviews it", submit_review(play.workspace, key, reading, by="ruth"))


def replicated(play: Play, key: str, report: ReplicationReport, predictions: bytes, *, by: str, how: str) -> None:
    """The reported result, done again; the engine compares."""
    files = {"predictions": predictions}
    play.does(how, submit(play.workspace, key, Kind.REPLICATION_REPORT, report, by=by, files=files))
    play.measured(key)
    reading = review(
        go("The claim holds when done again."),
        "Replicated.",
        strengths="Out-of-fold on all rows.",
        weaknesses="One source.",
    )
    play.passes("Ruth reviews the replication", submit_review(play.workspace, key, reading, by="ruth"))


def sealed(play: Play, key: str, table: Table, plan: Preregistration, *, by: str) -> tuple[bytes, bytes]:
    """Preregistered, then sealed by the data owner; what the data scientist gets: work set, sealed features."""
    play.does(
        f"{by.title()} preregisters: {plan.metric} of {plan.goal:g}, looks: {plan.looks}",
        submit(play.workspace, key, Kind.PREREGISTRATION, plan, by=by),
    )
    request = Registration(
        name=table.name,
        target=table.target,
        identifier=table.identifier,
        seed=7,
        share=0.3,
        had_access=table.had_access,
    )
    answer = register_data(play.workspace, key, request, data.as_csv(table.frame), by="omar")
    done = play.does("Omar, who owns the data, holds three rows of ten back", answer)
    content = next(s.content for s in reversed(done.initiative.submissions) if s.kind is Kind.DATA_REGISTRATION)
    seen = ", ".join(name.title() for name in table.had_access)
    because = f"{seen} had seen the rows: they are public" if seen else "nobody who models had seen the rows"
    play.say(f"         the holdout is {content['blindness']}: {because}")
    return play.workspace.blobs.get(content["work"]), play.workspace.blobs.get(content["sealed_features"])


def looked(play: Play, key: str, table: Table, model: Any, sets: tuple[bytes, bytes], *, by: str) -> Done:
    """The one look on the sealed set."""
    predictions = data.on_sealed(model, *sets, table.features, table.target, table.identifier)
    done = play.does(f"{by.title()}'s one look on the sealed set", look(play.workspace, key, predictions, by=by))
    seen = done.initiative.submissions[-1].derived
    low, high = seen["low"], seen["high"]
    play.say(f"         {seen['verdict'].replace('_', ' ')}: {seen['estimate']:.3f} ({low:.3f} to {high:.3f})")
    return done
