"""Process-wide defaults: dtype, device, determinism, precision of products."""

from __future__ import annotations

import threading
import warnings
from typing import Any

import torch
from torch import _C

__all__ = [
    "are_deterministic_algorithms_enabled",
    "get_default_device",
    "get_deterministic_debug_mode",
    "get_float32_matmul_precision",
    "is_deterministic_algorithms_warn_only_enabled",
    "is_warn_always_enabled",
    "set_default_device",
    "set_default_dtype",
    "set_default_tensor_type",
    "set_deterministic_debug_mode",
    "set_float32_matmul_precision",
    "set_flush_denormal",
    "set_warn_always",
    "use_deterministic_algorithms",
]

_state = threading.local()
_deterministic = {"enabled": False, "warn_only": False, "warn_always": False}
_matmul_precision = "highest"


def set_default_dtype(d: torch.dtype, /) -> None:
    """Set the dtype of tensors made from Python floats.

    Args:
        d: a floating dtype.

    Raises:
        TypeError: another dtype.

    Example:
        >>> torch.set_default_dtype(torch.float64)
        >>> torch.tensor(1.5).dtype
        torch.float64
        >>> torch.set_default_dtype(torch.float32)
    """
    _C._set_default_dtype(d)


def set_default_tensor_type(t: Any, /) -> None:
    """Set the default dtype by an old class name; use `set_default_dtype`.

    Args:
        t: a class such as ``torch.DoubleTensor``, or its name.
    """
    name = t if isinstance(t, str) else f"{t.__module__}.{t.__name__}"
    if name == "torch.Tensor":
        return
    module, _, class_name = name.rpartition(".")
    if isinstance(t, str) and module == "torch":
        getattr(torch, class_name)  # raises for a name that is not there
    dtypes = torch._legacy_types._DTYPES
    dtype = dtypes.get(class_name[: -len("Tensor")])
    if module not in ("torch", "torch.cuda") or dtype is None:
        raise TypeError(f"invalid type object: {name}")
    warnings.warn(
        "torch.set_default_tensor_type() is deprecated as of PyTorch 2.1, please use "
        "torch.set_default_dtype() and torch.set_default_device() as alternatives.",
        stacklevel=2,
    )
    set_default_dtype(dtype)
    if module == "torch.cuda":
        set_default_device("cuda")


# ------------------------------------------------------------------ device


def get_default_device() -> torch.device:
    """Return the device on which factories make tensors.

    Example:
        >>> torch.get_default_device()
        device(type='cpu')
    """
    from torch.overrides import _get_current_function_mode_stack
    from torch.utils._device import DeviceContext

    for mode in reversed(_get_current_function_mode_stack()):
        if isinstance(mode, DeviceContext):
            return mode.device
    return torch.device("cpu")


def set_default_device(device: Any) -> None:
    """Set the device on which factories such as `torch.zeros` make tensors.

    Args:
        device: a device, or None for the built-in default.

    Example:
        >>> torch.set_default_device("meta")
        >>> torch.empty(2).device
        device(type='meta')
        >>> torch.set_default_device(None)
    """
    previous = getattr(_state, "device_context", None)
    if previous is not None:
        previous.__exit__(None, None, None)
    _state.device_context = None
    if device is not None:
        from torch.utils._device import DeviceContext

        _state.device_context = DeviceContext(torch.device(device))
        _state.device_context.__enter__()


