"""How long it takes to hold a new proposal against 10,000 earlier ones, and to search their lessons by words.

    python bench/lessons.py [--lessons 10000] [--queries 300]

The texts are made of 4,000 words drawn by Zipf's law, about 60 a proposal. Search runs on SQLite in a file.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import insert, text

from provefirst.lifecycle.meanings import Meanings
from provefirst.lifecycle.remembering import Wanted, search
from provefirst.lifecycle.workspace import Workspace
from provefirst.likeness import Index, Subject
from provefirst.store.remembered import SubjectRow, reindex_words
from provefirst.store.tables import LessonRow, table

WORDS = 4000


def made(count: int, chance: random.Random) -> list[Subject]:
    """Subjects of made-up words, some common and most rare."""
    letters = "bcdfghklmnprstvwz"
    words = ["".join(chance.choice(letters) + chance.choice("aeiou") for _ in range(3)) for _ in range(WORDS)]
    weights = [1 / (rank + 8) for rank in range(WORDS)]

    def said(length: int) -> str:
        return " ".join(chance.choices(words, weights, k=length))

    return [Subject(f"PF-{n}", said(6), said(22), said(8), said(22), chance.choice(words)) for n in range(1, count + 1)]


def timed(work: Callable[[Subject], object], queries: Sequence[Subject]) -> list[float]:
    found = []
    for one in queries:
        began = time.perf_counter()
        work(one)
        found.append(1000 * (time.perf_counter() - began))
    return sorted(found)


def told(what: str, times: Sequence[float]) -> None:
    at = {share: times[min(int(share * len(times)), len(times) - 1)] for share in (0.5, 0.95, 0.99)}
    print(f"{what}: p50 {at[0.5]:.1f} ms, p95 {at[0.95]:.1f} ms, p99 {at[0.99]:.1f} ms, n {len(times)}")


def filled(home: Path, subjects: Sequence[Subject]) -> Workspace:
    """A workspace with a lesson for each subject, written straight into the tables that search reads."""
    workspace = Workspace.open(home).prepare()
    about = [
        {"initiative": one.key, "version": 1, "at": "2026-01-01T00:00:00.000000Z", "title": one.title,
         "problem": one.problem, "affected": one.affected, "hypothesis": one.hypothesis, "domain": one.domain,
         "data_kind": "tabular", "metric": "accuracy"}
        for one in subjects
    ]  # fmt: skip
    lessons = [
        {"initiative": one.key, "title": one.title, "domain": one.domain, "outcome": "not_feasible",
         "reasons": '["goal_missed"]', "lesson": one.problem, "would_change_if": one.hypothesis, "revisit_on": "",
         "concluded_at": "2026-02-01T00:00:00.000000Z"}
        for one in subjects
    ]  # fmt: skip
    with workspace.store.writing() as work:
        work.connection.execute(insert(table(SubjectRow)), about)
        work.connection.execute(insert(table(LessonRow)), lessons)
        reindex_words(work.connection)
        work.connection.execute(text("ANALYZE"))
    return workspace


def by_meaning(known: Sequence[Subject], asked: Sequence[Subject]) -> None:
    meanings, began = Meanings(), time.perf_counter()
    for one in known:
        meanings.put(one)
    meanings.alike(known[0])
    print(f"meanings of {len(known)} embedded in {time.perf_counter() - began:.2f} s")
    told("likeness by meaning, five best", timed(lambda one: meanings.alike(one, limit=5, least=0.2), asked))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lessons", type=int, default=10_000)
    parser.add_argument("--queries", type=int, default=300)
    given = parser.parse_args()
    chance = random.Random(6)
    subjects = made(given.lessons + given.queries, chance)
    known, asked = subjects[: given.lessons], subjects[given.lessons :]
    index = Index()
    began = time.perf_counter()
    for one in known:
        index.add(one.key, one.terms)
    index.alike(known[0])
    print(f"index of {given.lessons} made in {time.perf_counter() - began:.2f} s")
    told("likeness, five best", timed(lambda one: index.alike(one, limit=5, least=0.2), asked))
    if find_spec("wordllama"):
        by_meaning(known, asked)
    with TemporaryDirectory() as folder:
        workspace = filled(Path(folder), known)
        told("search, two words", timed(lambda one: search(workspace, Wanted(" ".join(one.title.split()[:2]))), asked))
        workspace.store.engine.dispose()


if __name__ == "__main__":
    main()
