"""A file larger than memory: `python bench/large.py` makes a CSV of 5 GB and assesses it with 4 GB of memory.

    python bench/large.py [--gigabytes 5] [--memory 4] [--folder DIR]

The limit is the system's own (RLIMIT_DATA): a process that asks for more is refused it, and fails. Told are the peak
that was resident, the seconds, and what the assessment says of the sample that it drew.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

BLOCK = 200_000
ASSESS = """
import json, resource, sys, time
limit = int(float(sys.argv[2]) * 2**30)
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
from provefirst.checks.asking import Question
from provefirst.checks.assessment import assess
started = time.perf_counter()
found = assess(sys.argv[1], Question("y", 0.7))
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
crashed = [one.code for one in found.findings if one.level.value == "crashed"]
told = {"verdict": found.verdict, "rows": dict(found.rows), "crashed": crashed, "seconds": seconds, "peak": peak}
print(json.dumps(told))
"""


def made(path: Path, size: int) -> int:
    """A CSV of at least `size` bytes: blocks of drawn rows, each with a number of its own. The number of rows."""
    generator = np.random.default_rng(0)
    rows = 0
    with path.open("wb") as file:
        while file.tell() < size:
            frame = pd.DataFrame(generator.normal(size=(BLOCK, 12)).round(4), columns=[f"x{n}" for n in range(12)])
            frame["c"] = generator.choice([f"v{n}" for n in range(20)], BLOCK)
            frame["y"] = (frame["x0"] + frame["x1"].abs() + generator.normal(size=BLOCK) > 1).astype(int)
            text = frame.to_csv(index=False).encode()
            body = text.partition(b"\n")[2]
            file.write(text if not rows else body)
            rows += BLOCK
            for _ in range(9):  # the same block again: drawing and writing numbers takes longer than reading them
                if file.tell() < size:
                    file.write(body)
                    rows += BLOCK
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gigabytes", type=float, default=5.0)
    parser.add_argument("--memory", type=float, default=4.0, help="gigabytes that the process may have")
    parser.add_argument("--folder", type=Path, help="where to make the file; default: a temporary folder")
    given = parser.parse_args()
    with TemporaryDirectory(dir=given.folder) as folder:
        path = Path(folder) / "large.csv"
        started = time.perf_counter()
        rows = made(path, int(given.gigabytes * 2**30))
        size = path.stat().st_size / 2**30
        print(f"{size:.2f} GB, {rows:,} rows, made in {time.perf_counter() - started:.0f} s", flush=True)
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "src")}
        command = [sys.executable, "-c", ASSESS, str(path), str(given.memory)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    told = json.loads(done.stdout.strip().splitlines()[-1])
    seen = told["rows"]
    print(
        f"assessed in {told['seconds']:.0f} s with a peak of {told['peak'] / 2**30:.2f} GB of {given.memory:g}: "
        f"{told['verdict']}, on {seen['read']:,} of {seen['total']:,} rows; crashed: {told['crashed'] or 'none'}"
    )


if __name__ == "__main__":
    main()
