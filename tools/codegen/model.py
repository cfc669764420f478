"""What the generator knows: types, schemas, operators, entries and derivatives.

Everything here is plain data made by schema.py and load.py and read by the
emit_*.py modules. Start with Entry: one YAML entry, from which the operators
(functional, in-place, out) are derived.
"""

from __future__ import annotations

import dataclasses
import enum
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True)
class Location:
    """Where an entry or one of its keys stands."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class CodegenError(Exception):
    """A mistake in a YAML file; its text starts with file:line."""

    def __init__(self, where: Location, message: str) -> None:
        super().__init__(f"{where}: {message}")


# ---------------------------------------------------------------- schemas


@dataclass(frozen=True)
class Type:
    """A schema type: `Tensor(a!)`, `int[2]?`, `Tensor?[]`, ..."""

    base: str
    is_list: bool = False
    size: int | None = None  # the 2 of int[2]
    optional: bool = False  # X? or X[]?
    element_optional: bool = False  # X?[]
    alias: str = ""  # "a", "a!", "a -> *"

    @property
    def is_tensor(self) -> bool:
        """One tensor, optional or not."""
        return self.base == "Tensor" and not self.is_list

    @property
    def is_tensor_list(self) -> bool:
        return self.base == "Tensor" and self.is_list

    @property
    def writes(self) -> bool:
        return self.alias.endswith("!")

    @property
    def is_view(self) -> bool:
        """As a return: shares memory with an argument that is not written."""
        return bool(self.alias) and not self.writes

    def __str__(self) -> str:
        text = self.base + (f"({self.alias})" if self.alias else "")
        if self.is_list:
            size = "" if self.size is None else str(self.size)
            text += ("?" if self.element_optional else "") + f"[{size}]"
        return text + ("?" if self.optional else "")


@dataclass(frozen=True)
class Argument:
    name: str
    type: Type
    default: str | None = None  # as the schema writes it; None: required
    kwarg_only: bool = False

    def __str__(self) -> str:
        text = f"{self.type} {self.name}"
        return text if self.default is None else f"{text}={self.default}"


@dataclass(frozen=True)
class Return:
    type: Type
    name: str = ""

    def __str__(self) -> str:
        return f"{self.type} {self.name}" if self.name else str(self.type)


class Form(enum.Enum):
    FUNCTIONAL = "functional"
    INPLACE = "inplace"
    OUT = "out"


# The four arguments that become one `const TensorOptions& options` in C++.
OPTION_NAMES = ("dtype", "layout", "device", "pin_memory")


@dataclass(frozen=True)
class Schema:
    """`name.overload(arguments) -> returns`."""

    name: str
    overload: str
    arguments: tuple[Argument, ...]
    returns: tuple[Return, ...]

    def __str__(self) -> str:
        """The text PyTorch prints, without the `aten::` namespace."""
        parts: list[str] = []
        for a in self.arguments:
            if a.kwarg_only and "*" not in parts:
                parts.append("*")
            parts.append(str(a))
        returns = ", ".join(map(str, self.returns))
        # One unnamed return stands without parentheses.
        if len(self.returns) != 1 or self.returns[0].name:
            returns = f"({returns})"
        return f"{self.full_name}({', '.join(parts)}) -> {returns}"

    @property
    def full_name(self) -> str:
        return f"{self.name}.{self.overload}" if self.overload else self.name

    @property
    def form(self) -> Form:
        if any(a.type.writes for a in self.arguments if a.kwarg_only):
            return Form.OUT
        if self.name.endswith("_") and not self.name.endswith("__"):
            return Form.INPLACE
        # __iadd__-like names write self too.
        if self.arguments and self.arguments[0].type.writes:
            return Form.INPLACE
        return Form.FUNCTIONAL

    @property
    def out_arguments(self) -> tuple[Argument, ...]:
        return tuple(a for a in self.arguments if a.kwarg_only and a.type.writes)

    @property
    def inputs(self) -> tuple[Argument, ...]:
        """The arguments without the outputs of an out form."""
        outs = self.out_arguments
        return tuple(a for a in self.arguments if a not in outs)

    @property
    def has_options(self) -> bool:
        """Whether the four arguments of OPTION_NAMES are all there."""
        names = [a.name for a in self.arguments]
        return all(n in names for n in OPTION_NAMES)

    def argument(self, name: str) -> Argument | None:
        return next((a for a in self.arguments if a.name == name), None)

    def is_list(self, name: str) -> bool:
        """Whether the argument of that name is a list."""
        argument = self.argument(name)
        return argument is not None and argument.type.is_list

    @property
    def is_view(self) -> bool:
        """A return shares memory with an input and nothing is written."""
        return any(r.type.is_view for r in self.returns)

    @property
    def output_names(self) -> tuple[str, ...]:
        """How derivative formulas call the outputs: result, or result0, ..."""
        if len(self.returns) == 1:
            return ("result",)
        return tuple(r.name or f"result{i}" for i, r in enumerate(self.returns))


# ---------------------------------------------------------------- bodies


@dataclass(frozen=True)
class Composite:
    """`at::native::function` calls at:: operators only."""

    function: str
    inplace: str | None = None
    out: str | None = None


@dataclass(frozen=True)
class Alias:
    """Another operator of the file under a second name."""

    target: str

    def function(self, form: Form) -> str:
        """The at:: function that does the work of `form`."""
        suffix = {Form.FUNCTIONAL: "", Form.INPLACE: "_", Form.OUT: "_out"}[form]
        return self.target.rstrip("_") + suffix


@dataclass(frozen=True)
class Kernel:
    """Pointwise: TensorIterator::<iterator>, then `stub(iter, rest...)`."""

    iterator: str
    stub: str
    check: str | None = None

    # Operands that each kind of iterator takes after the output.
    OPERANDS: ClassVar[dict[str, int]] = {
        "unary_op": 1,
        "unary_float_op": 1,
        "unary_bool_op": 1,
        "binary_op": 2,
        "binary_float_op": 2,
        "comparison_op": 2,
        "ternary_op": 3,
    }

    @property
    def operands(self) -> int:
        return self.OPERANDS[self.iterator]


@dataclass(frozen=True)
class Structured:
    """`meta` decides shapes, `bodies[device]` computes into outputs."""

    meta: str
    bodies: dict[str, str]


@dataclass(frozen=True)
class Dispatch:
    """A function per device ("all", "CPU", ...); maybe one for in-place and
    out forms too."""

    bodies: dict[str, str]
    inplace: dict[str, str] = field(default_factory=dict)
    out: dict[str, str] = field(default_factory=dict)


# ---------------------------------------------------------------- derivatives


class SavedKind(enum.Enum):
    INPUT = "input"  # a tensor (or list) argument
    OUTPUT = "output"  # an output tensor
    VALUE = "value"  # an argument that is no tensor
    PROPERTY = "property"  # x.sizes() and its like


@dataclass(frozen=True)
class Saved:
    """One thing that a node keeps for its formulas."""

    kind: SavedKind
    source: str  # the argument or output
    attribute: str = ""  # "sizes" of self.sizes()

    @property
    def name(self) -> str:
        """The local name that formulas see."""
        return f"{self.source}_{self.attribute}" if self.attribute else self.source

    @property
    def is_tensor(self) -> bool:
        """Kept as SavedVariable (or a list of them), unpacked in apply()."""
        return self.kind in (SavedKind.INPUT, SavedKind.OUTPUT)

    @property
    def field(self) -> str:
        """The data member of the node; tensors carry an underscore."""
        return f"{self.name}_" if self.is_tensor else self.name


@dataclass(frozen=True)
class Formula:
    """The gradient of `inputs`: a Tensor, or a tuple for several."""

    inputs: tuple[str, ...]
    text: str  # as in the YAML file
    expression: str  # with x.sizes() replaced by x_sizes and so on
    names: frozenset[str]  # identifiers of `expression`

    @property
    def uses_mask(self) -> bool:
        return "grad_input_mask" in self.names


@dataclass(frozen=True)
class Derivative:
    node: str  # AddBackward0
    shown_as: str  # what grad_fn prints: the node, or another one's name
    formulas: tuple[Formula, ...]
    saved: tuple[Saved, ...]
    inputs: tuple[str, ...]  # differentiable arguments, in schema order
    non_differentiable: tuple[str, ...]  # outputs without gradient
    # Saves no tensor, but the node it is shown as does: a second backward()
    # has to fail all the same.
    frees: bool = False

    @property
    def saves_tensors(self) -> bool:
        return any(s.is_tensor for s in self.saved)

    @property
    def uses_grad(self) -> bool:
        """Whether formulas name `grad`, the gradient of the first output."""
        return any("grad" in f.names for f in self.formulas)


# ---------------------------------------------------------------- operators


@dataclass
class Operator:
    """One overload: a slot table in C++, `torch.ops.aten.<name>.<overload>`."""

    schema: Schema
    form: Form
    entry: Entry

    @property
    def ident(self) -> str:
        """`at::ops::<ident>`: add_Tensor, add__Tensor, add_out."""
        s = self.schema
        return f"{s.name}_{s.overload}" if s.overload else s.name

    @property
    def cpp_name(self) -> str:
        """The function in namespace at: add, add_, add_out."""
        return f"{self.schema.name}_out" if self.form is Form.OUT else self.schema.name

    @property
    def is_method(self) -> bool:
        """Bound as Tensor.<name> in Python."""
        if self.form is Form.OUT:
            return False
        if self is self.entry.base:
            return not METHODS.isdisjoint(self.entry.variants)
        return "inplace" in self.entry.variants

    @property
    def is_cpp_method(self) -> bool:
        """A member of at::Tensor, too: nearly every source file sees it."""
        return self.is_method and "python_method" not in self.entry.variants

    @property
    def is_function(self) -> bool:
        """Bound as torch.<name> (out forms: through the functional's name)."""
        if self is self.entry.base or self.form is Form.OUT:
            return "function" in self.entry.variants
        return "inplace_function" in self.entry.variants


VARIANTS = (
    "function", "method", "python_method", "inplace", "out", "inplace_function",
)  # fmt: skip
METHODS = {"method", "python_method"}


@dataclass(frozen=True)
class OneDevice:
    """A CUDA call whose tensors must lie on one device; what PyTorch's error
    calls the method, and arguments whose names there are not the schema's."""

    method: str
    renamed: dict[str, str]


@dataclass
class Entry:
    """One YAML entry. `base` has the schema that `func` spells, `operators`
    holds it and the forms derived from it."""

    topic: str
    where: Location
    schema: Schema
    variants: tuple[str, ...]
    python: tuple[str, ...]
    python_module: str  # "", "nn", "linalg", "fft", "special" or "none"
    body: Composite | Alias | Kernel | Structured | Dispatch
    one_device: OneDevice | None = None
    derivative: Derivative | None = None
    # Only `self.op_()` has it: the functional form's result cannot have a gradient.
    inplace_derivative: bool = False
    operators: list[Operator] = field(default_factory=list)

    @property
    def base(self) -> Operator:
        return self.operators[0]

    def form(self, form: Form) -> Operator | None:
        return next((o for o in self.operators if o.form is form), None)

    @property
    def is_composite(self) -> bool:
        return isinstance(self.body, (Composite, Alias))


@dataclass
class Topic:
    """One YAML file."""

    name: str
    path: str
    entries: list[Entry]

    @property
    def operators(self) -> list[Operator]:
        return [o for e in self.entries for o in e.operators]


@dataclass
class Model:
    topics: list[Topic]

    @property
    def entries(self) -> list[Entry]:
        return [e for t in self.topics for e in t.entries]

    @property
    def operators(self) -> list[Operator]:
        return [o for t in self.topics for o in t.operators]

    def named(self, name: str) -> list[Operator]:
        """Operators called `add`, `add.Tensor`, `add_` or `aten::add.out`."""
        name = name.replace("aten::", "")
        return [
            o
            for o in self.operators
            if name in (o.schema.name, o.schema.full_name, o.cpp_name)
        ]


# ---------------------------------------------------------------- derived forms


def inplace_schema(s: Schema, overload: str | None = None) -> Schema:
    """add.Tensor(Tensor self, ..) -> add_.Tensor(Tensor(a!) self, ..)."""
    written = Type("Tensor", alias="a!")
    first = dataclasses.replace(s.arguments[0], type=written)
    arguments = (first, *s.arguments[1:])
    overload = s.overload if overload is None else overload
    return Schema(f"{s.name}_", overload, arguments, (Return(written),))


def out_schema(s: Schema, overload: str | None) -> Schema:
    """The out= form: options are dropped, the outputs come last."""
    if overload is None:
        overload = "out" if s.overload in ("", "Tensor") else f"{s.overload}_out"
    inputs = s.arguments
    if s.has_options:
        inputs = tuple(a for a in inputs if a.name not in OPTION_NAMES)
    inputs = tuple(
        dataclasses.replace(a, type=dataclasses.replace(a.type, alias=""))
        for a in inputs
    )
    outs, returns = [], []
    for i, r in enumerate(s.returns):
        written = dataclasses.replace(r.type, alias=f"{chr(ord('a') + i)}!")
        name = r.name or ("out" if len(s.returns) == 1 else f"out{i}")
        outs.append(Argument(name, written, kwarg_only=True))
        returns.append(Return(written, r.name))
    if len(outs) == 1:
        outs[0] = dataclasses.replace(outs[0], name="out")
    return Schema(s.name, overload, (*inputs, *outs), tuple(returns))
