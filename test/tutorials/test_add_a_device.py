"""docs/tutorials/add_a_device.md: built against the installed headers, and run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tutorial import FreshReader, Step, steps

import torch

NAME = "add_a_device.md"
PACKAGE = Path(torch.__file__).resolve().parent

# Calls of every kind that falls back: what the device gives equals the CPU's.
CALLS = """
import torch.nn.functional as F

def calls(d):
    torch.manual_seed(0)
    a, b = torch.randn(3, 4).to(d), torch.randn(4, 3).to(d)
    i = torch.tensor([2, 0]).to(d)
    yield "number", a + 1, 2 / a, a ** 2
    yield "broadcast", a * a[0], a[:, :1] - a
    yield "promotion", a + i[0], a.double() + a
    yield "half", a.half() * 2, a.bfloat16().sum()
    yield "matrix", a @ b, F.linear(a, a)
    yield "strided", a.t().relu(), a[::2, 1:].relu(), a.t() @ b.t()
    yield "reduce", a.sum(), a.mean(1), a.max(1)[0], a.argmin()
    yield "in place", a.clone().add_(1), a.clone().t().mul_(a.t()), a.clone().zero_()
    yield "part", a.clone()[1:].fill_(7), a.clone().t_()
    yield "out", torch.add(a, a, out=torch.empty(3, 4, device=d))
    yield "resized out", torch.mm(a, b, out=torch.empty(0, device=d))
    yield "list", torch.cat([a, a]), torch.stack([a, a], 1)
    yield "several", *torch.topk(a, 2), *a.split(2, 1)
    yield "index", a[i], a[:, i], a.index_select(0, i), a[a > 0]
    yield "write", a.clone().index_fill_(0, i, 3.0), a.clone().masked_fill_(a > 0, 0)
    yield "factory", torch.zeros(2, device=d), torch.arange(3, device=d)
    yield "like", torch.ones_like(a), a.new_full((2,), 5.0)
    yield "empty", torch.empty(0, 3, device=d).sum(0), a[:0] + a[:0]
    yield "loss", F.cross_entropy(a, torch.tensor([0, 1, 2]).to(d))

for (name, *on_toy), (_, *on_cpu) in zip(calls("toy"), calls("cpu")):
    for x, y in zip(on_toy, on_cpu):
        same = torch.equal(x.cpu(), y) and x.dtype == y.dtype
        print(end="" if same and x.device.type == "toy" else name + " differs ")
"""


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> FreshReader:
    pytest.importorskip("setuptools")
    if shutil.which("c++") is None or not (PACKAGE / "include").exists():
        pytest.skip("needs a compiler and the installed headers")
    return FreshReader(tmp_path_factory.mktemp("device"), PACKAGE.parent)


def test_following_the_tutorial(reader: FreshReader) -> None:
    for step in steps(NAME):
        reader.follow(step)


def test_fallback_equals_the_cpu(reader: FreshReader) -> None:
    """In the device that the test above has built."""
    reader.follow(Step("calls", 0, "python", CALLS, ""))
    assert reader.printed == ""


def test_the_device_takes_at_most_150_lines() -> None:
    text = "".join(step.text for step in steps(NAME) if step.language == "cpp")
    assert 100 < text.count("\n") <= 150
