"""The members of a module: parameters, buffers and submodules.

They live in three dictionaries, one per kind, in order of registration.
`__setattr__` sorts a value into one of them, `__getattr__` finds it again, and the
`named_*` methods walk the tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Callable

import torch
from torch import Tensor
from torch.nn.parameter import Buffer, Parameter

from ._hooks import (
    _global_buffer_registration_hooks,
    _global_module_registration_hooks,
    _global_parameter_registration_hooks,
    registered,
)

if TYPE_CHECKING:
    from .module import Module

_TABLES = ("_parameters", "_buffers", "_modules")


class Members:
    """What a module owns; `Module` is its only direct subclass."""

    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Any]
    _non_persistent_buffers_set: set[str]

    # -------------------------------------------------------------- registration

    def register_buffer(
        self, name: str, tensor: Tensor | None, persistent: bool = True
    ) -> None:
        """Add a buffer: a tensor that belongs to the state but is not trained.

        Args:
            name: attribute under which the buffer is found.
            tensor: the buffer; `None` reserves the name and is not saved.
            persistent: whether `state_dict` contains it. Default: `True`

        Raises:
            KeyError: if the name is empty, has a dot or is taken.
            TypeError: if `tensor` is not a tensor.

        Example:
            >>> module = torch.nn.Module()
            >>> module.register_buffer("mean", torch.zeros(3))
            >>> module.mean
            tensor([0., 0., 0.])
        """
        self._check_free("buffer", name, "_buffers")
        if not (
            tensor is None
            or isinstance(tensor, Tensor)
            or hasattr(tensor, "__torch_function__")
        ):
            raise TypeError(
                f"cannot assign '{torch.typename(tensor)}' object to buffer '{name}' "
                "(torch Tensor or None required)"
            )
        hooks = _global_buffer_registration_hooks
        self._buffers[name] = registered(hooks, self, name, tensor)
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter, as assigning it to an attribute does.

        Args:
            name: attribute under which the parameter is found.
            param: the parameter; `None` reserves the name and is not saved.

        Raises:
            KeyError: if the name is empty, has a dot or is taken.
            TypeError: if `param` is not a `Parameter`.
            ValueError: if `param` was computed from another tensor.
        """
        self._check_free("parameter", name, "_parameters")
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{torch.typename(param)}' object to parameter '{name}' "
                "(torch.nn.Parameter or None required)"
            )
        if param is not None and param.grad_fn:
            raise ValueError(
                f"Cannot assign non-leaf Tensor to parameter '{name}'. Model "
                f"parameters must be created explicitly. To express '{name}' as a "
                "function of "
                "another Tensor, compute the value in the forward() method."
            )
        if param is not None:
            hooks = _global_parameter_registration_hooks
            param = registered(hooks, self, name, param)
        self._parameters[name] = param

    def add_module(self, name: str, module: Module | None) -> None:
        """Add a submodule, as assigning it to an attribute does.

        Args:
            name: attribute under which the submodule is found.
            module: the submodule; `None` reserves the name.

        Raises:
            KeyError: if the name is empty, has a dot or is taken.
            TypeError: if `module` is not a `Module`.
        """
        if module is not None and not isinstance(module, Members):
            raise TypeError(f"{torch.typename(module)} is not a Module subclass")
        self._check_free("module", name, "_modules")
        hooks = _global_module_registration_hooks
        self._modules[name] = registered(hooks, self, name, module)

    def register_module(self, name: str, module: Module | None) -> None:
        """Add a submodule; another name of `add_module`."""
        self.add_module(name, module)

    def _check_free(self, kind: str, name: str, table: str) -> None:
        """Raise unless `name` can become a member of `table`."""
        if table not in self.__dict__:
            raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
        if not isinstance(name, str):
            raise TypeError(
                f"{kind} name should be a string. Got {torch.typename(name)}"
            )
        if "." in name:
            got = f", got: {name}" if kind == "module" else ""
            raise KeyError(f'{kind} name can\'t contain "."{got}')
        if name == "":
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if name not in self.__dict__[table] and hasattr(self, name):
            raise KeyError(f"attribute '{name}' already exists")

    # ---------------------------------------------------------------- attributes

    def __getattr__(self, name: str) -> Any:
        # Python asks here only for what __dict__ and the class do not have.
        state = self.__dict__
        for table in _TABLES:
            members = state.get(table)
            if members is not None and name in members:
                return members[name]
        raise AttributeError(
            f"'{type(self).__name__}' object has no attribute '{name}'"
        )

    def __setattr__(self, name: str, value: Any) -> None:
        state = self.__dict__
        is_tensor = isinstance(value, Tensor)
        if is_tensor and isinstance(value, Parameter):
            if "_parameters" not in state:
                raise AttributeError(
                    "cannot assign parameters before Module.__init__() call"
                )
            self._release(name, "_parameters")
            self.register_parameter(name, value)
        elif name in state.get("_parameters", ()):
            if value is not None:
                raise _misfit(value, "parameter", name, "torch.nn.Parameter")
            self.register_parameter(name, None)
        elif isinstance(value, Members):
            if "_modules" not in state:
                raise AttributeError(
                    "cannot assign module before Module.__init__() call"
                )
            self._release(name, "_modules")
            hooks = _global_module_registration_hooks
            state["_modules"][name] = registered(hooks, self, name, value)
        elif name in state.get("_modules", ()):
            if value is not None:
                raise _misfit(value, "child module", name, "torch.nn.Module")
            hooks = _global_module_registration_hooks
            state["_modules"][name] = registered(hooks, self, name, None)
        elif (
            name in state.get("_buffers", ()) or is_tensor and isinstance(value, Buffer)
        ):
            if value is not None and not is_tensor:
                raise _misfit(value, "buffer", name, "torch.nn.Buffer, torch.Tensor")
            self._assign_buffer(name, value)
        else:
            super().__setattr__(name, value)

    def _assign_buffer(self, name: str, value: Tensor | None) -> None:
        if isinstance(value, Buffer):
            persistent = value.persistent
        else:
            persistent = name not in self._non_persistent_buffers_set
        method = self.register_buffer
        known = getattr(method, "__func__", None) is Members.register_buffer
        if known or _takes_persistent(method):
            method(name, value, persistent)
        elif persistent:
            method(name, value)
        else:
            raise RuntimeError(
                "Registering a non-persistent buffer on a Module subclass that "
                "implements register_buffer() without the persistent argument is not "
                "allowed."
            )

    def _release(self, name: str, keeper: str) -> None:
        """Forget `name` everywhere but in the table `keeper`."""
        state = self.__dict__
        state.pop(name, None)
        for table in _TABLES:
            if table != keeper:
                state[table].pop(name, None)
        state["_non_persistent_buffers_set"].discard(name)

    def __delattr__(self, name: str) -> None:
        for table in _TABLES:
            members = self.__dict__.get(table, ())
            if name in members:
                del members[name]
                if table == "_buffers":
                    self._non_persistent_buffers_set.discard(name)
                return
        super().__delattr__(name)

    def __dir__(self) -> list[str]:
        names = {*dir(type(self)), *self.__dict__}
        for table in _TABLES:
            names.update(self.__dict__[table])
        return sorted(name for name in names if not name[:1].isdigit())

    # ------------------------------------------------------------------- lookups

    def get_submodule(self, target: str) -> Module:
        """Return the submodule at a dotted path.

        Args:
            target: such as `"encoder.0.linear"`; an empty path names the module
                itself.

        Raises:
            AttributeError: if a step does not exist or is not a module.
        """
        module: Any = self
        for step in target.split(".") if target else ():
            if not hasattr(module, step):
                raise _no_attribute(module, step)
            module = getattr(module, step)
            if not isinstance(module, Members):
                raise AttributeError(f"`{step}` is not an nn.Module")
        return module

    def set_submodule(self, target: str, module: Module, strict: bool = False) -> None:
        """Put `module` at a dotted path.

        Args:
            target: path of the submodule; its parent must exist.
            module: the new submodule.
            strict: whether the path must lead to a module now. Default: `False`

        Raises:
            ValueError: if the path is empty or `module` is no module.
            AttributeError: if a step does not exist or is not a module.
        """
        if not target:
            raise ValueError("Cannot set the submodule without a target name!")
        if not isinstance(module, Members):
            raise ValueError(f"`module` is not an nn.Module, found {type(module)}")
        owner, _, name = target.rpartition(".")
        parent = self.get_submodule(owner)
        if strict or hasattr(parent, name):
            parent.get_submodule(name)
        setattr(parent, name, module)

    def get_parameter(self, target: str) -> Parameter:
        """Return the parameter at a dotted path.

        Raises:
            AttributeError: if there is nothing, or no parameter.
        """
        param, owner, name = self._member_at(target)
        if not isinstance(param, Parameter):
            raise AttributeError(f"`{name}` is not an nn.Parameter")
        return param

    def get_buffer(self, target: str) -> Tensor:
        """Return the buffer at a dotted path.

        Raises:
            AttributeError: if there is nothing, or no buffer.
        """
        buffer, owner, name = self._member_at(target)
        if name not in owner._buffers:
            raise AttributeError(f"`{name}` is not a buffer")
        return buffer

    def _member_at(self, target: str) -> tuple[Any, Module, str]:
        path, _, name = target.rpartition(".")
        owner = self.get_submodule(path)
        if not hasattr(owner, name):
            raise _no_attribute(owner, name)
        return getattr(owner, name), owner, name

    # ----------------------------------------------------------------- traversal

    def _named_members(
        self,
        get_members_fn: Callable,
        prefix: str = "",
        recurse: bool = True,
        remove_duplicate: bool = True,
    ) -> Iterator[tuple[str, Any]]:
        seen = set()
        modules: Iterable[tuple[str, Any]] = [(prefix, self)]
        if recurse:
            modules = self.named_modules(
                prefix=prefix, remove_duplicate=remove_duplicate
            )
        for path, module in modules:
            for name, member in get_members_fn(module):
                if member is None or member in seen:
                    continue
                if remove_duplicate:
                    seen.add(member)
                yield f"{path}.{name}" if path else name, member

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """Iterate over the parameters, each once.

        Args:
            recurse: whether those of submodules belong to it. Default: `True`

        Example:
            >>> [tuple(p.shape) for p in torch.nn.Linear(3, 2).parameters()]
            [(2, 3), (2,)]
        """
        for _, param in self.named_parameters(recurse=recurse):
            yield param

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """Iterate over (dotted name, parameter).

        Args:
            prefix: put before every name.
            recurse: whether those of submodules belong to it. Default: `True`
            remove_duplicate: whether a shared one comes once. Default: `True`
        """
        return self._named_members(
            lambda module: module._parameters.items(), prefix, recurse, remove_duplicate
        )

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """Iterate over the buffers, each once; see `parameters`."""
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """Iterate over (dotted name, buffer); see `named_parameters`."""
        return self._named_members(
            lambda module: module._buffers.items(), prefix, recurse, remove_duplicate
        )

    def children(self) -> Iterator[Module]:
        """Iterate over the direct submodules, each once."""
        for _, module in self.named_children():
            yield module

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Iterate over (name, direct submodule), each once."""
        seen = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def modules(self, remove_duplicate: bool = True) -> Iterator[Module]:
        """Iterate over the module and all below it, each once."""
        for _, module in self.named_modules(remove_duplicate=remove_duplicate):
            yield module

    def named_modules(
        self,
        memo: set[Module] | None = None,
        prefix: str = "",
        remove_duplicate: bool = True,
    ) -> Iterator[tuple[str, Module]]:
        """Iterate over (dotted name, module), the module itself first.

        Args:
            memo: modules already seen, left out and added to.
            prefix: put before every name.
            remove_duplicate: whether a shared module comes once. Default: `True`

        Example:
            >>> net = torch.nn.Sequential(torch.nn.ReLU())
            >>> [name for name, _ in net.named_modules(prefix="net")]
            ['net', 'net.0']
        """
        memo = set() if memo is None else memo
        itself: Any = self
        if itself in memo:
            return
        if remove_duplicate:
            memo.add(itself)
        yield prefix, itself
        for name, module in self._modules.items():
            if module is not None:
                path = f"{prefix}.{name}" if prefix else name
                yield from module.named_modules(memo, path, remove_duplicate)


def _takes_persistent(method: Callable) -> bool:
    import inspect

    return "persistent" in inspect.signature(method).parameters


def _misfit(value: Any, kind: str, name: str, expected: str) -> TypeError:
    return TypeError(
        f"cannot assign '{torch.typename(value)}' as {kind} '{name}' "
        f"({expected} or None expected)"
    )


def _no_attribute(module: Module, name: str) -> AttributeError:
    return AttributeError(f"{module._get_name()} has no attribute `{name}`")
