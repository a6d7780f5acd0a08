"""Meanings: likeness by a small embedding model that its package carries, for questions asked in entirely other words.

WordLlama (MIT; `pip install 'provefirst[embeddings]'`) averages static token embeddings of 256 dimensions. Its weights
and its tokenizer lie in its wheel, and nothing is fetched.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provefirst.errors import InvalidInputError
from provefirst.likeness import ALIKE, Index, Match, Subject

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAME = 0.40
"""The cosine from which on it is likely the same question: see docs/lessons.md for how often that is wrong."""

OTHER_WORDS = "the same in other words"
"""Why two are alike that share no telling word."""


def index_for(similarity: str) -> Index | Meanings:
    """The index that the settings ask for; InvalidInputError where its package is not here."""
    if similarity == "words":
        return Index()
    if find_spec("wordllama") is None:
        allowed = "'words', or 'meanings' once its package is here: pip install 'provefirst[embeddings]'"
        raise InvalidInputError("memory.similarity", similarity, allowed)
    return Meanings()


def on_the_scale_of_words(cosine: float) -> float:
    """A cosine of embeddings on the scale of TF-IDF's: what is just alike by one is just alike by the other."""
    if cosine <= SAME:
        return max(cosine, 0.0) * ALIKE / SAME
    return min(ALIKE + (cosine - SAME) * (1.0 - ALIKE) / (1.0 - SAME), 1.0)


class Meanings:
    """Initiatives by what they mean. Which words they share is told beside it, by an index of words."""

    def __init__(self) -> None:
        self._words = Index()
        self._places: dict[str, int] = {}
        self._pending: dict[str, Subject] = {}
        self._vectors: NDArray[np.float32] | None = None
        self._model: Any = None

    def __len__(self) -> int:
        return len(self._places.keys() | self._pending.keys())

    def put(self, subject: Subject) -> None:
        """Put an initiative in, in place of what was known of it. It is embedded when somebody next asks."""
        self._words.put(subject)
        self._pending[subject.key] = subject

    def alike(self, subject: Subject, *, limit: int = 5, least: float = 0.0, apart_from: str = "") -> list[Match]:
        """The initiatives most like `subject`, best first, without the one called `apart_from`."""
        import numpy as np  # late: opening the command line needs none

        self._catch_up()
        if self._vectors is None:
            return []
        cosines = self._vectors @ self._embedded([subject])[0]
        keys = list(self._places)
        best = [(keys[place], float(cosines[place])) for place in np.argsort(-cosines, kind="stable")[: limit + 1]]
        scores = [(key, on_the_scale_of_words(cosine)) for key, cosine in best if key != apart_from]
        found = [(key, score) for key, score in scores if score >= max(least, 1e-9)][:limit]
        return [Match(key, score, self._words.shared(subject, key) or (OTHER_WORDS,)) for key, score in found]

    def _catch_up(self) -> None:
        """Embed what came since somebody last asked, all of it at once."""
        import numpy as np

        if not self._pending:
            return
        subjects, self._pending = list(self._pending.values()), {}
        known = {} if self._vectors is None else {key: self._vectors[place] for key, place in self._places.items()}
        known |= dict(zip((one.key for one in subjects), self._embedded(subjects), strict=True))
        self._places = {key: place for place, key in enumerate(known)}
        self._vectors = np.stack(list(known.values()))

    def _embedded(self, subjects: list[Subject]) -> NDArray[np.float32]:
        """Vectors of length 1, a row a subject; the title counts twice, as it does by words."""
        texts = [
            " ".join((one.title, one.title, one.problem, one.affected, one.hypothesis, one.domain)) for one in subjects
        ]
        found: NDArray[np.float32] = self._loaded().embed(texts, norm=True)
        return found

    def _loaded(self) -> Any:
        if self._model is None:
            import wordllama

            carried = Path(wordllama.__file__).parent
            self._model = wordllama.WordLlama.load(cache_dir=carried, disable_download=True)
        return self._model
