"""Terms: what a text is about, as words cut to their stems. Small and its own, so that nothing heavy is loaded."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")

_EMPTY = frozenset(
    """a about above after again against all also am an and any are as at be because been before being below between
    both but by can cannot could did do does doing down during each either few for from further get had has have
    having he her here hers him his how i if in into is it its itself just less like made make makes many may me
    might more most much must my no nor not of off on once one only or other our out over own per rather same she
    should since so some such than that the their them then there these they this those three through to today too
    two under until up us very was we well were what when where which while who whom whose why will with within
    without would you your""".split()
)
"""Words that say nothing of the subject."""

_USUAL = frozenset(
    """accuracy accurate algorithm ai auc better case cases data decide enough every forecast goal good half help
    hypothesis know known learn learning least machine measure metric ml model models number percent predict predicted
    predicting prediction predictions problem project proposal reach reaches result right score system tell tells time
    today use used value want wants week work works wrong year years""".split()
)
"""Words that every proposal for machine learning has."""

_ENDINGS = (
    "ization", "isation", "fulness", "iveness", "ations", "ation", "ments", "ment", "ingly", "ings", "ing", "edly",
    "ness", "ions", "ion", "ors", "or", "ers", "er", "ed", "ly", "ive", "al", "es", "s",
)  # fmt: skip
_SHORTEST = 3


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """`word` without its ending, so that `returns`, `returned` and `returning` are one."""
    if word.endswith(("ies", "ied")) and len(word) > _SHORTEST + 2:
        word = word[:-3] + "y"
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            word = word[: -len(ending)]
            break
    if len(word) > _SHORTEST and word[-1] == word[-2] and word[-1] not in "aeiou":
        word = word[:-1]
    return word[:-1] if len(word) > _SHORTEST and word[-1] in "ey" else word


def words(text: str) -> Iterator[str]:
    """The words of `text` that say something, lower case and without accents."""
    plain = text.casefold()
    if not plain.isascii():
        apart = unicodedata.normalize("NFKD", plain)
        plain = "".join(sign for sign in apart if not unicodedata.combining(sign))
    for word in _WORD.findall(plain):
        if 2 < len(word) <= 40 and not word.isdigit() and word not in _EMPTY and word not in _USUAL:
            yield word


def counted(*weighted: tuple[str, int]) -> Counter[str]:
    """How often each stem occurs in texts, each counted as often as its weight says."""
    found: Counter[str] = Counter()
    for text, weight in weighted:
        for word in words(text):
            found[stem(word)] += weight
    return found


def spelt(*texts: str) -> dict[str, str]:
    """Each stem as it first stands in `texts`: what a person recognises."""
    found: dict[str, str] = {}
    for text in texts:
        for word in words(text):
            found.setdefault(stem(word), word)
    return found
