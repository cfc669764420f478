"""Tensors that a module registers when they are assigned to it.

`Parameter` is a tensor subclass; `Buffer(...)` marks a plain tensor, so that its
operations stay plain.  Both classes answer `isinstance` for marked tensors too
(`_is_param`, `_is_buffer`), which is how tensor subclasses become parameters.  The
`Uninitialized` ones wait for a shape, see `modules/lazy.py`.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, TypeVar

import torch
from torch._C import _disabled_torch_function_impl

__all__ = [
    "Buffer",
    "Parameter",
    "UninitializedBuffer",
    "UninitializedParameter",
    "UninitializedTensorMixin",
    "is_lazy",
]


class _ParameterMeta(torch._C._TensorMeta):
    def __instancecheck__(cls, instance: Any) -> bool:
        if super().__instancecheck__(instance):
            return True
        # Only Parameter itself admits marked tensors, not its subclasses.
        return (
            cls is Parameter
            and isinstance(instance, torch.Tensor)
            and getattr(instance, "_is_param", False)
        )


_P = TypeVar("_P", bound="Parameter")


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

    def __new__(cls: type[_P], data: Any = None, requires_grad: bool = True) -> _P:
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

    def __repr__(self) -> str:  # type: ignore[override]
        return "Parameter containing:\n" + super().__repr__()

    def __reduce_ex__(self, proto: Any) -> tuple:
        state = torch._utils._get_obj_state(self)
        # Hooks are code and stay behind; an empty table takes their place.
        fields: tuple = (self.data, self.requires_grad, OrderedDict())
        if state:
            return (torch._utils._rebuild_parameter_with_state, (*fields, state))
        return (torch._utils._rebuild_parameter, fields)

    __torch_function__ = _disabled_torch_function_impl


# Compiled code treats exact Parameters as it treats exact Tensors.
torch._C._set_parameter_class(Parameter)


class _BufferMeta(torch._C._TensorMeta):
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

    persistent: bool
    _is_buffer: bool

    def __new__(cls, data: Any = None, *, persistent: bool = True) -> Any:
        if data is None:
            data = torch.empty(0)
        marked: Any = data.detach().requires_grad_(data.requires_grad)
        marked.persistent = persistent
        marked._is_buffer = True
        return marked

    __torch_function__ = _disabled_torch_function_impl


_NO_SHAPE = (
    "Can't access the shape of an uninitialized parameter or buffer. This error "
    "usually happens in `load_state_dict` when trying to load an uninitialized "
    "parameter into an initialized one. Call `forward` to initialize the parameters "
    "before accessing their attributes."
)
_NOT_YET = (
    "Attempted to use an uninitialized parameter in {}. This error happens when you "
    "are using a `LazyModule` or explicitly manipulating "
    "`torch.nn.parameter.UninitializedParameter` objects. When using LazyModules Call "
    "`forward` with a dummy batch to initialize the parameters before calling torch "
    "functions"
)


class UninitializedTensorMixin:
    """A tensor without a shape, which is given one by `materialize`."""

    # Methods that make sense without a shape: moving, casting, asking for the type.
    _allowed = frozenset(
        "__hash__ size copy_ is_complex is_floating_point get_device to cuda cpu "
        "half float double char short int long".split()
    )
    cls_to_become: Any
    data: torch.Tensor
    requires_grad: bool

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Allocate the tensor, uninitialized, and become an ordinary one.

        Args:
            shape: the shape.
            device, dtype: those from before by default.
        """
        device = self.data.device if device is None else device
        dtype = self.data.dtype if dtype is None else dtype
        self.data = torch.empty(shape, device=device, dtype=dtype)
        self.__class__ = self.cls_to_become

    @property
    def shape(self) -> Any:
        raise RuntimeError(_NO_SHAPE)

    def share_memory_(self) -> Any:
        """Raise RuntimeError: there is no memory to share yet."""
        raise RuntimeError(
            "Can't share memory on an uninitialized parameter or buffer. Call "
            "`forward` to initialize the parameters before calling "
            "`module.share_memory()`."
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce_ex__(self, proto: Any) -> tuple:
        return type(self), (self.requires_grad, self.data.device, self.data.dtype)

    @classmethod
    def __torch_function__(
        cls, func: Any, types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        # A method-wrapper reads or writes an attribute.
        is_attribute = type(func).__name__ == "method-wrapper"
        if is_attribute or getattr(func, "__name__", None) in cls._allowed:
            base: Any = super()
            return base.__torch_function__(func, types, args, kwargs or {})
        raise ValueError(_NOT_YET.format(func))


class UninitializedParameter(  # type: ignore[misc, override]
    UninitializedTensorMixin, Parameter
):
    """A parameter whose shape the first forward call of a lazy module finds out.

    Args:
        requires_grad: whether backward fills `grad`. Default: `True`
        device, dtype: of the parameter to come.

    Example:
        >>> p = torch.nn.UninitializedParameter()
        >>> p.materialize((2, 3))
        >>> type(p).__name__, p.shape
        ('Parameter', torch.Size([2, 3]))
    """

    cls_to_become = Parameter

    def __new__(
        cls, requires_grad: bool = True, device: Any = None, dtype: Any = None
    ) -> Any:
        data = torch.empty(0, device=device, dtype=dtype)
        return torch.Tensor._make_subclass(cls, data, requires_grad)

    def __deepcopy__(self, memo: dict) -> UninitializedParameter:
        if id(self) not in memo:
            data = self.data
            copied = type(self)(self.requires_grad, data.device, data.dtype)
            memo[id(self)] = copied
        return memo[id(self)]


class UninitializedBuffer(  # type: ignore[misc, override]
    UninitializedTensorMixin, torch.Tensor
):
    """A buffer whose shape the first forward call of a lazy module finds out.

    Args:
        requires_grad: whether backward fills `grad`. Default: `False`
        device, dtype: of the buffer to come.
        persistent: whether `state_dict` contains it. Default: `True`

    Example:
        >>> torch.nn.UninitializedBuffer(requires_grad=False).requires_grad
        False
    """

    cls_to_become = torch.Tensor
    persistent: bool
    _is_buffer: bool

    def __new__(
        cls,
        requires_grad: bool = False,
        device: Any = None,
        dtype: Any = None,
        persistent: bool = True,
    ) -> Any:
        data = torch.empty(0, device=device, dtype=dtype)
        buffer = torch.Tensor._make_subclass(cls, data, requires_grad)
        buffer.persistent = persistent
        buffer._is_buffer = True
        return buffer


def is_lazy(param: Any) -> bool:
    """Tell whether `param` still waits for its shape.

    Args:
        param: any object.

    Example:
        >>> from torch.nn.parameter import UninitializedParameter, is_lazy
        >>> done = torch.nn.Parameter(torch.ones(1))
        >>> is_lazy(UninitializedParameter()), is_lazy(done)
        (True, False)
    """
    return isinstance(param, UninitializedTensorMixin)
