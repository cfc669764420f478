"""torch.cuda on a machine without a GPU: texts, signatures, lazy start.

The first part holds in a build with and without CUDA; what is different says so.
"""

from __future__ import annotations

import collections
import inspect
import subprocess
import sys
import warnings

import numpy as np
import pytest

import torch
from torch._tensor import _typestr, _wait_for_consumer

COMPILED = torch.cuda._is_compiled()
without_gpu = pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")

NOT_COMPILED = "Torch not compiled with CUDA enabled"
NO_DRIVER = (
    "Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU "
    "and installed a driver from http://www.nvidia.com/Download/index.aspx"
)


def assert_refused(call):
    """No device: PyTorch's exception and text, for this build."""
    kind = RuntimeError if COMPILED else AssertionError
    texts = (NO_DRIVER, "No CUDA GPUs are available") if COMPILED else (NOT_COMPILED,)
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value) in texts


# ----------------------------------------------------------- without a device

NEED_A_DEVICE = {
    "factory": lambda: torch.ones(1, device="cuda"),
    "factory with index": lambda: torch.empty(2, device="cuda:0"),
    "tensor": lambda: torch.tensor([1.0], device="cuda"),
    "to": lambda: torch.ones(1).to("cuda"),
    "to with index": lambda: torch.ones(1).to("cuda:0"),
    "cuda": lambda: torch.ones(1).cuda(),
    "module": lambda: torch.nn.Linear(2, 2).cuda(),
    "init": torch.cuda.init,
    "current_device": torch.cuda.current_device,
    "set_device": lambda: torch.cuda.set_device(0),
    "synchronize": torch.cuda.synchronize,
    "current_stream": torch.cuda.current_stream,
    "default_stream": torch.cuda.default_stream,
    "external stream": lambda: torch.cuda.get_stream_from_external(0),
    "name": torch.cuda.get_device_name,
    "capability": torch.cuda.get_device_capability,
    "properties": lambda: torch.cuda.get_device_properties(0),
    "peer": lambda: torch.cuda.can_device_access_peer(0, 1),
    "mem_get_info": torch.cuda.mem_get_info,
    "fraction": lambda: torch.cuda.set_per_process_memory_fraction(0.5),
    "reset_peak": torch.cuda.reset_peak_memory_stats,
    "get_rng_state": torch.cuda.get_rng_state,
    "initial_seed": torch.cuda.initial_seed,
    "ipc_collect": torch.cuda.ipc_collect,
}


@without_gpu
@pytest.mark.parametrize("name", NEED_A_DEVICE)
def test_what_needs_a_device_refuses(name):
    assert_refused(NEED_A_DEVICE[name])


@without_gpu
def test_questions_are_answered():
    assert torch.cuda.is_available() is False
    assert torch.cuda.is_initialized() is False
    assert torch.cuda.device_count() == 0
    assert torch.cuda.is_bf16_supported() is False
    assert torch.cuda.is_tf32_supported() is False
    assert torch.cuda.default_generators == ()
    assert torch.cuda.get_rng_state_all() == []
    assert torch.cuda.get_arch_list() == []
    assert torch.cuda.get_gencode_flags() == ""
    assert torch.backends.cudnn.version() is None
    assert torch.backends.cudnn.is_available() is False
    assert torch.backends.cuda.is_built() == (torch.version.cuda is not None)


@without_gpu
def test_memory_figures_are_zero():
    assert torch.cuda.memory_allocated() == 0
    assert torch.cuda.max_memory_allocated() == 0
    assert torch.cuda.memory_reserved() == 0
    assert torch.cuda.max_memory_reserved() == 0
    assert torch.cuda.memory_stats() == {}
    assert torch.cuda.empty_cache() is None


@without_gpu
def test_a_device_below_zero_does_nothing():
    with torch.cuda.device(-1):
        pass
    torch.cuda.set_device(-1)
    assert torch.cuda.device(None).idx is None
    with torch.cuda.device_of(torch.ones(1)) as entered:
        assert entered is None


