"""torch.ops and torch.library: finding operators, adding operators and kernels."""

from __future__ import annotations

import copy
from typing import List, Optional

import pytest

import torch
from torch.library import Library, custom_op, infer_schema

# ------------------------------------------------------------------ torch.ops


def test_call_an_overload():
    x = torch.ones(2)
    assert torch.ops.aten.add.Tensor(x, x, alpha=2).tolist() == [3, 3]


def test_packet_chooses_the_overload():
    assert torch.ops.aten.add(torch.ones(1), 1).tolist() == [2]


def test_names():
    op = torch.ops.aten.add.Tensor
    assert str(op) == "aten.add.Tensor" and op.name() == "aten::add.Tensor"
    assert repr(op) == "<OpOverload(op='aten.add', overload='Tensor')>"
    assert repr(torch.ops.aten.add) == "<OpOverloadPacket(op='aten.add')>"
    assert op.namespace == "aten" and op.overloadpacket is torch.ops.aten.add
    assert torch.ops.aten.relu.default.name() == "aten::relu"


def test_overloads_are_singletons():
    assert torch.ops.aten.add.Tensor is torch.ops.aten.add.Tensor
    assert copy.deepcopy(torch.ops.aten.add.Tensor) is torch.ops.aten.add.Tensor


def test_overload_names():
    assert {"Tensor", "Scalar", "out"} <= set(torch.ops.aten.add.overloads())


def test_overload_objects_and_kernels():
    add = torch.ops.aten.add
    assert [o._overloadname for o in add.op_overloads()] == add.overloads()
    assert add.Tensor in add.op_overloads()
    assert add.Tensor.has_kernel_for_dispatch_key("CPU")
    assert not add.Tensor.has_kernel_for_dispatch_key("Python")
    assert add.Tensor.has_kernel_for_any_dispatch_key(["Python", "CPU"])


def test_schema():
    schema = torch.ops.aten.add.Tensor._schema
    assert str(schema) == (
        "aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor"
    )
    assert [a.name for a in schema.arguments] == ["self", "other", "alpha"]
    assert schema.arguments[2].kwarg_only and schema.arguments[2].default_value == 1
    assert torch.ops.aten.add_.Tensor._schema.is_mutable and not schema.is_mutable


def test_missing_operator():
    with pytest.raises(AttributeError) as error:
        torch.ops.aten.no_such_operator
    assert str(error.value) == (
        "'_OpNamespace' 'aten' object has no attribute 'no_such_operator'"
    )


def test_missing_overload():
    with pytest.raises(AttributeError) as error:
        torch.ops.aten.add.nope
    assert str(error.value) == (
        "The underlying op of 'aten.add' has no overload name 'nope'"
    )


def test_arguments_that_fit_no_overload():
    with pytest.raises(RuntimeError) as error:
        torch.ops.aten.add("a", 1)
    assert str(error.value).startswith(
        "Overloaded torch operator invoked from Python failed to match any schema:\n"
        "aten::add() Expected a value of type 'Tensor' for argument 'self' but instead "
        "found type 'str'.\nPosition: 0\nValue: 'a'\nDeclaration: aten::add.Tensor("
        "Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor\nCast error details: "
        "Unable to cast a to Tensor\n"
    )


def test_recorded_through_ops():
    x = torch.ones(1, requires_grad=True)
    torch.ops.aten.mul.Tensor(x, x).backward()
    assert x.grad.item() == 2


# ------------------------------------------------------------------ Library


@pytest.fixture
def lib(request):
    # A namespace of its own for each test: definitions must not meet.
    library = Library(request.node.name.replace("[", "_").replace("]", ""), "DEF")
    yield library
    library._destroy()


def ops_of(library):
    return getattr(torch.ops, library.ns)


def test_define_and_impl(lib):
    assert lib.define("twice(Tensor x) -> Tensor") == "twice"
    lib.impl("twice", lambda x: x * 2, "CPU")
    assert ops_of(lib).twice(torch.ones(2)).tolist() == [2, 2]


def test_python_kernel_is_recorded(lib):
    lib.define("twice(Tensor x) -> Tensor")
    lib.impl("twice", lambda x: x * 2, "CPU")
    x = torch.ones(1, requires_grad=True)
    assert ops_of(lib).twice(x).grad_fn.name() == "MulBackward0"


