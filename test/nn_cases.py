"""Values and helpers that the suites of torch.nn share."""

from __future__ import annotations

import warnings

import pytest

SCORES = [[1.0, 2.0, 3.0], [0.0, -1.0, 2.0]]
CLASSES = [2, 0]
SHARES = [[1.0, 0.0, 1.0], [0.0, 1.0, 0.5]]


def raised(error, call):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def warned(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return [str(warning.message) for warning in caught]