@without_gpu
def test_an_integer_is_no_device_without_one():
    with pytest.raises(RuntimeError) as raised:
        torch.ones(1).to(0)
    text = "Cannot access accelerator device when none is available."
    assert str(raised.value) == text


@without_gpu
def test_a_generator_needs_the_library():
    if COMPILED:
        assert torch.cuda.device_count() == 0  # loads the library
        return
    with pytest.raises(RuntimeError, match="^Cannot get CUDA generator without "):
        torch.Generator("cuda")


def test_meta_has_no_generator():
    with pytest.raises(RuntimeError, match="^META device type not an accelerator.$"):
        torch.Generator("meta")


@pytest.mark.skipif(COMPILED, reason="a build with CUDA")
@pytest.mark.parametrize(
    "call, text",
    [
        (torch.cuda.Stream, "torch.cuda.Stream requires CUDA support"),
        (torch.cuda.Event, "Tried to instantiate dummy base class Event"),
        (torch.cuda.CUDAGraph, "Tried to instantiate dummy base class CUDAGraph"),
    ],
)
def test_streams_need_cuda_support(call, text):
    with pytest.raises(RuntimeError) as raised:
        call()
    assert str(raised.value) == text


@pytest.mark.skipif(not COMPILED, reason="a build without CUDA")
def test_graphs_are_not_built():
    with pytest.raises(NotImplementedError):
        torch.cuda.CUDAGraph()


def test_nvtx_is_missing():
    with pytest.raises(RuntimeError, match="^NVTX functions not installed."):
        torch.cuda.nvtx.range_push("a")


# -------------------------------------------------------------- pinned memory


@without_gpu
def test_nothing_is_pinned():
    assert torch.ones(2).is_pinned() is False
    with pytest.raises(RuntimeError) as raised:
        torch.ones(2).pin_memory()
    text = "Cannot access accelerator device when none is available."
    assert str(raised.value) == text


@pytest.mark.skipif(COMPILED, reason="a build with CUDA")
@pytest.mark.parametrize(
    "make",
    [
        lambda: torch.empty(1, pin_memory=True),
        lambda: torch.zeros(2, 2, pin_memory=True),
        lambda: torch.tensor([1], pin_memory=True),
        lambda: torch.empty_strided((2, 2), (1, 2), pin_memory=True),
    ],
)
def test_factories_cannot_pin(make):
    with pytest.raises(RuntimeError) as raised:
        make()
    assert str(raised.value) == (
        "pin_memory=True requires a CUDA or other accelerator backend; no pinned "
        "memory allocator is available on this system."
    )


def test_record_stream_wants_a_stream():
    with pytest.raises(RuntimeError, match="^unknown parameter type$"):
        torch.ones(1).record_stream(None)


# ---------------------------------------------------------------- lazy start


