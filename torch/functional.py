"""Functions of ``torch`` whose arguments need Python: variable counts, strings, several
forms.

Each decides which compiled operator is meant and calls it. ``torch`` re-exports all of
them.
"""

from __future__ import annotations

import itertools
import operator
import warnings
from collections.abc import Sequence
from typing import Any, Callable

import torch
from torch._C import _linalg, _VariableFunctions
from torch.overrides import handle_torch_function, has_torch_function

__all__ = [
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "block_diag",
    "broadcast_shapes",
    "broadcast_tensors",
    "cartesian_prod",
    "cdist",
    "chain_matmul",
    "einsum",
    "meshgrid",
    "norm",
    "split",
    "tensordot",
    "unique",
    "unique_consecutive",
    "unravel_index",
]


def _native(name: str, home: Any = _VariableFunctions) -> Callable:
    """Return the compiled operator `name`, or say that there is none yet."""
    found = getattr(home, name, None)
    if found is None:
        raise NotImplementedError(f"torch.{name} is not implemented")
    return found


def _one_or_many(tensors: tuple) -> Sequence[torch.Tensor]:
    """Accept ``f(a, b)`` and ``f([a, b])``."""
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        return tensors[0]
    return tensors


# ------------------------------------------------------------------ shapes


def broadcast_tensors(*tensors: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Expand tensors to their common shape, as views.

    Args:
        *tensors: the tensors.

    Example:
        >>> a, b = torch.broadcast_tensors(torch.ones(3, 1), torch.ones(2))
        >>> a.shape
        torch.Size([3, 2])
    """
    if has_torch_function(tensors):
        return handle_torch_function(broadcast_tensors, tensors, *tensors)
    return _native("broadcast_tensors")(tensors)


def broadcast_shapes(*shapes: Any) -> torch.Size:
    """Return the shape that tensors of the given shapes broadcast to.

    Args:
        *shapes: sequences of ints, or ints.

    Raises:
        RuntimeError: they do not fit.
        ValueError: a negative size.

    Example:
        >>> torch.broadcast_shapes((2,), (3, 1), (1, 1, 1))
        torch.Size([1, 3, 2])
    """
    lists = [(s,) if isinstance(s, int) else tuple(s) for s in shapes]
    result = [1] * max(map(len, lists), default=0)
    for place, shape in enumerate(lists):
        for i in range(-1, -len(shape) - 1, -1):
            if shape[i] == 1 or shape[i] == result[i]:
                continue
            if shape[i] < 0 and result[i] == 1:
                raise ValueError(
                    "Attempting to broadcast a dimension with negative length!"
                )
            if result[i] != 1:
                raise RuntimeError(
                    f"Attempting to broadcast a dimension of length {shape[i]} at {i}! "
                    f"Mismatching argument at index {place} had {shape}; but expected "
                    f"shape should be broadcastable to {result}"
                )
            result[i] = shape[i]
    return torch.Size(result)


def split(
    tensor: torch.Tensor, split_size_or_sections: Any, dim: int = 0
) -> tuple[torch.Tensor, ...]:
    """Split into views along a dimension.

    Args:
        tensor: the tensor.
        split_size_or_sections: the size of each part, the last may be smaller, or a
            list of sizes that add up.
        dim: the dimension to cut.

    Example:
        >>> [p.tolist() for p in torch.split(torch.arange(5), 2)]
        [[0, 1], [2, 3], [4]]
    """
    if has_torch_function((tensor,)):
        return handle_torch_function(
            split, (tensor,), tensor, split_size_or_sections, dim=dim
        )
    return tensor.split(split_size_or_sections, dim)


def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[torch.Tensor, ...]:
    """Return one grid per 1-d tensor, each as large as all of them together.

    Args:
        *tensors: tensors of one or no dimension.
        indexing: ``"ij"``, the default with a warning, or ``"xy"``, which swaps the
            first two dimensions.

    Example:
        >>> x, y = torch.meshgrid(torch.arange(2), torch.arange(3), indexing="ij")
        >>> y.tolist()
        [[0, 1, 2], [0, 1, 2]]
    """
    if has_torch_function(tensors):
        return handle_torch_function(meshgrid, tensors, *tensors, indexing=indexing)
    tensors = tuple(_one_or_many(tensors))
    if indexing is None:
        warnings.warn(
            "torch.meshgrid: in an upcoming release, it will be required to pass the "
            "indexing argument.",
            stacklevel=2,
        )
        return _native("meshgrid")(tensors)
    return _native("meshgrid")(tensors, indexing=indexing)


def _atleast(name: str) -> Callable:
    def atleast(*tensors: Any) -> Any:
        if has_torch_function(tensors):
            return handle_torch_function(atleast, tensors, *tensors)
        native = _native(name)
        if len(tensors) == 1 and isinstance(tensors[0], torch.Tensor):
            return native(tensors[0])
        return tuple(native(t) for t in _one_or_many(tensors))

    atleast.__name__ = atleast.__qualname__ = name
    atleast.__doc__ = (
        f"Return views with at least {name[-2]} dimensions.\n\n"
        "    Args:\n        *tensors: a tensor, or several, or a sequence of them.\n\n"
        f"    Example:\n        >>> torch.{name}(torch.tensor(3.0)).dim()\n"
        f"        {name[-2]}\n"
    )
    return atleast


atleast_1d = _atleast("atleast_1d")
atleast_2d = _atleast("atleast_2d")
atleast_3d = _atleast("atleast_3d")


def unravel_index(indices: torch.Tensor, shape: Any) -> tuple[torch.Tensor, ...]:
    """Turn flat indices into one index tensor per dimension.

    Args:
        indices: integers into the flattened array.
        shape: the array's shape.

    Raises:
        TypeError: `indices` or `shape` does not hold integers.
        ValueError: a negative size.

    Example:
        >>> torch.unravel_index(torch.tensor([4]), (2, 3))
        (tensor([1]), tensor([1]))
    """
    if has_torch_function((indices,)):
        return handle_torch_function(unravel_index, (indices,), indices, shape=shape)
    dtype = indices.dtype
    if dtype.is_complex or dtype.is_floating_point or dtype == torch.bool:
        raise TypeError(f"expected 'indices' to be integer dtype, but got {dtype}")
    if not isinstance(shape, (int, Sequence)):
        raise TypeError(
            f"expected 'shape' to be int or sequence of ints, but got {type(shape)}"
        )
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    for size in sizes:
        if not isinstance(size, int):
            raise TypeError(
                f"expected 'shape' sequence to only contain ints, but got {type(size)}"
            )
    if any(size < 0 for size in sizes):
        raise ValueError(f"'shape' cannot have negative values, but got {sizes}")
    steps = list(itertools.accumulate(reversed(sizes[1:] + (1,)), operator.mul))[::-1]
    wide: dict[str, Any] = {"dtype": torch.int64, "device": indices.device}
    quotients = indices.unsqueeze(-1).floor_divide(torch.tensor(steps, **wide))
    return (quotients % torch.tensor(sizes, **wide)).unbind(-1)


# ------------------------------------------------------------------ products


def einsum(*args: Any) -> torch.Tensor:
    """Sum products of elements as the Einstein convention says.

    Args:
        *args: an equation such as ``"ij,jk->ik"`` and the operands, or each operand
            followed by its list of subscripts, and perhaps the list of the result.

    Raises:
        ValueError: no operand, or a subscript outside [0, 52).

    Example:
        >>> a, b = torch.ones(2, 3), torch.ones(3, 4)
        >>> torch.einsum("ij,jk->ik", a, b)
        tensor([[3., 3., 3., 3.],
                [3., 3., 3., 3.]])
    """
    if len(args) < 2:
        raise ValueError(
            "einsum(): must specify the equation string and at least one operand, "
            "or at least one operand and its subscripts list"
        )
    if isinstance(args[0], torch.Tensor):
        equation = ",".join(_letters(subscripts) for subscripts in args[1::2])
        if len(args) % 2:
            equation += "->" + _letters(args[-1])
        operands = args[: len(args) // 2 * 2 : 2]
    else:
        equation, *rest = args
        operands = tuple(_one_or_many(tuple(rest)))
    if has_torch_function(operands):
        return handle_torch_function(einsum, operands, equation, *operands)
    return _native("einsum")(equation, operands)


def _letters(subscripts: Sequence[Any]) -> str:
    """Spell numbered subscripts: 0 to 25 as A to Z, then a to z."""
    text = ""
    for n in subscripts:
        if n is Ellipsis:
            text += "..."
        elif 0 <= n < 52:
            text += chr((ord("A") if n < 26 else ord("a") - 26) + n)
        else:
            raise ValueError(
                "einsum(): subscript in subscript list is not within the valid range "
                "[0, 52)"
            )
    return text


def tensordot(a: torch.Tensor, b: torch.Tensor, dims: Any = 2, out: Any = None) -> Any:
    """Sum products over some dimensions of two tensors.

    Args:
        a: left operand.
        b: right operand.
        dims: how many of the last dimensions of `a` and first of `b`, or two lists of
            them.
        out: where to write.

    Raises:
        RuntimeError: `dims` is negative, too many, or of another kind.

    Example:
        >>> a, b = torch.ones(3, 4, 5), torch.ones(4, 3, 2)
        >>> torch.tensordot(a, b, dims=([1, 0], [0, 1])).shape
        torch.Size([5, 2])
    """
    if has_torch_function((a, b)):
        return handle_torch_function(tensordot, (a, b), a, b, dims=dims, out=out)
    dims_a, dims_b = _contracted(dims, a, b)
    options = {} if out is None else {"out": out}
    return _native("tensordot")(a, b, dims_a, dims_b, **options)


def _contracted(dims: Any, a: torch.Tensor, b: torch.Tensor) -> tuple[list, list]:
    """Return the dimensions of `a` and of `b` that are summed over."""
    if isinstance(dims, (tuple, list)):
        first, second = dims
        return first, second
    if isinstance(dims, torch.Tensor):
        if dims.numel() > 1:
            if dims.size(0) != 2:
                raise AssertionError(
                    "dims tensor must have size 2 in first dimension, got "
                    f"{dims.size(0)}"
                )
            return dims[0].tolist(), dims[1].tolist()
        dims = int(dims.item())
    if not isinstance(dims, int):
        raise RuntimeError(
            "tensordot expects dims to be int or tuple[list[int], list[int]] or "
            f"list[list[int]] containing two lists, but got dims={dims}"
        )
    if dims < 0:
        raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
    if dims > min(a.dim(), b.dim()):
        raise RuntimeError(
            f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}"
        )
    return list(range(-dims, 0)), list(range(dims))


def cartesian_prod(*tensors: torch.Tensor) -> torch.Tensor:
    """Return all combinations of elements of 1-d tensors, one per row.

    Args:
        *tensors: the tensors.
    """
    if has_torch_function(tensors):
        return handle_torch_function(cartesian_prod, tensors, *tensors)
    return _native("cartesian_prod")(tensors)


def block_diag(*tensors: torch.Tensor) -> torch.Tensor:
    """Put matrices along the diagonal of a larger one.

    Args:
        *tensors: tensors of at most two dimensions.
    """
    if has_torch_function(tensors):
        return handle_torch_function(block_diag, tensors, *tensors)
    return _native("block_diag")(tensors)


def chain_matmul(*matrices: torch.Tensor, out: Any = None) -> torch.Tensor:
    """Multiply matrices in the cheapest order. Deprecated, as in PyTorch.

    Args:
        *matrices: the matrices.
        out: where to write.
    """
    if has_torch_function(matrices):
        return handle_torch_function(chain_matmul, matrices, *matrices)
    options = {} if out is None else {"out": out}
    return _native("chain_matmul")(matrices, **options)


_CDIST_MODES = {
    "use_mm_for_euclid_dist_if_necessary": None,
    "use_mm_for_euclid_dist": 1,
    "donot_use_mm_for_euclid_dist": 2,
}


def cdist(
    x1: torch.Tensor,
    x2: torch.Tensor,
    p: float = 2.0,
    compute_mode: str = "use_mm_for_euclid_dist_if_necessary",
) -> torch.Tensor:
    """Return the distances between all rows of two batches of matrices.

    Args:
        x1: (B, P, M).
        x2: (B, R, M).
        p: the norm.
        compute_mode: whether Euclidean distances may be computed by a matrix product.

    Raises:
        ValueError: another mode.
    """
    if has_torch_function((x1, x2)):
        return handle_torch_function(
            cdist, (x1, x2), x1, x2, p=p, compute_mode=compute_mode
        )
    if compute_mode not in _CDIST_MODES:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode")
    return _native("cdist")(x1, x2, p, _CDIST_MODES[compute_mode])


# ------------------------------------------------------------------ norms, sets


def norm(
    input: torch.Tensor,
    p: float | str | None = "fro",
    dim: Any = None,
    keepdim: bool = False,
    out: Any = None,
    dtype: torch.dtype | None = None,
) -> torch.Tensor:
    r"""Return the norm $(\sum |x|^p)^{1/p}$ of vectors, or a norm of matrices.

    Args:
        input: the tensor.
        p: the exponent, ``inf``, ``-inf``, ``"fro"`` (as 2) or ``"nuc"``.
        dim: the dimensions to reduce, all by default.
        keepdim: keep them with size 1.
        out: where to write.
        dtype: convert to this first.

    Example:
        >>> torch.norm(torch.tensor([3.0, 4.0]))
        tensor(5.)
    """
    if has_torch_function((input,)):
        return handle_torch_function(
            norm, (input,), input, p=p, dim=dim, keepdim=keepdim, out=out, dtype=dtype
        )
    dims = [dim] if isinstance(dim, int) else dim
    options = {"dtype": dtype} if out is None else {"dtype": dtype, "out": out}
    if isinstance(p, str) and (p != "fro" or (dims is not None and len(dims) > 2)):
        dims = list(range(input.dim())) if dims is None else dims
        matrix_norm = _native("linalg_matrix_norm", _linalg)
        return matrix_norm(input, p, dims, keepdim, **options)
    order = 2 if p is None or p == "fro" else p
    vector_norm = _native("linalg_vector_norm", _linalg)
    return vector_norm(input, order, dims, keepdim, **options)


def _with_requested(results: tuple, return_inverse: bool, return_counts: bool) -> Any:
    values, inverse, counts = results
    chosen = [values]
    chosen += [inverse] if return_inverse else []
    chosen += [counts] if return_counts else []
    return tuple(chosen) if len(chosen) > 1 else values


def unique(
    input: torch.Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """Return the distinct elements, or the distinct slices along a dimension.

    Args:
        input: the tensor.
        sorted: in ascending order.
        return_inverse: also where each input element went.
        return_counts: also how often each came.
        dim: compare slices along it instead of elements.

    Example:
        >>> torch.unique(torch.tensor([3, 1, 3]), return_inverse=True)
        (tensor([1, 3]), tensor([1, 0, 1]))
    """
    if has_torch_function((input,)):
        return handle_torch_function(
            unique,
            (input,),
            input,
            dim=dim,
            sorted=sorted,
            return_counts=return_counts,
            return_inverse=return_inverse,
        )
    options = {"return_inverse": return_inverse, "return_counts": return_counts}
    if dim is None:
        results = _native("_unique2")(input, sorted=sorted, **options)
    else:
        results = _native("unique_dim")(input, dim, sorted=sorted, **options)
    return _with_requested(results, return_inverse, return_counts)


def unique_consecutive(
    input: torch.Tensor,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """Drop elements, or slices along a dimension, that repeat their neighbour.

    Args:
        input: the tensor.
        return_inverse: also where each input element went.
        return_counts: also how often each came in a row.
        dim: compare slices along it instead of elements.

    Example:
        >>> torch.unique_consecutive(torch.tensor([1, 1, 2, 1]), return_counts=True)
        (tensor([1, 2, 1]), tensor([2, 1, 1]))
    """
    if has_torch_function((input,)):
        return handle_torch_function(
            unique_consecutive,
            (input,),
            input,
            dim=dim,
            return_counts=return_counts,
            return_inverse=return_inverse,
        )
    results = _native("unique_consecutive")(
        input, return_inverse=return_inverse, return_counts=return_counts, dim=dim
    )
    return _with_requested(results, return_inverse, return_counts)
