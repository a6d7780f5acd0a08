import pytest

from provefirst.errors import InvalidInputError
from provefirst.stats import metrics


def test_mape_is_the_mean_error_as_a_share_of_the_truth() -> None:
    assert metrics.value(metrics.prepare("mape", [1, 2, 4], [2, 2, 2])) == 0.5


def test_mape_of_a_truth_of_zero_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="no zero"):
        metrics.prepare("mape", [0, 1], [1, 1])
