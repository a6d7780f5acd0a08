"""PF701 says in a finding what production has shown."""

import pytest

from provefirst.checks.registry import Case, find, run
from provefirst.findings import Finding, Level
from provefirst.initiative import Initiative
from provefirst.production import Health, Judgement
from tests.checks.cases import Files
from tests.world import NOON


def watched(judged: Judgement | None) -> Finding:
    blobs = Files()
    return run(find("PF701"), Case(Initiative("PF-1", production=judged), blobs.__getitem__, blobs.write), {})


@pytest.mark.parametrize(
    ("health", "level"),
    [(Health.HOLDS, Level.PASSED), (Health.DEGRADED, Level.WARNING), (Health.BROKEN, Level.FAILED)],
)
def test_what_production_shows_is_a_finding(health: Health, level: Level) -> None:
    found = watched(Judgement(health, NOON, 1, 500, 0.71, 3.2, 0.4))
    assert (found.level, found.measured["verdict"]) == (level, health.value)
    assert "0.71 on 500 rows" in found.message


def test_before_a_row_was_observed_the_check_is_skipped() -> None:
    assert watched(None).level is Level.SKIPPED
