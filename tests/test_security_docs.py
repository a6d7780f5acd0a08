"""docs/security.md names tests that exist, and what it says of tools and dependencies holds."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")


def _script(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


audit = _script("audit")


def test_every_test_that_the_page_names_exists() -> None:
    there = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^\s*def (test_\w+)", path.read_text("utf-8"), flags=re.MULTILINE)
    }
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert sorted(named - there) == []
    assert len(named) > 60


def test_every_row_names_a_test() -> None:
    rows = [
        line for line in PAGE.splitlines() if line.startswith("| ") and not re.match(r"\| (Who|Requirement|-)", line)
    ]
    assert [row for row in rows if "`test_" not in row] == []
    assert len(rows) > 50


def test_bandits_rules_are_on_and_every_exception_says_why() -> None:
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]
    assert "S" in lint["select"]
    assert [rule for rule in lint["ignore"] if rule[0] == "S" and rule[1:].isdigit()] == []
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in ("src", "flows")
        for path in (ROOT / folder).rglob("*.py")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if re.search(r"# noqa: [^#]*\bS\d{3}", line) and not re.search(r"# noqa: [A-Z0-9, ]+  # \S", line)
    ]
    assert bare == []


def test_a_known_hole_fails_the_audit() -> None:
    hole = {"id": "PYSEC-2026-1", "fix_versions": ["1.1"], "aliases": [], "description": ""}
    rows = [
        {"name": "fine", "version": "1.0", "vulns": []},
        {"name": "holed", "version": "1.0", "vulns": [hole]},
        {"name": "unknown", "skip_reason": "not found"},
    ]
    found = audit.read({"dependencies": rows, "fixes": []})
    assert found.told().splitlines() == [
        "HOLE  holed 1.0: PYSEC-2026-1, mended in 1.1",
        "NOT AUDITED: no advisory service answered for 1 packages (unknown)",
        "2 of 3 packages audited, 1 holes known",
    ]
    assert (found.code(is_required=False), audit.Audited((), 3, ()).code(is_required=True)) == (1, 0)


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--required",), 1)])
def test_without_an_advisory_service_nothing_is_said_to_be_audited(options: tuple[str, ...], code: int) -> None:
    nowhere = {**os.environ, "HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""}
    command = [sys.executable, str(ROOT / ".ci" / "audit.py"), *options]
    done = subprocess.run(command, env=nowhere, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout[:12], done.stderr) == (code, "NOT AUDITED:", "")


def test_every_dependency_is_pinned_with_its_hash() -> None:
    text = (ROOT / "constraints.txt").read_text("utf-8")
    packages = re.findall(r"^([a-z0-9][a-z0-9._-]*)==\S+.*?(?=^[a-z0-9]|\Z)", text, flags=re.MULTILINE | re.DOTALL)
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(packages) > 100
    assert [block.split()[0] for block in blocks if "==" not in block or "--hash=sha256:" not in block] == []
