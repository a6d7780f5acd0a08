import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from provefirst.cli.app import app
from tests.checks.cases import shop


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["assess", *arguments])


@pytest.fixture
def orders(tmp_path: Path) -> str:
    path = tmp_path / "orders.csv"
    shop(400).assign(rating=lambda f: f["y"] * 2).to_csv(path, index=False)
    return str(path)


def test_a_negative_verdict_is_a_result_and_exits_0(tmp_path: Path) -> None:
    path = tmp_path / "noise.csv"
    shop(400).assign(y=np.random.default_rng(1).integers(0, 2, 400)).to_csv(path, index=False)
    done = run(str(path), "--target", "y", "--goal", "0.9", "--json")
    assert (done.exit_code, json.loads(done.stdout)["verdict"]) == (0, "not_feasible")


def test_columns_known_afterwards_are_named_by_option_or_by_file(orders: str, tmp_path: Path) -> None:
    file = tmp_path / "known.yaml"
    file.write_text("known_at:\n  rating: after_outcome\n")
    asked = (orders, "--target", "y", "--goal", "0.7", "--json")
    by_option, by_file = run(*asked, "--post-outcome", "rating"), run(*asked, "--known-at", str(file))
    told = [json.loads(done.stdout) | {"seconds": 0} for done in (by_option, by_file)]
    assert told[0] == told[1]
    assert told[0]["verdict"] == "feasible"


def test_the_terminal_says_verdict_reasons_and_what_to_do_next(orders: str) -> None:
    told = run(orders, "--target", "y", "--goal", "0.7").stdout
    assert "Verdict: inconclusive" in told
    assert told.index("Why") < told.index("What to do next") < told.index("PF202 failed")


def test_the_page_is_written_where_it_was_asked_for(orders: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert run(orders, "--target", "y", "--goal", "0.7", "--html", str(page), "--json").exit_code == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
