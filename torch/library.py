"""New operators, and new kernels for old ones, from Python.

``custom_op`` turns a typed function into an operator; ``Library`` gives the full
control that ``TORCH_LIBRARY`` gives in C++. Kernels are registered per dispatch key.
Read ``docs/design/dispatcher.md`` first.
"""

from __future__ import annotations

import collections.abc
import functools
import inspect
import re
import sys
import typing
from collections.abc import Iterable, Sequence
from typing import Any, Callable, NoReturn, Union

import torch
from torch import _C
from torch._function_schema import parse
from torch._ops import _refresh

__all__ = [
    "CustomOpDef",
    "Library",
    "custom_op",
    "define",
    "impl",
    "infer_schema",
    "register_autograd",
    "register_fake",
    "register_kernel",
]

# "namespace::name" of each operator -> its CustomOpDef, for those made by custom_op
_custom_ops: dict[str, CustomOpDef] = {}
# Registrations live as long as their Library; those made by functions live on.
_kept_alive: list[Library] = []

_DEVICE_KEYS = {
    "cpu": "CPU",
    "cuda": "CUDA",
    "meta": "Meta",
    "privateuseone": "PrivateUse1",
}


class Library:
    """Define operators and kernels of one namespace; they vanish with this object.

    Args:
        ns: the namespace.
        kind: ``"DEF"`` to own the namespace, ``"FRAGMENT"`` to add operators to it,
            ``"IMPL"`` for kernels only.
        dispatch_key: where kernels go unless `impl` says otherwise.

    Raises:
        ValueError: another kind.

    Example:
        >>> lib = torch.library.Library("doc_lib", "DEF")
        >>> lib.define("twice(Tensor x) -> Tensor")
        'twice'
        >>> lib.impl("twice", lambda x: x * 2, "CPU")
        >>> torch.ops.doc_lib.twice(torch.ones(2))
        tensor([2., 2.])
    """

    _owned: dict[str, str] = {}

    def __init__(self, ns: str, kind: str, dispatch_key: str = "") -> None:
        if kind not in ("IMPL", "DEF", "FRAGMENT"):
            raise ValueError(f"Unsupported kind: {kind}")
        if ns == "prim" and kind != "IMPL":
            raise ValueError(
                "prim is a reserved namespace. Please try creating a library with "
                "another name."
            )
        self.ns, self.kind, self.dispatch_key = ns, kind, dispatch_key
        self._registrations: list[Any] = []
        self._defined: list[str] = []
        frame = inspect.stack()[1]
        self._where = f"{frame.filename}:{frame.lineno}"
        if kind == "DEF":
            self._claim()

    def _claim(self) -> None:
        first = "csrc/aten/ops" if self.ns in ("aten", "prim") else None
        first = Library._owned.get(self.ns, first)
        if first is not None:
            raise RuntimeError(
                "Only a single TORCH_LIBRARY can be used to register the namespace "
                f"{self.ns}; please put all of your definitions in a single "
                "TORCH_LIBRARY block.  If you were trying to specify implementations, "
                "consider using TORCH_LIBRARY_IMPL (which can be duplicated).  If you "
                "really intended to define operators for a single namespace in a "
                "distributed way, you can use TORCH_LIBRARY_FRAGMENT to explicitly "
                "indicate this.  Previous registration of TORCH_LIBRARY was "
                f"registered at {first}; latest registration was registered at "
                f"{self._where}"
            )
        Library._owned[self.ns] = self._where

    def __repr__(self) -> str:
        return (
            f"Library(kind={self.kind}, ns={self.ns}, "
            f"dispatch_key={self.dispatch_key})>"
        )

    def define(self, schema: str, alias_analysis: str = "", *, tags: Any = ()) -> str:
        """Add an operator.

        Args:
            schema: such as ``"twice(Tensor x) -> Tensor"``.
            alias_analysis: ``""`` or ``"CONSERVATIVE"``; without effect.
            tags: accepted, without effect.

        Returns:
            The operator's name.

        Raises:
            RuntimeError: bad schema, or an operator of that name and overload exists.
        """
        if alias_analysis not in ("", "FROM_SCHEMA", "CONSERVATIVE"):
            raise RuntimeError(f"Invalid alias_analysis type {alias_analysis}")
        if self.kind == "IMPL":
            raise RuntimeError(
                f'def("{schema.split("(")[0]}"): Cannot define an operator inside of a '
                "TORCH_LIBRARY_IMPL block.  All def()s should be placed in the "
                "(unique) TORCH_LIBRARY block for their namespace.  (Error occurred "
                f"while processing TORCH_LIBRARY_IMPL block at {self._where})"
            )
        qualified = schema if "::" in schema.split("(")[0] else f"{self.ns}::{schema}"
        namespace = qualified.split("::")[0]
        if namespace != self.ns:
            raise RuntimeError(
                f"Explicitly provided namespace ({namespace}) in schema string does "
                f"not match namespace of enclosing TORCH_LIBRARY block ({self.ns}).  "
                "Move this definition to the (unique) TORCH_LIBRARY block "
                "corresponding to this namespace (and consider deleting the namespace "
                "from your schema string.)  (Error occurred while processing "
                f"TORCH_LIBRARY block at {self._where})"
            )
        if "(" not in schema:
            raise RuntimeError(
                "Tried to parse a function schema but only the operator name was given"
            )
        self._registrations.append(_C._dispatch_define(qualified))
        name = schema.split("(")[0].split("::")[-1].strip()
        self._defined.append(name.split(".")[0])
        _refresh(self.ns, self._defined[-1])
        return name

    def impl(
        self,
        op_name: Any,
        fn: Callable,
        dispatch_key: str = "",
        *,
        with_keyset: bool = False,
        allow_override: bool = False,
    ) -> None:
        """Add a kernel.

        Args:
            op_name: ``"name"``, ``"name.overload"``, or an OpOverload.
            fn: takes and returns what the schema says.
            dispatch_key: such as ``"CPU"``, ``"CUDA"``, ``"Meta"`` or ``"Autograd"``;
                by default this library's, or all devices.
            with_keyset: not implemented.
            allow_override: accepted; a later kernel always replaces an earlier one.

        Raises:
            TypeError: `fn` is not callable.
            RuntimeError: no such key.
        """
        if not callable(fn):
            raise TypeError(
                f"Input function is required to be a callable but found type {type(fn)}"
            )
        if with_keyset:
            raise NotImplementedError("with_keyset=True is not implemented")
        if isinstance(op_name, torch._ops.OpOverload):
            op_name = op_name._name
        name = op_name.split("::")[-1]
        key = dispatch_key or self.dispatch_key or "CompositeImplicitAutograd"
        handle = _C._dispatch_impl(f"{self.ns}::{name}", key, fn)
        self._registrations.append(handle)

    def fallback(self, fn: Callable, dispatch_key: str = "", **kwargs: Any) -> None:
        """Not implemented: register a kernel per operator instead."""
        raise NotImplementedError("Library.fallback is not implemented")

    def _destroy(self) -> None:
        """Take back everything this library registered."""
        # Kernels go before the operators they belong to.
        while self._registrations:
            del self._registrations[-1]
        if self.kind == "DEF":
            Library._owned.pop(self.ns, None)
        for name in self._defined:
            _refresh(self.ns, name)
        self._defined.clear()

    def __del__(self) -> None:
        # When the interpreter ends, nobody is left to miss what stays.
        if getattr(self, "_registrations", None) and not sys.is_finalizing():
            self._destroy()


