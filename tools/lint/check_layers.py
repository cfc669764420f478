"""Fail on an #include that points up the layers of csrc.

    python tools/lint/check_layers.py

The layers are those of docs/design/overview.md: a file sees its own layer and
lower ones. Generated headers count as the layer they belong to.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# First match wins. (prefix of the path below csrc, layer)
LAYERS = (
    ("c10/", 0),
    ("aten/core/", 1),
    ("aten/native/", 3),
    ("aten/", 2),
    ("generated/ops/", 2.5),  # at:: functions: callable from 3 up
    ("generated/native/", 3),
    ("generated/autograd/", 4),
    ("autograd/", 4),
    ("jit/", 5),
    ("distributed/", 5),
    ("api/", 6),
    ("generated/python/", 6),
)
# Upward includes that the design page explains.
ALLOWED = {
    # The methods of class Tensor are declared from the operator definitions.
    ("aten/core/Tensor.h", "generated/ops/TensorMethods.inc"),
}
INCLUDE = re.compile(r'^\s*#include "([^"]+)"', re.M)


def layer(path: str) -> float | None:
    """The layer of a path below csrc, or None for what has none."""
    return next((n for prefix, n in LAYERS if path.startswith(prefix)), None)


def upward_includes(path: Path) -> list[str]:
    """One line per include of `path` that breaks a rule."""
    name = str(path.relative_to(ROOT / "csrc"))
    own = layer(name)
    found = []
    for included in INCLUDE.findall(path.read_text()):
        other = layer(included)
        if own is None or other is None or (name, included) in ALLOWED:
            continue
        if other > own:
            found.append(f"csrc/{name}: layer {own:g} includes {included} ({other:g})")
        if name.startswith("aten/native/cpu/") and included == "aten/core/Tensor.h":
            found.append(f"csrc/{name}: kernels see only aten/core/TensorBase.h")
    return found


def main() -> int:
    problems = []
    for suffix in ("*.h", "*.cpp", "*.cu", "*.cuh"):
        for path in sorted((ROOT / "csrc").rglob(suffix)):
            problems += upward_includes(path)
            text = path.read_text()
            below = str(path.relative_to(ROOT / "csrc"))
            if "#include <Python.h>" in text and not below.startswith("api/python/"):
                problems.append(f"csrc/{below}: Python.h belongs to api/python")
    print("\n".join(problems) or "layers: every include points down")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
