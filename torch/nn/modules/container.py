"""Containers: modules and parameters held in order or by key.

The list-like containers name their members "0", "1", ...; the name is the position,
so removing one renames those after it.
"""

from __future__ import annotations

import operator
import warnings
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn.parameter import Parameter

from .module import Module, _addindent

__all__ = [
    "Container",
    "ModuleDict",
    "ModuleList",
    "ParameterDict",
    "ParameterList",
    "Sequential",
]


class Container(Module):
    """Hold modules given by keyword; `Module` itself does all of this."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__()
        warnings.warn(
            "`nn.Container` is deprecated. All of its functionality is now implemented "
            "in `nn.Module`. Subclass that instead.",
            FutureWarning,
            stacklevel=2,
        )
        for name, module in kwargs.items():
            self.add_module(name, module)


def _position(index: Any, length: int) -> int:
    """`index` as a position from the front."""
    position = operator.index(index)
    if not -length <= position < length:
        raise IndexError(f"index {position} is out of range")
    return position % length


def _visible(names: Iterable[str]) -> list[str]:
    """`names` without those that are positions, for `__dir__`."""
    return [name for name in names if not name.isdigit()]


class _ModuleSequence(Module):
    """What `Sequential` and `ModuleList` share: a list of submodules."""

    _modules: dict[str, Module]

    def _name_at(self, index: Any) -> str:
        return list(self._modules)[_position(index, len(self._modules))]

    def _renumber(self, modules: Iterable[Module]) -> None:
        self._modules = {str(i): module for i, module in enumerate(modules)}

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules.values())

    def __setitem__(self, index: Any, module: Module) -> None:
        setattr(self, self._name_at(index), module)

    def __delitem__(self, index: Any) -> None:
        modules = list(self)
        del modules[index if isinstance(index, slice) else _position(index, len(self))]
        self._renumber(modules)

    def __dir__(self) -> list[str]:
        return _visible(super().__dir__())

    def append(self, module: Module) -> Any:
        """Add a module at the end and return the container."""
        self.add_module(str(len(self)), module)
        return self

    def pop(self, key: Any) -> Any:
        """Remove the module at `key`, an index or a slice, and return it."""
        container: Any = self
        taken = container[key]
        del container[key]
        return taken


class Sequential(_ModuleSequence):
    """Call modules one after the other, each with the result of the one before.

    Args:
        args: modules, or one `OrderedDict` that names them.

    Example:
        >>> from torch import nn
        >>> net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
        >>> net(torch.ones(3, 4)).shape
        torch.Size([3, 2])
        >>> net[1]
        ReLU()
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        named: Iterable[tuple[Any, Module]] = enumerate(args)
        if len(args) == 1 and isinstance(args[0], OrderedDict):
            named = args[0].items()
        for name, module in named:
            self.add_module(str(name) if isinstance(name, int) else name, module)

    def forward(self, input: Any) -> Any:
        for module in self._modules.values():
            input = module(input)
        return input

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return type(self)(OrderedDict(list(self._modules.items())[index]))
        return self._modules[self._name_at(index)]

    def __add__(self, other: Sequential) -> Sequential:
        self._check_addend(other)
        return Sequential(*self, *other)

    def __iadd__(self, other: Sequential) -> Sequential:
        self._check_addend(other)
        return self.extend(list(other))

    def __mul__(self, other: int) -> Sequential:
        self._check_factor(other)
        return Sequential(*list(self) * other)

    def __rmul__(self, other: int) -> Sequential:
        return self * other

    def __imul__(self, other: int) -> Sequential:
        self._check_factor(other)
        return self.extend(list(self) * (other - 1))

    def _check_addend(self, other: Any) -> None:
        if not isinstance(other, Sequential):
            raise ValueError(
                "add operator supports only objects of Sequential class, but "
                f"{type(other)} is given."
            )

    def _check_factor(self, factor: Any) -> None:
        if not isinstance(factor, int):
            raise TypeError(
                f"unsupported operand type(s) for *: {type(self)} and {type(factor)}"
            )
        if factor <= 0:
            raise ValueError(
                f"Non-positive multiplication factor {factor} for {type(self)}"
            )

    def insert(self, index: int, module: Module) -> Sequential:
        """Put a module before position `index` and return the container.

        Raises:
            IndexError: if the position lies beyond the ends.
        """
        if not isinstance(module, Module):
            raise AssertionError(f"module should be of type: {Module}")
        if not -len(self) <= index <= len(self):
            raise IndexError(f"Index out of range: {index}")
        modules = list(self)
        modules.insert(index, module)
        self._renumber(modules)
        return self

    def extend(self, sequential: Iterable[Module]) -> Sequential:
        """Add several modules at the end and return the container."""
        for module in sequential:
            self.append(module)
        return self


