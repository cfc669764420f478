"""The optimizer base class: parameter groups, state, hooks, saving.

Entry points: `Optimizer`, the two `register_optimizer_step_*_hook` functions,
and the helpers that concrete optimizers share (`_use_grad_for_differentiable`,
`_fused_parts`).  Read docs/design/optim_and_data.md first.
"""

from __future__ import annotations

import functools
import warnings
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from copy import deepcopy
from operator import attrgetter
from typing import (
    Any,
    Callable,
    Optional,
    Union,
)

import torch
from torch.nn.parameter import Parameter
from torch.utils.hooks import RemovableHandle

__all__ = [
    "Optimizer",
    "register_optimizer_step_pre_hook",
    "register_optimizer_step_post_hook",
]

ParamsT = Union[
    Iterable[torch.Tensor],
    Iterable[dict[str, Any]],
    Iterable[tuple[str, torch.Tensor]],
]
StateDict = dict[str, Any]
StateDictHook = Callable[["Optimizer", StateDict], Optional[StateDict]]

# Short names for what the signatures of optimizers repeat.
Tensors = list[torch.Tensor]
Real = Union[float, torch.Tensor]
Flag = Optional[bool]

_global_optimizer_pre_hooks: OrderedDict[int, Callable] = OrderedDict()
_global_optimizer_post_hooks: OrderedDict[int, Callable] = OrderedDict()


class _RequiredParameter:
    """Type of `required`, the default of an option that has none."""

    def __repr__(self) -> str:
        return "<required parameter>"


required = _RequiredParameter()


# --------------------------------------------------------- shared by optimizers


def _use_grad_for_differentiable(step: Callable) -> Callable:
    """Run `step` with gradients off, or on where the optimizer is differentiable."""

    @functools.wraps(step)
    def with_grad_mode(self: Any, *args: Any, **kwargs: Any) -> Any:
        before = torch.is_grad_enabled()
        torch._C._set_grad_enabled(self.defaults["differentiable"])
        try:
            return step(self, *args, **kwargs)
        finally:
            torch._C._set_grad_enabled(before)

    return with_grad_mode


_PLAIN_TYPES = {torch.Tensor, Parameter}
_FUSED_DEVICES = {"cpu", "cuda"}
_DENSE = {torch.strided}
_FUSED_DTYPES = {torch.float32, torch.float64, torch.float16, torch.bfloat16}
_dtype_of, _device_of = attrgetter("dtype"), attrgetter("device")
_layout_of = attrgetter("layout")


def _fused_supported(params: list, grads: list) -> bool:
    """Whether one fused operator call can update `params` by `grads`.

    True for plain dense tensors that share one floating dtype and one device.
    Works on sets filled at C speed: this runs on every step.
    """
    both = params + grads
    dtypes = set(map(_dtype_of, both))
    return (
        len(dtypes) == 1
        and dtypes <= _FUSED_DTYPES
        and set(map(type, both)) <= _PLAIN_TYPES
        and len(set(map(_device_of, both))) == 1
        and params[0].device.type in _FUSED_DEVICES
        and set(map(_layout_of, grads)) == _DENSE
    )


def _all_tensors(values: list) -> bool:
    if set(map(type, values)) <= _PLAIN_TYPES:
        return True
    return all(isinstance(v, torch.Tensor) for v in values)


def _fused_parts(
    fused: Flag, foreach: Flag, params: list, grads: list, *states: Sequence
) -> list[tuple] | None:
    """What to hand to the fused operator, call by call; None: use the formula.

    `fused` decides alone where it is given without `foreach`.  Otherwise the
    operator runs wherever it can, unless `foreach=False` asks for the formula or
    autograd is to record the step.
    """
    if fused is not None and foreach is None:
        return _alike(params, grads, *states) if fused else None
    if foreach is False or torch.is_grad_enabled():
        return None
    if not _fused_supported(params, grads):
        return None
    return [(params, grads, *states)]


