"""``assert_close``: compare tensors, numbers and containers of them, within tolerances.

Containers are walked first. For each pair of leaves the first of four functions that
accepts it returns a check; only when every pair has one do the checks run. A difference
becomes a ``_Mismatch``, which knows where in the containers it was.
"""

from __future__ import annotations

import cmath
import collections.abc
import contextlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Callable, Optional

import torch

_Tolerance = Optional[float]  # None asks for the dtype's default

_TOLERANCES = {
    "float16": (0.001, 1e-5),
    "bfloat16": (0.016, 1e-5),
    "float32": (1.3e-6, 1e-5),
    "float64": (1e-7, 1e-7),
    "complex32": (0.001, 1e-5),
    "complex64": (1.3e-6, 1e-5),
    "complex128": (1e-7, 1e-7),
}
_NUMBER_DTYPES = {int: "int64", float: "float64", complex: "complex128"}


class _Mismatch(Exception):
    """An error to raise, and the keys that lead to its place."""

    def __init__(self, kind: type, text: str, where: tuple) -> None:
        super().__init__(text)
        self.kind, self.text, self.where = kind, text, where

    def to_error(self, msg: Any) -> Exception:
        if isinstance(msg, str):
            return self.kind(msg)
        text = self.text
        if self.where:
            keys = "".join(str([key]) for key in self.where)
            text += f"\n\nThe failure occurred for item {keys}"
        return self.kind(msg(text) if callable(msg) else text)


@dataclass(frozen=True)
class _Options:
    allow_subclasses: bool
    rtol: float | None
    atol: float | None
    equal_nan: bool
    check_device: bool
    check_dtype: bool
    check_layout: bool
    check_stride: bool

    def tolerances(self, *dtypes: str, where: tuple) -> tuple[float, float]:
        if (self.rtol is None) != (self.atol is None):
            missing = "rtol" if self.rtol is None else "atol"
            raise _Mismatch(
                ValueError,
                "Both 'rtol' and 'atol' must be either specified or omitted, but got "
                f"no {missing}.",
                where,
            )
        if self.rtol is not None and self.atol is not None:
            return self.rtol, self.atol
        pairs = [_TOLERANCES.get(dtype, (0.0, 0.0)) for dtype in dtypes]
        return max(p[0] for p in pairs), max(p[1] for p in pairs)


def _dtype_name(dtype: torch.dtype) -> str:
    return str(dtype).split(".")[-1]


# ------------------------------------------------------------------ messages


def _difference(
    kind: str, value: Any, place: Any, tolerance: float, exact: bool
) -> str:
    if place is None:
        text = f"{kind.title()} difference: {value}"
    else:
        text = f"Greatest {kind} difference: {value} at index {place}"
    return text if exact else f"{text} (up to {tolerance} allowed)"


def _report(what: str, extra: str, rtol: float, atol: float, differences: Any) -> str:
    """Write the message; `differences` is two pairs of value and place."""
    exact = rtol == 0 and atol == 0
    (absolute, absolute_at), (relative, relative_at) = differences
    return (
        f"{what} are not {'equal' if exact else 'close'}!\n\n{extra}\n"
        + _difference("absolute", absolute, absolute_at, atol, exact)
        + "\n"
        + _difference("relative", relative, relative_at, rtol, exact)
    )


def _scalar_report(actual: Any, expected: Any, rtol: float, atol: float) -> str:
    absolute = abs(actual - expected)
    relative = float("inf") if expected == 0 else absolute / abs(expected)
    extra = f"Expected {expected} but got {actual}."
    return _report("Scalars", extra, rtol, atol, ((absolute, None), (relative, None)))


def _tensor_report(
    actual: torch.Tensor,
    expected: torch.Tensor,
    matches: torch.Tensor,
    rtol: float,
    atol: float,
) -> str:
    total = matches.numel()
    wrong = total - int(torch.sum(matches))
    extra = f"Mismatched elements: {wrong} / {total} ({wrong / total:.1%})"
    shape = tuple(matches.shape)
    actual, expected, matches = (t.flatten() for t in (actual, expected, matches))
    if not (actual.dtype.is_floating_point or actual.dtype.is_complex):
        actual, expected = actual.to(torch.int64), expected.to(torch.int64)
    absolute = torch.abs(actual - expected)
    absolute[matches] = 0
    relative = absolute / torch.abs(expected)
    relative[matches] = 0
    greatest = []
    for differences in (absolute, relative):
        value, place = torch.max(differences, 0)
        greatest.append((value.item(), _unravel(int(place), shape)))
    return _report("Tensor-likes", extra, rtol, atol, greatest)


