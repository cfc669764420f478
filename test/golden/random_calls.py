"""Random calls whose results test_random.py compares with recorded ones.

Each is an expression in `torch`, `F`, `n` and `dt`; record_random.py runs them
under PyTorch and writes random.json.
"""

from __future__ import annotations

import hashlib
from typing import Any

FLOATS = ("float32", "float64", "float16", "bfloat16")
INTEGERS = ("int64", "int32", "int16", "int8", "uint8")
REALS = ("float32", "float64")
SIZES = (1, 5, 16, 23, 64, 1000)
SEEDS = (7, 2**40 + 3)

# name -> (expression, dtypes)
CALLS: dict[str, tuple[str, tuple[str, ...]]] = {
    "rand": ("torch.rand(n, dtype=dt)", FLOATS),
    "uniform": ("torch.empty(n, dtype=dt).uniform_(-1.5, 0.25)", FLOATS),
    "randn": ("torch.randn(n, dtype=dt)", FLOATS),
    "normal": ("torch.empty(n, dtype=dt).normal_(-2, 0.3)", FLOATS),
    "normal_strided": ("torch.empty(n, 2, dtype=dt)[:, 1].normal_()", FLOATS),
    "uniform_transposed": (
        "torch.empty(n, 3, dtype=dt).t().uniform_().clone()",
        REALS,
    ),
    "randint": ("torch.randint(3, 90, (n,), dtype=dt)", FLOATS + INTEGERS),
    "randint_wide": ("torch.randint(-(2**50), 2**55, (n,))", ("int64",)),
    "random": ("torch.empty(n, dtype=dt).random_()", FLOATS + INTEGERS + ("bool",)),
    "randperm": ("torch.randperm(n)", ("int64",)),
    "bernoulli": ("torch.empty(n, dtype=dt).bernoulli_(0.7)", FLOATS + ("bool",)),
    "bernoulli_tensor": ("torch.bernoulli(torch.full((n,), 0.4, dtype=dt))", FLOATS),
    "exponential": ("torch.empty(n, dtype=dt).exponential_(0.5)", ("float32",)),
    "geometric": ("torch.empty(n, dtype=dt).geometric_(0.2)", ("float32", "int64")),
    "cauchy": ("torch.empty(n, dtype=dt).cauchy_(1, 0.5)", ("float32",)),
    "log_normal": ("torch.empty(n, dtype=dt).log_normal_(0, 0.25)", ("float32",)),
    "poisson": ("torch.poisson(torch.arange(n, dtype=dt) % 30)", REALS),
    "multinomial": (
        "torch.multinomial(torch.arange(1, n + 4, dtype=dt), 3, True)",
        REALS,
    ),
    "multinomial_race": (
        "torch.multinomial(torch.arange(1, n + 4, dtype=dt), 3)",
        REALS,
    ),
    "normal_tensors": (
        "torch.normal(torch.arange(n, dtype=dt), torch.ones(n, dtype=dt))",
        ("float32",),
    ),
    "dropout": ("F.dropout(torch.ones(n, dtype=dt), 0.3)", FLOATS),
    "dropout2d": ("F.dropout2d(torch.ones(n, 3, 2, 2), 0.3)", ("float32",)),
    "alpha_dropout": ("F.alpha_dropout(torch.ones(n), 0.2, True)", ("float32",)),
    "mixed": (
        "torch.cat([torch.randn(3), torch.rand(2), torch.randn(n)])",
        ("float32",),
    ),
}

CASES = [
    (name, dtype, n, seed)
    for name, (_, dtypes) in CALLS.items()
    for dtype in dtypes
    for n in SIZES
    for seed in SEEDS
]


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def run(torch: Any, name: str, dtype: str, n: int, seed: int) -> list[Any]:
    """[digest of the values, digest of the state afterwards, first values]."""
    torch.manual_seed(seed)
    scope = {
        "torch": torch,
        "F": torch.nn.functional,
        "n": n,
        "dt": getattr(torch, dtype),
    }
    values = eval(CALLS[name][0], scope).detach().contiguous().reshape(-1)
    if dtype == "bfloat16":
        values = values.float()
    state = torch.get_rng_state().numpy().tobytes()
    array = values.numpy()
    return [digest(array.tobytes()), digest(state), array[:3].tolist()]