def _alike(params: list, *others: Sequence) -> list[tuple]:
    """Split parallel lists into parts whose params share one dtype and device."""
    kinds = list(zip(map(_dtype_of, params), map(_device_of, params)))
    return [
        tuple(
            [x for x, its_kind in zip(values, kinds) if its_kind == kind]
            for values in (params, *others)
        )
        for kind in set(kinds)
    ]


def _scaler_options(is_fused: bool, grad_scale: Any, found_inf: Any) -> dict[str, Any]:
    """Arguments of a fused operator that only a gradient scaler gives."""
    if grad_scale is None and found_inf is None:
        return {}
    if not is_fused:
        raise AssertionError("Expected grad_scale and found_inf to be None")
    return {"grad_scale": grad_scale, "found_inf": found_inf}


def _device_dtype_check_for_fused(p: torch.Tensor) -> None:
    devices = ["mps", "cuda", "xpu", "hpu", "cpu", "mtia", "privateuseone"]
    if p.device.type not in devices or not p.is_floating_point():
        raise RuntimeError(
            "`fused=True` requires all the params to be floating point Tensors of "
            f"supported devices: {devices} but {p.dtype} and {p.device.type}"
        )


def _get_scalar_dtype(is_fused: bool | None = None) -> torch.dtype:
    """Dtype of a `step` counter."""
    if not is_fused and torch.get_default_dtype() == torch.float64:
        return torch.float64
    return torch.float32


def _get_value(x: Any) -> Any:
    """The Python number in a one-element tensor; other values unchanged."""
    return x.item() if isinstance(x, torch.Tensor) else x


def _to_scalar(x: Any) -> Any:
    """Drop the dimensions of a one-element tensor; other values unchanged."""
    return x.squeeze() if isinstance(x, torch.Tensor) and x.dim() != 0 else x


# ------------------------------------------------------------------------ hooks


def _add_hook(
    table: OrderedDict[int, Callable], hook: Callable, prepend: bool = False
) -> RemovableHandle:
    handle = RemovableHandle(table)
    table[handle.id] = hook
    if prepend:
        table.move_to_end(handle.id, last=False)
    return handle


def register_optimizer_step_pre_hook(hook: Callable) -> RemovableHandle:
    """Run `hook` before every `step` of every optimizer.

    Args:
        hook: Called as ``hook(optimizer, args, kwargs)``; it may return new
            ``(args, kwargs)`` or None.

    Returns:
        A handle whose ``remove()`` takes the hook away.

    Example:
        >>> from torch.optim.optimizer import register_optimizer_step_pre_hook
        >>> steps = []
        >>> handle = register_optimizer_step_pre_hook(lambda *args: steps.append(1))
        >>> torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1).step()
        >>> handle.remove()
        >>> len(steps)
        1
    """
    return _add_hook(_global_optimizer_pre_hooks, hook)


def register_optimizer_step_post_hook(hook: Callable) -> RemovableHandle:
    """Run `hook` after every `step` of every optimizer.

    Args:
        hook: Called as ``hook(optimizer, args, kwargs)``; its result is ignored.

    Returns:
        A handle whose ``remove()`` takes the hook away.

    Example:
        >>> from torch.optim.optimizer import register_optimizer_step_post_hook
        >>> steps = []
        >>> handle = register_optimizer_step_post_hook(lambda *args: steps.append(1))
        >>> torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1).step()
        >>> handle.remove()
        >>> len(steps)
        1
    """
    return _add_hook(_global_optimizer_post_hooks, hook)


# -------------------------------------------------------------------- Optimizer


