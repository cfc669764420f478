"""Saving and loading what a module knows: `state_dict` and `load_state_dict`.

`_save_to_state_dict` and `_load_from_state_dict` handle one module without its
submodules; classes with another layout override them.
"""

from __future__ import annotations

import warnings
from collections import OrderedDict, namedtuple
from collections.abc import Iterator, Mapping
from typing import Any, Callable

import torch
from torch import Tensor
from torch.nn.parameter import Parameter, is_lazy
from torch.utils.hooks import RemovableHandle

from ._hooks import _WrappedHook, add_hook

_EXTRA_STATE_KEY_SUFFIX = "_extra_state"


class _IncompatibleKeys(namedtuple("_Keys", "missing_keys unexpected_keys")):
    """What `load_state_dict` returns; prints one line when nothing was amiss."""

    __slots__ = ()

    def __repr__(self) -> str:
        return super().__repr__() if any(self) else "<All keys matched successfully>"

    __str__ = __repr__


class StateDict:
    """The part of `Module` that saves and loads."""

    # Written into state dicts, so that a class can read its older layouts.
    _version: int = 1
    _parameters: dict[str, Any]
    _buffers: dict[str, Any]
    _modules: dict[str, Any]
    _non_persistent_buffers_set: set[str]
    _load_state_dict_post_hooks: OrderedDict[int, Callable]
    _load_state_dict_pre_hooks: OrderedDict[int, Callable]
    _state_dict_hooks: OrderedDict[int, Callable]
    _state_dict_pre_hooks: OrderedDict[int, Callable]

    def get_extra_state(self) -> Any:
        """Return state beyond tensors; a subclass that has some overrides this."""
        raise _internal_path("get_extra_state")

    def set_extra_state(self, state: Any) -> None:
        """Restore what `get_extra_state` returned; overridden together with it."""
        raise _internal_path("set_extra_state")

    def _register_state_dict_hook(self, hook: Callable) -> RemovableHandle:
        if getattr(hook, "_from_public_api", False):
            raise RuntimeError(
                "Cannot register the same function as the state dict post hook that "
                "was previously registered via register_state_dict_post_hook"
            )
        return add_hook(self._state_dict_hooks, hook)

    def register_state_dict_post_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(module, state_dict, prefix, local_metadata)` after `state_dict`.

        The hook changes the dictionary in place and returns nothing.
        """
        # The mark is how the private registration above is told apart.
        hook._from_public_api = True  # type: ignore[attr-defined]
        return add_hook(self._state_dict_hooks, hook)

    def register_state_dict_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(module, prefix, keep_vars)` before `state_dict`."""
        return add_hook(self._state_dict_pre_hooks, hook)

    def _register_load_state_dict_pre_hook(
        self, hook: Callable, with_module: bool = False
    ) -> RemovableHandle:
        wrapped = _WrappedHook(hook, self if with_module else None)
        return add_hook(self._load_state_dict_pre_hooks, wrapped)

    def register_load_state_dict_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook` before the module itself is loaded.

        Args:
            hook: called as `hook(module, state_dict, prefix, local_metadata, strict,
                missing_keys, unexpected_keys, error_msgs)`.
        """
        return self._register_load_state_dict_pre_hook(hook, with_module=True)

    def register_load_state_dict_post_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(module, incompatible_keys)` after loading.

        The hook may change `incompatible_keys` in place; strictness is judged
        after it.
        """
        return add_hook(self._load_state_dict_post_hooks, hook)

    # ------------------------------------------------------------------ state dict

    def _save_to_state_dict(
        self, destination: dict, prefix: str, keep_vars: bool
    ) -> None:
        """Put the module's own members into `destination`, without submodules."""
        for name, tensor in self._own_state():
            if tensor is not None:
                destination[prefix + name] = tensor if keep_vars else tensor.detach()
        if type(self).get_extra_state is not StateDict.get_extra_state:
            destination[prefix + _EXTRA_STATE_KEY_SUFFIX] = self.get_extra_state()

    def _own_state(self) -> Iterator[tuple[str, Tensor | None]]:
        """Iterate over the module's own parameters and persistent buffers."""
        yield from self._parameters.items()
        for name, buffer in self._buffers.items():
            if name not in self._non_persistent_buffers_set:
                yield name, buffer

    def state_dict(
        self,
        *args: Any,
        destination: Any = None,
        prefix: str = "",
        keep_vars: bool = False,
    ) -> dict[str, Any]:
        """Return all parameters and persistent buffers by dotted name.

        The tensors share memory with the module.

        Args:
            destination: a dictionary to fill; a new one by default.
            prefix: put before every name.
            keep_vars: give the parameters themselves instead of detached tensors.
                Default: `False`

        Example:
            >>> list(torch.nn.Linear(2, 2).state_dict())
            ['weight', 'bias']
        """
        if args:
            warnings.warn(
                "Positional args are being deprecated, use kwargs instead. Refer to "
                "https://pytorch.org/docs/main/generated/torch.nn.Module.html"
                "#torch.nn.Module.state_dict for details.",
                FutureWarning,
                stacklevel=2,
            )
            given = dict(zip(("destination", "prefix", "keep_vars"), args))
            destination = (
                given.get("destination") if destination is None else destination
            )
            prefix = prefix or given.get("prefix", "")
            keep_vars = keep_vars or given.get("keep_vars", False)
        if destination is None:
            destination = OrderedDict()
            destination._metadata = OrderedDict()
        local_metadata = {"version": self._version}
        for hook in self._state_dict_pre_hooks.values():
            hook(self, prefix, keep_vars)
        if hasattr(destination, "_metadata"):
            destination._metadata[prefix[:-1]] = local_metadata
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, module in self._modules.items():
            if module is not None:
                below = f"{prefix}{name}."
                module.state_dict(
                    destination=destination, prefix=below, keep_vars=keep_vars
                )
        for hook in self._state_dict_hooks.values():
            returned = hook(self, destination, prefix, local_metadata)
            if returned is None:
                continue
            if getattr(hook, "_from_public_api", False):
                raise RuntimeError("state_dict post-hook must return None")
            destination = returned
        return destination

    def _load_from_state_dict(
        self,
        state_dict: Mapping[str, Any],
        prefix: str,
        local_metadata: dict,
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Fill the module's own members, without submodules; report, never raise."""
        report = (missing_keys, unexpected_keys, error_msgs)
        for hook in self._load_state_dict_pre_hooks.values():
            hook(state_dict, prefix, local_metadata, strict, *report)
        own = {name: tensor for name, tensor in self._own_state() if tensor is not None}
        assign = local_metadata.get("assign_to_params_buffers", False)
        for name, tensor in own.items():
            key = prefix + name
            if key in state_dict:
                error = self._load_member(name, tensor, key, state_dict[key], assign)
                if error is not None:
                    error_msgs.append(error)
            elif strict:
                missing_keys.append(key)

        extra_key = prefix + _EXTRA_STATE_KEY_SUFFIX
        has_extra = type(self).set_extra_state is not StateDict.set_extra_state
        if has_extra and extra_key in state_dict:
            self.set_extra_state(state_dict[extra_key])
        elif has_extra and strict:
            missing_keys.append(extra_key)
        if not strict:
            return
        for key in state_dict:
            if key.startswith(prefix) and not (has_extra and key == extra_key):
                name, dot, _ = key[len(prefix) :].partition(".")
                if name not in (self._modules if dot else own):
                    unexpected_keys.append(key)

    def _load_member(
        self, name: str, current: Tensor, key: str, loaded: Any, assign: bool
    ) -> str | None:
        """Load one parameter or buffer; return what went wrong, if anything."""
        if not torch.overrides.is_tensor_like(loaded):
            return (
                f'While copying the parameter named "{key}", expected torch.Tensor or '
                f"Tensor-like object from checkpoint but received {type(loaded)}"
            )
        if not is_lazy(current):
            # Releases before 0.4 saved scalars as tensors of one element.
            if current.dim() == 0 and loaded.dim() == 1 and loaded.shape[0] == 1:
                loaded = loaded[0]
            if loaded.shape != current.shape:
                return (
                    f"size mismatch for {key}: copying a param with shape "
                    f"{loaded.shape} from checkpoint, the shape in current model is "
                    f"{current.shape}."
                )
        if current.is_meta and not loaded.is_meta and not assign:
            warnings.warn(
                f"for {key}: copying from a non-meta parameter in the checkpoint to a "
                "meta parameter in the current model, which is a no-op. (Did you mean "
                "to "
                "pass `assign=True` to assign items in the state dictionary to their "
                "corresponding key in the module instead of copying them in place?)",
                stacklevel=2,
            )
        try:
            with torch.no_grad():
                if not assign:
                    current.copy_(loaded)
                    return None
                if isinstance(current, Parameter):
                    if isinstance(loaded, Parameter):
                        loaded.requires_grad_(current.requires_grad)
                    else:
                        loaded = Parameter(loaded, requires_grad=current.requires_grad)
                setattr(self, name, loaded)
        except Exception as error:
            return (
                f'While copying the parameter named "{key}", whose dimensions in the '
                f"model are {current.size()} and whose dimensions in the checkpoint "
                "are "
                f"{loaded.size()}, an exception occurred : {error.args}."
            )
        return None

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> Any:
        """Copy parameters and buffers from a state dict into the module.

        Args:
            state_dict: as `Module.state_dict` returns it.
            strict: whether the names must match exactly. Default: `True`
            assign: take the tensors over instead of copying their values; their
                dtype and device hold then. Default: `False`

        Returns:
            A named tuple of `missing_keys` and `unexpected_keys`.

        Raises:
            TypeError: if `state_dict` is not a mapping.
            RuntimeError: naming all mismatches; members that match are loaded.

        Example:
            >>> a, b = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)
            >>> a.load_state_dict(b.state_dict())
            <All keys matched successfully>
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(
                f"Expected state_dict to be dict-like, got {type(state_dict)}."
            )
        incompatible = _IncompatibleKeys([], [])
        error_msgs: list[str] = []
        metadata = getattr(state_dict, "_metadata", None)
        # Hooks may edit the dictionary, so they get a copy.
        copied: Any = OrderedDict(state_dict)
        if metadata is not None:
            copied._metadata = metadata
        _load(self, copied, "", metadata or {}, assign, incompatible, error_msgs)
        if strict:
            for fault, keys in (
                ("Unexpected", incompatible.unexpected_keys),
                ("Missing", incompatible.missing_keys),
            ):
                if keys:
                    quoted = ", ".join(f'"{key}"' for key in keys)
                    error_msgs.insert(0, f"{fault} key(s) in state_dict: {quoted}. ")
        if error_msgs:
            raise RuntimeError(
                f"Error(s) in loading state_dict for {type(self).__name__}:\n\t"
                + "\n\t".join(error_msgs)
            )
        return incompatible


def _internal_path(method: str) -> RuntimeError:
    return RuntimeError(
        f"Reached a code path in Module.{method}() that should never be called. Please "
        "file an issue at https://github.com/pytorch/pytorch/issues/new?"
        "template=bug-report.yml to report this bug."
    )


def _load(
    module: Any,
    state_dict: dict[str, Any],
    prefix: str,
    metadata: Mapping[str, Any],
    assign: bool,
    incompatible: _IncompatibleKeys,
    error_msgs: list[str],
) -> None:
    """Load `module` and all below it from the keys that start with `prefix`."""
    local_metadata = metadata.get(prefix[:-1], {})
    if assign:
        local_metadata["assign_to_params_buffers"] = assign
    missing, unexpected = incompatible
    module._load_from_state_dict(
        state_dict, prefix, local_metadata, True, missing, unexpected, error_msgs
    )
    for name, child in module._modules.items():
        if child is not None:
            below = f"{prefix}{name}."
            part = {k: v for k, v in state_dict.items() if k.startswith(below)}
            _load(child, part, below, metadata, assign, incompatible, error_msgs)
    for hook in module._load_state_dict_post_hooks.values():
        if hook(module, incompatible) is not None:
            raise AssertionError(
                "Hooks registered with ``register_load_state_dict_post_hook`` are not "
                "expected to return new values, if incompatible_keys need to be "
                "modified, it should be done inplace."
            )
