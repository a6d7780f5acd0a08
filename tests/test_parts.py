"""A part that is missing is said, and fails the run where every part must be there."""

import pytest

from tests.parts import REQUIRED

SKIPPED_AT_RUN = """
from tests import parts

def test_page():
    parts.missing("chromium")
"""

SKIPPED_AT_COLLECTION = """
import pytest

pytest.skip("missing part: chromium", allow_module_level=True)
"""

SKIPPED_FOR_ANOTHER_REASON = """
import pytest

@pytest.mark.skip(reason="only on Mondays")
def test_page():
    pass
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    """Runs pytest on one test file that stands alone."""
    monkeypatch.delenv(REQUIRED, raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # a fresh Hypothesis would cost a second a run

    def run(source: str) -> pytest.RunResult:
        pytester.makepyfile(source)
        return pytester.runpytest_inprocess("-p", "tests.parts")

    return run


@pytest.mark.parametrize("source", [SKIPPED_AT_RUN, SKIPPED_AT_COLLECTION], ids=["run", "collection"])
def test_a_missing_part_is_named_in_the_summary(run, source):
    result = run(source)
    result.stdout.fnmatch_lines(["*left untested*", "chromium is missing here: 1 skipped"])
    result.assert_outcomes(skipped=1)


def test_a_missing_part_fails_the_test_when_every_part_is_required(run, monkeypatch):
    monkeypatch.setenv(REQUIRED, "1")
    result = run(SKIPPED_AT_RUN)
    result.stdout.fnmatch_lines(["missing part: chromium, and PROVEFIRST_REQUIRE_PARTS=1 says *"])
    result.assert_outcomes(failed=1)


def test_a_missing_part_fails_the_collection_when_every_part_is_required(run, monkeypatch):
    monkeypatch.setenv(REQUIRED, "1")
    result = run(SKIPPED_AT_COLLECTION)
    result.stdout.fnmatch_lines(["missing part: chromium, and PROVEFIRST_REQUIRE_PARTS=1 says *"])
    result.assert_outcomes(errors=1)


def test_a_skip_for_another_reason_stays_a_skip(run, monkeypatch):
    monkeypatch.setenv(REQUIRED, "1")
    result = run(SKIPPED_FOR_ANOTHER_REASON)
    result.stdout.no_fnmatch_line("*left untested*")
    result.assert_outcomes(skipped=1)