# ------------------------------------------------------------------ functions


def _split_name(qualname: str) -> tuple[str, str]:
    parts = qualname.split("::")
    if len(parts) != 2:
        raise ValueError(
            'Expected `qualname` to be of the form "namespace::name", but got '
            f"{qualname}. The qualname passed to the torch.library APIs must consist "
            "of a namespace and a name, e.g. aten::sin"
        )
    return parts[0], parts[1]


def _op_name(op: Any) -> str:
    if isinstance(op, (torch._ops.OpOverload, CustomOpDef)):
        return op._qualname if isinstance(op, CustomOpDef) else op._name
    return op


def _fragment(namespace: str) -> Library:
    library = Library(namespace, "FRAGMENT")
    _kept_alive.append(library)
    return library


def _device_key(device_type: str) -> str:
    if device_type not in _DEVICE_KEYS:
        torch.device(device_type)  # raises for what is no device at all
        raise NotImplementedError(f"device type {device_type} has no dispatch key")
    return _DEVICE_KEYS[device_type]


def define(
    qualname: str, schema: str, *, lib: Library | None = None, tags: Any = ()
) -> None:
    """Add an operator.

    Args:
        qualname: ``"namespace::name"``.
        schema: such as ``"(Tensor x) -> Tensor"``.
        lib: the library that owns it; by default it lives as long as the process.
        tags: accepted, without effect.

    Raises:
        ValueError: `qualname` or `schema` is not of that form.

    Example:
        >>> torch.library.define("doc_define::twice", "(Tensor x) -> Tensor")
        >>> torch.ops.doc_define.twice.default._schema
        doc_define::twice(Tensor x) -> Tensor
    """
    namespace, name = _split_name(qualname)
    if not re.match(r"\(.*\) -> .*", schema):
        raise ValueError(
            "define(qualname, schema, ...): expected schema to look like e.g. "
            '"(Tensor x) '
            f'-> Tensor" but got "{schema}"'
        )
    (lib or _fragment(namespace)).define(name + schema, tags=tags)


