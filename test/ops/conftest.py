"""Hands every OpTests method its cases."""

from __future__ import annotations

import pytest
from harness import DEVICE, Case, OpTests, cases, other_dtypes
from known_failures import reason

# A topic without recorded answers brings a test_forward of its own.
NEED_ANSWERS = ("test_strides", "test_every_dtype")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    cls = metafunc.cls
    if (
        cls is None
        or not issubclass(cls, OpTests)
        or "case" not in metafunc.fixturenames
    ):
        return
    name = metafunc.function.__name__
    if name in NEED_ANSWERS and not hasattr(cls, "golden"):
        found = []
    elif name == "test_errors":
        found = [
            Case(op, "float32", i)
            for op in cls.ops
            if op.errors
            for i in range(len(op.make("float32", "errors")))
        ]
    elif name == "test_every_dtype":
        found = [Case(op, d, 0) for op in cls.ops for d in other_dtypes(op)]
    else:
        found = list(cases(cls.ops, OpTests.SELECT[name]))
    metafunc.parametrize("case", [marked(cls.__name__, name, c) for c in found])


def marked(cls: str, name: str, case: Case):
    """The case, expected to fail where it is known to."""
    why = reason(cls, name, str(case))
    if DEVICE != "cpu" and case.op.random and name == "test_forward":
        # Another generator, other numbers: test_cuda_device.py has CUDA's.
        return pytest.param(case, id=str(case), marks=pytest.mark.skip)
    marks = [pytest.mark.xfail(reason=why, strict=True)] if why else []
    return pytest.param(case, id=str(case), marks=marks)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Drop derived tests without cases: a topic without `out=` skips nothing."""
    items[:] = [item for item in items if not item.name.endswith("[NOTSET]")]