class ModuleList(_ModuleSequence):
    """Hold modules in a list, so that they are registered.

    Args:
        modules: what to start with.

    Example:
        >>> layers = torch.nn.ModuleList(torch.nn.Linear(3, 3) for _ in range(2))
        >>> len(layers), len(list(layers.parameters()))
        (2, 4)
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return type(self)(list(self)[index])
        return self._modules[self._name_at(index)]

    def __add__(self, other: Iterable[Module]) -> ModuleList:
        return ModuleList([*self, *other])

    def __iadd__(self, modules: Iterable[Module]) -> ModuleList:
        return self.extend(modules)

    def __repr__(self) -> str:
        """Show runs of equal modules as one line, such as `(0-2): 3 x ReLU()`."""
        runs: list[tuple[str, int, int]] = []
        for i, module in enumerate(self):
            text = repr(module)
            if runs and runs[-1][0] == text:
                runs[-1] = (text, runs[-1][1], i)
            else:
                runs.append((text, i, i))
        lines = ""
        for text, first, last in runs:
            where = f"({first}): "
            if last > first:
                where = f"({first}-{last}): {last - first + 1} x "
            lines += f"\n  {where}{_addindent(text, 2)}"
        return f"{self._get_name()}({lines}{chr(10) if lines else ''})"

    def insert(self, index: int, module: Module) -> None:
        """Put a module before position `index`, as `list.insert` does."""
        modules = list(self)
        modules.insert(index, module)
        self._renumber(modules)

    def extend(self, modules: Iterable[Module]) -> ModuleList:
        """Add several modules at the end and return the container.

        Raises:
            TypeError: if `modules` is not iterable.
        """
        if not isinstance(modules, Iterable):
            raise TypeError(
                "ModuleList.extend should be called with an "
                f"iterable, but got {type(modules).__name__}"
            )
        for module in list(modules):
            self.append(module)
        return self


def _pairs(values: Any, owner: str, method: str) -> Iterator[tuple[str, Any]]:
    """The (key, value) pairs that `update` was given without a mapping."""
    if not isinstance(values, Iterable):
        raise TypeError(
            f"{method}.update should be called with an iterable of key/value pairs, "
            f"but got {type(values).__name__}"
        )
    for i, pair in enumerate(values):
        if not isinstance(pair, Iterable):
            raise TypeError(
                f"{owner} update sequence element #{i} should be Iterable; "
                f"is{type(pair).__name__}"
            )
        pair = tuple(pair)
        if len(pair) != 2:
            raise ValueError(
                f"{owner} update sequence element #{i} has length {len(pair)}; "
                "2 is required"
            )
        yield pair


class ModuleDict(Module):
    """Hold modules in a dictionary, so that they are registered.

    Args:
        modules: a mapping or (key, module) pairs to start with.

    Example:
        >>> heads = torch.nn.ModuleDict({"small": torch.nn.Linear(3, 2)})
        >>> heads["large"] = torch.nn.Linear(3, 9)
        >>> list(heads)
        ['small', 'large']
    """

    _modules: dict[str, Module]

    def __init__(self, modules: Any = None) -> None:
        super().__init__()
        if modules is not None:
            self.update(modules)

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, key: str) -> bool:
        return key in self._modules

    def __getitem__(self, key: str) -> Module:
        return self._modules[key]

    def __delitem__(self, key: str) -> None:
        del self._modules[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def clear(self) -> None:
        """Remove all modules."""
        self._modules.clear()

    def pop(self, key: str) -> Module:
        """Remove the module under `key` and return it."""
        return self._modules.pop(key)

    def keys(self) -> Any:
        """Return a view of the keys."""
        return self._modules.keys()

    def items(self) -> Any:
        """Return a view of (key, module)."""
        return self._modules.items()

    def values(self) -> Any:
        """Return a view of the modules."""
        return self._modules.values()

    def update(self, modules: Any) -> None:
        """Add modules, replacing those whose key exists.

        Args:
            modules: a mapping or (key, module) pairs.

        Raises:
            TypeError, ValueError: if `modules` is neither.
        """
        if isinstance(modules, (Mapping, ModuleDict)):
            pairs = modules.items()
        else:
            pairs = _pairs(modules, "ModuleDict", "ModuleDict")
        for key, module in list(pairs):
            self[key] = module


def _as_parameter(value: Any) -> Any:
    """`value`; as a Parameter, if it is a plain tensor."""
    if isinstance(value, Tensor) and not isinstance(value, Parameter):
        return Parameter(value)
    return value


def _place(tensor: Tensor) -> str:
    return "" if tensor.is_cpu else f" ({tensor.device})"


class ParameterList(Module):
    """Hold parameters in a list, so that they are registered.

    Tensors become parameters; other values are kept as they are.

    Args:
        values: what to start with.

    Example:
        >>> weights = torch.nn.ParameterList([torch.ones(2), torch.zeros(3)])
        >>> [tuple(p.shape) for p in weights.parameters()]
        [(2,), (3,)]
    """

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self._size = 0
        if values is not None:
            self.extend(values)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            chosen = range(len(self))[index]
            return type(self)(getattr(self, str(i)) for i in chosen)
        return getattr(self, str(_position(index, len(self))))

    def __setitem__(self, index: int, param: Any) -> None:
        setattr(self, str(_position(index, len(self))), _as_parameter(param))

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __iadd__(self, parameters: Iterable[Any]) -> ParameterList:
        return self.extend(parameters)

    def __dir__(self) -> list[str]:
        return _visible(super().__dir__())

    def append(self, value: Any) -> ParameterList:
        """Add a value at the end and return the list."""
        setattr(self, str(len(self)), _as_parameter(value))
        self._size += 1
        return self

    def extend(self, values: Iterable[Any]) -> ParameterList:
        """Add several values at the end and return the list.

        Raises:
            TypeError: if `values` is not iterable, or a tensor.
        """
        if not isinstance(values, Iterable) or isinstance(values, Tensor):
            raise TypeError(
                "ParameterList.extend should be called with an iterable, but got "
                f"{type(values).__name__}"
            )
        for value in list(values):
            self.append(value)
        return self

    def extra_repr(self) -> str:
        return _describe(enumerate(self), lambda tensor: tensor.dtype)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("ParameterList should not be called.")


class ParameterDict(Module):
    """Hold parameters in a dictionary, so that they are registered.

    Tensors become parameters; other values are kept as they are.

    Args:
        parameters: a mapping or (key, value) pairs to start with.

    Example:
        >>> params = torch.nn.ParameterDict({"left": torch.ones(2)})
        >>> params["right"] = torch.zeros(3)
        >>> [name for name, _ in params.named_parameters()]
        ['left', 'right']
    """

    def __init__(self, parameters: Any = None) -> None:
        super().__init__()
        # Attributes hold the values; this holds the order.
        self._keys: dict[str, None] = {}
        if parameters is not None:
            self.update(parameters)

    def _key_to_attr(self, key: str) -> str:
        if isinstance(key, str):
            return key
        raise TypeError(
            "Index given to ParameterDict cannot be used as a key as it is not a "
            "string "
            f"(type is '{type(key).__name__}'). Open an issue on github if you need "
            "non-string keys."
        )

    def __getitem__(self, key: str) -> Any:
        return getattr(self, self._key_to_attr(key))

    def __setitem__(self, key: str, value: Any) -> None:
        setattr(self, self._key_to_attr(key), _as_parameter(value))
        self._keys[key] = None

    def __delitem__(self, key: str) -> None:
        del self._keys[key]
        delattr(self, self._key_to_attr(key))

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __reversed__(self) -> Iterator[str]:
        return reversed(list(self._keys))

    def __contains__(self, key: str) -> bool:
        return key in self._keys

    def copy(self) -> ParameterDict:
        """Return a new dictionary of the same values."""
        return ParameterDict(OrderedDict(self.items()))

    def setdefault(self, key: str, default: Any = None) -> Any:
        """Return the value under `key`, after setting it to `default` if missing."""
        if key not in self:
            self[key] = default
        return self[key]

    def clear(self) -> None:
        """Remove all values."""
        for key in list(self):
            del self[key]

    def pop(self, key: str) -> Any:
        """Remove the value under `key` and return it."""
        value = self[key]
        del self[key]
        return value

    def popitem(self) -> tuple[str, Any]:
        """Remove the last (key, value) and return it."""
        key, _ = self._keys.popitem()
        value = self[key]
        delattr(self, key)
        return key, value

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value under `key`, or `default`."""
        return self[key] if key in self else default  # noqa: SIM401

    def fromkeys(self, keys: Iterable[str], default: Any = None) -> ParameterDict:
        """Return a new dictionary of `keys`, all with the same value."""
        return ParameterDict((key, default) for key in keys)

    def keys(self) -> Any:
        """Return a view of the keys."""
        return self._keys.keys()

    def items(self) -> Iterator[tuple[str, Any]]:
        """Iterate over (key, value)."""
        return ((key, self[key]) for key in self)

    def values(self) -> Iterator[Any]:
        """Iterate over the values."""
        return (self[key] for key in self)

    def update(self, parameters: Any) -> None:
        """Add values, replacing those whose key exists.

        Args:
            parameters: a mapping or (key, value) pairs; a mapping without a
                promised order is taken in the order of its sorted keys.

        Raises:
            TypeError, ValueError: if `parameters` is neither.
        """
        if isinstance(parameters, (OrderedDict, ParameterDict)):
            pairs: Iterable[Any] = parameters.items()
        elif isinstance(parameters, Mapping):
            pairs = sorted(parameters.items())
        else:
            pairs = _pairs(parameters, "ParameterDict", "ParametersDict")
        for key, value in list(pairs):
            self[key] = value

    def extra_repr(self) -> str:
        return _describe(self.items(), lambda tensor: torch.typename(tensor))

    def __call__(self, input: Any) -> Any:
        raise RuntimeError("ParameterDict should not be called.")

    def __or__(self, other: ParameterDict) -> ParameterDict:
        merged = self.copy()
        merged.update(other)
        return merged

    def __ror__(self, other: Any) -> Any:
        merged = other.copy()
        merged.update(self)
        return merged

    def __ior__(self, other: ParameterDict) -> ParameterDict:
        self.update(other)
        return self


def _describe(members: Iterable[tuple[Any, Any]], type_of: Any) -> str:
    """One line for each (name, value): type and size of a tensor, else the type."""
    lines = []
    for name, value in members:
        if isinstance(value, Tensor):
            kind = "Parameter" if isinstance(value, Parameter) else "Tensor"
            size = "x".join(str(n) for n in value.size())
            text = (
                f"{kind} containing: [{type_of(value)} of size {size}{_place(value)}]"
            )
        else:
            text = f"Object of type: {type(value).__name__}"
        lines.append(f"  ({name}): {text}")
    return "\n".join(lines)
