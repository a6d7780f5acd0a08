"""Which checks there are, and running those of a stage. Importing this is quick: data libraries load when measuring.

Checks are the modules `pf….py` beside this one, each with a `CHECK`, and entry points of the group `provefirst.checks`,
each naming a `Check`. Whatever a check does, running it ends in a finding.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from threading import Thread
from types import MappingProxyType
from typing import Any

from provefirst import checks
from provefirst.checks.case import Case, MissingError, NotApplicableError
from provefirst.checks.check import Check, shown
from provefirst.errors import InvalidInputError, nearest
from provefirst.findings import Finding, Level
from provefirst.stages import Stage
from provefirst.texts import with_article

__all__ = ["Case", "all_checks", "broken", "find", "known", "measure_all", "run"]

GROUP = "provefirst.checks"
Tell = Callable[[int, int, str], None]


class _TimeUpError(BaseException):
    """Raised inside a check that takes too long."""


def all_checks() -> Mapping[str, Check]:
    """Every check by its code, in the order of the codes."""
    return _found()[0]


def broken() -> Mapping[str, str]:
    """Entry points that gave no check, and why."""
    return _found()[1]


def find(code: str) -> Check:
    """The check with `code`; InvalidInputError with the nearest code where there is none."""
    if (check := all_checks().get(code)) is None:
        raise InvalidInputError("code", code, "the code of a check", nearest=nearest(code, all_checks()))
    return check


def known() -> Mapping[str, frozenset[str]]:
    """The parameter names of every check, by code."""
    return {code: frozenset(p.name for p in check.parameters) for code, check in all_checks().items()}


def measure_all(
    stage: Stage, parameters: Mapping[str, Mapping[str, Any]], case: Case, tell: Tell = lambda done, of, code: None
) -> tuple[Finding, ...]:
    """The findings of every check of `stage` and of every code in `parameters`, in the order of the codes.

    Before each one, `tell` is called with how many are done, of how many, and which is next.
    """
    there = all_checks()
    codes = sorted({code for code, check in there.items() if check.stage is stage} | set(parameters))
    findings = []
    for done, code in enumerate(codes):
        tell(done, len(codes), code)
        findings.append(run(there[code], case, parameters.get(code, {})) if code in there else _unknown(code))
    return tuple(findings)


def run(check: Check, case: Case, given: Mapping[str, Any]) -> Finding:
    """What `check` finds. Missing evidence, a crash and too long a time are findings too, each with its reason."""
    answer: list[Finding] = []
    thread = Thread(target=lambda: answer.append(_answer(check, case, given)), name=check.code, daemon=True)
    thread.start()
    thread.join(check.seconds)
    if thread.is_alive():
        _stop(thread)
        return _ended(check.code, Level.CRASHED, f"took longer than the {check.seconds:g} seconds it may")
    return answer[0] if answer else _ended(check.code, Level.CRASHED, "ended without an answer")


def _answer(check: Check, case: Case, given: Mapping[str, Any]) -> Finding:
    try:
        return check.run(case, given)
    except MissingError as reason:
        return _ended(check.code, Level.SKIPPED, str(reason))
    except NotApplicableError as reason:
        return _ended(check.code, Level.NOT_APPLICABLE, str(reason))
    except BaseException as problem:  # a check written elsewhere may raise anything, SystemExit included
        return _ended(check.code, Level.CRASHED, f"{type(problem).__name__}: {problem}")


def _ended(code: str, level: Level, why: str) -> Finding:
    return Finding(code=code, level=level, message=shown(why, 500))


def _unknown(code: str) -> Finding:
    alike = nearest(code, all_checks())
    return _ended(code, Level.CRASHED, f"no such check{f'; did you mean {alike}?' if alike else ''}")


def _stop(thread: Thread) -> None:
    """Ask the thread to end; it does so when it next runs Python code, and nobody waits for it."""
    if thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(_TimeUpError))


@cache
def _found() -> tuple[Mapping[str, Check], Mapping[str, str]]:
    own = [module.name for module in iter_modules(checks.__path__) if module.name.startswith("pf")]
    found: dict[str, Check] = {}
    for name in own:
        check: Check = import_module(f"{checks.__name__}.{name}").CHECK
        found[check.code] = check
    problems: dict[str, str] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        try:
            check = entry.load()
            if not isinstance(check, Check):
                raise TypeError(f"{entry.value} is {with_article(type(check).__name__)}, not a Check")
            if check.code in found:
                raise ValueError(f"{check.code} is taken by {found[check.code].title!r}")
        except BaseException as problem:  # somebody else's package must not take the others with it
            problems[entry.name] = f"{type(problem).__name__}: {problem}"
        else:
            found[check.code] = check
    return MappingProxyType(dict(sorted(found.items()))), MappingProxyType(problems)