def impl(
    qualname: str,
    types: Any,
    func: Callable | None = None,
    *,
    lib: Library | None = None,
) -> Any:
    """Add a kernel, as a function or a decorator.

    Args:
        qualname: ``"namespace::name"``.
        types: a device type, several, or ``"default"`` for all.
        func: the kernel; left out to decorate one.
        lib: the library that owns it; by default it lives as long as the process.

    Example:
        >>> torch.library.define("doc_impl::twice", "(Tensor x) -> Tensor")
        >>> twice = torch.library.impl("doc_impl::twice", "cpu", lambda x: x + x)
        >>> torch.ops.doc_impl.twice(torch.ones(2))
        tensor([2., 2.])
    """
    kinds = (types,) if isinstance(types, str) else tuple(types)
    keys = {
        "CompositeExplicitAutograd" if kind == "default" else _device_key(kind)
        for kind in kinds
    }

    def register(function: Callable) -> Callable:
        namespace, name = _split_name(qualname)
        library = lib or _fragment(namespace)
        for key in keys:
            library.impl(name, function, key)
        return function

    return register if func is None else register(func)


def register_kernel(
    op: Any,
    device_types: Any,
    func: Callable | None = None,
    /,
    *,
    lib: Library | None = None,
) -> Any:
    """Add a kernel for some devices to an operator.

    Args:
        op: its name, OpOverload or CustomOpDef.
        device_types: a device type, several, or None for all.
        func: the kernel; left out to decorate one.
        lib: the library that owns the registration.

    Example:
        >>> @torch.library.custom_op("doc_kernel::thrice", mutates_args=())
        ... def thrice(x: torch.Tensor) -> torch.Tensor:
        ...     return x * 3
        >>> @torch.library.register_kernel("doc_kernel::thrice", "cpu")
        ... def _(x):
        ...     return x + x + x
        >>> thrice(torch.ones(2))
        tensor([3., 3.])
    """
    name = _op_name(op)
    if name in _custom_ops:
        register = _custom_ops[name].register_kernel(device_types)
        return register if func is None else register(func)
    return impl(name, device_types or "default", func, lib=lib)


