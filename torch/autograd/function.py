"""Custom differentiable functions: ``Function`` and its context.

``Function.apply`` is compiled (``torch._C._FunctionBase``): it runs ``forward``, reads
what the context was told (``to_save``, ``dirty_tensors``, ``non_differentiable``,
``materialize_grads``) and links a node whose Python half is the class's
``_backward_cls``.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import warnings
from collections import OrderedDict
from typing import Any, Callable

import torch
from torch import _C
from torch.utils.hooks import RemovableHandle

__all__ = [
    "BackwardCFunction",
    "Function",
    "FunctionCtx",
    "FunctionMeta",
    "InplaceFunction",
    "once_differentiable",
]

_function_ids = itertools.count()


class FunctionCtx:
    """What ``forward`` and ``backward`` share: the ``ctx`` argument of both."""

    def save_for_backward(self, *tensors: torch.Tensor) -> None:
        """Keep inputs or outputs for ``backward``, once, at the end of ``forward``.

        Args:
            *tensors: tensors or None; ``ctx.saved_tensors`` returns them.
        """
        self.to_save = tensors

    def save_for_forward(self, *tensors: torch.Tensor) -> None:
        """Keep tensors for ``jvp``.

        Args:
            *tensors: tensors or None.
        """
        if any(not isinstance(t, (torch.Tensor, type(None))) for t in tensors):
            raise AssertionError(
                "save_for_forward expects all arguments to be tensors; you should save "
                "non-tensors as attributes on ctx."
            )
        self.saved_for_forward = tensors

    def mark_dirty(self, *args: torch.Tensor) -> None:
        """Tell which inputs ``forward`` changed in place; they must be outputs too.

        Args:
            *args: the inputs.
        """
        self.dirty_tensors = args

    def mark_shared_storage(self, *pairs: Any) -> None:
        """Do nothing; sharing is found without help."""
        warnings.warn(
            "`mark_shared_storage` is deprecated. Tensors with shared storages are "
            "automatically tracked. Note that calls to `set_()` are not tracked",
            FutureWarning,
            stacklevel=2,
        )

    def mark_non_differentiable(self, *args: torch.Tensor) -> None:
        """Tell which outputs have no gradient, such as indices.

        Args:
            *args: the outputs.
        """
        self.non_differentiable = args

    def set_materialize_grads(self, value: bool) -> None:
        """Choose whether ``backward`` gets zeros, or None, for unused outputs.

        Args:
            value: True, as at the start, for zeros.
        """
        self.materialize_grads = value


_ContextMethodMixin = FunctionCtx


class _HookMixin:
    @staticmethod
    def _register_hook(backward_hooks: Any, hook: Callable) -> tuple[Any, Any]:
        hooks = OrderedDict() if backward_hooks is None else backward_hooks
        handle = RemovableHandle(hooks)
        hooks[handle.id] = hook
        return hooks, handle


class BackwardCFunction(_C._FunctionBase, FunctionCtx, _HookMixin):
    """The node of a custom function; the engine calls ``apply`` with the gradients."""

    _forward_cls: Any  # the class whose forward made the node
    _autograd_function_id: int

    def apply(self, *args: Any) -> Any:
        """Run the ``backward`` (or ``vjp``) of the function that made this node."""
        if self._forward_cls.boxed_grads_call:
            args = (list(args),)
        return self._user_function()(self, *args)

    def apply_boxed(self, *args: Any) -> Any:
        """Run it with the gradients as the engine passed them, in one list."""
        return self._user_function()(self, *args)

    def _user_function(self) -> Callable:
        backward, vjp = self._forward_cls.backward, self._forward_cls.vjp
        if vjp is Function.vjp:
            return backward
        if backward is not Function.backward:
            raise RuntimeError(
                "Implementing both 'backward' and 'vjp' for a custom Function is not "
                "allowed. You should only implement one of them."
            )
        return vjp

    def apply_jvp(self, *args: Any) -> Any:
        """Run the ``jvp`` of the function that made this node."""
        return self._forward_cls.jvp(self, *args)


class FunctionMeta(type):
    """Give every function class its node class, ``<name>Backward``."""

    def __init__(cls, name: str, bases: tuple, attrs: dict) -> None:
        node: Any = type(name + "Backward", (BackwardCFunction,), {"_forward_cls": cls})
        node._autograd_function_id = next(_function_ids)
        cls._backward_cls = node
        super().__init__(name, bases, attrs)


class _SingleLevelFunction(
    _C._FunctionBase, FunctionCtx, _HookMixin, metaclass=FunctionMeta
):
    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the outputs; takes ``ctx`` first if there is no ``setup_context``."""
        raise NotImplementedError(
            "You must implement the forward function for custom autograd.Function."
        )

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple, output: Any) -> Any:
        """Tell ``ctx`` what to keep, where ``forward`` does not take it."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """Return one gradient, or None, per input of ``forward``."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for "
            "your custom autograd.Function to use it with backward "
            "mode AD."
        )

    # vjp is the same function under another name; a class defines one of the two.
    vjp = backward

    # Free saved tensors as backward reads them.
    clear_saved_tensors_on_access = False
    # Pass the gradients to backward in one list, from which it can drop them early.
    boxed_grads_call = False

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        """Return the tangents of the outputs."""
        raise NotImplementedError(
            "You must implement the jvp function for custom "
            "autograd.Function to use it with forward mode AD."
        )


