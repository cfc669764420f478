"""Corners of the Python package behave as recorded from PyTorch."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import torch
from api_calls import CALLS, run

RECORDED = json.loads((Path(__file__).parent / "golden" / "api_calls.json").read_text())

# Where Pocket Torch is known to differ, and how.
KNOWN: dict[str, str] = {
    "defaults/sharing": "there is one way to share",
    "functions/nuclear norm": "torch.linalg.matrix_norm is not there",
    "functions/norm of no name": "torch.linalg.matrix_norm is not there",
    "library/operators by name": "another order of overloads",
    "library/operators called by an argument of another type": "a line less",
    "parsing/out of a number": "refused as no tensor; PyTorch fails to cast to it",
    "parsing/old order of alpha": "deprecated orders of arguments are not taken",
    "parsing/old order of addmm": "deprecated orders of arguments are not taken",
    "tensor/dlpack of a conjugate": "conj copies",
    "tensor/refused new of a legacy constructor": "another text",
    "utilities/sampler over processes that are none": "torch.distributed is not there",
    "utilities/storages shared": "a typed storage cannot be shared",
}

# Python's own words, those of 3.10 and later.
PYTHONS_TEXT = ("parsing/tensor's constructor of complex numbers as real ones",)
# Recorded from a PyTorch without CUDA; one with CUDA answers otherwise, too.
WITHOUT_CUDA = ("defaults/accelerator", "utilities/storages on the CPU alone")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(
            name,
            marks=[pytest.mark.xfail(reason=KNOWN[name], strict=True)]
            if name in KNOWN
            else [],
        )
        for name in CALLS
    ],
)
def test_program_does_as_recorded(name):
    if name in WITHOUT_CUDA and torch.version.cuda is not None:
        pytest.skip("this build has CUDA")
    if name in PYTHONS_TEXT and sys.version_info < (3, 10):
        pytest.skip("this Python has another text")
    assert run(CALLS[name]) == RECORDED[name]
