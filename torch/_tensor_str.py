"""How tensors print.

Entry points: ``_str`` (the body of ``Tensor.__repr__``), ``set_printoptions``,
``get_printoptions``, ``printoptions``. A tensor is first cut down to the elements that
will be shown and turned into nested Python lists; all widths and digits are then
decided on Python numbers, so printing needs no operator but ``narrow`` and ``tolist``.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Callable

import torch

__all__ = ["get_printoptions", "printoptions", "set_printoptions"]


@dataclass
class _PrintOptions:
    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


PRINT_OPTS = _PrintOptions()

_PROFILES = {
    "default": _PrintOptions(),
    "short": _PrintOptions(precision=2, edgeitems=2),
    "full": _PrintOptions(threshold=math.inf),
}


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Choose how tensors are printed from now on.

    Args:
        precision: digits after the decimal point, 4 at the start.
        threshold: a tensor of more elements than this is shown by its edges only; 1000
            at the start.
        edgeitems: how many items each edge of a dimension shows, 3 at the start.
        linewidth: characters per line before a break, 80 at the start.
        profile: ``"default"``, ``"short"`` or ``"full"``: a named set of the four
            above, which the other arguments then refine.
        sci_mode: True forces exponents, False forbids them, None lets the values
            decide. Unlike the others it is reset by every call.

    Example:
        >>> torch.set_printoptions(precision=2)
        >>> torch.tensor([1.12345])
        tensor([1.12])
        >>> torch.set_printoptions(profile="default")
    """
    named = _PROFILES.get(profile or "")
    given = (precision, threshold, edgeitems, linewidth)
    fields = ("precision", "threshold", "edgeitems", "linewidth")
    for field, value in zip(fields, given):
        if value is None and named is not None:
            value = getattr(named, field)
        if value is not None:
            setattr(PRINT_OPTS, field, value)
    PRINT_OPTS.sci_mode = sci_mode


def get_printoptions() -> dict[str, Any]:
    """Return the print options as keyword arguments for `set_printoptions`.

    Example:
        >>> torch._tensor_str.get_printoptions()["edgeitems"]
        3
    """
    return asdict(PRINT_OPTS)


@contextlib.contextmanager
def printoptions(**kwargs: Any) -> Iterator[None]:
    """Set print options for the length of a ``with`` block.

    Args:
        **kwargs: what `set_printoptions` takes.

    Example:
        >>> with torch._tensor_str.printoptions(precision=1):
        ...     print(torch.tensor([0.25]))
        tensor([0.2])
    """
    before = get_printoptions()
    set_printoptions(**kwargs)
    try:
        yield
    finally:
        set_printoptions(**before)


# ------------------------------------------------------------------ elements

Format = Callable[[Any], str]


def _number_format(values: Sequence[Any], floating: bool) -> tuple[Format, int]:
    """Pick one format for all of `values`; return it with its column width.

    Floats that are all whole print as ``3.``; a large range, or a very large or small
    magnitude, selects exponents. Zeros, infinities and NaNs have no say in either
    choice, nor in the width.
    """
    if not floating:
        width = max((len(str(v)) for v in values), default=1)
        return (lambda v: str(v).rjust(width)), width

    counted = [v for v in values if v and math.isfinite(v)]
    if not counted:
        return _whole_format(1), 1
    smallest = min(map(abs, counted))
    largest = max(map(abs, counted))
    sci_mode = PRINT_OPTS.sci_mode
    if sci_mode is None:
        wide = largest / smallest > 1000.0
        sci_mode = wide or largest > 1.0e8 or smallest < 1.0e-4
    if not sci_mode and all(v == math.floor(v) for v in counted):
        width = 1 + max(len(f"{v:.0f}") for v in counted)
        return _whole_format(width), width
    spec = f".{PRINT_OPTS.precision}{'e' if sci_mode else 'f'}"
    width = max(len(format(v, spec)) for v in counted)
    return (lambda v: format(v, spec).rjust(width)), width


def _whole_format(width: int) -> Format:
    def show(v: float) -> str:
        text = f"{v:.0f}"
        return (text + "." if math.isfinite(v) else text).rjust(width)

    return show


def _complex_format(values: Sequence[complex]) -> tuple[Format, int]:
    """Format real and imaginary parts apart and join them as ``a+bj``."""
    real, real_width = _number_format([v.real for v in values], True)
    imag, imag_width = _number_format([v.imag for v in values], True)

    def show(v: complex) -> str:
        second = imag(v.imag).lstrip()
        sign = "" if second[0] in "+-" else "+"
        # The padding that aligned the imaginary column is dropped, as PyTorch does.
        return f"{real(v.real)}{sign}{second}j"

    return show, real_width + imag_width + 1


def _flatten(nested: Any, depth: int) -> list[Any]:
    """Return the leaves of a nested list of `depth` levels."""
    if depth == 0:
        return [nested]
    for _ in range(depth - 1):
        nested = [item for part in nested for item in part]
    return nested


# ---------------------------------------------------------------- layout


def _edges(tensor: torch.Tensor, dim: int = 0) -> Any:
    """Return as nested lists what a summary of `tensor` shows, from `dim` inwards."""
    edge = PRINT_OPTS.edgeitems
    while dim < tensor.dim() and tensor.size(dim) <= 2 * edge:
        dim += 1
    if dim == tensor.dim():
        return tensor.tolist()
    last = tensor.size(dim) - edge
    head = _edges(tensor.narrow(dim, 0, edge), dim + 1)
    tail = _edges(tensor.narrow(dim, last, edge), dim + 1)
    return _join(head, tail, dim)


