"""Instructions per call on the hot paths, counted by callgrind.

    python benchmarks/instruction_counts.py [--check | --record]

Counts do not depend on what else the machine does, so they show growth where
a clock is too coarse. --check fails where a count grew over 5 % beyond
instruction_counts.json, --record writes that file, neither prints the table.
`ours` counts libtorch and torch._C and is compared between builds by one
compiler; `total` adds the interpreter and the C library and is compared where
the interpreter, too, is the same build. Needs valgrind.
"""

from __future__ import annotations

import argparse
import functools
import gc
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Callable

RECORDED = Path(__file__).with_suffix(".json")
TOLERANCE = 0.05
# n calls are taken from 2n: what surrounds the loop cancels.
CALLS = 500
# Valgrind knows no AVX-512, so every machine counts the baseline kernels.
SETTINGS = {
    "ATEN_CPU_CAPABILITY": "default",
    "MKL_ENABLE_INSTRUCTIONS": "SSE4_2",
    "OMP_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
}
Workload = Callable[[int], Callable[[], None]]
Counts = dict[str, dict[str, float]]


# -------------------------------------------- what runs under callgrind


def add_workload(requires_grad: bool) -> Workload:
    """`a + b` on one element, n times."""
    import torch

    a, b = torch.ones(1, requires_grad=requires_grad), torch.ones(1)

    def repeat(n: int) -> None:
        for _ in range(n):
            a + b

    return lambda n: functools.partial(repeat, n)


def backward_workload() -> Workload:
    """Back through a chain of n products, and the release of its nodes."""
    import torch

    x = torch.ones(1, requires_grad=True)

    def prepare(n: int) -> Callable[[], None]:
        x.grad = None
        y = x
        for _ in range(n):
            y = y * 1.0001
        last = [y]
        return lambda: last.pop().backward()

    return prepare


WORKLOADS: dict[str, Callable[[], Workload]] = {
    "a + b": lambda: add_workload(False),
    "recorded a + b": lambda: add_workload(True),
    "link of backward": backward_workload,
}


def run_workloads() -> None:
    """Run n and 2n calls of each workload between two marks."""

    def mark() -> None:
        os.getpgid(0)  # callgrind ends a dump here; nothing else calls it

    gc.disable()
    for make in WORKLOADS.values():
        prepare = make()
        prepare(2 * CALLS)()  # fills free lists, specialises the bytecode
        for n in (CALLS, 2 * CALLS):
            step = prepare(n)
            mark()
            step()
            mark()


# ------------------------------------------------ what reads its answer


def cost_by_object(dump: Path) -> dict[str, int]:
    """Sum the self costs in a callgrind file by shared object."""
    costs: dict[str, int] = {}
    current, inclusive = "", False
    for line in dump.read_text().splitlines():
        if line.startswith("ob="):
            current = Path(line[3:]).name
        elif line.startswith("calls="):
            inclusive = True  # the next line repeats what the callee costs
        elif re.match(r"\d", line):
            if not inclusive:
                costs[current] = costs.get(current, 0) + int(line.split()[-1])
            inclusive = False
    return costs


def count() -> Counts:
    """Run this file under callgrind; {workload: {"ours": n, "total": n}}."""
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "dump"
        command = ["valgrind", "--tool=callgrind", "--dump-before=getpgid"]
        command += ["--compress-strings=no", "--compress-pos=no"]
        command += [f"--callgrind-out-file={dump}", sys.executable, __file__, "--run"]
        done = subprocess.run(
            command, env={**os.environ, **SETTINGS}, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"callgrind failed:\n{done.stderr}")
        # Dump i ends at mark i, so the even ones lie between two marks.
        costs = [
            cost_by_object(Path(f"{dump}.{2 * i + 2}"))
            for i in range(2 * len(WORKLOADS))
        ]
    counts = {}
    for i, name in enumerate(WORKLOADS):
        once, twice = costs[2 * i], costs[2 * i + 1]
        per_call = {
            key: (twice.get(key, 0) - once.get(key, 0)) / CALLS
            for key in {**once, **twice}
        }
        ours = [n for key, n in per_call.items() if key.startswith(("libtorch", "_C"))]
        counts[name] = {
            "ours": round(sum(ours), 1),
            "total": round(sum(per_call.values()), 1),
        }
    return counts


def compiler() -> str:
    """What built libtorch, e.g. `GCC 12.2`."""
    import torch

    return torch.__config__.show().splitlines()[1].strip(" -")


def instrumented() -> bool:
    """Whether libtorch is a debug, coverage or sanitizer build."""
    import torch

    library = Path(torch.__file__).parent / "lib" / "libtorch.so"
    code = library.read_bytes()
    return torch.version.debug or any(
        word in code for word in (b".gcda", b"__asan_init", b"__ubsan_handle")
    )


def load() -> dict[str, dict]:
    return json.loads(RECORDED.read_text()) if RECORDED.exists() else {}


def grown(counts: Counts, recorded: dict) -> list[str]:
    """One line for each count that grew beyond the tolerance."""
    kinds = ["ours"]
    if recorded["python"] == sys.version:
        kinds.append("total")
    old = recorded["counts"]
    return [
        f"{name}: {kind} {old[name][kind]:.0f} -> {counts[name][kind]:.0f}"
        for name in counts
        for kind in kinds
        if counts[name][kind] > old[name][kind] * (1 + TOLERANCE)
    ]


def unable() -> str | None:
    """Why nothing can be compared here, or None."""
    if shutil.which("valgrind") is None:
        return "valgrind is not installed"
    if compiler() not in load():
        return f"no counts recorded for {compiler()}: run with --record"
    if instrumented():
        return "a debug, coverage or sanitizer build counts more"
    return None


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--check", action="store_true", help="fail where a count grew")
    action.add_argument("--record", action="store_true", help=f"write {RECORDED.name}")
    action.add_argument("--run", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        run_workloads()
        return 0
    reason = unable()
    if reason and (options.check or shutil.which("valgrind") is None):
        print(f"skipped: {reason}")
        return 0
    counts = count()
    print(f"{'instructions per call':24}{'ours':>10}{'total':>10}")
    for name, row in counts.items():
        print(f"{name:24}{row['ours']:10.1f}{row['total']:10.1f}")
    if options.record:
        entry = {"python": sys.version, "counts": counts}
        merged = {**load(), compiler(): entry}
        RECORDED.write_text(json.dumps(merged, indent=2) + "\n")
    if options.check:
        problems = grown(counts, load()[compiler()])
        print("\n".join(problems) if problems else "no count grew over 5 %")
        return 1 if problems else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
