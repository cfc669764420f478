"""Everything a GPU can tell, in one command of under ten minutes.

    python tools/gpu_check.py [--pytorch PYTHON] [--seconds 580] [--out FOLDER]

Stages: machine, build, C++ tests, device tests, operator tests on the device,
compute-sanitizer, the example, speed beside PyTorch. The report,
docs/benchmarks/cuda-<device>.md, is written anew after every stage, so that a
cut leaves what was measured until then. Stages that would start after the time
is over are listed as not run. Without a GPU it says so and exits 1.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

ROOT = Path(__file__).resolve().parents[1]
BUILD = Path(os.environ.get("BUILD_DIR", ROOT / "build"))


@dataclass
class Stage:
    """What one stage came to."""

    name: str
    outcome: str = "not run"
    seconds: float = 0.0
    details: list[str] = field(default_factory=list)


@dataclass
class Report:
    """The page, and where it lies."""

    path: Path
    title: str
    facts: list[str]
    stages: list[Stage]

    def text(self) -> str:
        lines = [f"# {self.title}", ""]
        lines += [f"- {fact}" for fact in self.facts]
        lines += ["", "| stage | outcome | seconds |", "|---|---|---|"]
        for s in self.stages:
            lines.append(f"| {s.name} | {s.outcome} | {s.seconds:.0f} |")
        for s in self.stages:
            if s.details:
                lines += ["", f"## {s.name}", "", "```", *s.details, "```"]
        return "\n".join(lines) + "\n"

    def write(self) -> None:
        """Replace the page in one step, so that a cut leaves a whole one."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".tmp")
        fresh.write_text(self.text())
        os.replace(fresh, self.path)


class Clock:
    """How much of the time is left."""

    def __init__(self, seconds: float) -> None:
        self.end = time.time() + seconds

    def left(self) -> float:
        return self.end - time.time()


def run(command: list[str], limit: float, **environment: str) -> tuple[int, str]:
    """(status, output); 124 where the limit stopped it, with what it had printed."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        text, _ = process.communicate(timeout=max(limit, 1))
        return process.returncode, text
    except subprocess.TimeoutExpired:
        process.kill()
        text, _ = process.communicate()
        return 124, text


def run_stages(
    report: Report, work: dict[str, Callable[[Stage, float], None]], clock: Clock
) -> bool:
    """Do each stage, writing the report after it; False where one failed."""
    for stage in report.stages:
        if clock.left() < 5:
            break
        started = time.time()
        stage.outcome = "cut"
        report.write()
        try:
            work[stage.name](stage, clock.left())
        except Exception as error:  # one stage must not take the others along
            stage.outcome = f"failed: {type(error).__name__}: {error}"
        stage.seconds = time.time() - started
        report.write()
        if stage.name == "build" and stage.outcome != "ok":
            break
    report.write()
    return all(s.outcome == "ok" or " 0 failed" in s.outcome for s in report.stages)


# ------------------------------------------------------------------ machine


def find_gpu() -> tuple[str, list[str]] | None:
    """(device name, facts about the machine), None where there is no GPU."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return None
    query = "--query-gpu=name,driver_version,memory.total"
    status, text = run([tool, query, "--format=csv,noheader"], 30)
    rows = [row for row in text.strip().splitlines() if row.count(",") == 2]
    if status or not rows:
        return None
    name, driver, memory = (part.strip() for part in rows[0].split(","))
    nvcc = shutil.which("nvcc")
    release = run([nvcc, "--version"], 30)[1].strip() if nvcc else "no nvcc"
    return name, [
        f"device: {name}, {memory}, {len(rows)} of them",
        f"driver: {driver}",
        f"nvcc: {release.splitlines()[-1]}",
        f"host: {os.cpu_count()} cores, Python {sys.version.split()[0]}",
        f"date: {time.strftime('%Y-%m-%d')}",
    ]


def file_name(device: str) -> str:
    """cuda-nvidia-h200.md"""
    words = re.sub(r"[^a-z0-9]+", "-", device.lower()).strip("-")
    return f"cuda-{words}.md"


# ------------------------------------------------------------------- stages


def tail(text: str, lines: int = 30) -> list[str]:
    return text.strip().splitlines()[-lines:]


def build(stage: Stage, limit: float) -> None:
    """Configure and compile for this machine's architecture."""
    status, text = run(
        ["nvidia-smi", "--query-gpu=compute_cap", "--format=csv,noheader"], 30
    )
    architecture = text.split()[0].replace(".", "") if status == 0 else "90"
    for command in (
        [
            "cmake",
            "-S",
            ".",
            "-B",
            str(BUILD),
            "-G",
            "Ninja",
            "-DCUDA=1",
            "-DBUILD_TESTING=1",
            f"-DCUDA_ARCHITECTURES={architecture}",
            f"-DPython_EXECUTABLE={sys.executable}",
        ],
        ["cmake", "--build", str(BUILD)],
        ["cmake", "--install", str(BUILD), "--prefix", str(ROOT)],
    ):
        status, text = run(command, limit)
        if status:
            stage.outcome = f"failed: {' '.join(command[:2])} ended with {status}"
            stage.details = tail(text)
            return
    stage.outcome = "ok"


