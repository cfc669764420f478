"""The CUDA generators: seeds and states, per device.

A seed that is set before CUDA starts is kept until then.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch.cuda._runtime import _lazy_call, _lazy_init

__all__ = [
    "get_rng_state",
    "get_rng_state_all",
    "initial_seed",
    "manual_seed",
    "manual_seed_all",
    "seed",
    "seed_all",
    "set_rng_state",
    "set_rng_state_all",
]


def _generator(device: Any) -> torch.Generator:
    """Return the default generator of a device given in any form."""
    device = torch.device("cuda", device) if isinstance(device, int) else device
    index = torch.device(device).index
    return torch._C._cuda_defaultGenerator(-1 if index is None else index)


def get_rng_state(device: Any = "cuda") -> torch.Tensor:
    """Return the state of a device's generator: seed and offset, a uint8 tensor.

    Args:
        device: the device, the current one by default.
    """
    _lazy_init()
    return _generator(device).get_state()


def get_rng_state_all() -> list[torch.Tensor]:
    """Return the states of all devices' generators.

    Example::

        >>> len(torch.cuda.get_rng_state_all()) == torch.cuda.device_count()
        True
    """
    return [get_rng_state(i) for i in range(torch.cuda.device_count())]


def set_rng_state(new_state: torch.Tensor, device: Any = "cuda") -> None:
    """Continue a device's random numbers from a state.

    Args:
        new_state: what `get_rng_state` returned.
        device: the device, the current one by default.
    """
    state = new_state.clone(memory_format=torch.contiguous_format)
    _lazy_call(lambda: _generator(device).set_state(state))


def set_rng_state_all(new_states: Iterable[torch.Tensor]) -> None:
    """Continue the random numbers of all devices.

    Args:
        new_states: one state per device.
    """
    for index, state in enumerate(new_states):
        set_rng_state(state, index)


def manual_seed(seed: int) -> None:
    """Start the current device's generator from a number.

    Args:
        seed: an int in [-2**63, 2**64).
    """
    seed = int(seed)
    _lazy_call(lambda: _generator("cuda").manual_seed(seed), replaces="seed")


def manual_seed_all(seed: int) -> None:
    """Start the generators of all devices from a number.

    Args:
        seed: an int in [-2**63, 2**64).
    """
    seed = int(seed)

    def start() -> None:
        for index in range(torch.cuda.device_count()):
            _generator(index).manual_seed(seed)

    _lazy_call(start, replaces="seed_all")


def seed() -> None:
    """Start the current device's generator from an arbitrary number."""
    _lazy_call(lambda: _generator("cuda").seed(), replaces="seed")


def seed_all() -> None:
    """Start the generators of all devices from one arbitrary number."""

    def start() -> None:
        chosen = _generator(0).seed()
        for index in range(1, torch.cuda.device_count()):
            _generator(index).manual_seed(chosen)

    _lazy_call(start, replaces="seed_all")


def initial_seed() -> int:
    """Return the number that the current device's generator was started from."""
    _lazy_init()
    return _generator("cuda").initial_seed()