def register_fake(
    op: Any,
    func: Callable | None = None,
    /,
    *,
    lib: Library | None = None,
    **kwargs: Any,
) -> Any:
    """Tell the shape of an operator's results: a kernel for tensors without data.

    Args:
        op: its name, OpOverload or CustomOpDef.
        func: takes and returns meta tensors; left out to decorate one.
        lib: the library that owns the registration.
        **kwargs: accepted, without effect.

    Example:
        >>> @torch.library.custom_op("doc_fake::thrice", mutates_args=())
        ... def thrice(x: torch.Tensor) -> torch.Tensor:
        ...     return x * 3
        >>> @torch.library.register_fake("doc_fake::thrice")
        ... def _(x):
        ...     return torch.empty_like(x)
        >>> thrice(torch.ones(2, device="meta")).shape
        torch.Size([2])
    """
    name = _op_name(op)
    if name in _custom_ops:
        register = _custom_ops[name].register_fake
        return register if func is None else register(func)
    return impl(name, "meta", func, lib=lib)


def register_autograd(
    op: Any,
    backward: Callable,
    /,
    *,
    setup_context: Callable | None = None,
    lib: Library | None = None,
) -> None:
    """Give an operator a derivative.

    Args:
        op: its name, OpOverload or CustomOpDef.
        backward: takes ``ctx`` and a gradient per output, returns one per input.
        setup_context: takes ``ctx``, ``inputs`` and ``output``; saves what backward
            needs.
        lib: the library that owns the registration.

    Example:
        >>> @torch.library.custom_op("doc_grad::thrice", mutates_args=())
        ... def thrice(x: torch.Tensor) -> torch.Tensor:
        ...     return x * 3
        >>> def backward(ctx, grad):
        ...     return grad * 3
        >>> torch.library.register_autograd("doc_grad::thrice", backward)
        >>> x = torch.ones(2, requires_grad=True)
        >>> thrice(x).sum().backward()
        >>> x.grad
        tensor([3., 3.])
    """
    name = _op_name(op)
    if name in _custom_ops:
        _custom_ops[name].register_autograd(backward, setup_context=setup_context)
        return
    namespace, short = _split_name(name)
    overload = getattr(getattr(torch.ops, namespace), short).default
    kernel = _autograd_kernel(overload, lambda: (backward, setup_context))
    (lib or _fragment(namespace)).impl(short, kernel, "Autograd")


def _autograd_kernel(overload: Any, derivative: Callable[[], tuple]) -> Callable:
    """Return a kernel that records a call of the kernels below it."""

    def below(*args: Any) -> Any:
        with _C._AutoDispatchBelowAutograd():
            return overload(*args)

    class Recorded(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *args: Any) -> Any:
            output = below(*args)
            setup_context = derivative()[1]
            if setup_context is not None:
                setup_context(ctx=ctx, inputs=args, output=output)
            return output

        @staticmethod
        def backward(ctx: Any, *grads: Any) -> Any:
            function = derivative()[0]
            if function is None:
                raise RuntimeError(
                    f"Trying to backward through {overload} but no autograd formula "
                    "was registered. Please use register_autograd to add one."
                )
            return function(ctx, *grads)

    name = overload._name.replace("::", "_").replace(".", "_")
    Recorded.__name__ = f"GeneratedBackwardFor_{name}_{overload._overloadname}"
    Recorded._backward_cls.__name__ = Recorded.__name__ + "Backward"

    def kernel(*args: Any, **kwargs: Any) -> Any:
        args = _positional(overload._schema, args, kwargs)
        tensors = [t for t in _flat(args) if isinstance(t, torch.Tensor)]
        if torch.is_grad_enabled() and any(t.requires_grad for t in tensors):
            return Recorded.apply(*args)
        return below(*args)

    return kernel


