"""`Module`, the base class of everything with parameters.

The class is put together from what it owns (`_members.py`), its hooks (`_hooks.py`)
and its state dict (`_state_dict.py`); here are construction, the call, modes,
conversions and printing.  Read docs/design/modules.md first.
"""

from __future__ import annotations

import warnings
from collections import OrderedDict
from typing import Any, Callable

import torch
from torch import Tensor
from torch.nn.parameter import Parameter

from . import _hooks
from ._hooks import (  # noqa: F401
    _global_backward_hooks,
    _global_backward_pre_hooks,
    _global_buffer_registration_hooks,
    _global_call_hooks,
    _global_forward_hooks,
    _global_forward_hooks_always_called,
    _global_forward_hooks_with_kwargs,
    _global_forward_pre_hooks,
    _global_module_registration_hooks,
    _global_parameter_registration_hooks,
    _WrappedHook,
    register_module_backward_hook,
    register_module_buffer_registration_hook,
    register_module_forward_hook,
    register_module_forward_pre_hook,
    register_module_full_backward_hook,
    register_module_full_backward_pre_hook,
    register_module_module_registration_hook,
    register_module_parameter_registration_hook,
)
from ._members import Members
from ._state_dict import (  # noqa: F401
    _EXTRA_STATE_KEY_SUFFIX,
    StateDict,
    _IncompatibleKeys,
)

# Pickles of a module with hooks name this class by PyTorch's place for it.
_WrappedHook.__module__ = __name__

# What __init__ makes: tables by attribute name.  Unpickled modules that lack one
# (written by an older release) get it too.
_HOOK_TABLES = tuple(
    f"_{event}_hooks{mark}"
    for event, *marks in (
        ("backward_pre", ""),
        ("backward", ""),
        ("forward", "", "_with_kwargs", "_always_called"),
        ("forward_pre", "", "_with_kwargs"),
        ("state_dict", ""),
        ("state_dict_pre", ""),
        ("load_state_dict_pre", ""),
        ("load_state_dict_post", ""),
    )
    for mark in marks
)


def _addindent(text: str, spaces: int) -> str:
    """Indent every line of `text` but the first."""
    return text.replace("\n", "\n" + " " * spaces)


def _has_any_global_hook() -> bool:
    """Tell whether any hook for all modules obliges calls to look at it."""
    return bool(_global_call_hooks)


def _forward_unimplemented(self: Module, *input: Any) -> None:
    """Compute the output; every subclass has its own.

    Call the module itself rather than this method, so that hooks run.
    """
    raise NotImplementedError(
        f'Module [{type(self).__name__}] is missing the required "forward" function'
    )


