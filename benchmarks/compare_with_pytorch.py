"""Time this torch beside PyTorch, workload by workload.

    python benchmarks/compare_with_pytorch.py --pytorch PYTHON
        [--only PATTERN] [--rounds 7] [--seconds 0.1] [--threads 1]
        [--device cpu] [--json FILE] [--table FILE] [--plot FILE]

PYTHON is an interpreter whose `import torch` is PyTorch; this program's own
interpreter has ours. Each side is a process; rounds alternate between them,
and which begins alternates too, so that a machine that slows down hurts both
alike. The figure is PyTorch's time over ours in the same round, above 1 is
faster: the median over the rounds, and their quartiles. Times of one side
alone are not reported: they belong to a machine and a minute.

Before a workload is timed both sides' results are compared; where they differ
the row says so and has no figure. See workloads/ for what is measured.
"""

from __future__ import annotations

import argparse
import base64
import dataclasses
import fnmatch
import json
import math
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
# Results of three steps in float32, summed in another order.
RTOL, ATOL = 1e-3, 1e-4


@dataclasses.dataclass
class Row:
    """One workload: the ratio of each round, or why there is none."""

    name: str
    ratios: list[float]
    error: str = ""

    @property
    def group(self) -> str:
        return self.name.split("/")[0]

    @property
    def median(self) -> float:
        return statistics.median(self.ratios)

    @property
    def spread(self) -> tuple[float, float]:
        """First and third quartile; of one round, that round twice."""
        if len(self.ratios) == 1:
            return self.ratios[0], self.ratios[0]
        low, _, high = statistics.quantiles(self.ratios, n=4, method="inclusive")
        return low, high


