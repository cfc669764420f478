"""Tensors, automatic differentiation and neural networks, with PyTorch's API.

Functions on tensors are compiled (``torch._C._VariableFunctions``) and stand here under
their own names; subpackages such as ``torch.nn`` are loaded when they are first used.
"""

from __future__ import annotations

import importlib
import math
from typing import TYPE_CHECKING, Any

try:
    from torch.version import __version__ as __version__
except ModuleNotFoundError:
    raise ImportError(
        "this torch is a folder of sources that were not built. Leave the folder "
        "that holds it to use an installed torch, or build it: make develop"
    ) from None
from torch import _C

# `x as x` tells type checkers that x is for users, not for this file.
from torch._C import (
    AcceleratorError as AcceleratorError,
    Generator as Generator,
    OutOfMemoryError as OutOfMemoryError,
    Size as Size,
    default_generator as default_generator,
    device as device,
    dtype as dtype,
    finfo as finfo,
    iinfo as iinfo,
    is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled,
    is_anomaly_enabled as is_anomaly_enabled,
    is_grad_enabled as is_grad_enabled,
    is_inference_mode_enabled as is_inference_mode_enabled,
    layout as layout,
    memory_format as memory_format,
    set_anomaly_enabled as set_anomaly_enabled,
)

if TYPE_CHECKING:
    # Of two definitions the first counts: torch.functional covers compiled ones.
    from torch.functional import *  # noqa: F403
    from torch._C._VariableFunctions import *  # type: ignore[assignment]  # noqa: F403
    from torch._C._constants import *  # noqa: F403
    from torch._C._legacy import *  # noqa: F403

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
    if not _name.startswith("__") and _name != "unique_dim":  # unique() calls that
        globals()[_name] = getattr(_C._VariableFunctions, _name)
del _name

from torch._tensor import Tensor as Tensor

_C._set_tensor_class(Tensor)

from torch.storage import (
    TypedStorage as TypedStorage,
    UntypedStorage as UntypedStorage,
    _make_legacy_classes,
    is_storage as is_storage,
)

_C._set_storage_class(UntypedStorage)
_legacy_storages = _make_legacy_classes("torch")
globals().update(_legacy_storages)  # FloatStorage, ...
_storage_classes = {UntypedStorage, TypedStorage, *_legacy_storages.values()}

from torch import (
    autograd as autograd,
    overrides as overrides,
    random as random,
    serialization as serialization,
)
from torch._defaults import *  # noqa: F403
from torch._legacy_types import *  # noqa: F403
from torch._ops import ops as ops
from torch._predicates import *  # noqa: F403
from torch._tensor_str import set_printoptions as set_printoptions
from torch.autograd import (
    enable_grad as enable_grad,
    inference_mode as inference_mode,
    no_grad as no_grad,
    set_grad_enabled as set_grad_enabled,
)
from torch.functional import *  # noqa: F403
from torch.random import (
    get_rng_state as get_rng_state,
    initial_seed as initial_seed,
    manual_seed as manual_seed,
    seed as seed,
    set_rng_state as set_rng_state,
)
from torch.serialization import load as load, save as save
from torch.utils.dlpack import from_dlpack as from_dlpack, to_dlpack as to_dlpack

# Loaded by __getattr__; every other submodule has to be imported by its name.
_LAZY_MODULES = (
    "__config__",
    "accelerator",
    "backends",
    "cuda",
    "library",
    "linalg",
    "multiprocessing",
    "nn",
    "optim",
    "return_types",
    "special",
    "testing",
    "types",
    "utils",
)

# Functions of torch.nn.functional that PyTorch shows here, too.
_LAZY_FUNCTIONS = (
    "cosine_similarity",
    "group_norm",
    "pairwise_distance",
    "pixel_shuffle",
    "pixel_unshuffle",
)

if TYPE_CHECKING:
    from torch import (
        __config__ as __config__,
        accelerator as accelerator,
        backends as backends,
        cuda as cuda,
        library as library,
        linalg as linalg,
        multiprocessing as multiprocessing,
        nn as nn,
        optim as optim,
        return_types as return_types,
        special as special,
        testing as testing,
        types as types,
        utils as utils,
        version as version,
    )
    from torch.nn.functional import (
        cosine_similarity as cosine_similarity,
        group_norm as group_norm,
        pairwise_distance as pairwise_distance,
        pixel_shuffle as pixel_shuffle,
        pixel_unshuffle as pixel_unshuffle,
    )
else:
    # A type checker would take any name for one that this function knows.
    def __getattr__(name: str) -> Any:
        if name in _LAZY_MODULES:
            return importlib.import_module(f"torch.{name}")
        if name in _LAZY_FUNCTIONS:
            return getattr(importlib.import_module("torch.nn.functional"), name)
        if name == "_register_device_module":
            home = importlib.import_module("torch.utils.backend_registration")
            return home._register_device_module
        raise AttributeError(f"module 'torch' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY_MODULES, *_LAZY_FUNCTIONS})


_PRIVATE = {"TYPE_CHECKING", "Any", "annotations", "importlib", "math"}
__all__ = [n for n in globals() if not n.startswith("_") and n not in _PRIVATE]
