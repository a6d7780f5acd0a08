"""Ask an advisory service whether a pinned package has a known hole. Without an answer nothing is pretended.

    python .ci/audit.py [--required] [options of pip-audit]

Exits with 1 where a hole is known. Where the service can't be reached, or doesn't know packages, that is said and the
exit is 0: a machine without a network can still run `make check`. With --required it is 1 then as well.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PINS = Path(__file__).parents[1] / "constraints.txt"


@dataclass(frozen=True)
class Audited:
    """Which pinned packages have known holes, how many were asked about, and which got no answer."""

    holes: tuple[str, ...]
    asked: int
    unanswered: tuple[str, ...]

    def told(self) -> str:
        lines = [f"HOLE  {hole}" for hole in self.holes]
        if self.unanswered:
            names = ", ".join(self.unanswered[:5]) + (", …" if len(self.unanswered) > 5 else "")
            lines.append(f"NOT AUDITED: no advisory service answered for {len(self.unanswered)} packages ({names})")
        lines.append(
            f"{self.asked - len(self.unanswered)} of {self.asked} packages audited, {len(self.holes)} holes known"
        )
        return "\n".join(lines)

    def code(self, *, is_required: bool) -> int:
        return 1 if self.holes or (is_required and self.unanswered) else 0


def read(report: Any) -> Audited:
    """What a report of pip-audit says."""
    rows = report["dependencies"]
    holes = [
        f"{row['name']} {row['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version yet'}"
        for row in rows
        for hole in row.get("vulns", ())
    ]
    return Audited(tuple(holes), len(rows), tuple(row["name"] for row in rows if "skip_reason" in row))


def main(options: Sequence[str]) -> int:
    is_required, rest = "--required" in options, [option for option in options if option != "--required"]
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(PINS), "--require-hashes", "--disable-pip"]
    command += ["--vulnerability-service", "osv", "--progress-spinner", "off", "--format", "json", *rest]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        found = read(json.loads(done.stdout))
    except (ValueError, KeyError):
        why = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        sys.stdout.write(f"NOT AUDITED: no advisory service could be asked ({why[:300]})\n")
        return 1 if is_required else 0
    sys.stdout.write(found.told() + "\n")
    return found.code(is_required=is_required)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