def counts(text: str) -> str:
    """ "12 passed, 0 failed, 3 skipped" from the end of pytest's output."""
    last = next(
        (x for x in reversed(text.splitlines()) if re.search(r"\d+ \w+.* in ", x)), ""
    )
    found = {word: int(n) for n, word in re.findall(r"(\d+) (\w+)", last)}
    failed = found.get("failed", 0) + found.get("error", 0) + found.get("errors", 0)
    return (
        f"{found.get('passed', 0)} passed, {failed} failed, "
        f"{found.get('skipped', 0)} skipped"
    )


def pytest_stage(*paths: str, **environment: str) -> Callable[[Stage, float], None]:
    def work(stage: Stage, limit: float) -> None:
        command = [sys.executable, "-m", "pytest", "-q", "--tb=line", *paths]
        status, text = run(command, limit, **environment)
        stage.outcome = counts(text)
        if status == 124:
            stage.outcome = f"cut after {limit:.0f} s: {stage.outcome}"
        elif status not in (0, 1):
            stage.outcome = f"failed: pytest ended with {status}"
        wanted = ("FAILED", "ERROR")
        failures = [x for x in text.splitlines() if x.startswith(wanted)]
        stage.details = failures[:200] or ([] if status == 0 else tail(text))

    return work


def cpp_tests(stage: Stage, limit: float) -> None:
    command = ["ctest", "--test-dir", str(BUILD), "--output-on-failure", "-j", "4"]
    status, text = run(command, limit)
    found = re.search(r"(\d+) tests failed out of (\d+)", text)
    if status == 0 and found is None:
        total = re.search(r"tests passed.* out of (\d+)", text)
        stage.outcome = f"{total.group(1) if total else 0} passed, 0 failed"
    elif found:
        failed, total_count = map(int, found.groups())
        stage.outcome = f"{total_count - failed} passed, {failed} failed"
    else:
        stage.outcome = f"failed: ctest ended with {status}"
    if status:
        stage.details = tail(text)


def sanitizer(stage: Stage, limit: float) -> None:
    """Memory errors of the kernels, over a selection of the device tests."""
    tool = shutil.which("compute-sanitizer")
    if tool is None:
        stage.outcome = "ok"
        stage.details = ["compute-sanitizer is not installed"]
        return
    command = [tool, "--tool", "memcheck", "--error-exitcode", "9"]
    command += [sys.executable, "-m", "pytest", "-q", "-x", "test/test_cuda_device.py"]
    status, text = run([*command, "-k", "kernel"], min(limit, 120))
    found = re.search(r"ERROR SUMMARY: (\d+) error", text)
    stage.outcome = "ok" if status == 0 else f"failed: ended with {status}"
    stage.details = [found.group(0)] if found else tail(text)


def example(stage: Stage, limit: float) -> None:
    command = [sys.executable, "examples/mnist/main.py", "--device", "cuda"]
    status, text = run([*command, "--model", "cnn"], limit)
    stage.outcome = "ok" if status == 0 else f"failed: ended with {status}"
    stage.details = tail(text, 3 if status == 0 else 30)


def speed(python: str | None) -> Callable[[Stage, float], None]:
    def work(stage: Stage, limit: float) -> None:
        ours = [sys.executable, "benchmarks/cuda_speed.py"]
        status, mine = run(ours, limit / 2)
        stage.outcome = "ok" if status == 0 else f"failed: ended with {status}"
        stage.details = tail(mine, 60)
        if python is None or status:
            return
        status, theirs = run([python, "benchmarks/cuda_speed.py"], limit / 2)
        stage.details = ratios(mine, theirs) if status == 0 else tail(theirs)

    return work


def ratios(mine: str, theirs: str) -> list[str]:
    """Lines `name ours theirs theirs/ours` from two runs of cuda_speed.py."""

    def times(text: str) -> dict[str, float]:
        rows = (row.rsplit(None, 2) for row in text.splitlines())
        return {r[0].strip(): float(r[1]) for r in rows if len(r) == 3 and r[2] == "us"}

    a, b = times(mine), times(theirs)
    return [
        f"{name:36} {a[name]:10.1f} us {b[name]:10.1f} us  x{b[name] / a[name]:.2f}"
        for name in a
        if name in b and a[name] > 0
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pytorch", help="an interpreter that has PyTorch with CUDA")
    parser.add_argument("--seconds", type=float, default=580)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks")
    options = parser.parse_args()
    found = find_gpu()
    if found is None:
        print("gpu-check: no GPU found (nvidia-smi names none)")
        return 1
    device, facts = found
    on_device = {"POCKET_TORCH_TEST_DEVICE": "cuda"}
    work = {
        "build": build,
        "C++ tests": cpp_tests,
        "device tests": pytest_stage("test/test_cuda.py", "test/test_cuda_device.py"),
        "operator tests on the device": pytest_stage("test/ops", **on_device),
        "compute-sanitizer": sanitizer,
        "example": example,
        "speed": speed(options.pytorch),
    }
    stages = [Stage(name) for name in work]
    report = Report(options.out / file_name(device), f"CUDA on {device}", facts, stages)
    fine = run_stages(report, work, Clock(options.seconds))
    for stage in stages:
        print(f"{stage.name}: {stage.outcome}")
    print(f"gpu-check: {report.path}")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
