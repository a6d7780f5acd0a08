"""The command line is quick because it loads little: what is loaded is held to, not how long it took."""

import json
import subprocess
import sys

import pytest

HEAVY = {"prefect", "pandas", "sklearn", "scipy", "numpy", "pyarrow", "fastapi", "uvicorn", "alembic", "altair"}
DATABASES = {"sqlalchemy", "sqlmodel", "pg8000"}


def loaded(script: str, *words: str) -> set[str]:
    """The top-level modules that `script` leaves loaded."""
    ended = f"{script}\nimport json, sys; print(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    ran = subprocess.run([sys.executable, "-c", ended, *words], capture_output=True, check=True, text=True)
    return set(json.loads(ran.stdout.splitlines()[-1]))


def test_importing_the_command_line_loads_no_heavy_library():
    assert loaded("import provefirst.cli") & (HEAVY | DATABASES | {"pydantic"}) == set()


def test_building_every_command_loads_no_heavy_library():
    assert loaded("import provefirst.cli.app") & (HEAVY | DATABASES | {"pydantic"}) == set()


def test_help_loads_no_heavy_library():
    script = "from provefirst.cli import main\ntry:\n    main()\nexcept SystemExit:\n    pass"
    assert loaded(script, "--help") & (HEAVY | DATABASES | {"pydantic"}) == set()


def test_importing_the_package_loads_nothing_of_it_but_itself():
    assert loaded("import provefirst") & (HEAVY | DATABASES | {"pydantic", "typer"}) == set()


@pytest.mark.parametrize("words", [("show", "PF-1"), ("list",), ("history", "PF-1")], ids=lambda words: words[0])
def test_reading_loads_a_database_and_nothing_heavier(terminal, words):
    terminal.opened()
    script = "from provefirst.cli import main\ntry:\n    main()\nexcept SystemExit as ended:\n    assert not ended.code"
    assert loaded(script, *words, "--home", str(terminal.home)) & HEAVY == set()


def test_python_runs_the_package_as_the_command():
    ran = subprocess.run([sys.executable, "-m", "provefirst", "shwo"], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "'shwo'" in ran.stderr
    assert "show" in ran.stderr
