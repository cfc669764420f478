"""Texts and helpers that the suites of autograd share."""

from __future__ import annotations

import pytest

import torch

TWICE = (
    "Trying to backward through the graph a second time (or directly access saved "
    "tensors after they have already been freed). Saved intermediate values of the "
    "graph are freed when you call .backward() or autograd.grad(). Specify "
    "retain_graph=True if you need to backward through the graph a second time or if "
    "you need to access saved tensors after calling backward."
)
HINT = (
    " Hint: enable anomaly detection to find the operation that failed to compute its "
    "gradient, with torch.autograd.set_detect_anomaly(True, check_nan=False)."
)
NO_GRAD_ADVICE = (
    " Given that this use case is ambiguous and error-prone, it is forbidden. You can "
    "clarify your code by moving both the view and the inplace either both inside the "
    "no_grad block (if you don't want the inplace to be tracked) or both outside (if "
    "you want the inplace to be tracked)."
)
MULTI_OUTPUT_ADVICE = (
    " This view is the output of a function that returns multiple views. Such "
    "functions do not allow the output views to be modified inplace. You should "
    "replace the inplace operation by an out-of-place one."
)


def leaf(*values, dtype=torch.float32):
    return torch.tensor(values, dtype=dtype, requires_grad=True)


def raises(text, kind=RuntimeError):
    """Expect an exception with exactly this text."""

    class Check:
        def __enter__(self):
            self.manager = pytest.raises(kind)
            self.info = self.manager.__enter__()

        def __exit__(self, *failure):
            caught = self.manager.__exit__(*failure)
            assert str(self.info.value) == text
            return caught

    return Check()
