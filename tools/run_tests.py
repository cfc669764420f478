"""Run ctest, pytest and, where nvcc is found, the check of the CUDA library, and
print one closing line of counts.

    python tools/run_tests.py [--slow] [pytest arguments]

The line is `N passed, M failed, K skipped`; the exit status is 1 where
anything failed or nothing ran.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = Path(os.environ.get("BUILD_DIR", ROOT / "build"))


def run(command: list[str]) -> tuple[int, str]:
    """Echo the command's output while keeping it."""
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    lines = []
    assert process.stdout is not None
    for line in process.stdout:
        sys.stdout.write(line)
        lines.append(line)
    return process.wait(), "".join(lines)


def count(text: str, word: str) -> int:
    """The number before `word` in a summary line."""
    found = re.search(rf"(\d+) {word}", text)
    return int(found.group(1)) if found else 0


def run_ctest() -> tuple[int, int]:
    """(passed, failed); (0, 0) where no C++ tests were built."""
    if not (BUILD / "CTestTestfile.cmake").exists():
        print("no C++ tests were built")
        return 0, 0
    status, text = run(["ctest", "--test-dir", str(BUILD), "--output-on-failure"])
    total = re.search(r"tests (?:passed|failed) out of (\d+)", text)
    failed = count(text, "tests failed")
    if total is None:
        return 0, 1 if status else 0
    return int(total.group(1)) - failed, failed


def run_pytest(arguments: list[str]) -> tuple[int, int, int]:
    """(passed, failed, skipped)."""
    command = [sys.executable, "-m", "pytest", "-q", "--tb=short"]
    status, text = run(command + arguments)
    last = text.strip().splitlines()[-1] if text.strip() else ""
    failed = count(last, "failed") + count(last, "error")
    if status not in (0, 1, 5) and failed == 0:
        failed = 1  # pytest itself broke
    return count(last, "passed"), failed, count(last, "skipped")


def run_cuda_check() -> tuple[int, int]:
    """(passed, failed); (0, 0) where there is no nvcc."""
    if shutil.which("nvcc") is None or os.environ.get("CUDA") == "0":
        return 0, 0
    status, _ = run([sys.executable, "tools/cuda_check.py"])
    return (0, 1) if status else (1, 0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slow", action="store_true", help="run slow tests too")
    options, rest = parser.parse_known_args()
    selection = [] if options.slow else ["-m", "not slow"]
    cpp_passed, cpp_failed = run_ctest()
    passed, failed, skipped = run_pytest(selection + rest)
    cuda_passed, cuda_failed = run_cuda_check()
    passed += cpp_passed + cuda_passed
    failed += cpp_failed + cuda_failed
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
