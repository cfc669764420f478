"""Handles for registered hooks, and the machinery of module backward hooks.

`RemovableHandle` is what every `register_*hook` returns, for tensors, nodes and
modules alike.  `BackwardHook` frames one module call with two identity nodes so
that hooks see the gradients at the module's boundary; `torch.nn.Module` uses it.
"""

from __future__ import annotations

import warnings
import weakref
from collections.abc import MutableMapping, Sequence
from typing import Any, Callable

import torch

__all__ = [
    "RemovableHandle",
    "unserializable_hook",
    "warn_if_has_hooks",
    "BackwardHook",
]

_NO_INPUT_GRADIENT = (
    "Full backward hook is firing when gradients are computed "
    "with respect to module outputs since no inputs require gradients. See "
    "https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html"
    "#torch.nn.Module.register_full_backward_hook "
    "for more details."
)


class RemovableHandle:
    """Remove a hook again, by `remove()` or at the end of a `with` block.

    Args:
        hooks_dict: the table that holds the hook under `handle.id`.
        extra_dict: one more table, or several, keyed by the same id.

    Example:
        >>> from collections import OrderedDict
        >>> hooks = OrderedDict()
        >>> handle = RemovableHandle(hooks)
        >>> hooks[handle.id] = print
        >>> handle.remove()
        >>> len(hooks)
        0
    """

    id: int
    next_id: int = 0

    def __init__(self, hooks_dict: Any, *, extra_dict: Any = None) -> None:
        if extra_dict is None:
            extras: tuple = ()
        elif isinstance(extra_dict, MutableMapping):
            extras = (extra_dict,)
        else:
            extras = tuple(extra_dict)
        self.hooks_dict_ref = weakref.ref(hooks_dict)
        self.extra_dict_ref = tuple(weakref.ref(table) for table in extras)
        self.id = RemovableHandle.next_id
        RemovableHandle.next_id += 1

    def remove(self) -> None:
        """Take the hook out of its tables; a second call does nothing."""
        for reference in (self.hooks_dict_ref, *self.extra_dict_ref):
            table = reference()
            if table is not None:
                table.pop(self.id, None)

    def __getstate__(self) -> tuple:
        tables = tuple(reference() for reference in self.extra_dict_ref)
        return (self.hooks_dict_ref(), self.id, tables)

    def __setstate__(self, state: tuple) -> None:
        hooks_dict, self.id, *rest = state
        # A table that died before pickling leaves a handle that removes nothing.
        tables = [
            _new_table() if t is None else t for t in (hooks_dict, *sum(rest, ()))
        ]
        self.hooks_dict_ref, *extras = [weakref.ref(table) for table in tables]
        self.extra_dict_ref = tuple(extras)
        RemovableHandle.next_id = max(RemovableHandle.next_id, self.id + 1)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, type: Any, value: Any, tb: Any) -> None:
        self.remove()


def _new_table() -> Any:
    from collections import OrderedDict

    return OrderedDict()


def unserializable_hook(f: Callable) -> Callable:
    """Mark a hook so that pickling a tensor which carries it stays silent.

    Args:
        f: the hook, which is returned.

    Example:
        >>> from torch.utils.hooks import unserializable_hook
        >>> hook = unserializable_hook(lambda grad: None)
        >>> handle = torch.ones(1, requires_grad=True).register_hook(hook)
    """
    f.__torch_unserializable__ = True  # type: ignore[attr-defined]
    return f


def warn_if_has_hooks(tensor: torch.Tensor) -> None:
    """Warn about each hook of `tensor` that serialization leaves behind.

    Args:
        tensor: the tensor that is about to be pickled.

    Example:
        >>> from torch.utils.hooks import warn_if_has_hooks
        >>> warn_if_has_hooks(torch.ones(1))
    """
    for hook in (tensor._backward_hooks or {}).values():
        if not hasattr(hook, "__torch_unserializable__"):
            warnings.warn(
                f"backward hook {hook!r} on tensor will not be "
                "serialized.  If this is expected, you can "
                "decorate the function with @torch.utils.hooks.unserializable_hook "
                "to suppress this warning",
                stacklevel=2,
            )


