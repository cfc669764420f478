"""Tensors, automatic differentiation and neural networks, with PyTorch's API.

Functions on tensors are compiled (``torch._C._VariableFunctions``) and stand here under
their own names; subpackages such as ``torch.nn`` are loaded when they are first used.
"""

from __future__ import annotations

import importlib
import math
from typing import TYPE_CHECKING, Any

from torch.version import __version__ as __version__
from torch import _C
from torch._C import (
    Generator,
    Size,
    default_generator,
    device,
    dtype,
    finfo,
    iinfo,
    is_anomaly_check_nan_enabled,
    is_anomaly_enabled,
    is_grad_enabled,
    is_inference_mode_enabled,
    layout,
    memory_format,
    set_anomaly_enabled,
)
from torch._C import _OutOfMemoryError as OutOfMemoryError

if TYPE_CHECKING:
    from torch._C._VariableFunctions import *  # noqa: F403
    from torch._C._constants import *  # noqa: F403

e = math.e
inf = math.inf
nan = math.nan
newaxis = None
pi = math.pi

# Constants (torch.float32, torch.strided, ...) and functions (torch.add, ...).
for _name in dir(_C):
    if isinstance(getattr(_C, _name), (dtype, layout, memory_format)):
        globals()[_name] = getattr(_C, _name)
for _name in dir(_C._VariableFunctions):
    if not _name.startswith("__"):
        globals()[_name] = getattr(_C._VariableFunctions, _name)
del _name

from torch._tensor import Tensor

_C._set_tensor_class(Tensor)

from torch.storage import (
    TypedStorage,
    UntypedStorage,
    _make_legacy_classes,
    is_storage,
)

_C._set_storage_class(UntypedStorage)
_legacy_storages = _make_legacy_classes("torch")
globals().update(_legacy_storages)  # FloatStorage, ...
_storage_classes = {UntypedStorage, TypedStorage, *_legacy_storages.values()}

from torch import autograd, overrides, random, serialization
from torch._defaults import (
    are_deterministic_algorithms_enabled,
    get_default_device,
    get_deterministic_debug_mode,
    get_float32_matmul_precision,
    is_deterministic_algorithms_warn_only_enabled,
    is_warn_always_enabled,
    set_default_device,
    set_default_dtype,
    set_default_tensor_type,
    set_deterministic_debug_mode,
    set_float32_matmul_precision,
    set_flush_denormal,
    set_warn_always,
    use_deterministic_algorithms,
)
from torch._legacy_types import *  # noqa: F403
from torch._ops import ops
from torch._predicates import (
    is_complex,
    is_conj,
    is_floating_point,
    is_inference,
    is_neg,
    is_signed,
    is_tensor,
    numel,
    typename,
)
from torch._tensor_str import set_printoptions
from torch.autograd import enable_grad, inference_mode, no_grad, set_grad_enabled
from torch.functional import *  # noqa: F403
from torch.random import get_rng_state, initial_seed, manual_seed, seed, set_rng_state
from torch.serialization import load, save
from torch.utils.dlpack import from_dlpack, to_dlpack

# Loaded by __getattr__; every other submodule has to be imported by its name.
_LAZY_MODULES = {
    "__config__",
    "_guards",
    "accelerator",
    "amp",
    "backends",
    "cpu",
    "cuda",
    "distributed",
    "distributions",
    "fft",
    "fx",
    "jit",
    "library",
    "linalg",
    "multiprocessing",
    "nn",
    "onnx",
    "optim",
    "package",
    "profiler",
    "return_types",
    "sparse",
    "special",
    "testing",
    "types",
    "utils",
    "version",
    "xpu",
}
_LAZY_NAMES = {
    "autocast": "torch.amp",
    "compile": "torch._compile",
    "vmap": "torch.func",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY_MODULES:
        try:
            return importlib.import_module(f"torch.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"torch.{name}":
                raise
    elif name in _LAZY_NAMES:
        try:
            return getattr(importlib.import_module(_LAZY_NAMES[name]), name)
        except ModuleNotFoundError:
            pass
    raise AttributeError(f"module 'torch' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY_MODULES})


_PRIVATE = {"TYPE_CHECKING", "Any", "annotations", "importlib", "math"}
__all__ = [n for n in globals() if not n.startswith("_") and n not in _PRIVATE]