class Optimizer:
    """Hold parameter groups and their state; base of all optimizers.

    A subclass passes its options in `defaults`, implements `step`, and keeps
    what it remembers of a parameter ``p`` in the dict ``self.state[p]``.

    Args:
        params: Iterable of tensors, of ``(name, tensor)`` pairs, or of dicts with
            a ``"params"`` entry and options of their own.  Its order must not
            change between runs, so sets are refused.
        defaults: Options for the groups that do not give them.

    Raises:
        TypeError: `params` is a tensor, or holds something that is none.
        ValueError: `params` is empty, or holds a tensor that is no leaf.

    Example:
        >>> class Halve(torch.optim.Optimizer):
        ...     @torch.no_grad()
        ...     def step(self, closure=None):
        ...         for group in self.param_groups:
        ...             for p in group["params"]:
        ...                 p.mul_(group["factor"])
        >>> p = torch.nn.Parameter(torch.ones(2))
        >>> Halve([p], {"factor": 0.5}).step()
        >>> p.tolist()
        [0.5, 0.5]
    """

    _optimizer_step_pre_hooks: OrderedDict[int, Callable]
    _optimizer_step_post_hooks: OrderedDict[int, Callable]
    _optimizer_state_dict_pre_hooks: OrderedDict[int, Callable]
    _optimizer_state_dict_post_hooks: OrderedDict[int, Callable]
    _optimizer_load_state_dict_pre_hooks: OrderedDict[int, Callable]
    _optimizer_load_state_dict_post_hooks: OrderedDict[int, Callable]

    def __init__(self, params: ParamsT, defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self._prepare_hooks()
        if isinstance(params, torch.Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of "
                f"Tensors or dicts, but got {torch.typename(params)}"
            )
        self.state: defaultdict[torch.Tensor, Any] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []

        groups: list[Any] = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    def __getstate__(self) -> dict[str, Any]:
        return {k: getattr(self, k) for k in ("defaults", "state", "param_groups")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._prepare_hooks()
        self.defaults.setdefault("differentiable", False)

    def __repr__(self) -> str:
        text = f"{type(self).__name__} ("
        for i, group in enumerate(self.param_groups):
            text += f"\nParameter Group {i}\n"
            for name in sorted(group):
                if name != "params":
                    text += f"    {name}: {group[name]}\n"
        return text + ")"

    # ---- hooks

    def _prepare_hooks(self) -> None:
        for name in Optimizer.__annotations__:  # the hook tables above
            self.__dict__.setdefault(name, OrderedDict())
        self._patch_step_function()

    def _patch_step_function(self) -> None:
        """Let the class's `step` run the step hooks, once per class."""
        cls = type(self)
        if not getattr(cls.step, "hooked", None):
            hooked: Any = self.profile_hook_step(cls.step)
            hooked.hooked = True
            setattr(cls, "step", hooked)

    @staticmethod
    def profile_hook_step(func: Callable) -> Callable:
        """Wrap a `step` function so that it runs the step hooks around itself."""

        @functools.wraps(func)
        def hooked_step(*args: Any, **kwargs: Any) -> Any:
            self = args[0]
            pre, post = self._optimizer_step_pre_hooks, self._optimizer_step_post_hooks
            if pre or _global_optimizer_pre_hooks:
                for hook in (*_global_optimizer_pre_hooks.values(), *pre.values()):
                    result = hook(self, args, kwargs)
                    if result is None:
                        continue
                    if not isinstance(result, tuple) or len(result) != 2:
                        raise RuntimeError(
                            f"{func} must return None or a tuple of "
                            f"(new_args, new_kwargs), but got {result}."
                        )
                    args, kwargs = result
            out = func(*args, **kwargs)
            if post or _global_optimizer_post_hooks:
                for hook in (*post.values(), *_global_optimizer_post_hooks.values()):
                    hook(self, args, kwargs)
            return out

        return hooked_step

    def register_step_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Run `hook` before each `step` of this optimizer.

        Args:
            hook: Called as ``hook(optimizer, args, kwargs)``; it may return new
                ``(args, kwargs)`` or None.

        Returns:
            A handle whose ``remove()`` takes the hook away.
        """
        return _add_hook(self._optimizer_step_pre_hooks, hook)

    def register_step_post_hook(self, hook: Callable) -> RemovableHandle:
        """Run `hook` after each `step` of this optimizer.

        Args:
            hook: Called as ``hook(optimizer, args, kwargs)``; its result is ignored.

        Returns:
            A handle whose ``remove()`` takes the hook away.
        """
        return _add_hook(self._optimizer_step_post_hooks, hook)

    def register_state_dict_pre_hook(
        self, hook: Callable[[Optimizer], None], prepend: bool = False
    ) -> RemovableHandle:
        """Run ``hook(optimizer)`` before `state_dict` collects.

        Args:
            hook: The function.
            prepend: Run before the hooks there already are. Default: after them.

        Returns:
            A handle whose ``remove()`` takes the hook away.
        """
        return _add_hook(self._optimizer_state_dict_pre_hooks, hook, prepend)

    def register_state_dict_post_hook(
        self, hook: StateDictHook, prepend: bool = False
    ) -> RemovableHandle:
        """Run ``hook(optimizer, state_dict)`` on what `state_dict` collected.

        Args:
            hook: May change the dict or return another one in its place.
            prepend: Run before the hooks there already are. Default: after them.

        Returns:
            A handle whose ``remove()`` takes the hook away.
        """
        return _add_hook(self._optimizer_state_dict_post_hooks, hook, prepend)

    def register_load_state_dict_pre_hook(
        self, hook: StateDictHook, prepend: bool = False
    ) -> RemovableHandle:
        """Run ``hook(optimizer, state_dict)`` before `load_state_dict` reads.

        Args:
            hook: May change the (shallow copied) dict or return another one.
            prepend: Run before the hooks there already are. Default: after them.

        Returns:
            A handle whose ``remove()`` takes the hook away.
        """
        return _add_hook(self._optimizer_load_state_dict_pre_hooks, hook, prepend)

    def register_load_state_dict_post_hook(
        self, hook: Callable[[Optimizer], None], prepend: bool = False
    ) -> RemovableHandle:
        """Run ``hook(optimizer)`` after `load_state_dict`.

        Args:
            hook: The function.
            prepend: Run before the hooks there already are. Default: after them.

        Returns:
            A handle whose ``remove()`` takes the hook away.
        """
        return _add_hook(self._optimizer_load_state_dict_post_hooks, hook, prepend)

    # ---- for subclasses

    def _check_fused(self, fused: Flag, foreach: Flag, differentiable: bool) -> None:
        """Refuse flags that exclude each other; called at the end of `__init__`."""
        if not fused:
            return
        self._step_supports_amp_scaling = True
        if differentiable:
            raise RuntimeError("`fused` does not support `differentiable`")
        if foreach:
            raise RuntimeError("`fused` and `foreach` cannot be `True` together.")

    @staticmethod
    def _evaluate(closure: Callable[[], float] | None) -> float | None:
        """Compute the loss with gradients on; called at the start of `step`."""
        if closure is None:
            return None
        with torch.enable_grad():
            return closure()

    # ---- saving

    def state_dict(self) -> StateDict:
        """Return options and state, with parameters replaced by their numbers.

        Returns:
            ``{"state": {number: {...}}, "param_groups": [{..., "params":
            [numbers]}]}``.  Numbers count the parameters through all groups.
            Tensors are shared with the optimizer, not copied.

        Example:
            >>> p = torch.nn.Parameter(torch.ones(1))
            >>> opt = torch.optim.SGD([p], lr=0.5)
            >>> opt.state_dict()["param_groups"][0]["params"]
            [0]
        """
        for pre_hook in self._optimizer_state_dict_pre_hooks.values():
            pre_hook(self)

        number: dict[int, int] = {}
        packed_groups = []
        for group in self.param_groups:
            first = len(number)
            for i, p in enumerate(group["params"], first):
                number.setdefault(id(p), i)
            packed = {k: v for k, v in group.items() if k != "params"}
            packed["params"] = [number[id(p)] for p in group["params"]]
            packed_groups.append(packed)
        state = {
            number[id(k)] if isinstance(k, torch.Tensor) else k: v
            for k, v in self.state.items()
        }

        result = {"state": state, "param_groups": packed_groups}
        for post_hook in self._optimizer_state_dict_post_hooks.values():
            replaced = post_hook(self, result)
            if replaced is not None:
                result = replaced
        return result

    def load_state_dict(self, state_dict: StateDict) -> None:
        """Take over options and state saved by `state_dict`.

        State tensors are copied to the device and, for floating parameters, the
        dtype of their parameter; ``step`` counters keep theirs.  Parameters match
        by position.

        Args:
            state_dict: What `state_dict` returned.

        Raises:
            ValueError: The groups differ in number or in size.
        """
        state_dict = state_dict.copy()
        for pre_hook in self._optimizer_load_state_dict_pre_hooks.values():
            replaced = pre_hook(self, state_dict)
            if replaced is not None:
                state_dict = replaced

        saved_groups = deepcopy(state_dict["param_groups"])
        self._check_groups_match(saved_groups)
        by_number = {
            n: p
            for saved, own in zip(saved_groups, self.param_groups)
            for n, p in zip(saved["params"], own["params"])
        }
        state: defaultdict[Any, Any] = defaultdict(dict)
        for k, v in state_dict["state"].items():
            if k in by_number:
                state[by_number[k]] = _adopt(by_number[k], v, k, saved_groups)
            else:
                state[k] = v
        for saved, own in zip(saved_groups, self.param_groups):
            if "param_names" in own and "param_names" not in saved:
                saved["param_names"] = own["param_names"]
            saved["params"] = own["params"]

        self.__setstate__({"state": state, "param_groups": saved_groups})
        for post_hook in self._optimizer_load_state_dict_post_hooks.values():
            post_hook(self)

    @staticmethod
    def _process_value_according_to_param_policy(
        param: torch.Tensor,
        value: torch.Tensor,
        param_id: int,
        param_groups: list[dict],
        key: Any = None,
    ) -> torch.Tensor:
        """Move one saved state tensor beside its parameter.

        A ``step`` counter stays where it was, in its own dtype, unless the
        kernels of its group (fused, capturable) read it on the device.
        """
        if key != "step":
            dtype = param.dtype if param.is_floating_point() else value.dtype
            return value.to(dtype=dtype, device=param.device)
        group = next(g for g in param_groups if param_id in g["params"])
        if group.get("fused") or group.get("capturable"):
            return value.to(dtype=torch.float32, device=param.device)
        return value

    def _check_groups_match(self, saved_groups: list) -> None:
        if len(saved_groups) != len(self.param_groups):
            raise ValueError(
                "loaded state dict has a different number of parameter groups"
            )
        for saved, own in zip(saved_groups, self.param_groups):
            if len(saved["params"]) != len(own["params"]):
                raise ValueError(
                    "loaded state dict contains a parameter group that doesn't match "
                    "the size of optimizer's group"
                )

    # ---- training

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters.

        Args:
            set_to_none: Drop the gradient tensors (cheaper, and `step` passes over
                parameters without one). False: keep them and fill them with 0.

        Example:
            >>> p = torch.nn.Parameter(torch.ones(1))
            >>> p.sum().backward()
            >>> torch.optim.SGD([p]).zero_grad()
            >>> p.grad is None
            True
        """
        for group in self.param_groups:
            for p in group["params"]:
                if set_to_none:
                    p.grad = None
                elif p.grad is not None:
                    if p.grad.grad_fn is not None:
                        p.grad.detach_()
                    else:
                        p.grad.requires_grad_(False)
                    p.grad.zero_()

    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """Update the parameters once.

        Args:
            closure: Computes the loss anew, with gradients, and returns it.

        Returns:
            What `closure` returned, else None.

        Raises:
            NotImplementedError: In this base class.
        """
        raise NotImplementedError

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Take more parameters under care, as when a frozen layer is thawed.

        Args:
            param_group: ``{"params": tensor or list, option: value, ...}``; the
                optimizer's defaults fill in options that are not given.

        Raises:
            TypeError: No dict, or its parameters are no tensors or a set.
            ValueError: A parameter is no leaf, is in another group already, or
                the group's use of names differs from that of the others.

        Example:
            >>> a, b = (torch.nn.Parameter(torch.ones(1)) for _ in range(2))
            >>> opt = torch.optim.SGD([a], lr=0.1)
            >>> opt.add_param_group({"params": b, "lr": 0.01})
            >>> [group["lr"] for group in opt.param_groups]
            [0.1, 0.01]
        """
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        _split_names(param_group)
        for p in param_group["params"]:
            self._check_param(p)
        for name, default in self.defaults.items():
            if default is required and name not in param_group:
                raise ValueError(
                    "parameter group didn't specify a value of required optimization "
                    f"parameter {name}"
                )
            param_group.setdefault(name, default)
        self._check_against_other_groups(param_group)
        self.param_groups.append(param_group)

    def _check_param(self, p: Any) -> None:
        if not isinstance(p, torch.Tensor):
            raise TypeError(
                "optimizer can only optimize Tensors, but one of the params is "
                + torch.typename(p)
            )
        if not (self.defaults.get("differentiable") or p.is_leaf or p.retains_grad):
            raise ValueError("can't optimize a non-leaf Tensor")

    def _check_against_other_groups(self, param_group: dict[str, Any]) -> None:
        new = set(map(id, param_group["params"]))
        if len(new) != len(param_group["params"]):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; in "
                "future, this will cause an error; see "
                "github.com/pytorch/pytorch/issues/40967 for more information",
                stacklevel=4,
            )
        if self.param_groups:
            named = "param_names" in param_group
            if named != ("param_names" in self.param_groups[0]):
                raise ValueError(
                    "all optimizer param groups should be with/without names. cannot "
                    f"add param group {'with' if named else 'without'} names to the "
                    "optimizer"
                )
        for group in self.param_groups:
            if not new.isdisjoint(map(id, group["params"])):
                raise ValueError(
                    "some parameters appear in more than one parameter group"
                )


def _split_names(param_group: dict[str, Any]) -> None:
    """Make ``group["params"]`` a list of tensors, names apart in "param_names"."""
    params = param_group["params"]
    if isinstance(params, torch.Tensor):
        params = [params]
    elif isinstance(params, set):
        raise TypeError(
            "optimizer parameters need to be organized in ordered collections, but "
            "the ordering of tensors in sets will change between runs. Please use a "
            "list instead."
        )
    params = list(params)
    are_pairs = {isinstance(entry, tuple) for entry in params}
    if len(are_pairs) > 1:
        raise ValueError(
            "all optimizer params should be with/without names. Some param names are "
            "missing"
        )
    if are_pairs == {True}:
        param_group["param_names"] = [entry[0] for entry in params]
        params = [entry[1] for entry in params]
    param_group["params"] = params


def _adopt(
    p: torch.Tensor, value: Any, number: int, groups: list, key: Any = None
) -> Any:
    """Copy saved state of `p` to where `p` lives; nested containers keep their type."""
    if isinstance(value, torch.Tensor):
        return Optimizer._process_value_according_to_param_policy(
            p, value, number, groups, key
        )
    if isinstance(value, dict):
        return {k: _adopt(p, v, number, groups, k) for k, v in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        kind: Any = type(value)
        return kind(_adopt(p, v, number, groups) for v in value)
    return value
