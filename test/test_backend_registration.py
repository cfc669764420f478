"""torch.utils.backend_registration: the name, module and methods of a device.

The name is a property of the process, so each case runs in one of its own; what
PyTorch prints is expected.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

START = "import torch, types\ntorch.utils.rename_privateuse1_backend('toy')\n"


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    return done.stdout + done.stderr.strip().rpartition("\n")[2]


def test_name_is_a_device() -> None:
    assert run(START + "print(torch.device('toy:1'))") == "toy:1\n"


def test_same_name_twice() -> None:
    again = "torch.utils.rename_privateuse1_backend('toy')"
    assert run(START + again) == ""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "'other'",
            "torch.register_privateuse1_backend() has already been set! Current"
            " backend: toy",
        ),
        (5, "_rename_privateuse1_backend expects a str, but got int"),
    ],
)
def test_second_name_is_refused(name: object, text: str) -> None:
    second = f"torch.utils.rename_privateuse1_backend({name})"
    assert run(START + second) == f"RuntimeError: {text}"


@pytest.mark.parametrize("name", ["cpu", "cuda", "mps", "xpu"])
def test_name_of_a_device_of_the_tree_is_refused(name: str) -> None:
    text = f"Cannot register privateuse1 backend with in-tree device name: {name}"
    code = f"import torch; torch.utils.rename_privateuse1_backend('{name}')"
    assert run(code) == f"RuntimeError: {text}"


def test_module_of_the_device() -> None:
    code = "m = types.SimpleNamespace(); torch._register_device_module('toy', m)\n"
    assert run(START + code + "print(torch.toy is m)") == "True\n"


def test_second_module_is_refused() -> None:
    code = "torch._register_device_module('toy', 5);" * 2
    text = "The runtime module of 'toy' has already been registered with '5'"
    assert run(START + code) == f"RuntimeError: {text}"


METHODS = START + "torch.utils.generate_methods_for_privateuse1_backend()\n"


def test_methods_are_added() -> None:
    code = "print(torch.ones(1).is_toy, hasattr(torch.nn.Module, 'toy'))"
    assert run(METHODS + code) == "False True\n"


def test_methods_twice_are_refused() -> None:
    text = (
        "The custom device module of <class 'torch.Tensor'> has already been"
        " registered with is_toy"
    )
    again = "torch.utils.generate_methods_for_privateuse1_backend()"
    assert run(METHODS + again) == f"RuntimeError: {text}"


@pytest.mark.parametrize("device", ["'cpu'", "torch.device('cpu')"])
def test_another_device_is_refused(device: str) -> None:
    text = "RuntimeError: Invalid device, must be toy device"
    assert run(METHODS + f"torch.ones(2).toy({device})") == text
