"""CUDA on a machine that has a GPU: the same answers as the CPU, and the runtime.

Skipped elsewhere. Tests named *kernel* are those that compute-sanitizer runs.
"""

from __future__ import annotations

import copy
import io

import pytest

import torch

pytestmark = pytest.mark.skipif(
    not torch.cuda.is_available(), reason="needs a CUDA device"
)

SHAPES = [(), (0,), (1,), (7,), (3, 5), (2, 3, 4), (33, 65), (1000, 3)]
DTYPES = [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64]


def close(actual, expected):
    assert actual.device.type == "cuda"
    torch.testing.assert_close(actual.cpu(), expected, rtol=2e-3, atol=2e-3)


def numbers(shape, dtype=torch.float32):
    return (torch.randn(shape) * 3).to(dtype)


# --------------------------------------------------------------------- copies


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_copy_kernel_there_and_back(shape, dtype):
    x = numbers(shape, dtype)
    there = x.cuda()
    assert there.dtype == dtype and there.shape == x.shape and there.is_cuda
    assert torch.equal(there.cpu(), x)


@pytest.mark.parametrize("source", DTYPES)
@pytest.mark.parametrize("target", [*DTYPES, torch.bool, torch.int8, torch.complex64])
def test_copy_kernel_converts(source, target):
    x = numbers((33, 5), source)
    assert torch.equal(x.cuda().to(target).cpu(), x.to(target))


def test_copy_kernel_of_strided_tensors():
    x = numbers((40, 30))
    there = x.cuda()
    assert torch.equal(there.t().contiguous().cpu(), x.t().contiguous())
    assert torch.equal(there[::3, 1::2].cpu(), x[::3, 1::2])
    assert torch.equal(x.t().cuda().cpu(), x.t())
    target = torch.zeros(30, 40, device="cuda")
    target.t().copy_(x)
    assert torch.equal(target.cpu(), x.t())
    target[:, 0] = torch.arange(30.0)
    assert torch.equal(target[:, 0].cpu(), torch.arange(30.0))


@pytest.mark.parametrize("value", [0, 1.5, float("nan"), -3])
@pytest.mark.parametrize("shape", SHAPES)
def test_fill_kernel(shape, value):
    x = torch.full(shape, value, device="cuda")
    expected = torch.full(shape, value)
    torch.testing.assert_close(x.cpu(), expected, rtol=0, atol=0, equal_nan=True)
    assert torch.equal(x.zero_().cpu(), torch.zeros_like(expected))


def test_item_and_printing():
    x = torch.tensor([1.5, 2.5], device="cuda")
    assert x[1].item() == 2.5 and x.tolist() == [1.5, 2.5] and bool(x[0] == 1.5)
    assert repr(x) == "tensor([1.5000, 2.5000], device='cuda:0')"


def test_numpy_is_refused():
    with pytest.raises(TypeError) as raised:
        torch.ones(1, device="cuda").numpy()
    assert str(raised.value) == (
        "can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy "
        "the tensor to host memory first."
    )


def test_devices_do_not_mix():
    with pytest.raises(RuntimeError, match="Expected all tensors to be on the same"):
        torch.ones(2, device="cuda") + torch.ones(2)
    mixed = torch.ones(2, device="cuda") + torch.tensor(1.0)
    assert mixed.tolist() == [2.0, 2.0]


def test_saving_and_loading():
    stream = io.BytesIO()
    torch.save({"x": torch.arange(5.0, device="cuda")}, stream)
    stream.seek(0)
    assert torch.load(stream)["x"].device == torch.device("cuda:0")
    stream.seek(0)
    on_cpu = torch.load(stream, map_location="cpu")["x"]
    assert on_cpu.device.type == "cpu" and on_cpu.tolist() == [0, 1, 2, 3, 4]


# ----------------------------------------------------------------- arithmetic


