"""From samples to tests: what test/ops derives for every operator.

A topic file lists `Op`s and subclasses OpTests:

    class TestBinaryOps(OpTests):
        golden = "binary_ops"
        ops = [Op("add", lambda m: [S(m(3, 4), m(4)), S(m(2), 2.5)], inplace=True)]

Each sample is one call. From it follow: the recorded answer of PyTorch for
every dtype, method, in-place and out= forms, other names, non-contiguous and
expanded inputs, meta tensors, gradcheck and gradgradcheck, and for error
samples the recorded exception. `python test/golden/record_ops.py`, run by an
interpreter that has PyTorch, records the answers.

Samples build their inputs with the maker `m` from NumPy's generator, so that
every interpreter sees the same numbers. With POCKET_TORCH_TEST_DEVICE=cuda they
are moved there, and the answers compared are those recorded on the CPU.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Callable

import numpy as np

import torch

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "ops"
DEVICE = os.environ.get("POCKET_TORCH_TEST_DEVICE", "cpu")

FLOAT = ("float32", "float64")
LOW = ("float16", "bfloat16")
INT = ("int64", "int32", "uint8")
SMALL = ("int16", "int8")
BOOL = ("bool",)
COMPLEX = ("complex64", "complex128")
ALL = FLOAT + INT + BOOL
EVERY = ALL + LOW + SMALL + COMPLEX

# Relative and absolute tolerance by dtype: PyTorch's own defaults for its
# assert_close, since another order of summation is allowed.
TOLERANCE = {
    "float64": (1e-7, 1e-7),
    "float32": (1.3e-6, 1e-5),
    "float16": (1e-3, 1e-5),
    "bfloat16": (1.6e-2, 1e-5),
    "complex64": (1.3e-6, 1e-5),
    "complex128": (1e-7, 1e-7),
}


# The same for dtypes that no sample has: operators of several steps round 16-bit
# results after each, which need not be PyTorch's steps.
ROUNDED_TWICE = {"float16": (4e-3, 4e-3), "bfloat16": (3e-2, 3e-2)}


class Sample:
    """Arguments of one call."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.args, self.kwargs = args, kwargs

    def tensors(self) -> list[torch.Tensor]:
        """Tensors among the arguments, also those inside lists."""
        found = []
        for value in [*self.args, *self.kwargs.values()]:
            items = value if isinstance(value, (list, tuple)) else [value]
            found += [x for x in items if isinstance(x, torch.Tensor)]
        return found

    def map(self, f: Callable[[torch.Tensor], torch.Tensor]) -> Sample:
        """The same call with f applied to every tensor."""

        def apply(value: Any) -> Any:
            if isinstance(value, torch.Tensor):
                return f(value)
            if isinstance(value, (list, tuple)):
                return type(value)(apply(x) for x in value)
            return value

        kwargs = {k: apply(v) for k, v in self.kwargs.items()}
        return Sample(*[apply(a) for a in self.args], **kwargs)


S = Sample


class Maker:
    """Makes inputs of one dtype; the numbers depend on the seed text alone."""

    def __init__(self, dtype: str, seed: str) -> None:
        self.dtype = dtype
        self.rng = np.random.default_rng(zlib.crc32(seed.encode()))

    def __call__(self, *shape: int, low: float = -2.0, high: float = 2.0):
        """Uniform numbers in [low, high), 0.05 away from zero; integers in
        [low * 4, high * 4); truth values; complex numbers of two such parts."""
        raw = self.rng.uniform(low, high, shape)
        if "complex" in self.dtype:
            raw = raw + 1j * self.rng.uniform(low, high, shape)
            return torch.tensor(raw).to(self.torch_dtype)
        if self.dtype == "bool":
            return torch.tensor(raw > (low + high) / 2)
        if "int" in self.dtype:
            whole = np.floor(raw * 4)
            whole = np.abs(whole) if self.dtype == "uint8" else whole
            return torch.tensor(whole.astype(np.int64)).to(self.torch_dtype)
        raw = np.where(np.abs(raw) < 0.05, raw + 0.1, raw)
        return torch.tensor(raw).to(self.torch_dtype)

    def distinct(self, *shape: int) -> torch.Tensor:
        """Integers from 0, each once, in any order."""
        numbers = self.rng.permutation(int(np.prod(shape))).reshape(shape)
        return torch.tensor(numbers).to(self.torch_dtype)

    def index(self, *shape: int, high: int) -> torch.Tensor:
        """int64 numbers in [0, high)."""
        return torch.tensor(self.rng.integers(0, high, shape))

    def mask(self, *shape: int) -> torch.Tensor:
        return torch.tensor(self.rng.random(shape) > 0.5)

    @property
    def torch_dtype(self) -> torch.dtype:
        return getattr(torch, self.dtype)


