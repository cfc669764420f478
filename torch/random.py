"""The default random generators: seeds, states, and ``fork_rng``.

The numbers themselves are drawn in compiled code and equal PyTorch's; see
``docs/design/random.md``.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch._C import default_generator

__all__ = [
    "fork_rng",
    "get_rng_state",
    "initial_seed",
    "manual_seed",
    "seed",
    "set_rng_state",
    "thread_safe_generator",
]


def set_rng_state(new_state: torch.Tensor) -> None:
    """Set the state of the CPU generator.

    Args:
        new_state: what `get_rng_state` returned.

    Example:
        >>> state = torch.get_rng_state()
        >>> a = torch.rand(2)
        >>> torch.set_rng_state(state)
        >>> torch.equal(a, torch.rand(2))
        True
    """
    default_generator.set_state(new_state)


def get_rng_state() -> torch.Tensor:
    """Return the state of the CPU generator, a uint8 tensor.

    Example:
        >>> state = torch.get_rng_state()
        >>> a = torch.rand(2)
        >>> torch.set_rng_state(state)
        >>> bool((torch.rand(2) == a).all())
        True
    """
    return default_generator.get_state()


def _seed_devices(seed: int) -> None:
    # A generator of a device that is not in use yet remembers the seed until it is.
    if not torch.cuda._is_in_bad_fork():
        torch.cuda.manual_seed_all(seed)
    backend = torch._C._get_privateuse1_backend_name()
    module: Any = getattr(torch, backend, None)
    if hasattr(module, "manual_seed_all") and not module._is_in_bad_fork():
        module.manual_seed_all(seed)


def manual_seed(seed: Any) -> torch.Generator:
    """Start the generators of all devices from a number.

    Args:
        seed: an int in [-2**63, 2**64); negative ones count from 2**64 down.

    Returns:
        The CPU generator.

    Raises:
        RuntimeError: `seed` is out of range.

    Example:
        >>> _ = torch.manual_seed(0)
        >>> torch.rand(2)
        tensor([0.4963, 0.7682])
    """
    seed = int(seed)
    _seed_devices(seed)
    return default_generator.manual_seed(seed)


def seed() -> int:
    """Start the generators of all devices from an arbitrary number, and return it.

    Example:
        >>> torch.seed() == torch.initial_seed()
        True
    """
    chosen = default_generator.seed()
    _seed_devices(chosen)
    return chosen


def initial_seed() -> int:
    """Return the number that the CPU generator was last started from.

    Example:
        >>> generator = torch.manual_seed(7)
        >>> torch.initial_seed()
        7
    """
    return default_generator.initial_seed()


_warned_of_many_devices = False


@contextlib.contextmanager
def fork_rng(
    devices: Iterable[Any] | None = None,
    enabled: bool = True,
    _caller: str = "fork_rng",
    _devices_kw: str = "devices",
    device_type: str | None = None,
) -> Iterator[None]:
    """Put the generators back to their present state at the end of a ``with`` block.

    Args:
        devices: the accelerators to include besides the CPU, all by default.
        enabled: False does nothing.
        device_type: the kind of accelerator, CUDA by default.

    Raises:
        RuntimeError: no such kind.

    Example:
        >>> _ = torch.manual_seed(0)
        >>> with torch.random.fork_rng():
        ...     _ = torch.rand(3)
        >>> torch.rand(1)
        tensor([0.4963])
    """
    if device_type == "meta" or not enabled:
        yield
        return
    kind = torch.device(device_type or "cuda").type
    module = getattr(torch, kind, None)
    if module is None:
        raise RuntimeError(
            f"torch has no module of `{kind}`, you should register a module by "
            "`torch._register_device_module`."
        )
    if devices is None:
        devices = range(module.device_count())
        _warn_of_many_devices(kind, len(devices), _caller, _devices_kw)
    chosen = list(devices)
    cpu_state = get_rng_state()
    states = [module.get_rng_state(device) for device in chosen]
    try:
        yield
    finally:
        set_rng_state(cpu_state)
        for device, state in zip(chosen, states):
            module.set_rng_state(state, device)


def _warn_of_many_devices(kind: str, count: int, caller: str, keyword: str) -> None:
    global _warned_of_many_devices
    if count <= 1 or _warned_of_many_devices:
        return
    _warned_of_many_devices = True
    name = kind.upper()
    warnings.warn(
        f"{name} reports that you have {count} available devices, and you have used "
        f"{caller} without explicitly specifying which devices are being used. For "
        f"safety, we initialize *every* {name} device by default, which can be quite "
        f"slow if you have a lot of {name}s. If you know that you are only making use "
        f"of a few {name} devices, set the environment variable {name}_VISIBLE_DEVICES "
        f"or the '{keyword}' keyword argument of {caller} with the set of devices you "
        "are actually using.",
        stacklevel=4,
    )


def thread_safe_generator() -> torch.Generator | None:
    """Return the generator of the present loader thread, None outside of one."""
    from torch.utils.data import get_worker_info

    info = get_worker_info()
    rng = getattr(info, "rng", None)
    return getattr(rng, "torch_generator", None)