def _flat(values: Iterable[Any]) -> Iterable[Any]:
    for value in values:
        if isinstance(value, (list, tuple)):
            yield from _flat(value)
        else:
            yield value


def _positional(schema: Any, args: tuple, kwargs: dict) -> tuple:
    """Return all arguments of a call by position, defaults included."""
    rest = schema.arguments[len(args) :]
    return args + tuple(kwargs.get(a.name, a.default_value) for a in rest)


# ------------------------------------------------------------------ custom_op


class CustomOpDef:
    """An operator made by `custom_op`; call it like the function.

    Args:
        namespace: as in `namespace::name`.
        name: the operator's name.
        schema: arguments and returns, as `infer_schema` gives them.
        fn: serves every device until a kernel is registered.

    Example:
        >>> @torch.library.custom_op("doc_op::thrice", mutates_args=())
        ... def thrice(x: torch.Tensor) -> torch.Tensor:
        ...     return x * 3
        >>> type(thrice).__name__, thrice(torch.ones(1)).item()
        ('CustomOpDef', 3.0)
    """

    def __init__(self, namespace: str, name: str, schema: str, fn: Callable) -> None:
        self._namespace, self._name = namespace, name
        self._qualname = f"{namespace}::{name}"
        self._schema = schema
        self._init_fn = fn
        self._kernels: dict[str | None, Callable] = {}
        self._fake: Callable | None = None
        self._derivative: tuple = (None, None)
        self._library = Library(namespace, "FRAGMENT")
        self._library.define(name + schema)
        self._opoverload = getattr(getattr(torch.ops, namespace), name).default
        self._library.impl(name, self._meta_kernel, "Meta")
        if not parse(name + schema).is_mutable:
            recording = _autograd_kernel(self._opoverload, lambda: self._derivative)
            self._library.impl(name, recording, "Autograd")
        _custom_ops[self._qualname] = self

    def _kernel_for(self, device_type: str) -> Callable:
        def kernel(*args: Any, **kwargs: Any) -> Any:
            function = self._kernels.get(device_type) or self._kernels[None]
            result = function(*args, **kwargs)
            self._check_no_alias(args, kwargs, result)
            return result

        return kernel

    def _check_no_alias(self, args: tuple, kwargs: dict, result: Any) -> None:
        inputs = _flat([*args, *kwargs.values()])
        held = {_memory(t) for t in inputs if isinstance(t, torch.Tensor)}
        for output in _flat([result]):
            if isinstance(output, torch.Tensor) and _memory(output) in held:
                raise RuntimeError(
                    f"{self._name} (with implementation in "
                    f"{inspect.getmodule(self._init_fn)}): The output of this custom "
                    "operator (1) must not also be an input to this custom operator "
                    "and (2) may not alias any inputs to this custom operator or other "
                    "returns. The most common way to trigger this error is if we have "
                    "y = custom_op(x) and y and x are the same Tensor. Please instead "
                    "return a clone of the offending output tensor(s) (e.g. return "
                    "x.clone()) or refactor the custom operator to not return y."
                )

    def _meta_kernel(self, *args: Any, **kwargs: Any) -> Any:
        if self._fake is None:
            name = self._init_fn.__name__
            raise RuntimeError(
                f"There was no fake impl registered for {self}. This is necessary for "
                "torch.compile/export/fx tracing to work. Please use "
                f"`{name}.register_fake` to add an fake impl."
            )
        return self._fake(*args, **kwargs)

    def register_kernel(self, device_types: Any, fn: Callable | None = None, /) -> Any:
        """Use a function for some devices.

        Args:
            device_types: a device type, several, or None for all.
            fn: the kernel; left out to decorate one.
        """
        kinds = (
            [device_types]
            if isinstance(device_types, (str, type(None)))
            else device_types
        )
        for kind in kinds:
            if kind is not None:
                torch.device(kind)

        def register(function: Callable) -> Callable:
            for kind, key in _DEVICE_KEYS.items():
                served = key == "Meta" or kind in self._kernels or None in self._kernels
                if not served and (kind in kinds or None in kinds):
                    self._library.impl(self._name, self._kernel_for(kind), key)
            self._kernels.update(dict.fromkeys(kinds, function))
            return function

        return register if fn is None else register(fn)

    def register_fake(self, fn: Callable, /) -> Callable:
        """Use a function for tensors without data.

        Args:
            fn: takes and returns meta tensors.
        """
        self._fake = fn
        return fn

    def register_autograd(
        self, backward: Callable, /, *, setup_context: Callable | None = None
    ) -> None:
        """Give the operator a derivative; see `register_autograd`.

        Args:
            backward: takes ``ctx`` and a gradient per output, returns one per input.
            setup_context: takes ``ctx``, ``inputs`` and ``output``.

        Raises:
            RuntimeError: the operator changes its inputs.
        """
        if parse(self._name + self._schema).is_mutable:
            raise RuntimeError(
                "Cannot register autograd formula for non-functional operator "
                f"{self} with schema {self._opoverload._schema}. Please create a "
                "functional operator and register an autograd formula for that."
            )
        self._derivative = (backward, setup_context)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._opoverload(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<CustomOpDef({self._qualname})>"


def _memory(tensor: torch.Tensor) -> Any:
    return tensor.untyped_storage()._cdata


def custom_op(
    name: str,
    fn: Callable | None = None,
    /,
    *,
    mutates_args: Any,
    device_types: Any = None,
    schema: str | None = None,
    tags: Any = None,
) -> Any:
    """Turn a function into an operator, directly or as a decorator.

    Args:
        name: ``"namespace::name"``.
        fn: the function; its annotations give the schema. Left out to decorate one.
        mutates_args: names of the arguments it changes, or ``"unknown"``.
        device_types: the device types it works for, None for all.
        schema: the schema, where annotations do not say it.
        tags: accepted, without effect.

    Returns:
        A `CustomOpDef`.

    Raises:
        ValueError: an annotation is missing or has no counterpart in schemas.

    Example:
        >>> @torch.library.custom_op("doc_ops::double", mutates_args=())
        ... def double(x: torch.Tensor) -> torch.Tensor:
        ...     return x * 2
        >>> double(torch.ones(2))
        tensor([2., 2.])
    """

    def make(function: Callable) -> CustomOpDef:
        text = schema or infer_schema(function, mutates_args=mutates_args)
        namespace, short = _split_name(name)
        op = CustomOpDef(namespace, short, text, function)
        op.register_kernel(device_types)(function)
        functools.update_wrapper(op, function, updated=())
        return op

    return make if fn is None else make(fn)


# ------------------------------------------------------------------ schemas

_SCHEMA_TYPES = {
    torch.Tensor: "Tensor",
    int: "SymInt",
    float: "float",
    bool: "bool",
    str: "str",
    torch.dtype: "ScalarType",
    torch.device: "Device",
    Union[int, float, bool]: "Scalar",
}


def _schema_type(annotation: Any) -> str | None:
    """Return the schema's word for a Python annotation, None if there is none."""
    if annotation in _SCHEMA_TYPES:
        return _SCHEMA_TYPES[annotation]
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if type(None) in args:
        rest: Any = Union[tuple(a for a in args if a is not type(None))]
        inner = _schema_type(rest)
        return inner and f"{inner}?"
    if origin in (list, collections.abc.Sequence) and args:
        inner = _schema_type(args[0])
        return inner and f"{inner}[]"
    return None


def infer_schema(
    prototype_function: Callable,
    /,
    *,
    mutates_args: Any,
    op_name: str | None = None,
) -> str:
    """Return the schema that a function's annotations stand for.

    Args:
        prototype_function: the function.
        mutates_args: names of the arguments it changes, or ``"unknown"`` for all
            tensors.
        op_name: put before the schema.

    Raises:
        ValueError: an annotation is missing or has no counterpart.

    Example:
        >>> def f(x: torch.Tensor, n: int = 2) -> torch.Tensor: ...
        >>> torch.library.infer_schema(f, mutates_args=())
        '(Tensor x, SymInt n=2) -> Tensor'
    """
    signature = inspect.signature(prototype_function)
    hints = _resolved_hints(prototype_function)

    def fail(what: str) -> NoReturn:
        raise ValueError(
            f"infer_schema(func): {what} Got func with signature {signature})"
        )

    parts, seen_star = [], False
    for position, (name, parameter) in enumerate(signature.parameters.items()):
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            fail("We do not support positional-only args, varargs, or varkwargs.")
        if parameter.kind is parameter.KEYWORD_ONLY and not seen_star:
            parts.append("*")
            seen_star = True
        if name not in hints:
            fail(f"Parameter {name} must have a type annotation.")
        kind = _schema_type(hints[name])
        if kind is None:
            fail(
                f"Parameter {name} has unsupported type {hints[name]}. The valid types "
                f"are: {', '.join(sorted(_SCHEMA_TYPES.values()))}, and lists and "
                "optional ones of them."
            )
        if mutates_args == "unknown" or name in mutates_args:
            if kind.startswith("Tensor"):
                kind = f"Tensor(a{position}!){kind[len('Tensor') :]}"
            elif mutates_args != "unknown":
                fail(
                    f"Parameter {name} is in mutable_args but only Tensors or "
                    "collections of Tensors can be mutated"
                )
        parts.append(f"{kind} {name}{_default_text(parameter, fail)}")
    if mutates_args != "unknown":
        unknown = set(mutates_args) - set(signature.parameters)
        if unknown:
            fail(
                f"{unknown} in mutates_args were not found in the custom op's "
                "signature. mutates_args should contain the names of all args that the "
                "custom op mutates, or just the string 'unknown' if you don't know."
            )
    if "return" not in hints:
        fail("No return type annotation was provided. Please add one.")
    text = f"({', '.join(parts)}) -> {_returns_text(hints['return'], fail)}"
    return text if op_name is None else op_name + text


def _resolved_hints(function: Callable) -> dict[str, Any]:
    hints = dict(getattr(function, "__annotations__", {}))
    if any(isinstance(h, str) for h in hints.values()):
        hints = typing.get_type_hints(function)
    return hints


# The numbers that schemas have for dtypes: their places in this list.
_SCALAR_TYPES = (
    "uint8 int8 int16 int32 int64 float16 float32 float64 complex32 complex64 "
    "complex128 bool qint8 quint8 qint32 bfloat16"
).split()


def _default_text(parameter: inspect.Parameter, fail: Callable[[str], NoReturn]) -> str:
    default = parameter.default
    if default is parameter.empty:
        return ""
    if isinstance(default, str):
        return f'="{default}"'
    if isinstance(default, torch.dtype):
        return f"={_SCALAR_TYPES.index(str(default).split('.')[-1])}"
    if isinstance(default, torch.device):
        return f'="{default}"'
    if default is None or isinstance(default, (bool, int, float)):
        return f"={default}"
    return fail(
        f"Parameter {parameter.name} has an unsupported default value type "
        f"{type(default)}. Please file an issue on GitHub so we can prioritize this."
    )


def _returns_text(annotation: Any, fail: Callable[[str], NoReturn]) -> str:
    if annotation is None or annotation is type(None):
        return "()"
    if typing.get_origin(annotation) is tuple:
        parts: Sequence[Any] = typing.get_args(annotation)
        texts = [text for part in parts if (text := _schema_type(part)) is not None]
        if len(texts) == len(parts):
            return f"({', '.join(texts)})"
    text = _schema_type(annotation)
    if text is None:
        fail(f"Return has unsupported type {annotation}.")
    return text
