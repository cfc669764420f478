"""What the package shows: every name that dir() lists is there."""

from __future__ import annotations

import importlib

import pytest

import torch

MODULES = [
    "torch",
    "torch.accelerator",
    "torch.autograd",
    "torch.backends",
    "torch.cuda",
    "torch.linalg",
    "torch.nn",
    "torch.nn.functional",
    "torch.optim",
    "torch.special",
    "torch.utils",
]


@pytest.mark.parametrize("name", MODULES)
def test_every_listed_name_is_there(name):
    module = importlib.import_module(name)
    missing = [n for n in dir(module) if not hasattr(module, n)]
    assert missing == []


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_is_there(name):
    module = importlib.import_module(name)
    missing = [n for n in getattr(module, "__all__", ()) if not hasattr(module, n)]
    assert missing == []


def test_unknown_name_is_refused():
    with pytest.raises(AttributeError) as caught:
        torch.no_such_name
    assert str(caught.value) == "module 'torch' has no attribute 'no_such_name'"


@pytest.fixture
def without_device():
    if torch.accelerator.is_available():
        pytest.skip("this machine has an accelerator")


def test_accelerator_is_absent(without_device):
    assert torch.accelerator.device_count() == 0
    assert torch.accelerator.current_accelerator(check_available=True) is None
    torch.accelerator.set_device_index(-1)
    with torch.accelerator.device_index(None):
        pass


@pytest.mark.parametrize(
    "call",
    [
        lambda: torch.accelerator.current_device_index(),
        lambda: torch.accelerator.set_device_index(0),
        lambda: torch.accelerator.current_stream(),
        lambda: torch.accelerator.synchronize(),
        lambda: torch.accelerator.empty_cache(),
        lambda: torch.accelerator.memory_allocated(),
        lambda: torch.accelerator.max_memory_allocated(),
        lambda: torch.accelerator.memory_reserved(),
        lambda: torch.accelerator.max_memory_reserved(),
        lambda: torch.accelerator.memory_stats(),
        lambda: torch.accelerator.device_index(0).__enter__(),
    ],
)
def test_accelerator_that_is_absent_is_refused(without_device, call):
    with pytest.raises(RuntimeError) as caught:
        call()
    assert (
        str(caught.value) == "Cannot access accelerator device when none is available."
    )


def test_other_devices_are_no_accelerator():
    with pytest.raises(RuntimeError, match="^Accelerator expected$"):
        torch.accelerator.set_device_index("cpu")