Samples = Callable[[Maker], "list[Sample]"]


def public(name: str) -> Callable:
    """torch.<name>, with dots."""
    owner: Any = torch
    for part in name.split("."):
        owner = getattr(owner, part)
    return owner


def on_clone(name: str) -> Callable:
    """The in-place function or method of that name, called on a copy."""
    return lambda x, *args, **options: public(name)(x.clone(), *args, **options)


@dataclass
class Op:
    """One public operator and what its tests need to know."""

    name: str  # "add", "nn.functional.relu", "Tensor.expand"
    samples: Samples
    dtypes: tuple[str, ...] = ALL
    grad: bool = True
    gradgrad: bool = True
    inplace: bool = False
    out: bool = False
    method: bool = True
    meta: bool = True
    # False where the strides of the input are part of the question.
    strided: bool = True
    errors: Samples | None = None
    # Other public names of the same function.
    aliases: tuple[str, ...] = ()
    # What to call where it is not the function of that name: an in-place
    # method on a clone, a call whose arguments have to be put together.
    call: Callable | None = None
    # Draws random numbers: the generator is seeded before each call.
    random: bool = False
    # A looser tolerance must say why.
    tolerance: tuple[float, float] | None = None
    reason: str = ""
    label: str = field(default="")

    def __post_init__(self) -> None:
        self.label = self.label or self.name
        assert not self.tolerance or self.reason, f"{self.name}: say why"

    @property
    def function(self) -> Callable:
        """The public function, or the unbound method."""
        return self.call or public(self.name)

    def run(self, f: Callable, args: tuple, kwargs: dict[str, Any]) -> Any:
        """One call of f, one of this operator's forms."""
        if self.random:
            torch.manual_seed(7)
        return f(*args, **kwargs)

    def apply(self, sample: Sample, **more: Any) -> Any:
        """The result of a sample's call."""
        return self.run(self.function, sample.args, {**sample.kwargs, **more})

    @property
    def short(self) -> str:
        return self.name.rsplit(".", 1)[-1]

    def make(self, dtype: str, which: str = "samples") -> list[Sample]:
        maker = Maker(dtype, f"{self.label}/{which}")
        samples = (self.errors if which == "errors" else self.samples)(maker)
        if DEVICE == "cpu":
            return samples
        return [sample.map(lambda t: t.to(DEVICE)) for sample in samples]


def contiguous(shape: list[int]) -> list[int]:
    """Strides of a contiguous tensor."""
    return [int(np.prod(shape[i + 1 :])) for i in range(len(shape))]


def same(actual: list[torch.Tensor], expected: list[torch.Tensor]) -> bool:
    """Equal bit for bit, nan to nan."""
    return len(actual) == len(expected) and all(
        a.dtype == e.dtype
        and np.array_equal(
            to_numpy(a), to_numpy(e), equal_nan=a.dtype.is_floating_point
        )
        for a, e in zip(actual, expected)
    )


def exception(call: Callable) -> Exception | None:
    """What a call raises."""
    try:
        call()
    except Exception as error:  # the type is what is tested
        return error
    return None


def outputs(result: Any) -> list[torch.Tensor]:
    """The tensors of a result."""
    if isinstance(result, torch.Tensor):
        return [result]
    if isinstance(result, (tuple, list)):
        return [t for r in result for t in outputs(r)]
    return [torch.tensor(result)]


