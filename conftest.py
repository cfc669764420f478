"""Examples in docstrings may use `torch` without importing it."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def torch_in_examples(request):
    if isinstance(request.node, pytest.DoctestItem):
        import torch

        request.getfixturevalue("doctest_namespace")["torch"] = torch
