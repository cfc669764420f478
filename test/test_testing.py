"""torch.testing: what assert_close accepts and says, what make_tensor draws."""

from __future__ import annotations

import math

import numpy as np
import pytest

import torch
from torch.testing import assert_close, make_tensor


def t(*values, dtype=None):
    return torch.tensor(values, dtype=dtype)


@pytest.mark.parametrize(
    "actual, expected",
    [
        (t(1.0, 2.0), t(1.0, 2.0)),
        (t(1.0), t(1.0 + 1e-6)),
        (1, 1),
        (1.0, 1.0 + 1e-8),
        (True, True),
        (None, None),
        ([1, t(2.0)], (1, t(2.0))),
        ({"a": 1, "b": [t(1.0)]}, {"b": [t(1.0)], "a": 1}),
        (np.array([1.0]), np.array([1.0])),
        (np.float64(1), 1.0),
        (t(math.inf), t(math.inf)),
        (torch.ones(0), torch.ones(0)),
        (torch.nn.Parameter(t(1.0)), t(1.0)),
        (torch.ones(2, 3), torch.ones(3, 2).t()),
    ],
)
def test_close_values_pass(actual, expected):
    assert_close(actual, expected)


@pytest.mark.parametrize(
    "actual, expected, text",
    [
        (
            t(1.0, 2.0),
            t(1.0, 2.5),
            "Tensor-likes are not close!\n\nMismatched elements: 1 / 2 (50.0%)\n"
            "Greatest absolute difference: 0.5 at index (1,) (up to 1e-05 allowed)\n"
            "Greatest relative difference: 0.20000000298023224 at index (1,) (up to "
            "1.3e-06 allowed)",
        ),
        (
            t(1, 2),
            t(1, 3),
            "Tensor-likes are not equal!\n\nMismatched elements: 1 / 2 (50.0%)\n"
            "Greatest absolute difference: 1 at index (1,)\n"
            "Greatest relative difference: 0.3333333432674408 at index (1,)",
        ),
        (
            torch.tensor(1.0),
            torch.tensor(2.0),
            "Scalars are not close!\n\nExpected 2.0 but got 1.0.\n"
            "Absolute difference: 1.0 (up to 1e-05 allowed)\n"
            "Relative difference: 0.5 (up to 1.3e-06 allowed)",
        ),
        (
            1,
            2,
            "Scalars are not equal!\n\nExpected 2 but got 1.\nAbsolute difference: 1\n"
            "Relative difference: 0.5",
        ),
        (True, False, "Booleans mismatch: True is not False"),
        (None, 1, "None mismatch: None is not 1"),
        (
            t(1, 2),
            t(1.0, 2.0),
            "The values for attribute 'dtype' do not match: torch.int64 != torch.float32.",
        ),
        (
            t(1.0),
            t(1.0, 2.0),
            "The values for attribute 'shape' do not match: torch.Size([1]) != "
            "torch.Size([2]).",
        ),
        ([1, 2], [1], "The length of the sequences mismatch: 2 != 1"),
        (
            {"a": 1},
            {"b": 1},
            "The keys of the mappings do not match:\nMissing keys in the actual mapping: "
            "['b']\nAdditional keys in the actual mapping: ['a']",
        ),
        (
            {"a": [1, 2]},
            {"a": [1, 3]},
            "Scalars are not equal!\n\nExpected 3 but got 2.\nAbsolute difference: 1\n"
            "Relative difference: 0.3333333333333333\n\n"
            "The failure occurred for item ['a'][1]",
        ),
    ],
)
def test_difference_message(actual, expected, text):
    with pytest.raises(AssertionError) as error:
        assert_close(actual, expected)
    assert str(error.value) == text


def test_nan_equals_nan_on_request():
    assert_close(t(math.nan), t(math.nan), equal_nan=True)
    with pytest.raises(AssertionError):
        assert_close(t(math.nan), t(math.nan))


def test_check_dtype_false_promotes():
    assert_close(t(1, 2), t(1.0, 2.0), check_dtype=False)


def test_check_stride():
    with pytest.raises(AssertionError, match=r"'stride\(\)' do not match"):
        assert_close(torch.ones(2, 3), torch.ones(3, 2).t(), check_stride=True)


def test_own_message():
    with pytest.raises(AssertionError, match="^hey$"):
        assert_close(1, 2, msg="hey")
    with pytest.raises(AssertionError, match="^X Scalars are not equal"):
        assert_close(1, 2, msg=lambda text: "X " + text)


def test_one_tolerance_alone():
    with pytest.raises(ValueError) as error:
        assert_close(1.0, 1.0, rtol=1)
    assert str(error.value) == (
        "Both 'rtol' and 'atol' must be either specified or omitted, but got no atol."
    )


def test_values_that_cannot_be_compared():
    with pytest.raises(TypeError) as error:
        assert_close("a", "a")
    assert str(error.value) == (
        "No comparison pair was able to handle inputs of type <class 'str'> and <class "
        "'str'>."
    )


FLOATS = [torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64]
WHOLE = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.bool]


@pytest.mark.parametrize("dtype", FLOATS + WHOLE, ids=str)
def test_make_tensor_stays_in_range(dtype):
    torch.manual_seed(0)
    x = make_tensor(50, dtype=dtype, device="cpu", low=0, high=2)
    assert x.dtype == dtype and x.shape == (50,)
    numbers = torch.view_as_real(x) if dtype.is_complex else x
    numbers = numbers.double()
    assert numbers.min() >= 0 and numbers.max() <= 2


def test_make_tensor_noncontiguous():
    x = make_tensor((2, 3), dtype=torch.float32, device="cpu", noncontiguous=True)
    assert x.stride() == (6, 2)


def test_make_tensor_exclude_zero():
    x = make_tensor(
        99, dtype=torch.int64, device="cpu", low=-1, high=2, exclude_zero=True
    )
    assert not (x == 0).any()


def test_make_tensor_requires_grad():
    assert make_tensor(
        2, dtype=torch.float32, device="cpu", requires_grad=True
    ).requires_grad


@pytest.mark.parametrize(
    "options, text",
    [
        ({"low": 3, "high": 1}, "`low` must be less than `high`, but got 3 >= 1"),
        (
            {"low": math.nan},
            "`low` and `high` cannot be NaN, but got low=nan and high=9",
        ),
    ],
)
def test_make_tensor_bad_limits(options, text):
    with pytest.raises(ValueError) as error:
        make_tensor(2, dtype=torch.float32, device="cpu", **options)
    assert str(error.value) == text


def test_make_tensor_integers_have_no_grad():
    with pytest.raises(ValueError) as error:
        make_tensor(2, dtype=torch.int64, device="cpu", requires_grad=True)
    assert str(error.value) == (
        "`requires_grad=True` is not supported for boolean and integral dtypes, but got "
        "dtype=torch.int64"
    )
