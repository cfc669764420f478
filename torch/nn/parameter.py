"""Tensors that a module registers when they are assigned to it.

`Parameter` is a tensor subclass; `Buffer(...)` marks a plain tensor, so that its
operations stay plain.  Both classes answer `isinstance` for marked tensors too
(`_is_param`, `_is_buffer`), which is how tensor subclasses become parameters.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import torch
from torch._C import _disabled_torch_function_impl

__all__ = ["Parameter", "Buffer", "is_lazy"]


class _ParameterMeta(type(torch.Tensor)):
    def __instancecheck__(cls, instance: Any) -> bool:
        if super().__instancecheck__(instance):
            return True
        # Only Parameter itself admits marked tensors, not its subclasses.
        return (
            cls is Parameter
            and isinstance(instance, torch.Tensor)
            and getattr(instance, "_is_param", False)
        )


class Parameter(torch.Tensor, metaclass=_ParameterMeta):
    """Mark a tensor as a parameter of the module that it is assigned to.

    A parameter shares the memory of `data`, is a leaf of the graph and, unlike a
    tensor, requires grad unless told otherwise.

    Args:
        data: the tensor to wrap; an empty one if not given.
        requires_grad: whether backward fills `grad`. Default: `True`

    Example:
        >>> layer = torch.nn.Module()
        >>> layer.scale = torch.nn.Parameter(torch.ones(2))
        >>> [name for name, _ in layer.named_parameters()]
        ['scale']
    """

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> Any:
        if data is None:
            data = torch.empty(0)
        if type(data) is torch.Tensor or type(data) is Parameter:
            return torch.Tensor._make_subclass(cls, data, requires_grad)
        # A subclass stays what it is and is only marked.
        marked = data.detach().requires_grad_(requires_grad)
        if type(marked) is not type(data):
            raise RuntimeError(
                f"Creating a Parameter from an instance of type {type(data).__name__} "
                "requires that detach() returns an instance of the same type, but "
                "return "
                f"type {type(marked).__name__} was found instead. To use the type as a "
                "Parameter, please correct the detach() semantics defined by "
                "its __torch_dispatch__() implementation."
            )
        marked._is_param = True
        return marked

    def __deepcopy__(self, memo: dict) -> Parameter:
        if id(self) not in memo:
            copied = self.data.clone(memory_format=torch.preserve_format)
            memo[id(self)] = type(self)(copied, self.requires_grad)
        return memo[id(self)]

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()

    def __reduce_ex__(self, proto: int) -> tuple:
        state = torch._utils._get_obj_state(self)
        # Hooks are code and stay behind; an empty table takes their place.
        fields = (self.data, self.requires_grad, OrderedDict())
        if state:
            return (torch._utils._rebuild_parameter_with_state, (*fields, state))
        return (torch._utils._rebuild_parameter, fields)

    __torch_function__ = _disabled_torch_function_impl


class _BufferMeta(type(torch.Tensor)):
    def __instancecheck__(cls, instance: Any) -> bool:
        if super().__instancecheck__(instance):
            return True
        return (
            cls is Buffer
            and isinstance(instance, torch.Tensor)
            and getattr(instance, "_is_buffer", False)
        )


class Buffer(torch.Tensor, metaclass=_BufferMeta):
    """Mark a tensor as a buffer of the module that it is assigned to.

    Buffers are state that no optimizer updates, such as running statistics.

    Args:
        data: the tensor to mark; an empty one if not given.
        persistent: whether `state_dict` contains it. Default: `True`

    Example:
        >>> layer = torch.nn.Module()
        >>> layer.count = torch.nn.Buffer(torch.zeros(1))
        >>> list(layer.state_dict())
        ['count']
    """

    def __new__(cls, data: Any = None, *, persistent: bool = True) -> Any:
        if data is None:
            data = torch.empty(0)
        marked = data.detach().requires_grad_(data.requires_grad)
        marked.persistent = persistent
        marked._is_buffer = True
        return marked

    __torch_function__ = _disabled_torch_function_impl


def is_lazy(param: Any) -> bool:
    """Tell whether `param` still waits for its shape; no parameter here does."""
    return False
