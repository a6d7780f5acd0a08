"""PF110: does it look as if people could be told from the data?"""

from __future__ import annotations

import re

from provefirst.checks.case import Case
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage

_NAMED = re.compile(r"(first|last|sur|full|given|family)_?name|e_?mail|phone|birth|address|passport|iban|ssn", re.I)
_EMAIL = r"^[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}$"
_PHONE = r"^\+?[\d\s()/.-]{9,20}$"


def measure(case: Case, least: float) -> Finding:
    """Text columns whose values look like e-mail addresses or telephone numbers, and columns named for people."""
    from provefirst.checks.columns import listed, profile, sampled

    material = case.material
    frame = sampled(material)
    named = [column.name for column in profile(material) if _NAMED.search(column.name)]
    looking = []
    for column in profile(material):
        if column.kind == "text" and column.name not in named and column.distinct:
            words = frame[column.name].dropna().head(1000).astype("str").str.strip()
            is_phone = words.str.match(_PHONE) & words.str.contains(r"[+()/ ]", regex=True)
            if max(words.str.match(_EMAIL).mean(), is_phone.mean()) >= least:
                looking.append(column.name)
    found = [*named, *looking]
    measured = {
        "columns": len(material.features),
        "n": len(frame),
        "personal": len(found),
        "personal_columns": listed(found),
    }
    return finding(Level.WARNING if found else Level.PASSED, measured, {"least": least})


def render(found: Finding) -> str:
    m = told(found.measured)
    which = f": {m['personal_columns']}" if m["personal"] else ""
    return f"{m['personal']} of {m['columns']} columns look like personal data (n = {m['n']}){which}"


CHECK = Check(
    code="PF110",
    title="Hints of personal data",
    why="Names and addresses don't predict, they identify: whoever gets the work set gets the people in it.",
    how="""
    Names of columns (name, e-mail, phone, birth, address …) and the first 1,000 values of each text column
    against the shapes of e-mail addresses and telephone numbers. A hint, not a search: it doesn't find
    everything.
    """,
    limit="Warns where a column is named or looks like that.",
    stage=Stage.DATA_ANALYSIS,
    binding=False,
    measure=measure,
    render=render,
    parameters=(Parameter("least", 0.05, "share of values with that shape", 0.001, 1),),
)
