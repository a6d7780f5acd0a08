"""Reckoning: from what share of right answers on it pays. Help to choose a goal, and no more than help."""

from __future__ import annotations

from provefirst.web.filled import number
from provefirst.web.keeping import Values

BEFORE = "reckon."
ASKED = (
    ("right", "What a right answer is worth", "In money, such as what it saves.", True),
    ("wrong", "What a wrong one costs", "Think of whoever is hit by it too.", True),
    ("upkeep", "What it costs a year", "To build it, run it and look after it.", False),
    ("cases", "How many cases a year", "The upkeep is shared by them.", False),
)
"""What is asked: name, label, hint, and whether nothing can be said without it."""


def reckon(values: Values) -> str:
    """What follows for the goal from what was filled in; empty where nothing was."""
    given = {name: values.get(f"{BEFORE}{name}", ("",))[-1].strip() for name, *_ in ASKED}
    if not any(given.values()):
        return ""
    known = {name: number(text) for name, text in given.items() if text}
    if unread := [label for name, label, *_ in ASKED if isinstance(known.get(name, 0), str)]:
        return f"A number is needed, such as 12.50: {', '.join(unread).lower()}."
    amounts = {name: float(value) for name, value in known.items()}
    if any(value < 0 for value in amounts.values()):
        return "All of these are zero or more."
    if missing := [label for name, label, _, is_needed in ASKED if is_needed and name not in amounts]:
        return f"It takes one more number: {', '.join(missing).lower()}."
    return _told(amounts)


def _told(amounts: dict[str, float]) -> str:
    right, wrong = amounts["right"], amounts["wrong"]
    upkeep, cases = amounts.get("upkeep", 0.0), amounts.get("cases", 0.0)
    if upkeep and not cases:
        return "It takes one more number: how many cases share the upkeep."
    each = upkeep / cases if cases else 0.0
    if right <= each:
        return "Even if every answer were right, it would cost more than it brings: there is no goal worth reaching."
    share = (wrong + each) / (right + wrong)
    return (
        f"From {share:.3g} on, as a share of right answers, it pays; below that it costs more than it brings. "
        "Choose more than that, and more than what you reach today."
    )