# ------------------------------------------------------------------ determinism


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Ask for algorithms that give the same result every time.

    Args:
        mode: whether to ask. CPU kernels here are always deterministic.
        warn_only: warn instead of raising where there is no such algorithm.

    Example:
        >>> torch.use_deterministic_algorithms(True)
        >>> torch.are_deterministic_algorithms_enabled()
        True
        >>> torch.use_deterministic_algorithms(False)
    """
    if not isinstance(mode, bool):
        raise TypeError(
            "_set_deterministic_algorithms(): argument 'mode' (position 1) must be "
            f"bool, not {type(mode).__name__}"
        )
    _deterministic.update(enabled=mode, warn_only=warn_only)


def are_deterministic_algorithms_enabled() -> bool:
    """Say whether deterministic algorithms were asked for.

    Example:
        >>> torch.are_deterministic_algorithms_enabled()
        False
    """
    return _deterministic["enabled"]


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """Say whether a missing deterministic algorithm only warns.

    Example:
        >>> torch.is_deterministic_algorithms_warn_only_enabled()
        False
    """
    return _deterministic["warn_only"]


def set_deterministic_debug_mode(debug_mode: int | str) -> None:
    """Set determinism by level.

    Args:
        debug_mode: ``"default"`` or 0, ``"warn"`` or 1, ``"error"`` or 2.

    Example:
        >>> torch.set_deterministic_debug_mode("warn")
        >>> torch.get_deterministic_debug_mode()
        1
        >>> torch.set_deterministic_debug_mode("default")
    """
    if not isinstance(debug_mode, (int, str)):
        raise TypeError(f"debug_mode must be str or int, but got {type(debug_mode)}")
    levels: dict[Any, int] = {"default": 0, "warn": 1, "error": 2}
    level = levels.get(debug_mode, debug_mode)
    if isinstance(level, str):
        raise RuntimeError(
            f"invalid value of debug_mode, expected one of `default`, `warn`, `error`, "
            f"but got {debug_mode}"
        )
    if level not in (0, 1, 2):
        raise RuntimeError(
            f"invalid value of debug_mode, expected 0, 1, or 2, but got {debug_mode}"
        )
    _deterministic.update(enabled=level > 0, warn_only=level == 1)


def get_deterministic_debug_mode() -> int:
    """Return the level of `set_deterministic_debug_mode`.

    Example:
        >>> torch.get_deterministic_debug_mode()
        0
    """
    if not _deterministic["enabled"]:
        return 0
    return 1 if _deterministic["warn_only"] else 2


# ------------------------------------------------------------------ precision, warnings


def get_float32_matmul_precision() -> str:
    """Return how exactly float32 products are computed: ``"highest"`` by default.

    Example:
        >>> torch.get_float32_matmul_precision()
        'highest'
    """
    if not torch._C._cuda_getSetting("matmul.allow_tf32"):
        return "highest"
    return "high" if _matmul_precision == "highest" else _matmul_precision


def set_float32_matmul_precision(precision: str) -> None:
    """Allow float32 products to use less precise arithmetic where a device has it.

    Args:
        precision: ``"highest"``, ``"high"`` or ``"medium"``; the CPU is always exact.

    Example:
        >>> torch.set_float32_matmul_precision("high")
        >>> torch.get_float32_matmul_precision()
        'high'
        >>> torch.set_float32_matmul_precision("highest")
    """
    global _matmul_precision
    if precision not in ("highest", "high", "medium"):
        warnings.warn(
            f"{precision} is not one of 'highest', 'high', or 'medium'; the current"
            "setFloat32MatmulPrecision call has no effect.",
            stacklevel=2,
        )
        return
    _matmul_precision = precision
    torch._C._cuda_setSetting("matmul.allow_tf32", precision != "highest")


def set_flush_denormal(mode: bool) -> bool:
    """Ask that denormal numbers become zero; returns False: it is not supported.

    Args:
        mode: whether to.

    Example:
        >>> supported = torch.set_flush_denormal(False)
    """
    return False


def set_warn_always(b: bool, /) -> None:
    """Let warnings that are shown once be shown every time.

    Args:
        b: whether to.

    Example:
        >>> torch.set_warn_always(True)
        >>> torch.is_warn_always_enabled()
        True
        >>> torch.set_warn_always(False)
    """
    _deterministic["warn_always"] = b


def is_warn_always_enabled() -> bool:
    """Say whether warnings are repeated.

    Example:
        >>> torch.is_warn_always_enabled()
        False
    """
    return _deterministic["warn_always"]