def _unravel(place: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    index = []
    for size in reversed(shape):
        place, rest = divmod(place, size)
        index.append(rest)
    return tuple(reversed(index))


# ------------------------------------------------------------------ leaves


_Check = Callable[[], None]


def _none_check(actual: Any, expected: Any, options: _Options, where: tuple) -> Any:
    if actual is not None and expected is not None:
        return None

    def check() -> None:
        if actual is not expected:
            raise _Mismatch(
                AssertionError, f"None mismatch: {actual} is not {expected}", where
            )

    return check


def _python_number(value: Any, kinds: tuple, numpy_kind: str) -> Any:
    """Return `value` as one of the Python types `kinds`, or NotImplemented."""
    if type(value).__module__ == "numpy":
        import numpy

        if isinstance(value, getattr(numpy, numpy_kind)):
            return value.item()
    return value if isinstance(value, kinds) else NotImplemented


def _bool_check(actual: Any, expected: Any, options: _Options, where: tuple) -> Any:
    a, b = (_python_number(v, (bool,), "bool_") for v in (actual, expected))
    if a is NotImplemented or b is NotImplemented:
        return None

    def check() -> None:
        if a is not b:
            raise _Mismatch(AssertionError, f"Booleans mismatch: {a} is not {b}", where)

    return check


def _number_check(actual: Any, expected: Any, options: _Options, where: tuple) -> Any:
    kinds = tuple(_NUMBER_DTYPES)
    a, b = (_python_number(v, kinds, "number") for v in (actual, expected))
    if a is NotImplemented or b is NotImplemented:
        return None
    dtypes = [
        next(dtype for kind, dtype in _NUMBER_DTYPES.items() if isinstance(v, kind))
        for v in (a, b)
    ]
    rtol, atol = options.tolerances(*dtypes, where=where)

    def check() -> None:
        if options.check_dtype and type(a) is not type(b):
            raise _Mismatch(
                AssertionError,
                f"The (d)types do not match: {type(a)} != {type(b)}.",
                where,
            )
        if a == b or (options.equal_nan and cmath.isnan(a) and cmath.isnan(b)):
            return
        distance = abs(a - b)
        if not (cmath.isfinite(distance) and distance <= atol + rtol * abs(b)):
            raise _Mismatch(AssertionError, _scalar_report(a, b, rtol, atol), where)

    return check


def _tensor_check(actual: Any, expected: Any, options: _Options, where: tuple) -> Any:
    related = isinstance(actual, type(expected)) or isinstance(expected, type(actual))
    same = type(actual) is type(expected)
    if not related or not (same or options.allow_subclasses):
        return None
    try:
        a, b = (
            v if isinstance(v, torch.Tensor) else torch.as_tensor(v)
            for v in (actual, expected)
        )
    except Exception:
        return None
    dtypes = [_dtype_name(t.dtype) for t in (a, b)]
    rtol, atol = options.tolerances(*dtypes, where=where)

    def check() -> None:
        _compare_attributes(a, b, options, where)
        if not (a.is_meta or b.is_meta):
            _compare_values(a, b, (rtol, atol, options.equal_nan), where)

    return check


def _compare_values(
    a: torch.Tensor, b: torch.Tensor, limits: tuple[float, float, bool], where: tuple
) -> None:
    rtol, atol, equal_nan = limits
    if a.device != b.device:
        a, b = a.cpu(), b.cpu()
    if a.dtype != b.dtype:
        common = torch.promote_types(a.dtype, b.dtype)
        a, b = a.to(common), b.to(common)
    a, b = a.detach(), b.detach()
    matches = torch.isclose(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan)
    if torch.all(matches):
        return
    if a.shape == ():
        text = _scalar_report(a.item(), b.item(), rtol, atol)
    else:
        text = _tensor_report(a, b, matches, rtol, atol)
    raise _Mismatch(AssertionError, text, where)


def _compare_attributes(
    a: torch.Tensor, b: torch.Tensor, options: _Options, where: tuple
) -> None:
    pairs: list[tuple[str, Any, Any]] = [("shape", a.shape, b.shape)]
    if options.check_layout:
        pairs.append(("layout", a.layout, b.layout))
    if options.check_stride:
        pairs.append(("stride()", a.stride(), b.stride()))
    if options.check_device:
        pairs.append(("device", a.device, b.device))
    if options.check_dtype:
        pairs.append(("dtype", a.dtype, b.dtype))
    for name, first, second in pairs:
        if first != second:
            raise _Mismatch(
                AssertionError,
                f"The values for attribute '{name}' do not match: {first} != {second}.",
                where,
            )


def _leaf_check(actual: Any, expected: Any, where: tuple, options: _Options) -> _Check:
    for prepare in (_none_check, _bool_check, _number_check, _tensor_check):
        check = prepare(actual, expected, options, where)
        if check is not None:
            return check
    raise _Mismatch(
        TypeError,
        "No comparison pair was able to handle inputs of type "
        f"{type(actual)} and {type(expected)}.",
        where,
    )


# ------------------------------------------------------------------ containers


def _leaves(actual: Any, expected: Any, where: tuple = ()) -> Iterator[tuple]:
    """Yield the pairs of leaves of two containers and the keys that lead to them."""
    if _both(actual, expected, collections.abc.Sequence):
        if len(actual) != len(expected):
            raise _Mismatch(
                AssertionError,
                "The length of the sequences mismatch: "
                f"{len(actual)} != {len(expected)}",
                where,
            )
        for i in range(len(actual)):
            yield from _leaves(actual[i], expected[i], (*where, i))
    elif _both(actual, expected, collections.abc.Mapping):
        missing, extra = (
            expected.keys() - actual.keys(),
            actual.keys() - expected.keys(),
        )
        if missing or extra:
            raise _Mismatch(
                AssertionError,
                "The keys of the mappings do not match:\n"
                f"Missing keys in the actual mapping: {sorted(missing)}\n"
                f"Additional keys in the actual mapping: {sorted(extra)}",
                where,
            )
        keys = list(actual)
        with contextlib.suppress(Exception):
            keys.sort()
        for key in keys:
            yield from _leaves(actual[key], expected[key], (*where, key))
    else:
        yield actual, expected, where


def _both(actual: Any, expected: Any, kind: type) -> bool:
    return all(
        isinstance(v, kind) and not isinstance(v, str) for v in (actual, expected)
    )


# ------------------------------------------------------------------ entry points


def assert_close(
    actual: Any,
    expected: Any,
    *,
    rtol: _Tolerance = None,
    atol: _Tolerance = None,
    equal_nan: bool = False,
    check_dtype: bool = True,
    check_device: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    allow_subclasses: bool = True,
    msg: str | Callable[[str], str] | None = None,
) -> None:
    r"""Raise unless ``|actual - expected| <= atol + rtol * |expected|`` everywhere.

    Args:
        actual: tensors, arrays, numbers, or sequences and mappings of them.
        expected: the same, as it should be.
        allow_subclasses: compare a class with its subclass too.
        rtol: relative tolerance; by default one that suits the dtype.
        atol: absolute tolerance; given together with `rtol` or not at all.
        equal_nan: let NaN equal NaN.
        check_device: compare devices.
        check_dtype: compare dtypes.
        check_layout: compare layouts.
        check_stride: compare strides.
        msg: the message, or a function that takes the one made.

    Raises:
        AssertionError: a difference.
        TypeError: a value that cannot be compared.
        ValueError: only one of the tolerances is given.

    Example:
        >>> torch.testing.assert_close(torch.ones(2), torch.ones(2) + 1e-7)
    """
    __tracebackhide__ = True
    options = _Options(
        allow_subclasses,
        rtol,
        atol,
        equal_nan,
        check_device,
        check_dtype,
        check_layout,
        check_stride,
    )
    # The shape of the containers counts before any value does; `msg` is for values
    # only.
    try:
        checks = [
            _leaf_check(a, b, where, options)
            for a, b, where in _leaves(actual, expected)
        ]
    except _Mismatch as mismatch:
        raise mismatch.to_error(None) from None
    try:
        for check in checks:
            check()
    except _Mismatch as mismatch:
        raise mismatch.to_error(msg) from None


def assert_allclose(
    actual: Any,
    expected: Any,
    rtol: _Tolerance = None,
    atol: _Tolerance = None,
    equal_nan: bool = True,
    msg: str = "",
) -> None:
    """Compare as `assert_close` without looking at dtypes. Deprecated, as in
    PyTorch.

    Args:
        actual: a tensor or what makes one.
        expected: the same, as it should be.
        rtol: relative tolerance.
        atol: absolute tolerance.
        equal_nan: let NaN equal NaN.
        msg: the message.
    """
    warnings.warn(
        "`torch.testing.assert_allclose()` is deprecated since 1.12 and will be "
        "removed in a future release. Please use `torch.testing.assert_close()` "
        "instead. You can find detailed upgrade instructions in "
        "https://github.com/pytorch/pytorch/issues/61844.",
        FutureWarning,
        stacklevel=2,
    )
    if not isinstance(actual, torch.Tensor):
        actual = torch.tensor(actual)
    if not isinstance(expected, torch.Tensor):
        expected = torch.tensor(expected, dtype=actual.dtype)
    if rtol is None and atol is None:
        loose = {
            "float16": (1e-3, 1e-3),
            "float32": (1e-4, 1e-5),
            "float64": (1e-5, 1e-8),
        }
        pairs = [
            loose.get(_dtype_name(t.dtype), (0.0, 0.0)) for t in (actual, expected)
        ]
        rtol, atol = max(p[0] for p in pairs), max(p[1] for p in pairs)
    assert_close(
        actual,
        expected,
        rtol=rtol,
        atol=atol,
        equal_nan=equal_nan,
        check_dtype=False,
        msg=msg or None,
    )
