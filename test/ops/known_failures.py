"""Where Pocket Torch is known to differ from PyTorch: strict expected failures.

A pattern (fnmatch) names derived tests as `test_method:add-float32-0`. A test
that passes although it is listed fails the suite: take its line out.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

TEXT = "another error text"

KNOWN: dict[str, dict[str, str]] = {
    "TestCopy": {
        "test_errors:to-float32-2": TEXT,
        "test_errors:Tensor.copy_-float32-2": TEXT,
    },
    "TestIndexing": {
        "test_forward:index_add-float16-1": "16-bit sums round in another order",
    },
    "TestJoining": {
        "test_errors:meshgrid-float32-0": "PyTorch prints the tensor's elements",
    },
}


# test_every_dtype: a dtype is taken or refused, or refused with a text, where
# PyTorch does otherwise.
KNOWN_DTYPES: dict[str, dict[str, tuple[str, ...]]] = {
    "TestActivation": {
        "nn.functional.threshold": ("uint8",),
    },
    "TestCopy": {
        "view_as_complex": ("float16",),
    },
    "TestTensorFactories": {
        "complex": ("float16",),
    },
}


def reason(cls: str, name: str, case: str) -> str | None:
    """Why this test is expected to fail, or None."""
    for pattern, why in KNOWN.get(cls, {}).items():
        if fnmatchcase(f"{name}:{case}", pattern):
            return why
    known = KNOWN_DTYPES.get(cls, {})
    if name == "test_every_dtype":
        op, dtype, _ = case.rsplit("-", 2)
        if dtype in known.get(op, ()):
            return "this dtype is treated otherwise"
    return None
