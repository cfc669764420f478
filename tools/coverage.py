"""Measure which lines of torch/ (and of csrc/) the tests run.

    python tools/coverage.py [--cpp] [--least 95] [pytest arguments]

Python: runs pytest under coverage.py and prints the files below --least percent
and the total. C++ (--cpp): builds with COVERAGE=1 in build-coverage (or
$BUILD_DIR), runs ctest and pytest on that build, and lets gcovr count csrc/. The
exit status is 1 where tests failed. Tests marked slow run only with `-m ""`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONFIG = """
[run]
source_pkgs = torch
parallel = true
concurrency = multiprocessing,thread
patch = subprocess
sigterm = true
[paths]
torch =
    {root}/torch
    */torch
[report]
exclude_also =
    if TYPE_CHECKING:
"""


def pytest_command(arguments: list[str]) -> list[str]:
    selection = [] if "-m" in arguments else ["-m", "not slow"]
    return ["-m", "pytest", "-q", "--tb=short", *selection, *arguments]


def print_table(rows: list[tuple[str, int, int]], least: float) -> None:
    """Rows are (file, lines run, lines): those below `least`, and the total."""

    def share(run: int, lines: int) -> float:
        return 100 * run / lines if lines else 100.0

    for name, run, lines in sorted(rows, key=lambda row: share(*row[1:])):
        if share(run, lines) < least:
            print(f"{share(run, lines):6.1f} %  {run:6}/{lines:<6} {name}")
    run, lines = sum(row[1] for row in rows), sum(row[2] for row in rows)
    print(f"{share(run, lines):6.2f} %  {run:6}/{lines:<6} total")


def python_coverage(folder: Path, least: float, arguments: list[str]) -> int:
    """Run pytest under coverage.py; its data lie in `folder`."""
    config = folder / "coveragerc"
    config.write_text(CONFIG.format(root=ROOT))
    environment = {**os.environ, "COVERAGE_FILE": str(folder / "data")}
    coverage = [sys.executable, "-m", "coverage"]
    rc = f"--rcfile={config}"

    def call(*words: str) -> int:
        command = [*coverage, *words]
        return subprocess.run(command, cwd=ROOT / "test", env=environment).returncode

    call("erase", rc)
    status = call("run", rc, *pytest_command(arguments))
    call("combine", "-q", rc)
    report = folder / "coverage.json"
    call("json", "-q", "-i", rc, "-o", str(report))
    files = json.loads(report.read_text())["files"]
    rows = [
        (
            os.path.relpath(name, ROOT),
            f["summary"]["covered_lines"],
            f["summary"]["num_statements"],
        )
        for name, f in files.items()
    ]
    print_table(rows, least)
    return status


def build_counting(build: Path) -> Path:
    """Build the counting library; returns a folder whose torch can be imported."""
    options = [
        "-DCOVERAGE=1",
        "-DCUDA=0",  # gcov does not count what nvcc compiles
        "-DBUILD_TESTING=1",
        f"-DPython_EXECUTABLE={sys.executable}",
    ]
    configure = ["cmake", "-S", str(ROOT), "-B", str(build), "-G", "Ninja", *options]
    subprocess.run(configure, check=True)
    subprocess.run(["cmake", "--build", str(build)], check=True)
    stage = build / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    compiled = shutil.ignore_patterns("lib", "include", "_C*", "__pycache__")
    shutil.copytree(ROOT / "torch", stage / "torch", ignore=compiled)
    install = ["cmake", "--install", str(build), "--prefix", str(stage)]
    subprocess.run(install, check=True, stdout=subprocess.DEVNULL)
    return stage


def lines_run(counts: list[dict]) -> tuple[int, int]:
    """Of a file's lines. A template's line is counted once, however many
    instances there are; it ran if one of them did."""
    ran: dict[int, bool] = {}
    for line in counts:
        number = line["line_number"]
        ran[number] = ran.get(number, False) or line["count"] > 0
    return sum(ran.values()), len(ran)


def cpp_coverage(build: Path, least: float, arguments: list[str]) -> int:
    """Build, run ctest and pytest, and count the lines of csrc/."""
    stage = build_counting(build)
    for data in build.rglob("*.gcda"):
        data.unlink()
    environment = {**os.environ, "PYTHONPATH": str(stage)}
    ctest = ["ctest", "--test-dir", str(build), "--output-on-failure", "-Q"]
    status = subprocess.run(ctest, env=environment).returncode
    tests = [sys.executable, *pytest_command(arguments)]
    status |= subprocess.run(tests, cwd=ROOT / "test", env=environment).returncode
    report = build / "coverage.json"
    gcovr = [sys.executable, "-m", "gcovr", "--root", str(ROOT), str(build)]
    gcovr += ["--filter", f"{ROOT}/csrc/", "--json", str(report)]
    gcovr += ["--merge-mode-functions=merge-use-line-min", "--gcov-ignore-parse-errors"]
    subprocess.run(gcovr, check=True, stdout=subprocess.DEVNULL)
    files = json.loads(report.read_text())["files"]
    print_table([(f["file"], *lines_run(f["lines"])) for f in files], least)
    return status


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cpp", action="store_true", help="count lines of csrc/")
    parser.add_argument("--least", type=float, help="percent to list files below")
    options, arguments = parser.parse_known_args()
    build = Path(os.environ.get("BUILD_DIR", ROOT / "build-coverage"))
    build.mkdir(parents=True, exist_ok=True)
    measure = cpp_coverage if options.cpp else python_coverage
    least = options.least or (85.0 if options.cpp else 95.0)
    return 1 if measure(build, least, arguments) else 0


if __name__ == "__main__":
    sys.exit(main())