def to_numpy(t: torch.Tensor) -> np.ndarray:
    t = t.detach().cpu().resolve_conj()
    wider = {"torch.bfloat16": torch.float32, "torch.complex32": torch.complex64}
    return t.to(wider.get(str(t.dtype), t.dtype)).numpy()


def assert_equal(actual, expected, dtype: str, op: Op) -> None:
    """Compare with a recorded or computed array within the dtype's tolerance."""
    actual = np.asarray(actual)
    assert actual.shape == expected.shape
    if actual.dtype.kind in "fc":
        rtol, atol = op.tolerance or TOLERANCE.get(dtype, TOLERANCE["float32"])
        np.testing.assert_allclose(actual, expected, rtol=rtol, atol=atol)
    else:
        np.testing.assert_array_equal(actual, expected)
    if actual.dtype == bool:  # NumPy calls every byte but zero true
        assert not (actual.view(np.uint8) > 1).any()


def describe(t: torch.Tensor) -> list:
    """What the .json file says of an answer: dtype, shape, and the strides
    where they are not those of a contiguous tensor."""
    strides = [] if t.is_contiguous() else [list(t.stride())]
    return [str(t.dtype)[6:], list(t.shape), *strides]


class Recorded:
    """The answers of one topic, loaded when first asked for.

    `facts` is the .json file: what describe() says of each result of each case,
    and the exceptions. `arrays` holds the results' values; the .npz file has
    those of all cases in the order of the facts, one flat array per dtype.
    """

    def __init__(self, topic: str) -> None:
        self.facts = json.loads((GOLDEN / f"{topic}.json").read_text())
        flat = dict(np.load(GOLDEN / f"{topic}.npz"))
        used = dict.fromkeys(flat, 0)
        self.arrays: dict[str, list[np.ndarray]] = {}
        for key, results in self.facts.items():
            if "/errors/" in key or "/refused/" in key:
                continue
            for dtype, shape, *_ in results:
                first = used[dtype]
                used[dtype] += int(np.prod(shape, dtype=np.int64))
                values = flat[dtype][first : used[dtype]].reshape(shape)
                self.arrays.setdefault(key, []).append(values)


def write_recorded(topic: str, facts: dict, arrays: dict[str, list]) -> None:
    """Save what Recorded reads; `arrays` lists all values of each dtype."""
    GOLDEN.mkdir(exist_ok=True)
    flat = {d: np.concatenate([a.ravel() for a in x]) for d, x in arrays.items()}
    np.savez_compressed(GOLDEN / f"{topic}.npz", **flat)
    lines = (f"{json.dumps(key)}: {json.dumps(fact)}" for key, fact in facts.items())
    text = ",\n".join(lines)
    (GOLDEN / f"{topic}.json").write_text(f"{{\n{text}\n}}\n")


@dataclass
class Case:
    """One test: an operator, a dtype and the number of a sample."""

    op: Op
    dtype: str
    i: int

    def __str__(self) -> str:
        return f"{self.op.label}-{self.dtype}-{self.i}"

    @property
    def key(self) -> str:
        return f"{self.op.label}/{self.dtype}/{self.i}"

    @property
    def refused_key(self) -> str:
        """The key of a recorded exception, where the dtype is refused."""
        return f"{self.op.label}/refused/{self.dtype}"

    def sample(self) -> Sample:
        return self.op.make(self.dtype)[self.i]


def cases(ops: list[Op], dtypes: Callable[[Op], tuple]) -> Iterator[Case]:
    for op in ops:
        for dtype in dtypes(op):
            for i in range(len(op.make(dtype))):
                yield Case(op, dtype, i)


def other_dtypes(op: Op) -> tuple[str, ...]:
    """The dtypes that test_every_dtype tries: those that no samples of the
    operator have. A label marks an entry that is about something else."""
    if op.label != op.name or op.call:
        return ()
    return tuple(dtype for dtype in EVERY if dtype not in op.dtypes)


def grad_dtypes(op: Op) -> tuple[str, ...]:
    """Finite differences want double precision, whatever dtypes are recorded."""
    wide = {"float64": FLOAT, "complex128": COMPLEX}
    return tuple(d for d in wide if op.grad and set(wide[d]) & set(op.dtypes))