def test_import_and_seeds_do_not_load_the_library():
    code = (
        "import torch\n"
        "torch.manual_seed(1); torch.cuda.manual_seed(2); torch.cuda.seed_all()\n"
        "assert not torch._C._cuda_isLoaded()\n"
        "assert not torch.cuda.is_initialized()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_waiting_seeds_replace_each_other():
    from torch.cuda import _runtime

    if torch.cuda.is_initialized():
        pytest.skip("CUDA has been started: nothing waits")
    before = list(_runtime._queue)
    try:
        for seed in range(5):
            torch.cuda.manual_seed_all(seed)
        waiting = [entry for entry in _runtime._queue if entry[1] == "seed_all"]
        assert len(waiting) == 1
    finally:
        _runtime._queue[:] = before


def test_waiting_calls_run_in_order_and_tell_where_they_came_from():
    from torch.cuda import _runtime

    if torch.cuda.is_initialized():
        pytest.skip("CUDA has been started: nothing waits")
    before, done = list(_runtime._queue), []

    def fails():
        raise ValueError("boom")

    try:
        _runtime._queue[:] = []
        torch.cuda._lazy_call(lambda: done.append(1))
        torch.cuda._lazy_call(lambda: done.append(2))
        torch.cuda._lazy_call(fails)
        with pytest.raises(torch.cuda.DeferredCudaCallError) as raised:
            _runtime._run_queue()
        assert done == [1, 2]
        text = str(raised.value)
        start = "CUDA call failed lazily at initialization with error: boom\n\n"
        assert text.startswith(start) and "test_waiting_calls" in text
    finally:
        _runtime._queue[:] = before


# ------------------------------------------------------------------- switches


def test_tf32_switches_agree():
    matmul = torch.backends.cuda.matmul
    assert matmul.allow_tf32 is False and matmul.fp32_precision == "none"
    try:
        torch.set_float32_matmul_precision("high")
        assert matmul.allow_tf32 is True and matmul.fp32_precision == "tf32"
        matmul.allow_tf32 = False
        assert torch.get_float32_matmul_precision() == "highest"
        matmul.allow_tf32 = True
        assert torch.get_float32_matmul_precision() == "high"
    finally:
        torch.set_float32_matmul_precision("highest")


def test_cudnn_switches_are_remembered():
    cudnn = torch.backends.cudnn
    assert (cudnn.enabled, cudnn.benchmark, cudnn.allow_tf32) == (True, False, True)
    with cudnn.flags(enabled=False, benchmark=True, deterministic=True):
        assert (cudnn.enabled, cudnn.benchmark) == (False, True)
        assert torch._C._cuda_getSetting("cudnn.deterministic")
    assert (cudnn.enabled, cudnn.deterministic) == (True, False)


def test_unknown_matmul_switch_is_refused():
    with pytest.raises(AttributeError, match="^Unknown attribute allow_tf23$"):
        torch.backends.cuda.matmul.allow_tf23 = True


# ----------------------------------------------------------------- signatures


@pytest.mark.parametrize(
    "name, parameters",
    {
        "Event": ["enable_timing", "blocking", "interprocess", "external"],
        "Stream": ["device", "priority", "kwargs"],
        "device": ["device"],
        "get_rng_state": ["device"],
        "set_rng_state": ["new_state", "device"],
        "memory_summary": ["device", "abbreviated"],
        "is_bf16_supported": ["including_emulation"],
        "set_per_process_memory_fraction": ["fraction", "device"],
        "get_stream_from_external": ["data_ptr", "device"],
        "can_device_access_peer": ["device", "peer_device"],
    }.items(),
)
def test_signatures_are_pytorchs(name, parameters):
    target = getattr(torch.cuda, name)
    assert list(inspect.signature(target).parameters) == parameters


def test_all_names_exist():
    assert all(hasattr(torch.cuda, name) for name in torch.cuda.__all__)


def test_errors_are_runtime_errors():
    assert torch.cuda.OutOfMemoryError is torch.OutOfMemoryError
    assert issubclass(torch.OutOfMemoryError, RuntimeError)
    assert torch.OutOfMemoryError.__module__ == "torch"
    assert issubclass(torch.AcceleratorError, RuntimeError)
    assert repr(torch.AcceleratorError("x")) == "AcceleratorError('x')"


# -------------------------------------------------------------------- summary


def test_memory_summary_lays_out_the_figures(monkeypatch):
    from torch.cuda import memory

    stats = {"num_ooms": 1, "num_alloc_retries": 2}
    kinds = [key for key, _ in memory._BYTES + memory._COUNTS]
    for kind in kinds:
        for pool in ("all", "large_pool", "small_pool"):
            for i, column in enumerate(("current", "peak", "allocated", "freed")):
                stats[f"{kind}.{pool}.{column}"] = (i + 1) << 20
    for kind in ("oversize_allocations", "oversize_segments"):
        for column in ("current", "peak", "allocated", "freed"):
            stats[f"{kind}.{column}"] = 0
    monkeypatch.setattr(memory, "memory_stats", lambda device: stats)
    lines = memory.memory_summary(3).splitlines()
    assert all(len(line) == 77 for line in lines)
    assert lines[1].split() == ("| PyTorch CUDA memory summary, device ID 3 |".split())
    assert "CUDA OOMs: 1" in lines[3] and "cudaMalloc retries: 2" in lines[3]
    assert lines[7] == (
        "| Allocated memory      |   1024 KiB |   2048 KiB |   3072 KiB |   4096 KiB |"
    )
    assert lines[8].startswith("|       from large pool |")
    assert lines[27] == (
        "| Allocations           |    1048 K  |    2097 K  |    3145 K  |    4194 K  |"
    )
    short = memory.memory_summary(0, abbreviated=True)
    assert "from large pool" not in short and short.endswith("|\n")


# ----------------------------------------------- what needs no device to be right


@pytest.mark.parametrize("name", ["bool", "uint8", "int16", "float16", "complex64"])
def test_array_interface_names_dtypes_as_numpy_does(name):
    assert _typestr(getattr(torch, name)) == np.dtype(name).str


def test_array_interface_of_bfloat16_is_two_bytes_of_nothing_known():
    assert _typestr(torch.bfloat16) == "<V2"


class Waited(list):
    """Stands in for streams and events of torch.cuda and notes what waits."""

    def install(self, patch: pytest.MonkeyPatch, current: str) -> None:
        log = self
        stream = collections.namedtuple("Stream", ["name", "wait_event"])

        class Event:
            def record(self, on: object) -> None:
                log.append(("record", on.name))

        def make(name: str) -> object:
            return stream(name, log.append)

        default = make("default")
        patch.setattr(torch.cuda, "current_device", lambda: 0)
        patch.setattr(torch.cuda, "default_stream", lambda: default)
        chosen = default if current == "default" else make(current)
        patch.setattr(torch.cuda, "current_stream", lambda: chosen)
        patch.setattr(torch.cuda, "ExternalStream", lambda n: make(f"external {n}"))
        patch.setattr(torch.cuda, "Event", Event)


@pytest.mark.parametrize(
    ("current", "stream", "recorded"),
    [
        ("default", None, []),
        ("default", 1, []),
        ("default", -1, []),
        ("side", None, ["side"]),
        ("side", 7, ["side"]),
    ],
)
def test_dlpack_consumer_waits_for_our_stream(monkeypatch, current, stream, recorded):
    log = Waited()
    log.install(monkeypatch, current)
    _wait_for_consumer(torch.device("cuda:0"), stream)
    assert [entry[1] for entry in log if isinstance(entry, tuple)] == recorded
    # The consumer's stream waits for just that event.
    assert len(log) == 2 * len(recorded)


def test_dlpack_refuses_streams_as_the_protocol_says(monkeypatch):
    Waited().install(monkeypatch, "default")
    with pytest.raises(BufferError, match="^per-thread default stream"):
        _wait_for_consumer(torch.device("cuda:0"), 2)
    with pytest.raises(AssertionError, match="^unsupported stream on CUDA: 0.$"):
        _wait_for_consumer(torch.device("cuda:0"), 0)
    with pytest.raises(BufferError, match="Expected: 1. Current device: 0.$"):
        _wait_for_consumer(torch.device("cuda:1"), None)


@without_gpu
def test_accelerator_takes_no_other_device():
    with pytest.raises(RuntimeError, match="^Accelerator expected$"):
        torch.accelerator.set_device_index("cpu")
    none = "^Cannot access accelerator device when none is available.$"
    torch.accelerator.set_device_index(-1)  # leaves things as they are
    with torch.accelerator.device_index(None):
        with pytest.raises(RuntimeError, match=none):
            torch.accelerator.set_device_index(0)
    with pytest.raises(RuntimeError, match=none), torch.accelerator.device_index(0):
        pass


def test_forking_many_devices_warns_once(monkeypatch):
    monkeypatch.setattr(torch.random, "_warned_of_many_devices", False)
    warn = torch.random._warn_of_many_devices
    with pytest.warns(UserWarning, match="^CUDA reports that you have 3 available"):
        warn("cuda", 3, "torch.random.fork_rng", "devices")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn("cuda", 3, "torch.random.fork_rng", "devices")


def test_there_is_no_generator_of_a_loader_outside_its_workers():
    assert torch.random.thread_safe_generator() is None
