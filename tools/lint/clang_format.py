"""Check the formatting of the C++ lines that differ from main, or fix it.

    python tools/lint/clang_format.py [--fix] [--base main] [--all] [FILE ...]

The style is .clang-format. Lines that nobody touches keep their form: formatting
all of them at once would hide changes of meaning and rebuild everything. --all
and files by name mean whole files.
"""

from __future__ import annotations

import argparse
import os
import re
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


def touched(base: str, name: str) -> list[str]:
    """clang-format's options for the lines that differ; none for a new file."""
    start = git("merge-base", base, "HEAD") or ["HEAD"]
    hunks = [
        re.match(r"@@ \S+ \+(\d+)(?:,(\d+))? @@", line)
        for line in git("diff", "-U0", start[0], "--", name)
    ]
    ranges = [(int(h[1]), int(h[2] or 1)) for h in hunks if h]
    # Where lines were only taken out, those around the place are looked at.
    return [f"--lines={max(first, 1)}:{first + max(n, 1) - 1}" for first, n in ranges]


def is_formatted(command: list[str], path: Path) -> bool:
    done = subprocess.run([*command, str(path)], capture_output=True)
    return done.stdout == path.read_bytes()


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
    whole = options.all or options.files
    commands = {
        name: [tool, *([] if whole else touched(options.base, name))] for name in names
    }
    bad = [n for n in names if not is_formatted(commands[n], ROOT / n)]
    for name in bad:
        if options.fix:
            subprocess.run([*commands[name], "-i", ROOT / name], check=True)
        print(f"{name}: {'formatted' if options.fix else 'not as .clang-format says'}")
    print(f"clang-format: {len(bad)} of {len(names)} files differ")
    return 1 if bad and not options.fix else 0


if __name__ == "__main__":
    sys.exit(main())
