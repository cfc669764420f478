"""Short programs whose results test_api_calls.py compares with PyTorch's.

programs/<area>.txt holds them, each under a line `# name`, for the corners of the
Python package: settings, old names, refused arguments. A program leaves its
result in `r`; golden/record_api_calls.py runs it under PyTorch and keeps what
`r`, the warnings and the exception read.
"""

from __future__ import annotations

import copy
import io
import pickle
import re
import textwrap
import warnings
from collections import OrderedDict, namedtuple
from pathlib import Path
from typing import Any

import numpy as np

import torch

Pair = namedtuple("Pair", "a b")


class Scaled(torch.Tensor):
    """A subclass with a slot and attributes of its own."""


class Wrapped:
    """Not a tensor, but taken for one."""

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return f"{func.__name__} of {len(args)}"


class Logged(torch.overrides.TorchFunctionMode):
    """Keeps the names of the functions that run."""

    def __init__(self):
        super().__init__()
        self.names = []

    def __torch_function__(self, func, types, args=(), kwargs=None):
        self.names.append(getattr(func, "__name__", str(func)))
        return func(*args, **(kwargs or {}))


class Net(torch.nn.Module):
    """A module that a checkpoint may hold whole."""

    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Linear(2, 1)
        torch.nn.init.ones_(self.fc.weight)

    def forward(self, x):
        return self.fc(x)


def saved(value: Any, **options: Any) -> io.BytesIO:
    """`value` as torch.save writes it, ready to be read."""
    stream = io.BytesIO()
    torch.save(value, stream, **options)
    stream.seek(0)
    return stream


FOLDER = Path(__file__).parent / "programs"
NAMES = {
    "torch": torch,
    "nn": torch.nn,
    "F": torch.nn.functional,
    "np": np,
    "io": io,
    "copy": copy,
    "pickle": pickle,
    "warnings": warnings,
    "OrderedDict": OrderedDict,
    "Pair": Pair,
    "Scaled": Scaled,
    "Wrapped": Wrapped,
    "Logged": Logged,
    "Net": Net,
    "saved": saved,
}


def shown(value: Any) -> str:
    """The result as text that two implementations can share."""
    if isinstance(value, (tuple, list)) and type(value) in (tuple, list):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{k}: {shown(v)}' for k, v in value.items())}}}"
    return repr(value)


def run(code: str) -> dict[str, Any]:
    """What a program does: its result or exception, and its warnings."""
    names = dict(NAMES)
    torch.manual_seed(0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            exec(textwrap.dedent(code), names)
            result = shown(names.get("r"))
        except Exception as error:  # what is raised is what is compared
            result = f"{type(error).__name__}: {error}"
    texts = [f"{w.category.__name__}: {w.message}" for w in caught]
    texts = [text for text in texts if "__array_wrap__" not in text]  # NumPy 2's
    return {"result": lasting(result), "warnings": [lasting(text) for text in texts]}


def lasting(text: str) -> str:
    """Without addresses and places in PyTorch's sources."""
    text = re.sub(r" \(Triggered internally at [^)]*\)", "", text)
    # The list of backends behind an operator that has none names places of a build.
    backends = r"( is only available for these backends: \[).*"
    text = re.sub(backends, r"\1...", text, flags=re.S)
    return re.sub(r"0x[0-9a-f]+|/tmp/tmp\w+", "...", text)


def load() -> dict[str, str]:
    """The programs: `area/name` to code."""
    found: dict[str, str] = {}
    for path in sorted(FOLDER.glob("*.txt")):
        for block in path.read_text().split("\n# "):
            name, _, code = block.lstrip("# ").partition("\n")
            assert f"{path.stem}/{name}" not in found, name
            found[f"{path.stem}/{name}"] = code
    return found


CALLS = load()
