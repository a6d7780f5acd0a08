"""PF204: is anybody on both sides of the split?"""

from __future__ import annotations

from provefirst.checks.case import Case
from provefirst.checks.check import SPLITS, Check, finding, told
from provefirst.findings import Finding, Level
from provefirst.stages import Stage


def measure(case: Case) -> Finding:
    """Groups (persons, shops, machines) with rows in the work set and among those sealed."""
    from provefirst.holdout.tables import texts

    material = case.material
    group = material.need(material.roles.group, "group")
    work, sealed = texts(material.work[group]).unique(), texts(material.sealed[group])
    both = sealed.isin(work)
    measured = {
        "column": group,
        "groups": int(sealed.nunique()),
        "overlapping": int(sealed[both].nunique()),
        "share": float(both.mean()),
        "n": len(sealed),
        "split": material.split,
    }
    level = Level.PASSED if not both.any() else Level.WARNING if material.split == "time" else Level.FAILED
    return finding(level, measured, {"overlapping": 0})


def render(found: Finding) -> str:
    m = told(found.measured)
    return (
        f"{m['overlapping']} of {m['groups']} sealed groups ({m['column']}) are in the work set too: "
        f"{m['share']:.1%} of "
        f"sealed rows (n = {m['n']}); {SPLITS[str(m['split'])]}"
    )


CHECK = Check(
    code="PF204",
    title="Group overlap",
    why="""
    Rows of one person resemble each other. With some on each side, a model recognises people instead of
    predicting.
    """,
    how="""
    Groups on both sides of the split. In a split by time groups go on existing: what counts then is whether new
    groups are to be predicted too.
    """,
    limit="Fails where a group is on both sides; warns only where the split is by time.",
    stage=Stage.DATA_ANALYSIS,
    binding=True,
    measure=measure,
    render=render,
)