class BackwardHook:
    """Deliver the gradients at the boundary of one module call to hooks.

    `setup_input_hook` passes the tensors among the arguments through one identity
    node and `setup_output_hook` does so for the results.  In backward the output
    node fires first: its gradients are kept in `grad_outputs`.  When the gradients
    reach the input node, the hooks run with both.

    Args:
        module: first argument of every hook.
        user_hooks: called as `hook(module, grad_input, grad_output)`; a result
            replaces `grad_input`.
        user_pre_hooks: called as `hook(module, grad_output)`; a result replaces
            `grad_output`.
    """

    def __init__(
        self,
        module: Any,
        user_hooks: Sequence[Callable],
        user_pre_hooks: Sequence[Callable],
    ) -> None:
        self.module = module
        self.user_hooks = user_hooks
        self.user_pre_hooks = user_pre_hooks
        self.grad_outputs: Any = None
        self.n_inputs = self.n_outputs = 0
        # Positions of tensors; None where no gradient can arrive.
        self.input_tensors_index: Any = None
        self.output_tensors_index: Any = None

    def setup_input_hook(self, args: tuple) -> tuple:
        """Return `args` with tensors that report their gradients here."""
        self.n_inputs = len(args)
        args, node, self.input_tensors_index = _through_identity(args)
        if node is not None:
            node.register_hook(self._inputs_done)
        return args

    def setup_output_hook(self, result: Any) -> Any:
        """Return `result` with tensors that report their gradients here."""
        results = result if isinstance(result, tuple) else (result,)
        self.n_outputs = len(results)
        results, node, self.output_tensors_index = _through_identity(results)
        if node is not None:
            node.register_prehook(self._outputs_arrived)
        return results if isinstance(result, tuple) else results[0]

    def _outputs_arrived(self, grads: tuple) -> tuple:
        grad_outputs = _spread(self.output_tensors_index, grads, self.n_outputs)
        for hook in self.user_pre_hooks:
            replaced = hook(self.module, grad_outputs)
            grad_outputs = _checked(
                grad_outputs,
                replaced,
                "Backward pre hook returned an invalid number of grad_output",
            )
        if self.input_tensors_index is None:
            self._fire_without_inputs(grad_outputs)
        else:
            self.grad_outputs = grad_outputs
        return tuple(grad_outputs[i] for i in self.output_tensors_index)

    def _fire_without_inputs(self, grad_outputs: tuple) -> None:
        warnings.warn(_NO_INPUT_GRADIENT, stacklevel=3)
        nothing = (None,) * self.n_inputs
        for hook in self.user_hooks:
            out = hook(self.module, nothing, grad_outputs)
            if out is None or isinstance(out, tuple) and all(g is None for g in out):
                continue
            raise RuntimeError(
                "Backward hook for Modules where no input requires"
                " gradient should always return None or None for all gradients."
            )

    def _inputs_done(self, grads: tuple, _: tuple) -> tuple | None:
        # A gradient may reach the inputs past the outputs, in double backward.
        if self.grad_outputs is None:
            return None
        grad_inputs = _spread(self.input_tensors_index, grads, self.n_inputs)
        for hook in self.user_hooks:
            replaced = hook(self.module, grad_inputs, self.grad_outputs)
            grad_inputs = _checked(
                grad_inputs,
                replaced,
                "Backward hook returned an invalid number of grad_input",
            )
        self.grad_outputs = None
        return tuple(grad_inputs[i] for i in self.input_tensors_index)


def _through_identity(values: tuple) -> tuple[tuple, Any, list[int] | None]:
    """Send the tensors in `values` through one node: (values, node, positions)."""
    from torch.nn.modules._functions import BackwardHookFunction

    index = [i for i, value in enumerate(values) if isinstance(value, torch.Tensor)]
    tracked = any(values[i].requires_grad for i in index)
    if not (tracked and torch.is_grad_enabled()):
        return values, None, None
    passed = BackwardHookFunction.apply(*[values[i] for i in index])
    node = next(t.grad_fn for t in passed if t.grad_fn is not None)
    replaced = list(values)
    for i, tensor in zip(index, passed):
        replaced[i] = tensor
    # type(values) may be a named tuple, which takes its fields one by one.
    plain = type(values) is tuple
    return tuple(replaced) if plain else type(values)(*replaced), node, index


def _spread(index: list[int], grads: tuple, size: int) -> tuple:
    """Put `grads` at the positions `index` of a tuple otherwise of None."""
    spread = [None] * size
    for i, grad in zip(index, grads):
        spread[i] = grad
    return tuple(spread)


def _checked(current: tuple, replaced: Any, message: str) -> Any:
    """What a hook returned, if anything, in place of `current`."""
    if replaced is None:
        return current
    if len(replaced) != len(current):
        raise RuntimeError(
            f"{message}, got {len(replaced)}, but expected {len(current)}"
        )
    return replaced