def _join(head: list[Any], tail: list[Any], depth: int) -> list[Any]:
    if depth == 0:
        return head + tail
    return [_join(h, t, depth - 1) for h, t in zip(head, tail)]


@dataclass
class _Layout:
    """Turns nested lists into brackets, commas and line breaks."""

    shape: Sequence[int]
    show: Format
    element_width: int
    summarize: bool

    def write(self, nested: Any, dim: int, indent: int) -> str:
        below = len(self.shape) - dim
        if below == 0:
            return self.show(nested)
        edge = PRINT_OPTS.edgeitems
        cut = self.summarize and self.shape[dim] > 2 * edge
        if below == 1:
            row = [self.show(v) for v in nested]
            if self.summarize and not edge:
                row = ["..."]
            elif cut:
                row.insert(edge, " ...")
            return self._wrap(row, indent)
        parts = [self.write(part, dim + 1, indent + 1) for part in nested]
        if cut:
            parts.insert(edge, "...")
        gap = "," + "\n" * (below - 1) + " " * (indent + 1)
        return f"[{gap.join(parts)}]"

    def _wrap(self, row: list[str], indent: int) -> str:
        room = PRINT_OPTS.linewidth - indent
        per_line = max(1, math.floor(room / (self.element_width + 2)))
        lines = [", ".join(row[i : i + per_line]) for i in range(0, len(row), per_line)]
        return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"


def _tensor_str(tensor: torch.Tensor, indent: int) -> str:
    """Return the bracketed elements of a dense tensor, `indent` columns in."""
    if tensor.numel() == 0:
        return "[]"
    summarize = tensor.numel() > PRINT_OPTS.threshold
    nested = _edges(tensor) if summarize else tensor.tolist()
    leaves = _flatten(nested, tensor.dim())
    if tensor.dtype.is_complex:
        show, width = _complex_format(leaves)
    else:
        show, width = _number_format(leaves, tensor.dtype.is_floating_point)
    return _Layout(tensor.shape, show, width, summarize).write(nested, 0, indent)


# ---------------------------------------------------------------- the whole text


def _with_suffixes(text: str, suffixes: list[str], indent: int) -> str:
    """Append ``, suffix`` parts and the closing bracket, breaking full lines."""
    column = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        if column + len(suffix) + 2 > PRINT_OPTS.linewidth:
            text += ",\n" + " " * indent + suffix
            column = indent + len(suffix)
        else:
            text += ", " + suffix
            column += len(suffix) + 2
    return text + ")"


def _device_suffix(tensor: torch.Tensor) -> list[str]:
    return [] if tensor.device.type == "cpu" else [f"device='{tensor.device}'"]


def _content_suffixes(tensor: torch.Tensor) -> list[str]:
    """Return ``size=`` and ``dtype=`` where the elements do not tell them."""
    default = torch.get_default_dtype()
    size = f"size={tuple(tensor.shape)}"
    dtype = [f"dtype={tensor.dtype}"]
    if tensor.is_meta:
        return [size] + (dtype if tensor.dtype != default else [])
    if tensor.numel() == 0:
        shape = [] if tensor.dim() == 1 else [size]
        return shape + (dtype if tensor.dtype != default else [])
    complex_default = torch.cdouble if default == torch.double else torch.cfloat
    inferred = (default, complex_default, torch.int64, torch.bool)
    shape = [] if PRINT_OPTS.edgeitems else [size]
    return shape + ([] if tensor.dtype in inferred else dtype)


def _grad_suffix(tensor: torch.Tensor) -> list[str]:
    try:
        grad_fn = tensor.grad_fn
    except RuntimeError:
        # A view that was made and then changed in no_grad mode has no valid history.
        return ["grad_fn=<Invalid>"]
    if grad_fn is not None:
        name = type(grad_fn).__name__
        if name == "CppFunction":
            name = grad_fn.name().rsplit("::", 1)[-1]
        return [f"grad_fn=<{name}>"]
    return ["requires_grad=True"] if tensor.requires_grad else []


def _str_intern(tensor: torch.Tensor, tensor_contents: str | None) -> str:
    # torch.nn loads when it is first named, which printing plain tensors must not do.
    kind = type(tensor)
    plain = kind is torch.Tensor or kind is torch.nn.Parameter
    prefix = "tensor(" if plain else f"{kind.__name__}("
    if tensor_contents is None:
        if tensor.is_meta:
            tensor_contents = "..."
        else:
            tensor_contents = _tensor_str(tensor.detach(), len(prefix))
    suffixes = _device_suffix(tensor) + _content_suffixes(tensor) + _grad_suffix(tensor)
    text = _with_suffixes(prefix + tensor_contents, suffixes, len(prefix))
    if not plain and isinstance(tensor, torch.nn.Parameter):
        return f"Parameter({text})"
    return text


def _str(tensor: torch.Tensor, *, tensor_contents: str | None = None) -> str:
    """Return the text of `tensor`; `tensor_contents` replaces its elements."""
    with torch.no_grad(), torch._C.DisableTorchFunctionSubclass():
        return _str_intern(tensor, tensor_contents)