def differentiable(t: torch.Tensor) -> bool:
    return t.is_floating_point() or t.is_complex()


class OpTests:
    """Base of every topic's test class; conftest.py hands out the cases."""

    golden: str
    ops: list[Op]
    _recorded: Recorded | None = None

    @classmethod
    def recorded(cls) -> Recorded:
        if cls._recorded is None:
            cls._recorded = Recorded(cls.golden)
        return cls._recorded

    # Which cases each test gets.
    SELECT: dict[str, Callable[[Op], tuple[str, ...]]] = {
        "test_forward": lambda op: op.dtypes,
        "test_strides": lambda op: op.dtypes[:1],
        "test_method": lambda op: op.dtypes[:1] if op.method else (),
        "test_alias": lambda op: op.dtypes[:1] if op.aliases else (),
        "test_out": lambda op: op.dtypes[:1] if op.out else (),
        "test_inplace": lambda op: op.dtypes[:1] if op.inplace else (),
        "test_noncontiguous": lambda op: op.dtypes[:1] if op.strided else (),
        "test_expanded": lambda op: op.dtypes[:1] if op.strided else (),
        "test_meta": lambda op: op.dtypes[:1] if op.meta else (),
        "test_gradcheck": grad_dtypes,
        "test_gradgradcheck": lambda op: grad_dtypes(op) if op.gradgrad else (),
    }

    def test_forward(self, case: Case) -> None:
        """Values, dtypes and shapes equal PyTorch's."""
        self.check_recorded(case, case.op)

    def check_recorded(self, case: Case, op: Op) -> None:
        """Compare with the recorded answer, in the tolerance of `op`."""
        sample = case.sample()
        results = outputs(case.op.apply(sample))
        facts = self.recorded().facts[case.key]
        assert [describe(r)[:2] for r in results] == [fact[:2] for fact in facts]
        for result, expected in zip(results, self.recorded().arrays.get(case.key, [])):
            assert_equal(to_numpy(result), expected, case.dtype, op)

    def test_every_dtype(self, case: Case) -> None:
        """The dtypes that the samples leave out, with the first sample: PyTorch's
        values, or its exception and text."""
        refused = self.recorded().facts.get(case.refused_key)
        if refused is None:
            loose = ROUNDED_TWICE.get(case.dtype, case.op.tolerance)
            op = replace(case.op, tolerance=loose, reason="16-bit steps")
            self.check_recorded(case, op)
            return
        raised = exception(lambda: case.op.apply(case.sample()))
        assert [type(raised).__name__, str(raised)] == refused

    def test_strides(self, case: Case) -> None:
        """Memory order of the results equals PyTorch's."""
        results = outputs(case.op.apply(case.sample()))
        for result, (_, shape, *recorded) in zip(
            results, self.recorded().facts[case.key]
        ):
            expected = recorded[0] if recorded else contiguous(shape)
            # The stride of a dimension of one element says nothing.
            pairs = zip(shape, result.stride(), expected)
            assert 0 in shape or all(s == e for n, s, e in pairs if n > 1)

    def test_method(self, case: Case) -> None:
        """x.op(...) is torch.op(x, ...)."""
        sample = case.sample()
        expected = outputs(case.op.apply(sample))
        method = getattr(sample.args[0], case.op.short)
        actual = outputs(case.op.run(method, sample.args[1:], sample.kwargs))
        assert same(actual, expected)

    def test_alias(self, case: Case) -> None:
        """Other names give the same answer."""
        sample = case.sample()
        expected = outputs(case.op.apply(sample))
        for name in case.op.aliases:
            actual = outputs(case.op.run(public(name), sample.args, sample.kwargs))
            assert same(actual, expected)

    def test_out(self, case: Case) -> None:
        """out= receives the result and is returned."""
        sample = case.sample()
        expected = outputs(case.op.apply(sample))
        buffers = [torch.empty_like(e) for e in expected]
        out = buffers[0] if len(buffers) == 1 else tuple(buffers)
        returned = case.op.apply(sample, out=out)
        assert all(r is b for r, b in zip(outputs(returned), buffers))
        assert same(buffers, expected)

    def test_inplace(self, case: Case) -> None:
        """x.op_(...) writes what op would return, where shape and dtype allow."""
        sample = case.sample()
        expected = case.op.apply(sample)
        target = sample.args[0].clone()
        before = target._version
        fits = expected.shape == target.shape and torch.can_cast(
            expected.dtype, target.dtype
        )
        method = getattr(target, case.op.short + "_")
        if not fits:
            raised = None
            try:
                case.op.run(method, sample.args[1:], sample.kwargs)
            except RuntimeError as error:
                raised = error
            assert raised is not None
            assert same([target], [sample.args[0]])
            return
        assert case.op.run(method, sample.args[1:], sample.kwargs) is target
        assert same([target], [expected.to(target.dtype)])
        assert target._version > before

    def test_noncontiguous(self, case: Case) -> None:
        """Strided and offset inputs give the same answer."""

        def spread(t: torch.Tensor) -> torch.Tensor:
            if t.dim() == 0 or t.numel() == 0:
                return t
            wide = torch.zeros(tuple(t.shape[:-1]) + (t.shape[-1] * 2 + 1,))
            wide = wide.to(t.dtype)
            view = wide[..., 1::2]
            view.copy_(t)
            return view

        sample = case.sample()
        expected = outputs(case.op.apply(sample))
        apart = sample.map(spread)
        actual = outputs(case.op.apply(apart))
        for a, e in zip(actual, expected):
            assert_equal(to_numpy(a), to_numpy(e), case.dtype, case.op)

    def test_expanded(self, case: Case) -> None:
        """Inputs of stride 0 give the answer of their copies."""

        def expand(t: torch.Tensor) -> torch.Tensor:
            return t[..., :1].expand(t.shape) if t.dim() else t

        expanded = case.sample().map(expand)
        dense = expanded.map(lambda t: t.clone(memory_format=torch.contiguous_format))
        expected = outputs(case.op.apply(dense))
        actual = outputs(case.op.apply(expanded))
        assert len(actual) == len(expected)
        for a, e in zip(actual, expected):
            assert_equal(to_numpy(a), to_numpy(e), case.dtype, case.op)

    def test_meta(self, case: Case) -> None:
        """A meta tensor's result has the real one's shape and dtype."""
        sample = case.sample()
        expected = outputs(case.op.apply(sample))
        where = {} if sample.tensors() else {"device": "meta"}
        meta = sample.map(lambda t: t.to("meta"))
        actual = outputs(case.op.apply(meta, **where))
        assert [a.shape for a in actual] == [e.shape for e in expected]
        assert [a.dtype for a in actual] == [e.dtype for e in expected]
        assert all(a.device.type == "meta" for a in actual)

    def _differentiable(self, case: Case):
        """(function of the floating inputs, those inputs)."""
        sample = case.sample()
        inputs: list[torch.Tensor] = []

        def collect(t: torch.Tensor) -> torch.Tensor:
            if differentiable(t):
                inputs.append(t.detach().clone().requires_grad_())
            return t

        sample.map(collect)

        def f(*values: torch.Tensor):
            rest = iter(values)
            call = sample.map(lambda t: next(rest) if differentiable(t) else t)
            results = outputs(case.op.apply(call))
            return tuple(r for r in results if differentiable(r))

        return f, inputs

    def test_gradcheck(self, case: Case) -> None:
        """The derivative formula against finite differences."""
        f, inputs = self._differentiable(case)
        assert torch.autograd.gradcheck(f, inputs)

    def test_gradgradcheck(self, case: Case) -> None:
        """The derivative of the derivative."""
        f, inputs = self._differentiable(case)
        assert torch.autograd.gradgradcheck(f, inputs)

    def test_errors(self, case: Case) -> None:
        """Bad input raises PyTorch's exception with PyTorch's text."""
        sample = case.op.make("float32", "errors")[case.i]
        raised = exception(lambda: case.op.apply(sample))
        recorded = self.recorded().facts[f"{case.op.label}/errors/{case.i}"]
        assert [type(raised).__name__, str(raised)] == recorded