@pytest.mark.parametrize("shape", [(5,), (33, 17), (4, 5, 6)])
@pytest.mark.parametrize(
    "call",
    [
        lambda x: x + 2 * x.exp().clamp(max=5),
        lambda x: torch.softmax(x, -1),
        lambda x: x.sum(),
        lambda x: x.mean(0),
        lambda x: x.cumsum(-1),
        lambda x: torch.sort(x, -1).values,
        lambda x: x[x > 0],
        lambda x: torch.cat([x, x]),
        lambda x: torch.where(x > 0, x, -x),
        lambda x: x.argmax(-1),
    ],
    ids="pointwise softmax sum mean cumsum sort mask cat where argmax".split(),
)
def test_operator_kernel(call, shape):
    x = numbers(shape)
    close(call(x.cuda()), call(x))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16])
@pytest.mark.parametrize("m, k, n", [(1, 1, 1), (17, 33, 5), (64, 64, 64), (3, 0, 2)])
def test_product_kernel(m, k, n, dtype):
    a, b = numbers((m, k)).div(4).to(dtype), numbers((k, n)).div(4).to(dtype)
    expected = (a.double() @ b.double()).to(dtype)
    close(a.cuda() @ b.cuda(), expected)
    close(a.t().contiguous().cuda().t() @ b.cuda(), expected)
    close(torch.bmm(a.cuda()[None], b.cuda()[None])[0], expected)


def test_product_kernel_of_integers_and_vectors():
    a = torch.arange(12).view(3, 4)
    close(a.cuda() @ a.t().contiguous().cuda(), a @ a.t())
    x, y = numbers(1000), numbers(1000)
    close(torch.dot(x.cuda(), y.cuda()), torch.dot(x, y))
    close(numbers((3, 1000)).cuda().zero_() @ y.cuda(), torch.zeros(3))


@pytest.mark.parametrize("cudnn", [True, False])
@pytest.mark.parametrize(
    "options",
    [{}, {"stride": 2, "padding": 1}, {"dilation": 2}, {"groups": 2}, {"bias": False}],
    ids=str,
)
def test_convolution_kernel(options, cudnn):
    layer = torch.nn.Conv2d(4, 6, 3, **options)
    there = copy.deepcopy(layer).cuda()
    x = numbers((3, 4, 11, 9)).requires_grad_()
    x_there = x.detach().cuda().requires_grad_()
    with torch.backends.cudnn.flags(enabled=cudnn, allow_tf32=False):
        y, y_there = layer(x), there(x_there)
        close(y_there, y)
        y.square().sum().backward()
        y_there.square().sum().backward()
    torch.testing.assert_close(x_there.grad.cpu(), x.grad, rtol=2e-3, atol=2e-2)
    for a, b in zip(there.parameters(), layer.parameters()):
        torch.testing.assert_close(a.grad.cpu(), b.grad, rtol=2e-3, atol=5e-2)


# ------------------------------------------------------------------- training


@pytest.mark.parametrize(
    "make",
    [
        lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, fused=True),
        lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.1, fused=True),
        lambda p: torch.optim.Adam(p, lr=0.01, fused=True),
        lambda p: torch.optim.Adam(p, lr=0.01, amsgrad=True, fused=True),
        lambda p: torch.optim.AdamW(p, lr=0.01, fused=True),
        lambda p: torch.optim.Adam(p, lr=0.01, fused=False),
    ],
    ids="sgd sgd-decay adam amsgrad adamw adam-plain".split(),
)
def test_optimizer_kernel(make):
    torch.manual_seed(3)
    model = torch.nn.Sequential(
        torch.nn.Linear(8, 40), torch.nn.ReLU(), torch.nn.Linear(40, 4)
    )
    there = copy.deepcopy(model).cuda()
    x, y = numbers((16, 8)), torch.randint(4, (16,))
    for net, device in ((model, "cpu"), (there, "cuda")):
        optimizer = make(net.parameters())
        for _ in range(5):
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(net(x.to(device)), y.to(device))
            loss.backward()
            optimizer.step()
    for a, b in zip(there.parameters(), model.parameters()):
        close(a, b.detach())


