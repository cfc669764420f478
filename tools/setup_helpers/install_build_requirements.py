"""Install the build requirements of pyproject.toml into this interpreter.

`pip install -e . --no-build-isolation` needs them in the environment itself.
The list is read, not repeated.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


def build_requirements(text: str) -> list[str]:
    """Return the strings of [build-system] requires (tomllib is 3.11+)."""
    block = re.search(r"^requires = \[(.*?)^\]", text, re.S | re.M)
    if block is None:
        raise SystemExit(f"{PYPROJECT}: no [build-system] requires")
    return re.findall(r'^\s*"(.*)",$', block.group(1), re.M)


if __name__ == "__main__":
    wanted = build_requirements(PYPROJECT.read_text()) + ["numpy"]
    sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", "-q", *wanted]))
