"""Where MLflow isn't installed, the one line that needs it says what to install."""

import sys

import pytest

from provefirst.client.mlflow_runs import runs_of
from provefirst.errors import InvalidInputError


def test_without_mlflow_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mlflow.tracking", None)
    with pytest.raises(InvalidInputError, match=r"pip install \"provefirst\[mlflow\]\""):
        next(runs_of("sizes", None, "predictions.csv"))