def test_gradients_follow_their_devices():
    x = torch.ones(3, requires_grad=True)
    (x.cuda() * 2).sum().cpu().backward()
    assert x.grad.device.type == "cpu" and x.grad.tolist() == [2.0, 2.0, 2.0]


# ------------------------------------------------------------- random numbers


def test_random_numbers_are_pytorchs():
    torch.manual_seed(0)
    first = torch.rand(5, device="cuda").cpu()
    expected = torch.tensor([0.3990, 0.5167, 0.0249, 0.9401, 0.9459])
    torch.testing.assert_close(first, expected, rtol=0, atol=5.1e-5)
    torch.manual_seed(42)
    first = torch.randn(5, device="cuda").cpu()
    expected = torch.tensor([0.1940, 2.1614, -0.1721, 0.8491, -1.9244])
    torch.testing.assert_close(first, expected, rtol=0, atol=5.1e-5)


def test_generator_states():
    torch.cuda.manual_seed(5)
    state = torch.cuda.get_rng_state()
    assert state.numel() == 16 and state.dtype == torch.uint8
    first = torch.rand(100, device="cuda")
    torch.cuda.set_rng_state(state)
    assert torch.equal(torch.rand(100, device="cuda"), first)
    g = torch.Generator("cuda").manual_seed(5)
    assert torch.equal(torch.rand(100, device="cuda", generator=g), first)
    assert g.get_offset() % 4 == 0 and g.get_offset() > 0


# -------------------------------------------------------------------- runtime


def test_memory_figures():
    torch.cuda.empty_cache()
    before = torch.cuda.memory_allocated()
    x = torch.empty(1000, device="cuda")
    assert torch.cuda.memory_allocated() - before == 4096
    assert torch.cuda.memory_reserved() >= 2 << 20
    del x
    assert torch.cuda.memory_allocated() == before
    assert "PyTorch CUDA memory summary" in torch.cuda.memory_summary()
    free, total = torch.cuda.mem_get_info()
    assert 0 < free <= total


def test_out_of_memory():
    with pytest.raises(torch.cuda.OutOfMemoryError, match="^CUDA out of memory. Tried"):
        torch.empty(1 << 50, dtype=torch.uint8, device="cuda")
    assert torch.ones(3, device="cuda").sum().item() == 3


def test_streams_and_events():
    side = torch.cuda.Stream()
    start = torch.cuda.Event(enable_timing=True)
    end = torch.cuda.Event(enable_timing=True)
    with torch.cuda.stream(side):
        assert torch.cuda.current_stream() == side
        start.record()
        x = torch.ones(1000, 1000, device="cuda") * 3
        end.record()
    torch.cuda.current_stream().wait_event(end)
    x.record_stream(torch.cuda.current_stream())
    assert x.sum().item() == 3e6
    end.synchronize()
    assert end.query() and start.elapsed_time(end) > 0
    assert torch.cuda.current_stream() == torch.cuda.default_stream()
    assert side.query() in (True, False) and repr(side).startswith("<torch.cuda.Stream")


def test_pinned_memory():
    x = torch.arange(1000.0).pin_memory()
    assert x.is_pinned() and x.pin_memory() is not None
    there = x.to("cuda", non_blocking=True)
    assert torch.equal(there.cpu(), torch.arange(1000.0))
    assert torch.empty(3, pin_memory=True).is_pinned()
    loader = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(x), batch_size=10, pin_memory=True
    )
    assert next(iter(loader))[0].is_pinned()


def test_properties():
    properties = torch.cuda.get_device_properties(0)
    assert properties.total_memory > 0 and properties.name
    assert torch.cuda.get_device_capability() == (properties.major, properties.minor)
    with pytest.raises(AssertionError, match="^Invalid device id$"):
        torch.cuda.get_device_properties(1000)


def test_unknown_device_is_an_accelerator_error():
    with pytest.raises(torch.AcceleratorError, match="^CUDA error: invalid device"):
        torch.ones(1, device="cuda:63")
    assert torch.ones(1, device="cuda").item() == 1
