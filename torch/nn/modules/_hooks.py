"""Hooks of modules: the global tables, registration, and the call that runs them.

`Module.__call__` comes here only when some hook exists.  `call_with_hooks` is the
order of events; read `torch.utils.hooks.BackwardHook` for what frames a call whose
gradients are watched.
"""

from __future__ import annotations

import functools
import warnings
import weakref
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any, Callable

import torch
from torch.utils.hooks import BackwardHook, RemovableHandle

_global_buffer_registration_hooks: OrderedDict[int, Callable] = OrderedDict()
_global_module_registration_hooks: OrderedDict[int, Callable] = OrderedDict()
_global_parameter_registration_hooks: OrderedDict[int, Callable] = OrderedDict()
_global_backward_pre_hooks: OrderedDict[int, Callable] = OrderedDict()
_global_backward_hooks: OrderedDict[int, Callable] = OrderedDict()
_global_forward_pre_hooks: OrderedDict[int, Callable] = OrderedDict()
_global_forward_hooks: OrderedDict[int, Callable] = OrderedDict()
_global_forward_hooks_with_kwargs: OrderedDict[int, bool] = OrderedDict()
_global_forward_hooks_always_called: OrderedDict[int, bool] = OrderedDict()

# Ids of all hooks that a call of a module has to look at, for one quick test.
_global_call_hooks: OrderedDict[int, bool] = OrderedDict()

# Whether the global backward hooks are full ones; None while there was none yet.
_global_backward_hooks_are_full: bool | None = None

_MIXED = (
    "Cannot use both regular backward hooks and full backward hooks {where}. "
    "Please use only one of them."
)
_MIXED_GLOBAL = _MIXED.format(where="as a global Module hook")
_MIXED_MODULE = _MIXED.format(where="on a single Module")

_DEPRECATED = (
    "is deprecated and will be removed in future versions. "
    "This hook will be missing some"
)
_ADVICE = "Please use register_full_backward_hook to get the documented behavior."


class _WrappedHook:
    """A hook that names its module weakly, so that a module owns no cycle.

    Args:
        hook: what to call.
        module: passed to `hook` as the first argument, if given.
    """

    def __init__(self, hook: Callable, module: Any = None) -> None:
        self.hook = hook
        functools.update_wrapper(self, hook)
        self.with_module = module is not None
        if self.with_module:
            self.module = weakref.ref(module)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self.with_module:
            return self.hook(*args, **kwargs)
        module = self.module()
        if module is None:
            raise RuntimeError("You are trying to call the hook of a dead Module!")
        return self.hook(module, *args, **kwargs)

    def __getstate__(self) -> dict:
        state = {"hook": self.hook, "with_module": self.with_module}
        return {**state, "module": self.module()} if self.with_module else state

    def __setstate__(self, state: dict) -> None:
        module = state["module"] if state["with_module"] else None
        if state["with_module"] and module is None:
            raise RuntimeError("You are trying to revive the hook of a dead Module!")
        _WrappedHook.__init__(self, state["hook"], module)


def add_hook(
    hooks: OrderedDict, hook: Callable, *marks: dict, prepend: bool = False
) -> RemovableHandle:
    """Put `hook` into the table `hooks`, and its id into each table of `marks`."""
    handle = RemovableHandle(hooks, extra_dict=marks)
    hooks[handle.id] = hook
    for table in marks:
        table[handle.id] = True
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle


def registered(hooks: dict, module: Any, name: str, value: Any) -> Any:
    """`value`, or what the registration hooks put in its place."""
    for hook in hooks.values():
        replaced = hook(module, name, value)
        if replaced is not None:
            value = replaced
    return value


