"""Hands every OpTests method its cases."""

from __future__ import annotations

import pytest
from harness import Case, OpTests, cases


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    cls = metafunc.cls
    if (
        cls is None
        or not issubclass(cls, OpTests)
        or "case" not in metafunc.fixturenames
    ):
        return
    name = metafunc.function.__name__
    if name == "test_errors":
        found = [
            Case(op, "float32", i)
            for op in cls.ops
            if op.errors
            for i in range(len(op.make("float32", "errors")))
        ]
    else:
        found = list(cases(cls.ops, OpTests.SELECT[name]))
    metafunc.parametrize("case", found, ids=str)