class Module(Members, _hooks.Hooks, StateDict):
    """Base class of layers, losses and whole models.

    A subclass calls `super().__init__()` first, assigns parameters and submodules
    to attributes, and computes in `forward`.

    Attributes:
        training: whether layers such as Dropout behave as in training.

    Example:
        >>> from torch import nn
        >>> class Net(nn.Module):
        ...     def __init__(self):
        ...         super().__init__()
        ...         self.hidden = nn.Linear(4, 8)
        ...         self.out = nn.Linear(8, 2)
        ...
        ...     def forward(self, x):
        ...         return self.out(self.hidden(x).relu())
        >>> net = Net()
        >>> net(torch.ones(3, 4)).shape
        torch.Size([3, 2])
        >>> [name for name, _ in net.named_parameters()]
        ['hidden.weight', 'hidden.bias', 'out.weight', 'out.bias']
    """

    # Set to True to print extra errors about loading; kept for old programs.
    dump_patches: bool = False
    # True lets __init__ pass its arguments on, for cooperative inheritance.
    call_super_init: bool = False

    training: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not self.call_super_init:
            name = type(self).__name__
            if kwargs:
                raise TypeError(
                    f"{name}.__init__() got an unexpected keyword argument "
                    f"'{next(iter(kwargs))}'"
                )
            if args:
                raise TypeError(
                    f"{name}.__init__() takes 1 positional argument but "
                    f"{len(args) + 1} were given"
                )
        # Straight into __dict__: nothing here is a member to register.
        state = self.__dict__
        state["training"] = True
        state["_parameters"] = {}
        state["_buffers"] = {}
        state["_non_persistent_buffers_set"] = set()
        state["_is_full_backward_hook"] = None
        for table in _HOOK_TABLES:
            state[table] = OrderedDict()
        state["_modules"] = {}
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    forward: Callable[..., Any] = _forward_unimplemented

    # ------------------------------------------------------------------ calling

    def _call_impl(self, *args: Any, **kwargs: Any) -> Any:
        # A module's own tables are looked at themselves: programs edit them in place.
        if (
            self._backward_hooks
            or self._backward_pre_hooks
            or self._forward_hooks
            or self._forward_pre_hooks
            or _global_call_hooks
        ):
            return _hooks.call_with_hooks(self, args, kwargs)
        if kwargs:
            return self.forward(*args, **kwargs)
        # Apart, since passing on an empty dictionary costs a copy of it.
        return self.forward(*args)

    _wrapped_call_impl = _call_impl
    __call__: Callable[..., Any] = _call_impl

    # ------------------------------------------------------ modes and conversions

    def train(self, mode: bool = True) -> Module:
        """Set training mode, or with `False` evaluation mode, here and below.

        Raises:
            ValueError: if `mode` is not a bool.

        Example:
            >>> torch.nn.Dropout().train(False).training
            False
        """
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self) -> Module:
        """Set evaluation mode, here and below."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Module:
        """Set `requires_grad` of all parameters; `False` freezes the module."""
        for param in self.parameters():
            param.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drop the gradients of all parameters.

        Args:
            set_to_none: set them to `None` rather than to zero. Default: `True`
        """
        if getattr(self, "_is_replica", False):
            warnings.warn(
                "Calling .zero_grad() from a module created with nn.DataParallel() has "
                "no effect. The parameters are copied (in a differentiable manner) "
                "from "
                "the original module. This means they are not leaf nodes in autograd "
                "and so don't accumulate gradients. If you need gradients in your "
                "forward method, consider using autograd.grad instead.",
                stacklevel=2,
            )
        for param in self.parameters():
            if set_to_none or param.grad is None:
                param.grad = None
                continue
            if param.grad.grad_fn is not None:
                param.grad.detach_()
            else:
                param.grad.requires_grad_(False)
            param.grad.zero_()

    def apply(self, fn: Callable[[Module], None]) -> Module:
        """Call `fn` for every module, submodules before what contains them.

        Example:
            >>> def reset(module):
            ...     print(type(module).__name__)
            >>> net = torch.nn.Sequential(torch.nn.ReLU()).apply(reset)
            ReLU
            Sequential
        """
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Module:
        """Replace the data of all parameters, gradients and buffers by `fn` of it."""
        if recurse:
            for module in self.children():
                module._apply(fn)
        for name, param in self._parameters.items():
            if param is not None:
                self._parameters[name] = _converted(param, fn)
        for name, buffer in self._buffers.items():
            if buffer is not None:
                self._buffers[name] = fn(buffer)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Module:
        """Move and cast parameters and buffers, in place.

        Called as `to(device, dtype, non_blocking)`, `to(dtype, non_blocking)`,
        `to(tensor, non_blocking)` or `to(memory_format=...)`.  Integer tensors
        change their device only; a memory format applies to 4-d and 5-d tensors.

        Returns:
            The module itself.

        Raises:
            TypeError: if the dtype is neither floating point nor complex.

        Example:
            >>> torch.nn.Linear(2, 2).to(torch.float64).weight.dtype
            torch.float64
        """
        device, dtype, non_blocking, layout = torch._C._nn._parse_to(*args, **kwargs)
        if dtype is not None and dtype.is_complex:
            warnings.warn(
                "Complex modules are a new feature under active development whose "
                "design "
                "may change, and some modules might not work as expected when using "
                "complex "
                "tensors as parameters or buffers. Please file an issue at "
                "https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml "
                "if a complex module does not work as expected.",
                stacklevel=2,
            )
        elif dtype is not None and not dtype.is_floating_point:
            raise TypeError(
                "nn.Module.to only accepts floating point or complex "
                f"dtypes, but got desired dtype={dtype}"
            )

        def convert(t: Tensor) -> Tensor:
            cast = dtype if t.is_floating_point() or t.is_complex() else None
            if layout is not None and t.dim() in (4, 5):
                return t.to(device, cast, non_blocking, memory_format=layout)
            return t.to(device, cast, non_blocking)

        try:
            return self._apply(convert)
        except NotImplementedError as error:
            if str(error) != "Cannot copy out of meta tensor; no data!":
                raise
            raise NotImplementedError(
                f"{error} Please use torch.nn.Module.to_empty() instead of "
                "torch.nn.Module.to() when moving module from meta to a different "
                "device."
            ) from None

    def to_empty(self, *, device: Any, recurse: bool = True) -> Module:
        """Move parameters and buffers to `device` without their values."""
        return self._apply(lambda t: torch.empty_like(t, device=device), recurse)

    def type(self, dst_type: Any) -> Module:
        """Cast all parameters and buffers, integer ones too."""
        return self._apply(lambda t: t.type(dst_type))

    def float(self) -> Module:
        """Cast floating point parameters and buffers to float32."""
        return self._cast(torch.float32)

    def double(self) -> Module:
        """Cast floating point parameters and buffers to float64."""
        return self._cast(torch.float64)

    def half(self) -> Module:
        """Cast floating point parameters and buffers to float16."""
        return self._cast(torch.float16)

    def bfloat16(self) -> Module:
        """Cast floating point parameters and buffers to bfloat16."""
        return self._cast(torch.bfloat16)

    def _cast(self, dtype: torch.dtype) -> Module:
        return self._apply(lambda t: t.to(dtype) if t.is_floating_point() else t)

    def cpu(self) -> Module:
        """Move parameters and buffers to the CPU."""
        return self._apply(lambda t: t.cpu())

    def cuda(self, device: Any = None) -> Module:
        """Move parameters and buffers to a GPU, the current one by default."""
        return self._apply(lambda t: t.cuda(device))

    def share_memory(self) -> Module:
        """Move parameters and buffers to memory that other processes can map."""
        return self._apply(lambda t: t.share_memory_())

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Accept the request of `torch.compile`; the module goes on running eagerly."""

    # ------------------------------------------------------- printing and pickling

    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
        """Return what `repr` shows between the parentheses; for subclasses."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        if len(lines) == 1 and not self._modules:
            return f"{self._get_name()}({extra})"
        lines += [
            f"({name}): {_addindent(repr(module), 2)}"
            for name, module in self._modules.items()
        ]
        body = "\n  " + "\n  ".join(lines) + "\n" if lines else ""
        return f"{self._get_name()}({body})"

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__.copy()

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        for table in _HOOK_TABLES:
            self.__dict__.setdefault(table, OrderedDict())
        self.__dict__.setdefault("_non_persistent_buffers_set", set())
        self.__dict__.setdefault("_is_full_backward_hook", None)


def _converted(param: Parameter, fn: Callable[[Tensor], Tensor]) -> Parameter:
    """`param` with data and gradient replaced; itself, where its storage can be."""
    with torch.no_grad():
        data = fn(param)
        old_grad = param.grad
        grad = None if old_grad is None else fn(old_grad)
    # Meta tensors have no storage to exchange, so they need a new Parameter.
    if data.is_meta == param.is_meta:
        param.data = data
        target = param
        if old_grad is not None and grad is not None:
            old_grad.data = grad
    else:
        target = Parameter(data, param.requires_grad)
        if old_grad is not None and grad is not None:
            target.grad = grad.requires_grad_(old_grad.requires_grad)
    return target