class Hooks:
    """The part of `Module` that registers hooks."""

    _is_full_backward_hook: bool | None
    _backward_hooks: OrderedDict[int, Callable]
    _backward_pre_hooks: OrderedDict[int, Callable]
    _forward_hooks: OrderedDict[int, Callable]
    _forward_hooks_always_called: OrderedDict[int, bool]
    _forward_hooks_with_kwargs: OrderedDict[int, bool]
    _forward_pre_hooks: OrderedDict[int, Callable]
    _forward_pre_hooks_with_kwargs: OrderedDict[int, bool]

    def register_forward_pre_hook(
        self, hook: Callable, *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args)` before every `forward`.

        Args:
            hook: may return new positional arguments, one value or a tuple.
            prepend: run before the hooks that exist. Default: `False`
            with_kwargs: call `hook(module, args, kwargs)`, which may return
                `(args, kwargs)`. Default: `False`

        Returns:
            A handle whose `remove()` takes the hook away.

        Example:
            >>> relu = torch.nn.ReLU()
            >>> handle = relu.register_forward_pre_hook(lambda module, args: -args[0])
            >>> relu(torch.tensor([-1.0, 2.0]))
            tensor([1., 0.])
        """
        marks = [self._forward_pre_hooks_with_kwargs] if with_kwargs else []
        return add_hook(self._forward_pre_hooks, hook, *marks, prepend=prepend)

    def register_forward_hook(
        self,
        hook: Callable,
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,
    ) -> RemovableHandle:
        """Call `hook(module, args, output)` after every `forward`.

        Args:
            hook: may return a new output.
            prepend: run before the hooks that exist. Default: `False`
            with_kwargs: pass `kwargs` as the third argument. Default: `False`
            always_call: run the hook also where the call raises. Default: `False`

        Returns:
            A handle whose `remove()` takes the hook away.

        Example:
            >>> relu = torch.nn.ReLU()
            >>> handle = relu.register_forward_hook(lambda module, args, out: out + 1)
            >>> relu(torch.tensor([-1.0, 2.0]))
            tensor([1., 3.])
        """
        marks = [self._forward_hooks_with_kwargs] if with_kwargs else []
        if always_call:
            marks.append(self._forward_hooks_always_called)
        return add_hook(self._forward_hooks, hook, *marks, prepend=prepend)

    def register_full_backward_pre_hook(
        self, hook: Callable, prepend: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, grad_output)` before gradients enter the module.

        Args:
            hook: may return gradients to use instead, as a tuple.
            prepend: run before the hooks that exist. Default: `False`

        Returns:
            A handle whose `remove()` takes the hook away.
        """
        return add_hook(self._backward_pre_hooks, hook, prepend=prepend)

    def register_full_backward_hook(
        self, hook: Callable, prepend: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` once gradients left the module.

        Arguments and results that are no tensors stand as `None` in the tuples.

        Args:
            hook: may return gradients of the inputs to use instead.
            prepend: run before the hooks that exist. Default: `False`

        Returns:
            A handle whose `remove()` takes the hook away.

        Raises:
            RuntimeError: if the module has a hook of `register_backward_hook`.

        Example:
            >>> linear = torch.nn.Linear(2, 1)
            >>> def show(module, grad_input, grad_output):
            ...     print(grad_output[0])
            >>> handle = linear.register_full_backward_hook(show)
            >>> linear(torch.ones(1, 2, requires_grad=True)).sum().backward()
            tensor([[1.]])
        """
        return self._add_backward_hook(hook, full=True, prepend=prepend)

    def register_backward_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` for the last node of `forward`.

        The gradients are that node's, not the module's: use
        `register_full_backward_hook`.

        Raises:
            RuntimeError: if the module has a full backward hook.
        """
        return self._add_backward_hook(hook, full=False)

    def _add_backward_hook(
        self, hook: Callable, full: bool, prepend: bool = False
    ) -> RemovableHandle:
        # Full and legacy hooks see different gradients, so a module has one kind.
        if self._is_full_backward_hook is (not full):
            raise RuntimeError(_MIXED_MODULE)
        self._is_full_backward_hook = full
        return add_hook(self._backward_hooks, hook, prepend=prepend)


def register_module_buffer_registration_hook(hook: Callable) -> RemovableHandle:
    """Call `hook(module, name, buffer)` for each buffer registered in any module.

    A result other than `None` is registered in its place.

    Args:
        hook: may return another buffer.

    Example:
        >>> from torch.nn.modules.module import register_module_buffer_registration_hook
        >>> names = []
        >>> handle = register_module_buffer_registration_hook(
        ...     lambda module, name, buffer: names.append(name))
        >>> norm = torch.nn.BatchNorm1d(1)
        >>> handle.remove()
        >>> names
        ['running_mean', 'running_var', 'num_batches_tracked']
    """
    return add_hook(_global_buffer_registration_hooks, hook)


def register_module_module_registration_hook(hook: Callable) -> RemovableHandle:
    """Call `hook(module, name, submodule)` for each submodule of any module.

    A result other than `None` is registered in its place.

    Args:
        hook: may return another module.

    Example:
        >>> from torch.nn.modules.module import register_module_module_registration_hook
        >>> names = []
        >>> handle = register_module_module_registration_hook(
        ...     lambda module, name, submodule: names.append(name))
        >>> model = torch.nn.Sequential(torch.nn.ReLU())
        >>> handle.remove()
        >>> names
        ['0']
    """
    return add_hook(_global_module_registration_hooks, hook)


def register_module_parameter_registration_hook(hook: Callable) -> RemovableHandle:
    """Call `hook(module, name, param)` for each parameter registered in any module.

    A result other than `None` is registered in its place.

    Args:
        hook: may return another parameter.

    Example:
        >>> from torch.nn.modules import module
        >>> names = []
        >>> handle = module.register_module_parameter_registration_hook(
        ...     lambda module, name, param: names.append(name))
        >>> layer = torch.nn.Linear(1, 1)
        >>> handle.remove()
        >>> names
        ['weight', 'bias']
    """
    return add_hook(_global_parameter_registration_hooks, hook)


def register_module_forward_pre_hook(hook: Callable) -> RemovableHandle:
    """Call `hook(module, args)` before `forward` of every module.

    Args:
        hook: may return new positional arguments.

    Returns:
        A handle whose `remove()` takes the hook away.

    Example:
        >>> from torch.nn.modules.module import register_module_forward_pre_hook
        >>> names = []
        >>> handle = register_module_forward_pre_hook(
        ...     lambda module, args: names.append(type(module).__name__))
        >>> out = torch.nn.ReLU()(torch.ones(1))
        >>> handle.remove()
        >>> names
        ['ReLU']
    """
    return add_hook(_global_forward_pre_hooks, hook, _global_call_hooks)


def register_module_forward_hook(
    hook: Callable, *, with_kwargs: bool = False, always_call: bool = False
) -> RemovableHandle:
    """Call `hook(module, args, output)` after `forward` of every module.

    Args:
        hook: may return a new output.
        with_kwargs: pass `kwargs` as the third argument. Default: `False`
        always_call: run the hook also where the call raises. Default: `False`

    Returns:
        A handle whose `remove()` takes the hook away.

    Example:
        >>> from torch.nn.modules.module import register_module_forward_hook
        >>> names = []
        >>> handle = register_module_forward_hook(
        ...     lambda module, args, out: names.append(type(module).__name__))
        >>> out = torch.nn.ReLU()(torch.ones(1))
        >>> handle.remove()
        >>> names
        ['ReLU']
    """
    marks = [_global_call_hooks]
    if with_kwargs:
        marks.append(_global_forward_hooks_with_kwargs)
    if always_call:
        marks.append(_global_forward_hooks_always_called)
    return add_hook(_global_forward_hooks, hook, *marks)


def register_module_backward_hook(hook: Callable) -> RemovableHandle:
    """Call `hook(module, grad_input, grad_output)` in backward of every module.

    The gradients are those of the last node of `forward` alone; use
    `register_module_full_backward_hook` for those of the module.

    Args:
        hook: may return another `grad_input`.
    """
    return _add_global_backward_hook(hook, full=False)


def register_module_full_backward_pre_hook(hook: Callable) -> RemovableHandle:
    """Call `hook(module, grad_output)` before backward of every module.

    A result other than `None` replaces the gradients.

    Args:
        hook: may return another `grad_output`.

    Example:
        >>> from torch.nn.modules.module import register_module_full_backward_pre_hook
        >>> names = []
        >>> handle = register_module_full_backward_pre_hook(
        ...     lambda module, grad_output: names.append(type(module).__name__))
        >>> torch.nn.ReLU()(torch.ones(1, requires_grad=True)).backward()
        >>> handle.remove()
        >>> names
        ['ReLU']
    """
    return add_hook(_global_backward_pre_hooks, hook, _global_call_hooks)


def register_module_full_backward_hook(hook: Callable) -> RemovableHandle:
    """Call `hook(module, grad_input, grad_output)` in backward of every module.

    A result other than `None` replaces `grad_input`.

    Args:
        hook: may return another `grad_input`.

    Example:
        >>> from torch.nn.modules.module import register_module_full_backward_hook
        >>> names, layer = [], torch.nn.ReLU()
        >>> handle = register_module_full_backward_hook(
        ...     lambda m, grad_input, grad_output: names.append(type(m).__name__))
        >>> layer(torch.ones(1, requires_grad=True)).backward()
        >>> handle.remove()
        >>> names
        ['ReLU']
    """
    return _add_global_backward_hook(hook, full=True)


def _add_global_backward_hook(hook: Callable, full: bool) -> RemovableHandle:
    global _global_backward_hooks_are_full
    if _global_backward_hooks_are_full is (not full):
        raise RuntimeError(_MIXED_GLOBAL)
    _global_backward_hooks_are_full = full
    return add_hook(_global_backward_hooks, hook, _global_call_hooks)


def backward_hooks(module: Any) -> tuple[list[Callable], list[Callable]]:
    """Backward hooks that a call of `module` obeys: (full ones, legacy ones)."""
    full: list[Callable] = []
    legacy: list[Callable] = []
    for kind, hooks in (
        (_global_backward_hooks_are_full, _global_backward_hooks),
        (module._is_full_backward_hook, module._backward_hooks),
    ):
        if kind is not None:
            (full if kind else legacy).extend(hooks.values())
    return full, legacy


def backward_pre_hooks(module: Any) -> list[Callable]:
    """Backward pre-hooks that a call of `module` obeys."""
    return [*_global_backward_pre_hooks.values(), *module._backward_pre_hooks.values()]


def call_with_hooks(module: Any, args: tuple, kwargs: dict) -> Any:
    """Call `module.forward` between its hooks.

    Order: forward pre-hooks, entry of the backward frame, `forward`, forward
    hooks, exit of the backward frame.  Global hooks go before the module's own.
    """
    called: set[int] = set()
    try:
        return _call(module, args, kwargs, called)
    except Exception:
        if _global_forward_hooks_always_called or module._forward_hooks_always_called:
            _call_remaining(module, args, kwargs, called)
        raise


def _call(module: Any, args: tuple, kwargs: dict, called: set[int]) -> Any:
    full, legacy = backward_hooks(module)
    pre = backward_pre_hooks(module)
    args, kwargs = _run_forward_pre_hooks(module, args, kwargs)
    frame = BackwardHook(module, full, pre) if full or pre else None
    if frame is not None:
        args = frame.setup_input_hook(args)
    result = module.forward(*args, **kwargs)
    for key, hook, with_kwargs in _forward_hooks(module):
        called.add(key)
        given = (args, kwargs) if with_kwargs else (args,)
        replaced = hook(module, *given, result)
        if replaced is not None:
            result = replaced
    if frame is not None:
        if not isinstance(result, (torch.Tensor, tuple)):
            warnings.warn(
                "For backward hooks to be called, module output should be a Tensor or "
                f"a tuple of Tensors but received {type(result)}",
                stacklevel=2,
            )
        result = frame.setup_output_hook(result)
    if legacy:
        _attach_legacy_hooks(module, legacy, args, result)
    return result


def _run_forward_pre_hooks(module: Any, args: tuple, kwargs: dict) -> tuple:
    own = module._forward_pre_hooks
    for key, hook in [*_global_forward_pre_hooks.items(), *own.items()]:
        if key not in module._forward_pre_hooks_with_kwargs:
            replaced = hook(module, args)
            if replaced is not None:
                args = replaced if isinstance(replaced, tuple) else (replaced,)
            continue
        replaced = hook(module, args, kwargs)
        if replaced is None:
            continue
        if not (isinstance(replaced, tuple) and len(replaced) == 2):
            raise RuntimeError(
                "forward pre-hook must return None or a tuple "
                f"of (new_args, new_kwargs), but got {replaced}."
            )
        args, kwargs = replaced
    return args, kwargs


def _forward_hooks(module: Any) -> Iterable[tuple[int, Callable, bool]]:
    """(id, hook, takes kwargs) of each forward hook that `module` obeys."""
    for hooks, with_kwargs in (
        (_global_forward_hooks, _global_forward_hooks_with_kwargs),
        (module._forward_hooks, module._forward_hooks_with_kwargs),
    ):
        for key, hook in list(hooks.items()):
            yield key, hook, key in with_kwargs


def _call_remaining(module: Any, args: tuple, kwargs: dict, called: set[int]) -> None:
    """After an error: run the hooks with `always_call` that have not run."""
    for key, hook, with_kwargs in _forward_hooks(module):
        globally = key in _global_forward_hooks_always_called
        if key in called or not (
            globally or key in module._forward_hooks_always_called
        ):
            continue
        given = (args, kwargs) if with_kwargs else (args,)
        try:
            hook(module, *given, None)
        except Exception as error:
            warnings.warn(
                f"{'global ' if globally else ''}module forward hook with "
                "``always_call=True`` raised an exception that was silenced as "
                f"another error was raised in forward: {error}",
                stacklevel=2,
            )


def _attach_legacy_hooks(module: Any, hooks: list, args: Any, result: Any) -> None:
    """Hang legacy backward hooks on the node of the first tensor in `result`."""
    first = result
    while not isinstance(first, torch.Tensor):
        if isinstance(first, dict):
            first = next(v for v in first.values() if isinstance(v, torch.Tensor))
        else:
            first = first[0]
    node = first.grad_fn
    if node is None:
        return
    for hook in hooks:
        node.register_hook(_WrappedHook(hook, module))
    complaint = _legacy_complaint(args, result, node)
    if complaint is not None:
        warnings.warn(complaint, FutureWarning, stacklevel=3)


def _legacy_complaint(args: tuple, result: Any, node: Any) -> str | None:
    """What a legacy hook on `node` will not see of this call, in words."""
    results = (result,) if isinstance(result, torch.Tensor) else result
    for what, values, missed in (
        ("return", results, "of the grad_output."),
        ("take as input", args, "of the grad_input."),
    ):
        if not (isinstance(values, tuple) and all(map(torch.is_tensor, values))):
            return (
                f"Using non-full backward hooks on a Module that does not {what} a "
                f"single Tensor or a tuple of Tensors {_DEPRECATED} {missed} {_ADVICE}"
            )
    nodes = {r.grad_fn for r in results if r.grad_fn is not None}
    if len(nodes) > 1:
        situation = "outputs are generated by different autograd Nodes"
        missed = f"grad_output. {_ADVICE}"
    elif node not in nodes:
        situation = "outputs are nested in python data structure"
        missed = "grad_output."
    elif {a.grad_fn for a in args if a.grad_fn is not None} != {
        following for following, _ in node.next_functions
    }:
        situation = "the forward contains multiple autograd Nodes"
        missed = f"grad_input. {_ADVICE}"
    else:
        return None
    return f"Using a non-full backward hook when {situation} {_DEPRECATED} {missed}"
