"""Documents for tests, right and wrong, and what a wrong one is refused with."""

from datetime import date

import pytest

from provefirst.documents import loading as documents
from provefirst.documents.loading import InvalidDocumentError
from provefirst.evidence import EffortEstimate
from provefirst.texts import Document, Word

PROPOSAL = """\
title: Which parcels come late
problem: Customers call because nobody tells them.
affected: Customers, drivers and the help desk.
hypothesis: Lateness can be told an hour ahead with an AUC of 0.8.
goal:
  metric: roc_auc
  value: 0.8
  why: Half of the calls would not come.
budget: 25000 EUR
"""
EFFORT = "optimistic: 5\nlikely: 8\npessimistic: 20\nassumptions: One person, full time.\n"

KNOWN = {
    "PF300": frozenset({"blindness"}),
    "PF301": frozenset(),
    "PF501": frozenset(),
    "PF701": frozenset(),
    "PF502": frozenset({"alpha"}),
}
"""The checks that the shipped policies name, with their parameters."""


class Answer(Document):
    """One optional field of each scalar kind, and one that takes any of them."""

    word: Word | None = None
    whole: int | None = None
    number: float | None = None
    is_so: bool | None = None
    day: date | None = None
    either: bool | int | float | Word | None = None


def problems(text, model, **options) -> list[str]:
    """What `text` is refused with, one line a problem."""
    with pytest.raises(InvalidDocumentError) as refusal:
        documents.parse(text, model, where="file.yaml", **options)
    assert [str(problem) for problem in refusal.value.problems] == str(refusal.value).split("\n")
    return str(refusal.value).split("\n")


def problem(text, model=EffortEstimate, **options) -> str:
    [only] = problems(text, model, **options)
    return only


def effort(**changed) -> str:
    """An effort estimate as YAML, with some fields written differently."""
    written = {"optimistic": "5", "likely": "8", "pessimistic": "20", "assumptions": "One person, full time."}
    return "".join(f"{name}: {text}\n" for name, text in {**written, **changed}.items())
