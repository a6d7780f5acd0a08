"""`python -m bench.quality` writes docs/quality.md (--share 0.1 for a tenth of it, --part NAME for one part alone).

Every case is made from a fixed seed, so the same figures come out again. Cases are spread over the machine's cores.
Each part of the page says at which commit it was measured: one that is measured alone leaves the others as they stand.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

from bench.quality.alarms import alarms
from bench.quality.parts import Part
from bench.quality.shuffles import shuffles
from bench.quality.verdicts import verdicts
from bench.quality.watch import watch

PAGE = Path(__file__).parents[2] / "docs" / "quality.md"
PARTS = (
    Part("verdicts", "Verdicts", verdicts),
    Part("alarms", "Alarms on clean data", alarms),
    Part("shuffles", "Shuffled labels", shuffles),
    Part("watch", "The watch", watch),
)
HEAD = """# The engine's own quality

How often the engine is wrong, on data of which the truth is known. `python -m bench.quality` makes this page anew, from
fixed seeds; each part says when and in how long it was made. `--share 0.1` runs a tenth of it, for continuous
integration; `--part alarms` one part of it.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--share", type=float, default=1.0, help="of the cases; 0.1 for continuous integration")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--part", choices=[part.name for part in PARTS], help="this one alone, in a page that is there")
    given = parser.parse_args()
    sections, commit = _sections(given.page) if given.part else {}, _git("rev-parse", "--short", "HEAD")
    holds = True
    with ProcessPoolExecutor(given.processes) as pool:
        for part in PARTS:
            if given.part not in (None, part.name):
                continue
            started = time.perf_counter()
            told = part.measure(pool, given.share)
            holds &= told.holds
            sections[part.title] = f"{told.text}\n\n{_stamp(commit, time.perf_counter() - started, given.processes)}"
    titles = [part.title for part in PARTS if part.title in sections]  # one may not have been measured yet
    page = "\n".join([HEAD, *(f"## {title}\n\n{sections[title]}\n" for title in titles)])
    given.page.write_text(page, encoding="utf-8")
    print(page)
    if not holds:
        raise SystemExit("a promised rate was missed")


def _sections(page: Path) -> dict[str, str]:
    """The parts of a page that is there, by title; one that doesn't say when it was measured: when written."""
    parts = re.split(r"^## (.+)\n", page.read_text("utf-8"), flags=re.MULTILINE)[1:]
    found = {title: text.strip("\n") for title, text in zip(parts[::2], parts[1::2], strict=True)}
    written = f"*Measured before, as this page stood at {_git('log', '-1', '--format=%h', '--', str(page))}.*"
    return {title: text if "*Measured" in text else f"{text}\n\n{written}" for title, text in found.items()}


def _git(*arguments: str) -> str:
    told = subprocess.run(["git", "-C", str(PAGE.parent), *arguments], capture_output=True, text=True, check=False)
    return told.stdout.strip() or "an unknown commit"


def _stamp(commit: str, seconds: float, processes: int) -> str:
    """Of which code these figures are, and how long they took."""
    of = "one process" if processes == 1 else f"{processes} processes"
    return f"*Measured at {commit}, in {seconds / 60:.0f} minutes on {of}, beside other programs.*"


if __name__ == "__main__":
    main()
