"""Parameters as one vector and back."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

__all__: list[str] = []


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """Return all parameters end to end, as part of the graph.

    Args:
        parameters: tensors, on one device.

    Raises:
        TypeError: if they lie on different devices.

    Example:
        >>> parameters_to_vector([torch.ones(2), torch.zeros(1, 2)])
        tensor([1., 1., 0., 0.])
    """
    parameters = list(parameters)
    _check_one_device(parameters)
    return torch.cat([param.view(-1) for param in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Make the parameters views of consecutive pieces of `vec`.

    Args:
        vec: all values, in the order of the parameters.
        parameters: what to fill.

    Raises:
        TypeError: if `vec` is no tensor or the parameters lie on different devices.

    Example:
        >>> layer = torch.nn.Linear(2, 1)
        >>> vector_to_parameters(torch.arange(3.0), layer.parameters())
        >>> layer.weight.data, layer.bias.data
        (tensor([[0., 1.]]), tensor([2.]))
    """
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected torch.Tensor, but got: {torch.typename(vec)}")
    parameters = list(parameters)
    _check_one_device(parameters)
    start = 0
    for param in parameters:
        end = start + param.numel()
        param.data = vec[start:end].view_as(param).data
        start = end


def _check_one_device(parameters: list[Tensor]) -> None:
    if len({param.device for param in parameters}) > 1:
        raise TypeError(
            "Found two parameters on different devices, this is currently not "
            "supported."
        )