class Function(_SingleLevelFunction):
    """A differentiable function written in Python: subclass it and call ``apply``.

    Example:
        >>> class Square(torch.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         ctx.save_for_backward(x)
        ...         return x * x
        ...
        ...     @staticmethod
        ...     def backward(ctx, grad):
        ...         (x,) = ctx.saved_tensors
        ...         return 2 * x * grad
        >>> x = torch.tensor(3.0, requires_grad=True)
        >>> Square.apply(x).backward()
        >>> x.grad
        tensor(6.)
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        warnings.warn(
            f"{self.__class__} should not be instantiated. Methods on autograd "
            "functions are all static, so you should invoke them on the class itself. "
            "Instantiating an autograd function will raise an error in a future "
            "version of PyTorch.",
            DeprecationWarning,
            stacklevel=2,
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. "
            "Please use new-style autograd function with static forward method. "
            "(Example: https://pytorch.org/docs/stable/autograd.html"
            "#torch.autograd.Function)"
        )

    generate_vmap_rule = False

    @staticmethod
    def vmap(info: Any, in_dims: Any, *args: Any) -> Any:
        """Tell how to run the function on a batch."""
        raise NotImplementedError(
            "To use autograd.Function with vmap, you must either override the "
            "vmap staticmethod or set generate_vmap_rule=True."
        )

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Call the function and record it.

        Args:
            *args: the inputs of ``forward``.
            **kwargs: more of them; only with ``setup_context``.
        """
        if cls.setup_context is not _SingleLevelFunction.setup_context:
            # setup_context sees all inputs by position, defaults included.
            bound = inspect.signature(cls.forward).bind(*args, **kwargs)
            bound.apply_defaults()
            args, kwargs = bound.args, bound.kwargs
        return super().apply(*args, **kwargs)


class InplaceFunction(Function):
    """A function with an ``inplace`` flag; kept for old programs."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace


class _DelayedError(Function):
    """Return the inputs; differentiating through it raises `message`."""

    @staticmethod
    def forward(ctx: Any, message: str, *tensors: Any) -> tuple:
        ctx.message = message
        return tuple(t if t is None else t.detach() for t in tensors)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        raise RuntimeError(ctx.message)


def once_differentiable(fn: Callable) -> Callable:
    """Decorate a ``backward`` that cannot itself be differentiated.

    Args:
        fn: the backward; runs without recording. Differentiating its result raises.

    Example:
        >>> class Double(torch.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         return x * 2
        ...
        ...     @staticmethod
        ...     @torch.autograd.function.once_differentiable
        ...     def backward(ctx, grad):
        ...         return grad * 2
    """

    @functools.wraps(fn)
    def wrapper(ctx: Any, *args: Any, **kwargs: Any) -> Any:
        with torch.no_grad():
            outputs = fn(ctx, *args, **kwargs)
        recorded = torch.is_grad_enabled() and any(
            isinstance(arg, torch.Tensor) and arg.requires_grad for arg in args
        )
        if not recorded:
            return outputs
        as_tuple = outputs if isinstance(outputs, tuple) else (outputs,)
        guarded = [t if t is None else t.detach().requires_grad_() for t in as_tuple]
        result = _DelayedError.apply(
            "trying to differentiate twice a function that was marked with "
            "@once_differentiable",
            *guarded,
        )
        return result if isinstance(outputs, tuple) else result[0]

    return wrapper
