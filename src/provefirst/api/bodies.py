"""What is sent, beyond the documents of the core: each the body of one address."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

from pydantic import Field, StringConstraints, create_model

from provefirst.evidence import EthicsScreen, Kind, Proposal
from provefirst.kinds import MODELS
from provefirst.lifecycle.submitting import BY_OTHER_VERBS
from provefirst.lifecycle.watching import Period
from provefirst.money import Money
from provefirst.reviews import Ballot, Review
from provefirst.texts import Digest, Document, Prose, Word

FileName = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}\.ya?ml$")]
PolicyText = Annotated[str, StringConstraints(max_length=20_000)]


class Opening(Document):
    """A proposal, with the ethics screen where it is done already."""

    proposal: Proposal
    screen: EthicsScreen | None = None
    pool: Word | None = Field(default=None, description="where the money is requested from; default: the usual pool")


class Likening(Document):
    """What the like is looked for: a proposal, or some words; `key` is left out of what is found."""

    proposal: Proposal | None = None
    text: Annotated[str, StringConstraints(max_length=500)] = ""
    key: Annotated[str, StringConstraints(max_length=20)] = ""


class Reviewing(Document):
    """A peer's review. With `dossier`, refused where that is not what lies there any more."""

    review: Review
    dossier: Digest | None = None


class Voting(Document):
    """A ballot. With `dossier`, refused where that is not what lies there any more."""

    ballot: Ballot
    dossier: Digest | None = None


class Migrating(Document):
    """Another adopted policy for an initiative."""

    reason: Prose
    policy: Digest | None = Field(default=None, description="digest of an adopted policy set; default: that in force")


class Funding(Document):
    """Money put into a pool."""

    amount: Money


class Observing(Document):
    """A period of production, with files uploaded before: its rows, and inputs to hold against the sealed ones."""

    period: Period
    rows: Digest
    inputs: Digest | None = None


class Adopting(Document):
    """A policy set: the text of one YAML file a gate, by the file's name."""

    files: dict[FileName, PolicyText] = Field(min_length=1, max_length=20)


SUBMITTED: tuple[Kind, ...] = tuple(kind for kind in Kind if kind not in BY_OTHER_VERBS)
"""Kinds of evidence that are submitted; the others come by a verb of their own."""


class Submission(Document):
    """Evidence, with files uploaded before by their names."""

    files: dict[Word, Digest] = Field(default_factory=dict, max_length=50, description="digest by name")


@cache
def submission(kind: Kind) -> type[Submission]:
    """The body with which evidence of `kind` is submitted."""
    fields: Mapping[str, Any] = {"document": (MODELS[kind], ...)}
    made: type[Submission] = create_model(
        f"Submitted{MODELS[kind].__name__}",
        __base__=Submission,
        __doc__=f"{kind.value.replace('_', ' ').capitalize()} as evidence, with files uploaded before.",
        **fields,
    )
    return made
