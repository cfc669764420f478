"""Check the formatting of the C++ files that differ from main, or fix it.

    python tools/lint/clang_format.py [--fix] [--base main] [--all] [FILE ...]

The style is .clang-format. Files that nobody touches keep their form: formatting
all of them at once would hide changes of meaning and rebuild everything.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("csrc", "test/cpp")
SUFFIXES = (".h", ".cpp", ".cu", ".cuh")


def git(*arguments: str) -> list[str]:
    """The lines that git prints; none where it fails, as outside a clone."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.splitlines() if done.returncode == 0 else []


def changed(base: str) -> list[str]:
    """C++ files that differ from where this branch left `base`, or are new."""
    start = git("merge-base", base, "HEAD") or ["HEAD"]
    differ = git("diff", "--name-only", "--diff-filter=d", start[0], "--", *FOLDERS)
    return differ + git("ls-files", "--others", "--exclude-standard", "--", *FOLDERS)


def is_formatted(tool: str, path: Path) -> bool:
    done = subprocess.run([tool, "--dry-run", "-Werror", path], capture_output=True)
    return done.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fix", action="store_true", help="rewrite the files")
    base = os.environ.get("BASE", "main")
    parser.add_argument("--base", default=base, help="the branch to compare with")
    parser.add_argument("--all", action="store_true", help="all files, changed or not")
    parser.add_argument("files", nargs="*", help="these files instead")
    options = parser.parse_args()
    tool = shutil.which("clang-format")
    if tool is None:
        print("clang-format is missing: pip install clang-format")
        return 1
    listed = git("ls-files", "--", *FOLDERS) if options.all else changed(options.base)
    names = options.files or [n for n in listed if n.endswith(SUFFIXES)]
    bad = [n for n in names if not is_formatted(tool, ROOT / n)]
    if options.fix and bad:
        subprocess.run([tool, "-i", *(ROOT / n for n in bad)], check=True)
    for name in bad:
        print(f"{name}: {'formatted' if options.fix else 'not as .clang-format says'}")
    print(f"clang-format: {len(bad)} of {len(names)} files differ")
    return 1 if bad and not options.fix else 0


if __name__ == "__main__":
    sys.exit(main())
