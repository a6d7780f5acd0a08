from pathlib import Path

from provefirst.checks.docs import document
from provefirst.checks.registry import all_checks

PAGE = Path(__file__).parents[2] / "docs" / "checks.md"


def test_the_page_on_checks_is_what_the_registry_says() -> None:
    told = PAGE.read_text(encoding="utf-8")
    assert told == document(tuple(all_checks().values())), "python -m provefirst.checks.docs > docs/checks.md"


def test_every_check_has_its_section_and_every_parameter_its_row() -> None:
    told = PAGE.read_text(encoding="utf-8")
    for check in all_checks().values():
        section = told.partition(f"## {check.code} ")[2].partition("\n## ")[0]
        assert check.why in section
        for parameter in check.parameters:
            assert f"| `{parameter.name}` |" in section
