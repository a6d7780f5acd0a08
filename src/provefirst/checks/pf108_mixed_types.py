"""PF108: columns that are partly numbers and partly text."""

from __future__ import annotations

from provefirst.checks.case import Case
from provefirst.checks.check import Check, Parameter, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage


def measure(case: Case, least: float) -> Finding:
    """Text columns of which some but not all values read as numbers or as dates."""
    import pandas as pd

    from provefirst.checks.columns import listed, profile, sampled

    material = case.material
    frame, mixed, dates = sampled(material), [], []
    for column in profile(material):
        if column.kind != "text" or not column.distinct:
            continue
        counts = frame[column.name].value_counts().head(2000)
        words = pd.Series(counts.index.astype("str"))
        numbers = pd.to_numeric(words.str.strip().str.replace(",", ".", regex=False), errors="coerce")
        share = float(counts.to_numpy()[numbers.notna().to_numpy()].sum() / counts.sum())
        if least <= share <= 1 - least:
            mixed.append(column.name)
        elif words.str.match(r"^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}").mean() > 0.9:
            dates.append(column.name)
    measured = {
        "columns": len(material.features),
        "n": len(frame),
        "mixed": len(mixed),
        "mixed_columns": listed(mixed),
        "dates": len(dates),
        "date_columns": listed(dates),
    }
    return finding(Level.WARNING if mixed or dates else Level.PASSED, measured, {"least": least})


def render(found: Finding) -> str:
    m = told(found.measured)
    parts = [f"{m['mixed']} of {m['columns']} columns mix numbers with text (n = {m['n']})"]
    if m["mixed"]:
        parts.append(m["mixed_columns"])
    if m["dates"]:
        parts.append(f"dates kept as text: {m['date_columns']}")
    return "; ".join(parts)


CHECK = Check(
    code="PF108",
    title="Mixed types",
    why="A column that is partly numbers and partly words is read as words: the numbers in it are lost on a model.",
    how="""
    The values of each text column that read as numbers (a decimal comma counts), and columns of dates in no
    standard form, on at most 20,000 rows of the work set.
    """,
    limit="Warns where a column is neither nearly all numbers nor nearly all words, or holds dates as text.",
    stage=Stage.DATA_ANALYSIS,
    binding=False,
    measure=measure,
    render=render,
    parameters=(Parameter("least", 0.01, "share of the rarer kind from which a column is mixed", 0.0001, 0.5),),
)
