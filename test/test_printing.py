"""Tensors print as PyTorch prints them; texts are recorded in golden/printing.json."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

import torch
from printing_cases import CASES, shown

RECORDED = json.loads((Path(__file__).parent / "golden" / "printing.json").read_text())


@pytest.fixture(autouse=True)
def default_options():
    yield
    torch.set_printoptions(profile="default")


def test_every_case_is_recorded():
    assert RECORDED.keys() == CASES.keys()


@pytest.mark.parametrize("name", CASES)
def test_repr_matches_recorded(name):
    assert shown(CASES[name]) == RECORDED[name]


def test_str_is_repr():
    x = torch.tensor([1.0, 2.5])
    assert str(x) == repr(x)


def test_format_of_0d_tensor_formats_the_number():
    assert f"{torch.tensor(2.5):.3f}" == "2.500"
    assert f"{torch.tensor(7)}" == "7"


def test_format_of_0d_tensor_ignores_grad():
    assert f"{torch.tensor(2.5, requires_grad=True):.1f}" == "2.5"


def test_format_of_vector_without_spec_is_repr():
    assert f"{torch.tensor([1, 2])}" == "tensor([1, 2])"


def test_format_of_vector_with_spec_raises():
    with pytest.raises(TypeError, match="unsupported format string passed to Tensor"):
        f"{torch.ones(2):.2f}"


def test_set_printoptions_keeps_what_is_not_given():
    torch.set_printoptions(precision=2)
    torch.set_printoptions(linewidth=40)
    options = torch._tensor_str.get_printoptions()
    assert (options["precision"], options["linewidth"]) == (2, 40)


def test_set_printoptions_resets_sci_mode():
    torch.set_printoptions(sci_mode=True)
    torch.set_printoptions(precision=4)
    assert repr(torch.tensor([1.5])) == "tensor([1.5000])"


def test_profile_full_never_summarises():
    torch.set_printoptions(profile="full")
    assert torch._tensor_str.get_printoptions()["threshold"] == math.inf
    assert "..." not in repr(torch.zeros(2000))


def test_printoptions_context_restores():
    with torch._tensor_str.printoptions(precision=1):
        assert repr(torch.tensor([0.25])) == "tensor([0.2])"
    assert repr(torch.tensor([0.25])) == "tensor([0.2500])"


def test_printing_records_nothing():
    x = torch.ones(3, requires_grad=True)
    repr(x)
    assert x.grad_fn is None and x._version == 0
