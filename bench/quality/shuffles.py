"""Verdicts on data sets whose labels were shuffled: there is nothing to be found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pandas as pd

from bench.quality.parts import SHUFFLES, Told, some, table
from bench.quality.verdicts import BINDING
from provefirst.checks.asking import Question
from provefirst.checks.assessment import assess


def bundled() -> Iterator[tuple[str, pd.DataFrame, str]]:
    """Every data set that comes with scikit-learn, by name, with its target."""
    from sklearn import datasets

    for name in ("iris", "wine", "breast_cancer", "digits", "diabetes"):
        frame = getattr(datasets, f"load_{name}")(as_frame=True).frame
        yield name, frame, "target"
    linnerud = datasets.load_linnerud(as_frame=True)
    for target in linnerud.target.columns:
        yield f"linnerud {target}", linnerud.data.assign(**{target: linnerud.target[target]}), target


def shuffled(task: tuple[str, int]) -> tuple[str, str]:
    """The verdict on a bundled data set whose labels were shuffled."""
    name, draw = task
    frame, target = next((frame, target) for known, frame, target in bundled() if known == name)
    labels = np.random.default_rng([7, draw]).permutation(frame[target].to_numpy())
    question = Question(target, "baseline+0.02", seed=draw)
    return name, assess(frame.assign(**{target: labels}), question, codes=BINDING).verdict


def shuffles(pool: ProcessPoolExecutor, share: float) -> Told:
    n = some(SHUFFLES, share)
    tasks = [(name, draw) for name, _, _ in bundled() for draw in range(n)]
    counts: dict[str, Counter[str]] = {name: Counter() for name, _ in tasks}
    for name, verdict in pool.map(shuffled, tasks):
        counts[name][verdict] += 1
    rows: list[list[object]] = [
        [name, found["feasible"], found["not_feasible"], found["inconclusive"]] for name, found in counts.items()
    ]
    text = f"""Every data set that comes with scikit-learn, its labels shuffled, {n} times each; the goal is the best
simple baseline and .02. There is nothing to be found, so none may be feasible.

{table("Data set | >feasible | >not feasible | >inconclusive", rows)}"""
    return Told(text, not any(found["feasible"] for found in counts.values()))
