"""docs/evidence.md shows code that works and names what there is."""

import re
from pathlib import Path
from typing import get_args

from provefirst.client.study import Study
from provefirst.evidence import MetricName

TEXT = (Path(__file__).parents[2] / "docs" / "evidence.md").read_text("utf-8")


def test_every_method_that_is_shown_is_there() -> None:
    shown = set(re.findall(r"study\.(\w+)", TEXT))
    assert shown
    assert all(hasattr(Study, name) for name in shown)


def test_the_code_that_is_shown_is_python() -> None:
    for block in re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL):
        compile(block, "docs/evidence.md", "exec")


def test_every_metric_is_named() -> None:
    section = TEXT.partition("## Metrics")[2].partition("## ")[0]
    assert set(get_args(MetricName)) <= set(re.findall(r"`(\w+)`", section))


def test_every_link_leads_somewhere() -> None:
    folder = Path(__file__).parents[2] / "docs"
    assert all((folder / name).is_file() for name in re.findall(r"\]\((\w+\.md)\)", TEXT))
