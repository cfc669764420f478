"""Tensors whose printed form is recorded from PyTorch: see test_printing.py.

`CASES` maps a name to a function that makes the tensor and the print options it is shown
with. Values come from NumPy's generator, so that every interpreter sees the same ones.
"""

from __future__ import annotations

import itertools
import math
import zlib
from typing import Any, Callable

import numpy as np

import torch

FLOATS = ("float16", "bfloat16", "float32", "float64")
INTEGERS = ("uint8", "int8", "int16", "int32", "int64")
COMPLEX = ("complex64", "complex128")
SPECIAL = (math.nan, math.inf, -math.inf, 0.0, -0.0, 1e8, 1e-4, 1000.0)

SHAPES = ((), (1,), (5,), (40,), (3, 4), (2, 0, 3), (2, 3, 4), (1, 2, 2, 3))
LARGE_SHAPES = ((2000,), (40, 30), (7, 8, 9, 10), (1001, 1), (2, 600))

Case = Callable[[], tuple[torch.Tensor, dict[str, Any]]]


def values(name: str, count: int, kind: str) -> np.ndarray:
    """Return `count` doubles of a given look, the same for the same name."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    x = rng.standard_normal(count)
    if kind == "whole":
        return np.round(x * 20)
    if kind == "small":
        return x * 1e-7
    if kind == "large":
        return x * 1e9
    if kind == "mixed":
        return x * 10.0 ** rng.integers(-5, 5, count)
    if kind == "positive":
        return np.abs(x)
    if kind == "special":
        x[: min(count, len(SPECIAL))] = SPECIAL[:count]
        return rng.permutation(x)
    return x


def make(name: str, shape: tuple, dtype: str, kind: str) -> torch.Tensor:
    count = math.prod(shape)
    x = values(name, count, kind)
    if dtype in COMPLEX:
        pairs = zip(x.tolist(), values(name + "imag", count, kind).tolist())
        numbers = [complex(*pair) for pair in pairs]
        return torch.tensor(numbers, dtype=getattr(torch, dtype)).reshape(shape)
    if dtype in INTEGERS or dtype == "bool":
        x = np.abs(np.round(x * 10)) % (2 if dtype == "bool" else 100)
        x = x.astype(np.int64)
    return (
        torch.tensor(x.tolist(), dtype=torch.float64)
        .to(getattr(torch, dtype))
        .reshape(shape)
    )


def _cases() -> dict[str, Case]:
    cases: dict[str, Case] = {}

    def add(name: str, build: Callable[[], torch.Tensor], **options: Any) -> None:
        cases[name] = lambda: (build(), options)

    kinds = ("plain", "whole", "small", "large", "mixed", "positive", "special")
    for dtype, shape, kind in itertools.product(FLOATS, SHAPES, kinds):
        if dtype == "float32" or (shape in ((5,), (3, 4)) and kind != "positive"):
            name = f"{dtype}-{'x'.join(map(str, shape))}-{kind}"
            add(name, lambda n=name, s=shape, d=dtype, k=kind: make(n, s, d, k))
    for dtype, shape in itertools.product((*INTEGERS, *COMPLEX, "bool"), SHAPES):
        name = f"{dtype}-{'x'.join(map(str, shape))}"
        add(name, lambda n=name, s=shape, d=dtype: make(n, s, d, "plain"))
    for dtype, shape in itertools.product(("float32", "int64"), LARGE_SHAPES):
        name = f"summary-{dtype}-{'x'.join(map(str, shape))}"
        add(name, lambda n=name, s=shape, d=dtype: make(n, s, d, "plain"))
    for kind in kinds:
        add(f"complex-{kind}", lambda k=kind: make(k, (2, 3), "complex64", k))
    _add_options(add)
    _add_suffixes(add)
    return cases


def _add_options(add: Callable) -> None:
    options = {
        "precision": (0, 1, 8),
        "threshold": (0, 5, math.inf),
        "edgeitems": (0, 1, 2),
        "linewidth": (10, 40, 200),
        "sci_mode": (True, False),
        "profile": ("default", "short", "full"),
    }
    for option, settings in options.items():
        for setting, shape in itertools.product(settings, ((9,), (4, 9), (2, 3, 8))):
            name = f"{option}-{setting}-{'x'.join(map(str, shape))}"
            add(
                name,
                lambda n=name, s=shape: make(n, s, "float32", "plain"),
                **{"threshold": 10, option: setting},
            )


def _add_suffixes(add: Callable) -> None:
    ones = torch.ones
    add("requires-grad", lambda: ones(2, requires_grad=True))
    add("grad-fn", lambda: ones(2, requires_grad=True) * 2)
    add("grad-fn-float64", lambda: ones(2, dtype=torch.float64, requires_grad=True) * 2)
    add("parameter", lambda: torch.nn.Parameter(ones(2, 2)))
    add("frozen-parameter", lambda: torch.nn.Parameter(ones(2), requires_grad=False))
    add("subclass", lambda: ones(2).as_subclass(Subclass))
    add("meta", lambda: torch.empty(2, 3, device="meta"))
    add("meta-int32", lambda: torch.empty(2, device="meta", dtype=torch.int32))
    add("empty", lambda: torch.empty(0))
    add("empty-int64", lambda: torch.empty(0, dtype=torch.int64))
    add("empty-2d", lambda: torch.empty(2, 0, dtype=torch.float64))
    add("transposed", lambda: torch.arange(6.0).reshape(2, 3).t())
    add("long-suffix", lambda: torch.arange(18, dtype=torch.int32))
    add("long-suffix-wraps", lambda: ones(14, dtype=torch.float64) * 0.5)


class Subclass(torch.Tensor):
    """A tensor class of a user."""


CASES = _cases()


def shown(case: Case) -> str:
    """Return how a case prints, with the options put back afterwards."""
    tensor, options = case()
    torch.set_printoptions(profile="default")
    try:
        torch.set_printoptions(**options)
        return repr(tensor)
    finally:
        torch.set_printoptions(profile="default")
