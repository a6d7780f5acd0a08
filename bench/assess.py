"""How long `assess` takes, beside one fit and beside other tools on the same file, in one run.

    python bench/assess.py [--rows 20000 --columns 12] [--repeats 3] [--deepchecks PYTHON] [--ydata PYTHON]

Each measurement is a process of its own, so that its memory can be told; the tools take turns. Seconds are of work
after imports: reading the file and all that follows. "one fit" reads the file as assess does and fits one
HistGradientBoosting with default settings to all of it. deepchecks and ydata-profiling live in environments of their
own (scikit-learn 1.7.2, pandas 2.2.3, numpy 1.26.4): name their Python. --growth shows 10k, 100k and 1M rows, and
what assess takes for each n log n: a figure that doesn't rise says that cost grows no faster.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

MAKE = """
import sys, numpy as np, pandas as pd
path, rows, columns = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
g = np.random.default_rng(0)
f = {f"x{n}": g.normal(size=rows).round(4) for n in range(columns * 6 // 10)}
f |= {f"k{n}": g.integers(0, 50 * (n + 1), rows) for n in range(columns * 2 // 10)}
f |= {f"c{n}": g.choice([f"v{m}" for m in range(8 + n)], rows) for n in range(columns - len(f))}
f = pd.DataFrame(f)
f["x2"] = f["x2"].mask(g.random(rows) < 0.1)
f["y"] = (f["x0"] + f["x1"].abs() + 0.02 * f["k0"] + g.normal(size=rows) > 1.3).astype(int)
f.to_csv(path, index=False)
"""

_TAIL = """
import json, resource
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak}))
"""

FIT = """
import sys, time
from sklearn.ensemble import HistGradientBoostingClassifier
from provefirst.holdout.sources import load
from threadpoolctl import threadpool_limits
def work():
    f = load(sys.argv[1]).frame
    for name in f.select_dtypes("str"):
        f[name] = f[name].astype("category")
    HistGradientBoostingClassifier(categorical_features="from_dtype").fit(f.drop(columns="y"), f["y"])
with threadpool_limits(1 if int(sys.argv[2]) < 100_000 else None):
    started, spent = time.perf_counter(), time.process_time()
    work()
    seconds, cpu = time.perf_counter() - started, time.process_time() - spent
"""

ASSESS = """
import sys, time
import altair, fairlearn.metrics, scipy.stats, sklearn.ensemble, sklearn.linear_model, sklearn.neighbors, sklearn.tree
from provefirst.checks import registry
from provefirst.checks.asking import Question
from provefirst.checks.assessment import assess
registry.known()
started, spent = time.perf_counter(), time.process_time()
found = assess(sys.argv[1], Question("y", 0.7))
seconds, cpu = time.perf_counter() - started, time.process_time() - spent
assert found.verdict == "feasible", found.verdict
"""

DEEPCHECKS = """
import sys, time, warnings
warnings.filterwarnings("ignore")
import pandas as pd
from deepchecks.tabular import Dataset
from deepchecks.tabular.suites import data_integrity, train_test_validation
from sklearn.model_selection import train_test_split
started, spent = time.perf_counter(), time.process_time()
f = pd.read_csv(sys.argv[1])
a, b = train_test_split(f, test_size=0.3, random_state=0)
words = [name for name in f if name.startswith("c")]
a, b = (Dataset(part, label="y", cat_features=words) for part in (a, b))
train_test_validation().run(a, b)
data_integrity().run(a)
seconds, cpu = time.perf_counter() - started, time.process_time() - spent
"""

YDATA = """
import sys, time, warnings
warnings.filterwarnings("ignore")
import pandas as pd
from ydata_profiling import ProfileReport
started, spent = time.perf_counter(), time.process_time()
ProfileReport(pd.read_csv(sys.argv[1]), progress_bar=False).to_html()
seconds, cpu = time.perf_counter() - started, time.process_time() - spent
"""


def measured(python: str, program: str, *arguments: str) -> dict[str, float]:
    """Seconds, processor seconds and peak bytes of one process."""
    source = str(Path(__file__).parents[1] / "src")
    environment = {**os.environ, "PYTHONPATH": source if python == sys.executable else "", "OMP_WAIT_POLICY": "passive"}
    done = subprocess.run(
        [python, "-c", program + _TAIL, *arguments], capture_output=True, text=True, check=False, env=environment
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    result: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def compared(rows: int, columns: int, tools: dict[str, tuple[str, str]], repeats: int) -> dict[str, dict[str, float]]:
    """Medians of each tool on one file, the tools taking turns."""
    with TemporaryDirectory() as folder:
        path = str(Path(folder) / "data.csv")
        subprocess.run([sys.executable, "-c", MAKE, path, str(rows), str(columns)], check=True)
        found: dict[str, list[dict[str, float]]] = {name: [] for name in tools}
        for _ in range(repeats):
            for name, (python, program) in tools.items():
                found[name].append(measured(python, program, path, str(rows)))
    return {
        name: {key: median(one[key] for one in runs) for key in ("seconds", "cpu", "peak")}
        for name, runs in found.items()
    }


def table(rows: int, columns: int, found: dict[str, dict[str, float]]) -> str:
    base = found["one fit"]
    lines = [
        f"\n{rows:,} rows × {columns} columns\n",
        "| | seconds | processor | × one fit | peak GB |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name, one in found.items():
        ratio = one["seconds"] / base["seconds"]
        lines.append(f"| {name} | {one['seconds']:.2f} | {one['cpu']:.2f} | {ratio:.1f} | {one['peak'] / 2**30:.2f} |")
    return "\n".join(lines)


def growth(seconds: dict[int, float]) -> str:
    """Processor seconds of assess for each n log n, those of the least n being 1."""
    each = {rows: took / (rows * math.log(rows)) for rows, took in seconds.items()}
    least = each[min(each)]
    lines = ["\n| rows | processor seconds | for each n log n |", "| ---: | ---: | ---: |"]
    return "\n".join([*lines, *(f"| {n:,} | {seconds[n]:.2f} | {each[n] / least:.2f} |" for n in sorted(each))])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--columns", type=int, default=12)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--deepchecks", help="a Python with deepchecks")
    parser.add_argument("--ydata", help="a Python with ydata-profiling")
    parser.add_argument("--growth", action="store_true", help="10k, 100k and 1M rows instead")
    given = parser.parse_args(arguments)
    tools = {"one fit": (sys.executable, FIT), "assess": (sys.executable, ASSESS)}
    if given.deepchecks:
        tools["deepchecks"] = (given.deepchecks, DEEPCHECKS)
    if given.ydata:
        tools["ydata-profiling"] = (given.ydata, YDATA)
    grown: dict[int, float] = {}
    for rows in (10_000, 100_000, 1_000_000) if given.growth else (given.rows,):
        found = compared(rows, given.columns, tools, given.repeats)
        grown[rows] = found["assess"]["cpu"]
        print(table(rows, given.columns, found), flush=True)
    if given.growth:
        print(growth(grown))


if __name__ == "__main__":
    main()