def test_defaults_and_keywords(lib):
    lib.define("scale(Tensor x, *, float s=2.0, int[]? d=None) -> (Tensor, Tensor)")
    lib.impl("scale", lambda x, s=2.0, d=None: (x * s, x), "CompositeImplicitAutograd")
    scaled, same = ops_of(lib).scale(torch.ones(2), s=3)
    assert scaled.tolist() == [3, 3] and same.tolist() == [1, 1]


def test_missing_argument(lib):
    lib.define("twice(Tensor x) -> Tensor")
    lib.impl("twice", lambda x: x * 2, "CPU")
    with pytest.raises(RuntimeError) as error:
        ops_of(lib).twice()
    assert str(error.value) == (
        f"{lib.ns}::twice() is missing value for argument 'x'. Declaration: "
        f"{lib.ns}::twice(Tensor x) -> Tensor"
    )


def test_no_kernel(lib):
    lib.define("twice(Tensor x) -> Tensor")
    with pytest.raises(NotImplementedError, match=f"^Could not run '{lib.ns}::twice'"):
        ops_of(lib).twice(torch.ones(1))


def test_kernel_replaces_a_builtin_one_for_a_while():
    library = Library("aten", "IMPL")
    library.impl("relu", lambda x: x.neg(), "CPU")
    assert torch.relu(torch.ones(1)).item() == -1
    library._destroy()
    assert torch.relu(torch.ones(1)).item() == 1


def test_operators_vanish_with_their_library():
    library = Library("vanishing", "DEF")
    library.define("twice(Tensor x) -> Tensor")
    assert torch.ops.vanishing.twice is not None
    library._destroy()
    with pytest.raises(AttributeError):
        torch.ops.vanishing.twice


def test_fragments_share_a_namespace(lib):
    fragment = Library(lib.ns, "FRAGMENT")
    fragment.define("once(Tensor x) -> Tensor")
    fragment.impl("once", lambda x: x + 0, "CPU")
    assert ops_of(lib).once(torch.ones(1)).item() == 1
    fragment._destroy()


def test_duplicate_definition(lib):
    lib.define("twice(Tensor x) -> Tensor")
    with pytest.raises(RuntimeError, match="^Tried to register an operator"):
        lib.define("twice(Tensor x) -> Tensor")


def test_namespace_has_one_owner(lib):
    with pytest.raises(
        RuntimeError, match="^Only a single TORCH_LIBRARY can be used to"
    ):
        Library(lib.ns, "DEF")


def test_aten_is_taken():
    with pytest.raises(
        RuntimeError, match="^Only a single TORCH_LIBRARY can be used to"
    ):
        Library("aten", "DEF")


@pytest.mark.parametrize(
    "call, kind, text",
    [
        (
            lambda lib: lib.define("bad"),
            RuntimeError,
            "Tried to parse a function schema ",
        ),
        (
            lambda lib: lib.define("x::y(Tensor a) -> Tensor"),
            RuntimeError,
            "Explicitly provided namespace (x) in schema string does not match namespace ",
        ),
        (
            lambda lib: lib.impl("twice", 3, "CPU"),
            TypeError,
            "Input function is required to be a callable but found type <class 'int'>",
        ),
        (
            lambda lib: lib.impl("twice", lambda x: x, "WAT"),
            RuntimeError,
            "could not parse dispatch key: WAT",
        ),
    ],
)
def test_bad_registration(call, kind, text):
    library = Library("bad_registration", "FRAGMENT")
    library.define("twice(Tensor x) -> Tensor")
    with pytest.raises(kind) as error:
        call(library)
    assert str(error.value).startswith(text)
    library._destroy()


def test_unknown_kind():
    with pytest.raises(ValueError) as error:
        Library("x", "WAT")
    assert str(error.value) == "Unsupported kind: WAT"


def test_functions_define_and_impl():
    torch.library.define("by_function::square", "(Tensor x) -> Tensor")

    @torch.library.impl("by_function::square", "cpu")
    def square(x):
        return x * x

    assert torch.ops.by_function.square(torch.full((1,), 3.0)).item() == 9


def test_define_checks_its_arguments():
    with pytest.raises(ValueError, match="^Expected `qualname` to be of the form"):
        torch.library.define("q", "(Tensor x) -> Tensor")
    with pytest.raises(ValueError, match="^define.*expected schema to look like"):
        torch.library.define("a::q", "Tensor x -> Tensor")


