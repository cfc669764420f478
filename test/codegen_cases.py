"""What the suites of tools/codegen share: the way to it, and a small topic."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# Last: the torch under test need not be the one of this tree.
sys.path.append(str(ROOT))
pytest.importorskip("yaml")

from tools.codegen.load import parse_topic
from tools.codegen.model import Topic

ADD = """
- func: add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor
  variants: [function, method, inplace, out]
  kernel: {iterator: binary_op, stub: add_stub, check: alpha_check}
  backward: {self: grad, other: grad * alpha}
"""


def topic(text: str) -> Topic:
    return parse_topic(text, "csrc/aten/ops/Sample.yaml")
