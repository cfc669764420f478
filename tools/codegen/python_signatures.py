"""What Python sees of the operators: `python_functions(model)`.

Overloads of one name share one Python function, whose signatures are tried in
PyTorch's order. emit_python.py turns these classes into C++, emit_pyi.py into
stubs.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .model import OPTION_NAMES, Argument, Entry, Form, Model, Operator, Type

# Functions that take a Python number where the schema says Tensor.
NUMBERS_AS_TENSORS = {
    "add", "sub", "mul", "div", "subtract", "multiply", "divide", "true_divide",
    "floor_divide", "copy",
}  # fmt: skip
# Overloads that are parsed but not named in error texts.
HIDDEN = {
    f"{name}{suffix}.Scalar"
    for name in ("add", "sub", "mul", "div")
    for suffix in ("", "_")
}
OWNERS = {
    "": "torch",
    "nn": "torch._C._nn",
    "linalg": "torch._C._linalg",
    "fft": "torch._C._fft",
    "special": "torch._C._special",
}
# Methods and functions written by hand in csrc/api/python.
BY_HAND = {
    ("Tensor", "item"), ("Tensor", "numpy"), ("Tensor", "size"),
    ("Tensor", "stride"), ("Tensor", "numel"), ("Tensor", "dim"),
    ("Tensor", "is_contiguous"), ("Tensor", "type"), ("Tensor", "tolist"),
    ("Tensor", "requires_grad_"), ("Tensor", "storage_offset"),
    ("Tensor", "real"), ("Tensor", "imag"), ("Tensor", "data_ptr"),
    ("Tensor", "nonzero"), ("torch", "nonzero"),
}  # fmt: skip
# Operators without a Python function: the tensor's properties call them.
UNBOUND = {"alias", "mH", "mT", "matrix_H", "numpy_T"}
# In-place functions that no method goes with: torch.celu_(x), not x.celu_().
NO_METHODS = {"celu_", "selu_", "threshold_"}
# Functions of torch._C._VariableFunctions that torch does not show.
PRIVATE = {"unique_dim"}
# Lists of sizes, which are symbolic in PyTorch.
_SYMBOLIC = {"size", "shape", "repeats", "stride", "padding", "output_size"}


@dataclass(frozen=True)
class PythonArgument:
    """One parameter of a Python signature."""

    name: str
    type: Type
    default: str | None = None
    keyword: bool = False

    @property
    def optional(self) -> bool:
        return self.default is not None

    @property
    def allows_none(self) -> bool:
        return self.type.optional or self.default == "None"


@dataclass
class PythonSignature:
    """A functional or in-place operator together with its out form."""

    op: Operator
    out: Operator | None
    arguments: list[PythonArgument] = field(default_factory=list)

    @property
    def hidden(self) -> bool:
        return self.op.schema.full_name in HIDDEN

    @property
    def has_options(self) -> bool:
        return self.op.schema.has_options

    def index(self, name: str) -> int:
        """The slot of the argument called `name` in the schema."""
        return next(i for i, a in enumerate(self.arguments) if a.name == name)

    @property
    def inputs(self) -> list[PythonArgument]:
        """Without out=, the tensor options and requires_grad."""
        names = {a.name for a in self.op.schema.arguments}
        if self.has_options:
            names -= set(OPTION_NAMES)
        return [a for a in self.arguments if a.name in names]

    @property
    def sort_key(self) -> str:
        return ", ".join(
            f"*, {_cpp_word(a)}" if a.keyword else f"{_cpp_word(a)} {a.name}"
            for a in self.arguments
        )


@dataclass
class PythonFunction:
    """torch.add, Tensor.add or Tensor.add_."""

    name: str
    owner: str  # "torch", "torch._C._nn", "Tensor"
    topic: str  # the topic whose file holds it
    signatures: list[PythonSignature]

    @property
    def is_method(self) -> bool:
        return self.owner == "Tensor"

    @property
    def ident(self) -> str:
        """The C++ function and the prefix of its tables."""
        return f"method_{self.name}" if self.is_method else f"function_{self.name}"

    @property
    def numbers_as_tensors(self) -> bool:
        base = self.name.removesuffix("_")
        return base in NUMBERS_AS_TENSORS

    @property
    def takes_nothing(self) -> bool:
        """A method without parameters: METH_NOARGS."""
        only = self.signatures[0]
        return self.is_method and len(self.signatures) == 1 and not only.arguments


def is_bound(entry: Entry) -> bool:
    name = entry.schema.name
    supported = not any(
        a.type.base == "bool" and a.type.is_list for a in entry.schema.arguments
    )
    hidden = entry.python_module == "none" or name in UNBOUND
    return not hidden and not name.endswith("_backward") and supported


def python_functions(model: Model) -> list[PythonFunction]:
    functions: dict[tuple[str, str], PythonFunction] = {}

    def add(op: Operator, owner: str, out: Operator | None) -> None:
        name = op.schema.name
        if (owner, name) in BY_HAND:
            return
        made = PythonFunction(name, owner, op.entry.topic, [])
        function = functions.setdefault((owner, name), made)
        function.signatures.append(_signature(op, out, owner == "Tensor"))

    for entry in filter(is_bound, model.entries):
        out = entry.form(Form.OUT)
        for op in entry.operators:
            if op.form is Form.OUT:
                continue
            # torch._C._nn.elu_ is a function: x.elu_ does not exist.
            in_module = bool(entry.python_module) and op.form is Form.INPLACE
            in_torch = op.form is Form.INPLACE and "inplace_function" in entry.variants
            if op.is_function or in_torch or in_module:
                own_out = out if op is entry.base else None
                add(op, OWNERS[entry.python_module], own_out)
            if op.is_method and not in_module and op.schema.name not in NO_METHODS:
                add(op, "Tensor", None)
    for function in functions.values():
        function.signatures = _in_order(function.signatures)
    return list(functions.values())


def _signature(op: Operator, out: Operator | None, method: bool) -> PythonSignature:
    schema = op.schema
    plain: list[PythonArgument] = []
    options: list[PythonArgument] = []
    for a in schema.arguments:
        if method and a.name == "self":
            continue
        is_option = schema.has_options and a.name in OPTION_NAMES
        (options if is_option else plain).append(_argument(a))
    if out:
        plain += _out_argument(out)
    if options:
        options.append(PythonArgument("requires_grad", Type("bool"), "False", True))
    return PythonSignature(op, out, plain + options)


def _argument(a: Argument) -> PythonArgument:
    default = a.default
    if a.name == "reduction" and default == "1":
        default = "0"  # PyTorch's parser reads at::Reduction::Mean as 0
    if a.name == "pin_memory" and default == "None":
        default = "False"
    return PythonArgument(a.name, a.type, default, a.kwarg_only)


def _out_argument(out: Operator) -> list[PythonArgument]:
    count = len(out.schema.out_arguments)
    type_ = Type("Tensor", optional=True)
    if count > 1 or out.schema.out_arguments[0].type.is_list:
        type_ = Type("Tensor", is_list=True, size=count, optional=True)
    return [PythonArgument("out", type_, "None", True)]


# ---------------------------------------------------------------- order


def _cpp_word(a: PythonArgument) -> str:
    """The C++ type in PyTorch's signatures, by whose text it sorts them."""
    t = a.type
    if t.base == "int" and t.is_list and a.name in _SYMBOLIC:
        return "SymIntArrayRef"
    if t.is_list:
        words = {"int": "IntArrayRef", "float": "ArrayRef", "Tensor": "TensorList"}
        return words.get(t.base, t.base)
    return {"int": "int64_t", "float": "double"}.get(t.base, t.base)


def _comes_after(a: Type, b: Type) -> bool:
    """A more general parameter is tried after a more special one."""
    pair = (str(a), str(b))
    return (
        pair in (("Scalar", "Tensor"), ("Scalar?", "Tensor?"), ("int", "Tensor"))
        or (a.base == "int" and a.is_list and pair[1] in ("int", "int?"))
        or (a.is_tensor_list and b.is_list and not b.is_tensor_list)
    )


def _is_smaller(a: PythonSignature, b: PythonSignature) -> bool:
    xs, ys = a.inputs, b.inputs
    if len(xs) != len(ys) or all(x.type == y.type for x, y in zip(xs, ys)):
        return False
    return all(x.type == y.type or _comes_after(x.type, y.type) for x, y in zip(xs, ys))


def _in_order(signatures: list[PythonSignature]) -> list[PythonSignature]:
    """By text, but each after all that it must not shadow."""
    rest = sorted(signatures, key=lambda s: s.sort_key)
    result: list[PythonSignature] = []
    while rest:
        chosen = next(
            s for s in rest if not any(_is_smaller(s, o) for o in rest if o is not s)
        )
        rest.remove(chosen)
        result.append(chosen)
    return result
