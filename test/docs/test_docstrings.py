"""Every public Python name has a docstring that says what a reader needs.

Compiled functions and types are the business of test_operator_docs.py.
"""

from __future__ import annotations

import enum
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

import torch
from torch import nn

COMPILED_TYPES = (
    torch.Generator,
    torch.Size,
    torch.device,
    torch.dtype,
    torch.finfo,
    torch.iinfo,
    torch.layout,
    torch.memory_format,
)


def public_modules() -> list[ModuleType]:
    names = ["torch"]
    for info in pkgutil.walk_packages(torch.__path__, "torch."):
        if not any(part.startswith("_") for part in info.name.split(".")[1:]):
            names.append(info.name)
    return [importlib.import_module(name) for name in names]


def is_ours(value: Any) -> bool:
    """Written in Python, here: no compiled function, no borrowed name."""
    if isinstance(value, ModuleType) or not callable(value):
        return False
    home = str(getattr(value, "__module__", ""))
    written = inspect.isfunction(value) or isinstance(value, type)
    return written and home.split(".")[0] == "torch" and value not in COMPILED_TYPES


def public_objects() -> Iterator[tuple[str, Any]]:
    """Each object once, under its first name."""
    seen: set[int] = set()
    for module in public_modules():
        names = getattr(module, "__all__", None)
        if names is None:
            names = [n for n in vars(module) if not n.startswith("_")]
        for name in names:
            value = getattr(module, name)
            if name[0] != "_" and is_ours(value) and id(value) not in seen:
                seen.add(id(value))
                yield f"{module.__name__}.{name}", value


ALL = dict(public_objects())
UNDESCRIBED = [name for name, value in ALL.items() if not value.__doc__]
OBJECTS = {name: value for name, value in ALL.items() if value.__doc__}


def own_methods(cls: type) -> Iterator[tuple[str, Any]]:
    """Public functions that the class itself defines."""
    for name, value in vars(cls).items():
        value = (
            value.__func__ if isinstance(value, (classmethod, staticmethod)) else value
        )
        if not name.startswith("_") and inspect.isfunction(value):
            yield name, value


def is_inherited(cls: type, name: str) -> bool:
    """What a base class has described needs no second description."""
    return any(
        getattr(getattr(base, name, None), "__doc__", None) for base in cls.__mro__[1:]
    )


def test_public_names_have_docstrings() -> None:
    assert UNDESCRIBED == []


def test_public_methods_have_docstrings() -> None:
    missing = [
        f"{full}.{name}"
        for full, cls in OBJECTS.items()
        if isinstance(cls, type)
        for name, method in own_methods(cls)
        if not method.__doc__ and not is_inherited(cls, name)
    ]
    assert missing == []


def test_docstrings_start_with_a_sentence() -> None:
    """A capital letter, and a mark at the end of the first paragraph."""
    odd = []
    for name, value in OBJECTS.items():
        first = inspect.cleandoc(value.__doc__ or "").split("\n\n")[0].rstrip()
        if not re.match(r"[A-Z`$\"(0-9]", first) or first[-1] not in ".:!?$)`":
            odd.append(name)
    assert odd == []


def arguments(value: Any) -> list[str]:
    """Names a caller may pass; those with an underscore are nobody's business."""
    if isinstance(value, type):
        if issubclass(value, (enum.Enum, BaseException, tuple)):
            return []
        value = value.__dict__.get("__init__")
        if not inspect.isfunction(value):
            return []
    names = list(inspect.signature(value).parameters)
    return [n for n in names if n[0] != "_" and n != "self"]


def section(text: str, name: str) -> str:
    """The indented lines below `name:`; empty where there is no such section."""
    found = re.search(rf"^{name}:\n((?:    .*\n?|\n)*)", inspect.cleandoc(text), re.M)
    return found[1] if found else ""


@pytest.mark.parametrize(
    "name", [n for n, v in OBJECTS.items() if "Args:" in v.__doc__]
)
def test_args_section_names_every_argument(name: str) -> None:
    """Where there is an Args section, nothing is left out of it."""
    text = section(OBJECTS[name].__doc__, "Args")
    assert text, "an Args section is a list, one argument a line"
    words = set(re.findall(r"\w+", text))
    general = {"args", "kwargs"}
    missing = [a for a in arguments(OBJECTS[name]) if a not in words | general]
    assert missing == []


# The first words of docstrings that need no more: old names and empty places.
SHORT = r"Deprecated|Not implemented|Use |Make a tensor of|Call `\w+`, the name since"


def test_what_takes_arguments_describes_them() -> None:
    missing = [
        name
        for name, value in OBJECTS.items()
        if {*arguments(value)} - {"args", "kwargs"}
        and not section(value.__doc__, "Args")
        and not name.startswith("torch.cuda.")  # their device is always the same
        and not re.match(SHORT, value.__doc__)
        and not issubclass(type(value), type(torch.autograd.Function))
        and value is not type(torch.autograd.Function)
    ]
    assert missing == []


def modules_with_shapes() -> list[str]:
    """Layers: modules that compute from tensors and hold or reshape them."""
    return [
        name
        for name, value in OBJECTS.items()
        if isinstance(value, type)
        and issubclass(value, nn.Module)
        and name.startswith("torch.nn.")
    ]


# They hold other modules and compute nothing of their own.
CONTAINERS = (nn.Sequential, nn.ModuleList, nn.ModuleDict, nn.ParameterList)
SHAPELESS = {nn.Module, nn.Container, nn.ParameterDict, *CONTAINERS}


def test_modules_say_their_shapes() -> None:
    missing = [
        name
        for name in modules_with_shapes()
        if OBJECTS[name] not in SHAPELESS
        and "Shape:" not in inspect.getdoc(OBJECTS[name])
    ]
    assert missing == []


# What has no short example: it changes the process, or is not built.
BARE = {
    "torch.TypedStorage",
    "torch.block_diag",
    "torch.cartesian_prod",
    "torch.cdist",
    "torch.chain_matmul",
    "torch.nn.modules.module.register_module_backward_hook",
    "torch.serialization.check_module_version_greater_or_equal",
    "torch.serialization.register_package",
    "torch.set_default_tensor_type",
    "torch.testing.assert_allclose",
    "torch.utils.cpp_extension.load",
    "torch.utils.hooks.BackwardHook",
}
# Names that need a GPU, a network of processes, or a program around them.
WITHOUT_EXAMPLE = re.compile(
    r"torch\.(cuda|accelerator|multiprocessing|distributed|types|utils\.data\.multi"
    r"|utils\.checkpoint|autograd\.(set_|graph\.set_))|.*(Error|Warning)$"
)


def test_what_takes_arguments_shows_an_example() -> None:
    """Classes and functions that a program calls, but for deprecated ones and those
    that say that they are not built."""
    missing = [
        name
        for name, value in OBJECTS.items()
        if name not in BARE
        and section(value.__doc__, "Args")
        and ">>>" not in value.__doc__
        and not WITHOUT_EXAMPLE.match(name)
        and not re.match(SHORT, value.__doc__)
    ]
    assert missing == []