# ------------------------------------------------------------------ custom_op


@custom_op("test_custom::scaled", mutates_args=())
def scaled(x: torch.Tensor, n: int = 2) -> torch.Tensor:
    return x.clone() * n


@custom_op("test_custom::plain", mutates_args=(), device_types="cpu")
def plain(x: torch.Tensor) -> torch.Tensor:
    return x.clone() * 2


@custom_op("test_custom::grow", mutates_args={"x"})
def grow(x: torch.Tensor, y: torch.Tensor) -> None:
    x.add_(y)


@custom_op("test_custom::same", mutates_args=())
def same(x: torch.Tensor) -> torch.Tensor:
    return x


def scaled_setup(ctx, inputs, output):
    ctx.n = inputs[1]


scaled.register_autograd(
    lambda ctx, grad: (grad * ctx.n, None), setup_context=scaled_setup
)
scaled.register_fake(lambda x, n=2: torch.empty_like(x))


def test_custom_op_runs():
    assert scaled(torch.ones(2), 3).tolist() == [3, 3]
    assert torch.ops.test_custom.scaled(torch.ones(2)).tolist() == [2, 2]


def test_custom_op_has_its_derivative():
    x = torch.ones(2, requires_grad=True)
    scaled(x, 5).sum().backward()
    assert x.grad.tolist() == [5, 5]


def test_custom_op_on_meta_tensors():
    assert scaled(torch.ones(2, device="meta")).is_meta


def test_custom_op_without_derivative():
    y = plain(torch.ones(1, requires_grad=True))
    with pytest.raises(RuntimeError) as error:
        y.sum().backward()
    assert str(error.value) == (
        "Trying to backward through test_custom.plain.default but no autograd formula was "
        "registered. Please use register_autograd to add one."
    )


def test_custom_op_without_fake():
    with pytest.raises(RuntimeError, match="^There was no fake impl registered for"):
        plain(torch.ones(1, device="meta"))


def test_custom_op_that_writes():
    x = torch.zeros(2)
    assert grow(x, torch.ones(2)) is None
    assert x.tolist() == [1, 1] and x._version > 0
    assert str(grow._opoverload._schema) == (
        "test_custom::grow(Tensor(a0!) x, Tensor y) -> ()"
    )


def test_custom_op_must_not_return_its_input():
    with pytest.raises(
        RuntimeError, match="must not also be an input to this custom op"
    ):
        same(torch.ones(1))


# ------------------------------------------------------------------ infer_schema


def typed(x: torch.Tensor, n: int, f: float = 0.5, s: str = "a") -> torch.Tensor: ...
def lists(xs: List[torch.Tensor], o: Optional[int] = None) -> None: ...
def keyword(x: torch.Tensor, *, flag: bool = True) -> torch.Tensor: ...


@pytest.mark.parametrize(
    "function, schema",
    [
        (typed, '(Tensor x, SymInt n, float f=0.5, str s="a") -> Tensor'),
        (lists, "(Tensor[] xs, SymInt? o=None) -> ()"),
        (keyword, "(Tensor x, *, bool flag=True) -> Tensor"),
    ],
)
def test_infer_schema(function, schema):
    assert infer_schema(function, mutates_args=()) == schema


def test_infer_schema_of_written_arguments():
    def f(x: torch.Tensor, y: int) -> None: ...

    assert infer_schema(f, mutates_args=("x",)) == "(Tensor(a0!) x, SymInt y) -> ()"
    with pytest.raises(
        ValueError, match="Parameter y is in mutable_args but only Tens"
    ):
        infer_schema(f, mutates_args=("y",))


def test_infer_schema_needs_annotations():
    def no_type(x) -> None: ...
    def no_return(x: torch.Tensor): ...
    def odd_type(x: torch.Tensor, y: dict) -> None: ...

    with pytest.raises(ValueError, match="Parameter x must have a type annotation."):
        infer_schema(no_type, mutates_args=())
    with pytest.raises(ValueError, match="No return type annotation was provided."):
        infer_schema(no_return, mutates_args=())
    with pytest.raises(ValueError, match="Parameter y has unsupported type"):
        infer_schema(odd_type, mutates_args=())