class Process:
    """A worker in one interpreter, restarted where it dies."""

    def __init__(self, python: str, device: str, threads: int) -> None:
        self.python, self.device, self.threads = python, device, threads
        self.start()

    def start(self) -> None:
        reader, writer = os.pipe()
        command = [self.python, str(HERE / "worker.py"), f"--answers={writer}"]
        command += [f"--device={self.device}", f"--threads={self.threads}"]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            pass_fds=(writer,),
            text=True,
            env=self.environment(),
        )
        os.close(writer)
        self.answers = os.fdopen(reader)
        line = self.answers.readline()
        if not line:
            raise SystemExit(f"{self.python}: the worker did not start")
        self.hello = json.loads(line)

    def environment(self) -> dict[str, str]:
        """Ours, with the threads; another interpreter finds its own packages."""
        environment = {**os.environ, "OMP_NUM_THREADS": str(self.threads)}
        if self.python != sys.executable:
            environment.pop("PYTHONPATH", None)
        return environment

    def ask(self, **request: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        try:
            print(json.dumps(request), file=self.process.stdin, flush=True)
            line = self.answers.readline()
        except BrokenPipeError:
            line = ""
        if line:
            return json.loads(line)
        status = self.process.wait()
        self.start()
        return {"error": f"the process died with status {status}"}

    def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()
        self.answers.close()


def difference(ours: dict[str, Any], theirs: dict[str, Any]) -> str:
    """How two results differ; empty where they are equal within tolerance."""
    if ours["shape"] != theirs["shape"]:
        return f"shape {ours['shape']}, PyTorch has {theirs['shape']}"
    a, b = (np.frombuffer(base64.b64decode(x["data"])) for x in (ours, theirs))
    if np.allclose(a, b, RTOL, ATOL, equal_nan=True):
        return ""
    return f"results differ by up to {np.abs(a - b).max():.2g}"


def compare(name: str, sides: list[Process], rounds: int, seconds: float) -> Row:
    """Check one workload and time it; `sides` is ours, then PyTorch's."""
    row = Row(name, [])
    results = [side.ask(prepare=name) for side in sides]
    for who, result in zip(("ours", "PyTorch"), results):
        if "error" in result:
            row.error = f"{who}: {result['error']}"
            return row
    row.error = difference(*results)
    if row.error:
        return row
    for i in range(rounds):
        order = (0, 1) if i % 2 == 0 else (1, 0)
        best = {side: sides[side].ask(time=seconds) for side in order}
        for side in order:
            if "error" in best[side]:
                row.error = str(best[side]["error"])
                row.ratios.clear()
                return row
        row.ratios.append(best[1]["best"] / best[0]["best"])
    return row


def geometric_mean(values: Iterable[float]) -> float:
    return math.exp(statistics.fmean(map(math.log, values)))


def line(row: Row) -> str:
    """A row of the table, in Markdown."""
    if row.error:
        return f"| {row.name:32} | failed | {row.error.splitlines()[0]} |"
    low, high = row.spread
    return f"| {row.name:32} | {row.median:5.2f} | {low:.2f} to {high:.2f} |"


HEADER = f"| {'workload':32} | ratio | middle half of the rounds |\n|---|---|---|"


def summary(rows: list[Row]) -> str:
    """A table of the groups, in Markdown."""
    lines = [
        "| group | workloads | geometric mean | slowest | under 1 |",
        "|---|---|---|---|---|",
    ]
    for group in dict.fromkeys(row.group for row in rows):
        mine = [row for row in rows if row.group == group]
        ran = [row for row in mine if row.ratios]
        cells = [group, f"{len(ran)} of {len(mine)}"]
        if ran:
            slowest = min(ran, key=lambda row: row.median)
            name = slowest.name.split("/")[1]
            cells += [
                f"{geometric_mean(row.median for row in ran):.2f}",
                f"{slowest.median:.2f} (`{name}`)",
                str(sum(row.median < 1 for row in ran)),
            ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def plot(rows: list[Row], path: Path) -> None:
    """Draw the ratios as bars, a colour for each group."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    rows = [row for row in rows if row.ratios][::-1]
    groups = list(dict.fromkeys(row.group for row in rows))
    figure, axes = plt.subplots(figsize=(8, 1 + 0.19 * len(rows)))
    for i, row in enumerate(rows):
        low, high = row.spread
        colour = f"C{groups.index(row.group)}"
        # Bars begin at 1: to the right is faster, to the left slower.
        axes.barh(i, row.median - 1, left=1, color=colour, height=0.7, alpha=0.8)
        axes.plot([low, high], [i, i], color="black", linewidth=1)
    axes.set_xscale("log")
    axes.axvline(1, color="black", linewidth=0.8)
    ticks = [
        t
        for t in (0.25, 0.5, 1, 2, 4, 8, 16, 32)
        if t <= 1.2 * max(r.median for r in rows)
    ]
    axes.set_xticks(ticks, [f"{t:g}x" for t in ticks])
    axes.minorticks_off()
    axes.set_yticks(range(len(rows)), [row.name for row in rows], fontsize=7)
    axes.set_ylim(-0.7, len(rows) - 0.3)
    axes.set_xlabel("PyTorch's time over ours; the line spans half of the rounds")
    axes.grid(axis="x", alpha=0.3)
    axes.set_axisbelow(True)
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pytorch", required=True, help="interpreter with PyTorch")
    parser.add_argument("--only", default="*", help="pattern of names: training/*")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.1, help="a side, a round")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--json", type=Path, help="write every ratio here")
    parser.add_argument("--table", type=Path, help="write the tables here")
    parser.add_argument("--plot", type=Path, help="draw the ratios; needs matplotlib")
    return parser.parse_args()


def main() -> int:
    options = parse()
    sides = [
        Process(python, options.device, options.threads)
        for python in (sys.executable, options.pytorch)
    ]
    pattern = options.only if "*" in options.only else f"*{options.only}*"
    versions = [side.hello["version"] for side in sides]
    if ["pocket" in version for version in versions] != [True, False]:
        raise SystemExit(f"expected ours and PyTorch, but found {versions}")
    print(f"{versions[0]} beside {versions[1]}, {options.threads} thread(s)\n{HEADER}")
    rows = []
    for name in fnmatch.filter(sides[0].hello["names"], pattern):
        rows.append(compare(name, sides, options.rounds, options.seconds))
        print(line(rows[-1]), flush=True)
    for side in sides:
        side.stop()
    if not rows:
        raise SystemExit(f"no workload matches {options.only}")
    print(f"\n{summary(rows)}")
    if options.table:
        lines = [summary(rows), "", HEADER, *map(line, rows), ""]
        options.table.write_text("\n".join(lines))
    if options.json:
        settings = {
            key: getattr(options, key)
            for key in ("rounds", "seconds", "threads", "device")
        }
        report = {
            "ours": versions[0],
            "pytorch": versions[1],
            "machine": platform.processor() or platform.machine(),
            **settings,
            "rows": [dataclasses.asdict(row) for row in rows],
        }
        options.json.write_text(json.dumps(report, indent=1) + "\n")
    if options.plot:
        plot(rows, options.plot)
    return 1 if any(row.error for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
