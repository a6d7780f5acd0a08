"""Likeness: which earlier initiatives asked what is asked again, and by which words that shows.

TF-IDF with the cosine (Salton & Buckley 1988, Inf. Process. Manag. 24(5): term-weighting `ltc`), held in memory as
postings: a query looks at those initiatives only that share a term with it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from provefirst.stages import Outcome
from provefirst.terms import counted, spelt

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ids: TypeAlias = NDArray[np.int64]
    Weights: TypeAlias = NDArray[np.float64]

ALIKE = 0.20
"""From here on it is likely the same question: see docs/lessons.md for how often that is wrong."""

_STALE = 0.02
"""Weights are worked out anew once this share of the initiatives is newer than they are."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What an initiative is about, in its own words."""

    key: str
    title: str
    problem: str
    affected: str
    hypothesis: str
    domain: str

    @property
    def terms(self) -> Counter[str]:
        """Its terms, the title's counted twice."""
        weighted = ((self.title, 2), (self.problem, 1), (self.affected, 1), (self.hypothesis, 1), (self.domain, 1))
        return counted(*weighted)

    @property
    def spelling(self) -> Mapping[str, str]:
        return spelt(self.title, self.problem, self.hypothesis, self.affected, self.domain)


@dataclass(frozen=True, slots=True)
class Match:
    """An earlier initiative, how alike it is (0 to 1), and the terms that made it so, the weightiest first."""

    key: str
    score: float
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resemblance:
    """An earlier initiative that ended and asked the like; `difference` is what is different now, once it is said."""

    key: str
    title: str
    outcome: Outcome
    score: float
    shared: tuple[str, ...]
    found_at: datetime
    difference: str = ""
    by: str = ""

    @property
    def must_be_answered(self) -> bool:
        """Whether it ended with a no that nobody has said anything to."""
        return self.outcome is Outcome.NOT_FEASIBLE and not self.difference


class Index:
    """Initiatives by their terms. Those that came since weights were last worked out are compared one by one."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}
        self._keys: list[str] = []
        self._postings: dict[str, tuple[Ids, Weights]] = {}
        self._idf: dict[str, float] = {}
        self._newer: dict[str, Counter[str]] = {}

    def __len__(self) -> int:
        return len(self._counts)

    def add(self, key: str, terms: Counter[str]) -> None:
        """Put an initiative in, in place of what was known of it."""
        self._counts[key] = self._newer[key] = terms

    def put(self, subject: Subject) -> None:
        """Put an initiative in by what it is about."""
        self.add(subject.key, subject.terms)

    def shared(self, subject: Subject, key: str) -> tuple[str, ...]:
        """The terms that `subject` shares with an initiative, the weightiest first."""
        return self._shared(self._weights(subject.terms), key, subject.spelling)

    def alike(self, subject: Subject, *, limit: int = 5, least: float = 0.0, apart_from: str = "") -> list[Match]:
        """The initiatives most like `subject`, best first, without the one called `apart_from`."""
        if len(self._newer) > self._weighed * _STALE:
            self._weigh()
        wanted = self._weights(subject.terms)
        scores = self._scores(wanted, max(least, 1e-9)) | self._newer_scores(wanted, max(least, 1e-9))
        scores.pop(apart_from, None)
        best = sorted((-score, key) for key, score in scores.items())[:limit]
        spelling = subject.spelling
        return [Match(key, min(-score, 1.0), self._shared(wanted, key, spelling)) for score, key in best]

    @property
    def _weighed(self) -> int:
        return len(self._keys)

    def _scores(self, wanted: Mapping[str, float], least: float) -> dict[str, float]:
        import numpy as np  # late: opening the command line needs none

        scores = np.zeros(self._weighed)
        for term, weight in wanted.items():
            if (posting := self._postings.get(term)) is not None:
                scores[posting[0]] += weight * posting[1]
        found = ((self._keys[place], float(scores[place])) for place in np.flatnonzero(scores >= least))
        return {key: score for key, score in found if key not in self._newer}

    def _newer_scores(self, wanted: Mapping[str, float], least: float) -> dict[str, float]:
        found = {key: sum(self._parts(wanted, terms).values()) for key, terms in self._newer.items()}
        return {key: score for key, score in found.items() if score >= least}

    def _parts(self, wanted: Mapping[str, float], terms: Counter[str]) -> dict[str, float]:
        other = self._weights(terms)
        return {term: weight * other[term] for term, weight in wanted.items() if term in other}

    def _shared(self, wanted: Mapping[str, float], key: str, spelling: Mapping[str, str]) -> tuple[str, ...]:
        parts = self._parts(wanted, self._counts[key])
        ordered = sorted(parts, key=lambda term: (-parts[term], term))
        return tuple(spelling.get(term, term) for term in ordered[:6])

    def _weigh(self) -> None:
        import numpy as np

        count = len(self._counts)
        holding = Counter(term for terms in self._counts.values() for term in terms)
        self._idf = {term: math.log((1 + count) / (1 + many)) + 1 for term, many in holding.items()}
        self._keys, self._newer = list(self._counts), {}
        lists: dict[str, tuple[list[int], list[float]]] = {term: ([], []) for term in holding}
        for place, terms in enumerate(self._counts.values()):
            for term, weight in self._weights(terms).items():
                lists[term][0].append(place)
                lists[term][1].append(weight)
        self._postings = {term: (np.array(ids), np.array(weights)) for term, (ids, weights) in lists.items()}

    def _weights(self, terms: Counter[str]) -> dict[str, float]:
        rare = math.log(1 + self._weighed) + 1
        raw = {term: (1 + math.log(many)) * self._idf.get(term, rare) for term, many in terms.items()}
        norm = math.sqrt(sum(weight * weight for weight in raw.values()))
        return {term: weight / norm for term, weight in raw.items()} if norm else {}
