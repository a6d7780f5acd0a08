"""Dates are ordered by what they mean; where nobody can say what that is, they order nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from provefirst.checks.asking import Question
from provefirst.checks.assessment import assess
from provefirst.errors import InvalidInputError
from provefirst.holdout.splitting import instants

DAYS = pd.date_range("2024-01-01", periods=200, freq="D")


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M"])
def test_dates_that_can_be_read_one_way_are_in_their_order(form: str) -> None:
    found = instants(pd.Series(DAYS.strftime(form), dtype="str"), "day")
    assert (np.diff(found) > 0).all()


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%y"])
def test_dates_that_can_be_read_two_ways_are_refused(form: str) -> None:
    with pytest.raises(InvalidInputError, match="one way only"):
        instants(pd.Series(DAYS.strftime(form), dtype="str"), "day")


@pytest.mark.parametrize(("form", "is_split"), [("%d.%m.%Y", True), ("%d/%m/%Y", False)])
def test_a_column_of_days_is_found_however_it_is_written(form: str, is_split: bool) -> None:
    g = np.random.default_rng(0)
    frame = pd.DataFrame({"when": DAYS.strftime(form), "x": g.normal(size=200), "y": g.integers(0, 2, 200)})
    if is_split:
        found = assess(frame, Question("y", 0.7), codes=frozenset())
        assert found.split["by"] == "time"
        return
    with pytest.raises(InvalidInputError, match="one way only"):
        assess(frame, Question("y", 0.7), codes=frozenset())


def test_a_few_rows_of_whole_numbers_are_a_quantity() -> None:
    g = np.random.default_rng(0)
    frame = pd.DataFrame({"x": g.normal(size=24), "weight": [*range(150, 166), *range(150, 158)]})
    assert assess(frame, Question("weight", 0.3), codes=frozenset()).metric == "r2"
