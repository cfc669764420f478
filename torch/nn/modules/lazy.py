"""`LazyModuleMixin`: layers whose parameters get their shape from the first input."""

from __future__ import annotations

from typing import Any

from torch.nn.parameter import is_lazy

__all__ = ["LazyModuleMixin"]


class LazyModuleMixin:
    """Postpone a layer's parameters to its first call, or to loading.

    A lazy class derives from the mixin first and the layer second, makes
    `UninitializedParameter`s in `__init__`, and gives them their shape in
    `initialize_parameters`, which gets the arguments of the first call.  After it
    the module is an instance of `cls_to_become`.
    """

    cls_to_become: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        module: Any = self
        self._load_hook = module._register_load_state_dict_pre_hook(_materialize, True)
        self._initialize_hook = module.register_forward_pre_hook(
            _initialize, with_kwargs=True
        )

    def _save_to_state_dict(
        self, destination: dict, prefix: str, keep_vars: bool
    ) -> None:
        module: Any = self
        for name, tensor in module._own_state():
            if tensor is not None:
                waits = is_lazy(tensor) or keep_vars
                destination[prefix + name] = tensor if waits else tensor.detach()

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Give the parameters their shape; every lazy class has its own."""
        raise NotImplementedError(
            f"initialize_parameters is not implemented for {type(self).__name__}"
        )

    def has_uninitialized_params(self) -> bool:
        """Tell whether a parameter or buffer still waits for its shape."""
        module: Any = self
        members = [*module._parameters.values(), *module._buffers.values()]
        return any(is_lazy(member) for member in members)


def _materialize(module: Any, state_dict: Any, prefix: str, *report: Any) -> None:
    """Before loading: take the shapes from the state dict."""
    for name, tensor in module._own_state():
        loaded = state_dict.get(prefix + name)
        if is_lazy(tensor) and loaded is not None and not is_lazy(loaded):
            tensor.materialize(loaded.shape)


def _initialize(module: Any, args: tuple, kwargs: dict) -> None:
    """Before the first forward: take the shapes from the input, and be lazy no more."""
    module.initialize_parameters(*args, **kwargs)
    if module.has_uninitialized_params():
        raise RuntimeError(
            f"module {module._get_name()} has not been fully initialized"
        )
    module._initialize_hook.remove()
    module._load_hook.remove()
    del module._initialize_hook, module._load_hook
    if module.cls_to_become is not None:
        module.__class__ = module.cls_to_become
