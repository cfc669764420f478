r"""Check gradients against finite differences: ``gradcheck`` and ``gradgradcheck``.

Slow mode compares every entry of the Jacobian $J$. Fast mode compares one number
per input and output, $v^T J u$ for random $u$ and $v$. Derivatives of
complex outputs are checked for their real and imaginary part apart; with respect to a
complex input the convention is PyTorch's, $\partial L/\partial x + i\,\partial
L/\partial y$ conjugated as in the Wirtinger calculus.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Callable

import torch
from torch.autograd._finite_differences import (
    Differences,
    as_tuple,
    is_float_or_complex,
    numerical_jacobians,
    tracked_inputs,
)
from torch.autograd.function import Function

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]


class GradcheckError(RuntimeError):
    """Raised by `gradcheck` and `gradgradcheck` for a wrong gradient."""


@dataclass(frozen=True)
class _Settings:
    eps: float
    atol: float
    rtol: float
    nondet_tol: float
    check_grad_dtypes: bool
    fast_mode: bool
    masked: bool | None


def _differentiable(outputs: Any) -> tuple[torch.Tensor, ...]:
    return tuple(o for o in as_tuple(outputs) if o.requires_grad)


# ------------------------------------------------------------------ backward


def _gradient_rows(
    output: torch.Tensor, tracked: Sequence[torch.Tensor], directions: Sequence[Any]
) -> list[list[torch.Tensor | None]]:
    """Run backward once per direction; return the gradients per input."""
    rows: list[list[torch.Tensor | None]] = [[] for _ in tracked]
    for direction in directions:
        grads = torch.autograd.grad(
            output, tracked, direction, retain_graph=True, allow_unused=True
        )
        for row, grad in zip(rows, grads):
            row.append(None if grad is None else grad.clone())
    return rows


def _stacked(
    rows: list[list[Any]], tracked: Sequence[torch.Tensor], settings: _Settings
) -> list[torch.Tensor]:
    """Return the gradients per input as columns of a matrix (I, directions)."""
    result = []
    for row, tensor in zip(rows, tracked):
        matrix = tensor.new_zeros(tensor.numel(), len(row))
        for j, grad in enumerate(row):
            if grad is None:
                continue
            if grad.size() != tensor.size():
                raise GradcheckError("Analytical gradient has incorrect size")
            if grad.dtype != tensor.dtype and settings.check_grad_dtypes:
                raise GradcheckError("Gradient has dtype mismatch")
            matrix[:, j] = grad.reshape(-1)
        result.append(matrix)
    return result


def _backward_jacobian(
    output: torch.Tensor,
    tracked: Sequence[torch.Tensor],
    settings: _Settings,
    directions: Sequence[torch.Tensor] | None = None,
) -> list[torch.Tensor]:
    """Return d(output)/d(input) per input, from two equal rounds of backward."""
    if directions is None:
        directions = _unit_vectors(output)
    first, second = (
        _stacked(_gradient_rows(output.clone(), tracked, directions), tracked, settings)
        for _ in range(2)
    )
    for a, b in zip(first, second):
        if a.numel() and (a - b).abs().max() > settings.nondet_tol:
            raise GradcheckError(
                "Backward is not reentrant, i.e., running backward with same input and "
                "grad_output multiple times gives different values, although "
                "analytical gradient matches numerical gradient."
                f"The tolerance for nondeterminism was {settings.nondet_tol}."
                + _NONDET_HINT
            )
    return first


def _unit_vectors(output: torch.Tensor) -> list[torch.Tensor]:
    vectors = []
    for j in range(output.numel()):
        vector = torch.zeros_like(
            output, memory_format=torch.contiguous_format, requires_grad=False
        )
        vector.view(-1)[j] = 1.0
        vectors.append(vector)
    return vectors


_NONDET_HINT = (
    "\n\nNOTE: If your op relies on non-deterministic operations i.e., it is listed "
    "here:\nhttps://pytorch.org/docs/stable/generated/"
    "torch.use_deterministic_algorithms.html\n"
    "this failure might be expected.\n\n"
    "If you are adding a new operator, please file an issue and then use one of the\n"
    "workarounds. The workaround depends on how your test invokes "
    "gradcheck/gradgradcheck.\nIf the test\n"
    "- manually invokes gradcheck/gradgradcheck, then call gradcheck/gradgradcheck\n"
    "  with `nondet_tol=<tol>` as a keyword argument.\n"
    "- is OpInfo-based (e.g., in test_ops_gradients.py), then modify the OpInfo for "
    "the test\n"
    "  to have `gradcheck_nondet_tol=<tol>`.\n"
    "- is a Module test (e.g., in common_nn.py), then modify the corresponding\n"
    "  module_test entry to have `gradcheck_nondet_tol=<tol>`\n"
)


# ------------------------------------------------------------------ comparison


@dataclass(frozen=True)
class _Part:
    """A function of real outputs to check: all of it, or one half of a complex one."""

    func: Callable
    outputs: tuple
    complex_outputs: tuple[int, ...] = ()
    name: str = ""

    def mismatch(self, i: int, j: int, numerical: Any, analytical: Any) -> str:
        prefix = ""
        if i in self.complex_outputs:
            prefix = f"While considering the {self.name} part of complex outputs only, "
        return (
            f"{prefix}Jacobian mismatch for output {i} with respect to input {j},\n"
            f"numerical:{numerical}\nanalytical:{analytical}\n"
        )


def _parts(func: Callable, inputs: tuple, outputs: tuple) -> list[_Part]:
    if not any(is_float_or_complex(o) and o.is_complex() for o in outputs):
        return [_Part(func, outputs)]
    kept = _differentiable(outputs)
    which = tuple(i for i, o in enumerate(kept) if o.is_complex())

    def half(take: Callable) -> Callable:
        def run(*args: Any) -> tuple:
            results = as_tuple(func(*args))
            return tuple(take(o) if o.is_complex() else o for o in results)

        return run

    imag, real = half(torch.imag), half(torch.real)
    return [
        _Part(imag, imag(*inputs), which, "imaginary"),
        _Part(real, real(*inputs), which, "real"),
    ]


def _close(a: torch.Tensor, b: torch.Tensor, rtol: float, atol: float) -> bool:
    dtype = torch.promote_types(a.dtype, b.dtype)
    return torch.allclose(a.to(dtype), b.to(dtype), rtol, atol)


def _check_slow(part: _Part, inputs: tuple, settings: _Settings) -> None:
    numerical = numerical_jacobians(part.func, inputs, part.outputs, settings.eps)
    floats = [o for o in part.outputs if is_float_or_complex(o)]
    if not _differentiable(part.outputs):
        _check_zero(itertools.chain(*numerical), 0.0)
        return
    tracked = [t for _, t in tracked_inputs(inputs)]
    columns = [k for k, o in enumerate(floats) if o.requires_grad]
    for i, k in enumerate(columns):
        analytical = _backward_jacobian(floats[k], tracked, settings)
        for j, (a, blocks) in enumerate(zip(analytical, numerical)):
            if not _close(a, blocks[k], settings.rtol, settings.atol):
                raise GradcheckError(part.mismatch(i, j, blocks[k], a))


def _check_zero(jacobians: Any, tolerance: float) -> None:
    for block in jacobians:
        if block.numel() and block.abs().max() > tolerance:
            raise GradcheckError("Numerical gradient for function expected to be zero")


def _check_fast(part: _Part, inputs: tuple, settings: _Settings) -> None:
    tracked = tracked_inputs(inputs)
    generator = torch.Generator()
    directions = [_input_direction(t, generator) for _, t in tracked]
    outputs = _differentiable(part.outputs)
    weights = [_unit_norm(o, o.dtype, generator) for o in outputs]
    changes = [
        _changes_along(part.func, inputs, index, u, settings.eps)
        for (index, _), u in zip(tracked, directions)
    ]
    if not outputs:
        _check_zero(itertools.chain(*changes), settings.nondet_tol)
        return
    floats = [k for k, o in enumerate(part.outputs) if is_float_or_complex(o)]
    kept = [k for k in floats if part.outputs[k].requires_grad]
    tensors = [t for _, t in tracked]
    for i, (k, v) in enumerate(zip(kept, weights)):
        rows = _backward_jacobian(
            outputs[i], tensors, settings, [v.reshape(outputs[i].shape)]
        )
        for j, (row, u) in enumerate(zip(rows, directions)):
            numerical = (v * changes[j][k].reshape(-1)).sum()
            analytical = _projected(row.reshape(-1), u)
            atol = settings.atol * float(sum(x.sum() for x in u)) * float(v.sum())
            if not _close(analytical, numerical, settings.rtol, atol):
                raise GradcheckError(
                    part.mismatch(i, j, numerical, analytical)
                    + _slow_report(part, inputs, i, j, k, settings)
                )


def _unit_norm(like: torch.Tensor, dtype: torch.dtype, generator: Any) -> torch.Tensor:
    vector = torch.rand(like.numel(), generator=generator).to(like.device, dtype)
    return vector / vector.norm()


def _input_direction(tensor: torch.Tensor, generator: Any) -> tuple[torch.Tensor, ...]:
    """Return one random unit vector, or two for the halves of a complex input."""
    dtype = tensor.dtype
    if tensor.is_complex():
        dtype = torch.float64 if dtype == torch.complex128 else torch.float32
        return tuple(_unit_norm(tensor, dtype, generator) for _ in range(2))
    return (_unit_norm(tensor, dtype, generator),)


def _changes_along(
    func: Callable, inputs: tuple, index: int, direction: tuple, eps: float
) -> list[torch.Tensor]:
    differences = Differences(func, inputs, index, eps)
    steps = [eps * u.reshape(inputs[index].shape) for u in direction]
    if len(steps) == 1:
        return differences.along(Ellipsis, steps[0])
    return differences.wirtinger(Ellipsis, *steps)


def _projected(row: torch.Tensor, direction: tuple) -> torch.Tensor:
    if len(direction) == 1:
        return row.dot(direction[0])
    pairs = torch.view_as_real(row.resolve_conj())
    real, imag = pairs.select(-1, 0), pairs.select(-1, 1)
    return real.dot(direction[0]) + 1j * imag.dot(direction[1])


def _slow_report(
    part: _Part, inputs: tuple, i: int, j: int, k: int, settings: _Settings
) -> str:
    """Recompute the failed pair in slow mode, for the message."""
    numerical = numerical_jacobians(part.func, inputs, part.outputs, settings.eps)
    place = [n for n, o in enumerate(part.outputs) if is_float_or_complex(o)].index(k)
    slow_numerical = numerical[j][place]
    tracked = [t for _, t in tracked_inputs(inputs)]
    slow_analytical = _backward_jacobian(part.outputs[k], tracked, settings)[j]
    difference = (slow_numerical - slow_analytical).abs().max()
    text = (
        "\nThe above quantities relating the numerical and analytical jacobians are "
        "computed \nin fast mode. See: https://github.com/pytorch/pytorch/issues/53876 "
        "for more background \nabout fast mode. Below, we recompute numerical and "
        "analytical jacobians in slow mode:\n\n"
        f"Numerical:\n {slow_numerical}\nAnalytical:\n{slow_analytical}\n\n"
        f"The max per-element difference (slow mode) is: {difference}.\n"
    )
    if _close(slow_analytical, slow_numerical, settings.rtol, settings.atol):
        text += _SLOW_PASSES_HINT
    return text


_SLOW_PASSES_HINT = (
    "Fast gradcheck failed but element-wise differences are small. This means that "
    "the\ntest might've passed in slow_mode!\n\n"
    "If you are adding a new operator, please file an issue and then use one of the\n"
    "workarounds. The workaround depends on how your test invokes "
    "gradcheck/gradgradcheck:\n\n"
    "If the test\n"
    "- manually invokes gradcheck/gradgradcheck, then call gradcheck/gradgradcheck\n"
    "  with `fast_mode=False` as a keyword argument.\n"
    "- is OpInfo-based (e.g., in test_ops_gradients.py), then modify the OpInfo for "
    "the test\n"
    "  to have `gradcheck_fast_mode=False`\n"
    "- is a Module test (e.g., in common_nn.py), then modify the corresponding\n"
    "  module_test entry to have `gradcheck_fast_mode=False`"
)


# ------------------------------------------------------------------ further checks


def _check_inputs(inputs: tuple) -> None:
    tracked = tracked_inputs(inputs)
    for i, tensor in tracked:
        if tensor.dtype not in (torch.float64, torch.complex128):
            warnings.warn(
                f"Input #{i} requires gradient and is not a double precision floating "
                "point or complex. This check will likely fail if all the inputs are "
                "not of double precision floating point or complex. ",
                stacklevel=4,
            )
        overlaps = (
            st <= 0 and sz > 1 for st, sz in zip(tensor.stride(), tensor.size())
        )
        if any(overlaps):
            raise RuntimeError(
                f"The {i}th input has a dimension with stride 0. gradcheck only "
                "supports inputs that are non-overlapping to be able to compute the "
                "numerical gradients correctly. You should call .contiguous on the "
                "input before passing it to gradcheck."
            )
    if not tracked:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none "
            "of them have requires_grad=True."
        )


def _check_scales_with_grad_output(
    outputs: tuple, inputs: tuple, masked: bool | None
) -> None:
    """Give zeros to backward: zeros of the right kind must come out."""
    tracked = [t for _, t in tracked_inputs(inputs)]
    zeros = [torch.zeros_like(o) for o in outputs]
    grads = torch.autograd.grad(outputs, tracked, zeros, allow_unused=True)
    for grad, tensor in zip(grads, tracked):
        if grad is None:
            continue
        if not grad.eq(0).all():
            raise GradcheckError("backward not multiplied by grad_output")
        for name, what in (("dtype", "type"), ("device", "device"), ("shape", "size")):
            if getattr(grad, name) != getattr(tensor, name):
                raise GradcheckError(f"grad is incorrect {what}")


class _UndefinedGrad(Function):
    """Pass a tensor through and let an undefined gradient flow back."""

    @staticmethod
    def forward(ctx: Any, tensor: torch.Tensor) -> torch.Tensor:
        return tensor.view_as(tensor)

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> None:
        return None


def _check_undefined_gradients(func: Callable, outputs: tuple, inputs: tuple) -> None:
    """Let the gradients of all outputs, then of each alone, be undefined."""
    tracked = [t for _, t in tracked_inputs(inputs)]
    masks = [range(len(outputs))]
    masks += [range(i, i + 1) for i in range(len(outputs))] if len(outputs) > 1 else []
    for undefined in masks:
        results = [
            _UndefinedGrad.apply(o) if i in undefined else o
            for i, o in enumerate(_differentiable(func(*inputs)))
        ]
        _check_undefined_support(results, tracked)


def _check_undefined_support(outputs: list, tracked: list) -> None:
    notes = (
        'Please look at "Notes about undefined output gradients" in '
        '"tools/autograd/derivatives.yaml"'
    )
    try:
        zeros = [torch.zeros_like(o) for o in outputs]
        grads = torch.autograd.grad(outputs, tracked, zeros, allow_unused=True)
    except RuntimeError as error:
        _warn_undefined()
        raise GradcheckError(
            f"Expected backward function to handle undefined output grads. {notes}"
        ) from error
    if any(g is not None and not g.eq(0).all() for g in grads):
        _warn_undefined()
        raise GradcheckError(
            "Expected all input grads to be undefined or zero when all output grads "
            f"are undefined or zero. {notes}"
        )


def _warn_undefined() -> None:
    warnings.warn(
        "Backwards compatibility: New undefined gradient support checking feature is "
        "enabled by default, but it may break existing callers of this function. If "
        "this is "
        'true for you, you can call this function with "check_undefined_grad=False" to '
        "disable the feature",
        stacklevel=5,
    )


# ------------------------------------------------------------------ entry points


def _require_one(**switches: bool) -> None:
    if not any(switches.values()):
        raise AssertionError(
            f"Expected at least one of {' or '.join(switches)} to be True"
        )


def _require(switch: bool, needed: bool, name: str, needed_name: str) -> None:
    if switch and not needed:
        raise AssertionError(f"Setting {name}=True requires {needed_name} to be True")


def gradcheck(
    func: Callable,
    inputs: Any,
    *,
    eps: float = 1e-6,
    rtol: float = 1e-3,
    atol: float = 1e-5,
    nondet_tol: float = 0.0,
    fast_mode: bool = False,
    masked: bool | None = None,
    raise_exception: bool = True,
    check_backward_ad: bool = True,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_forward_ad: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
) -> bool:
    """Compare the gradients of a function with central differences.

    Args:
        func: takes the inputs, returns a tensor or a tuple of them.
        inputs: its arguments; those that require grad should be float64 or complex128.
        eps: the step of the differences.
        atol: absolute tolerance.
        rtol: relative tolerance.
        raise_exception: raise for a wrong gradient; else return False.
        nondet_tol: how much two equal backward passes may differ.
        check_undefined_grad: also let gradients of outputs be undefined.
        check_grad_dtypes: also compare the dtypes of gradients and inputs.
        check_batched_grad: not implemented.
        check_batched_forward_grad: not implemented.
        check_forward_ad: not implemented.
        check_backward_ad: check backward, the default.
        fast_mode: compare one random projection of each Jacobian instead of all of it.
        masked: for sparse inputs; without effect.

    Raises:
        GradcheckError: a gradient is wrong.
        ValueError: no input requires grad.

    Example:
        >>> x = torch.rand(3, dtype=torch.float64, requires_grad=True)
        >>> torch.autograd.gradcheck(lambda x: x * x, x)
        True
    """
    _require_one(check_forward_ad=check_forward_ad, check_backward_ad=check_backward_ad)
    _require(
        check_batched_grad, check_backward_ad, "check_batched_grad", "check_backward_ad"
    )
    _require(
        check_batched_forward_grad,
        check_forward_ad,
        "check_batched_forward_grad",
        "check_forward_ad",
    )
    if check_forward_ad or check_batched_grad:
        raise NotImplementedError(
            "gradcheck of forward-mode and of batched gradients is not implemented"
        )
    settings = _Settings(
        eps, atol, rtol, nondet_tol, check_grad_dtypes, fast_mode, masked
    )
    try:
        _run_checks(func, as_tuple(inputs), settings, check_undefined_grad)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _run_checks(
    func: Callable, inputs: tuple, settings: _Settings, check_undefined_grad: bool
) -> None:
    _check_inputs(inputs)
    results = as_tuple(func(*inputs))
    check = _check_fast if settings.fast_mode else _check_slow
    for part in _parts(func, inputs, results):
        check(part, inputs, settings)
    outputs = _differentiable(results)
    if not outputs:
        return
    _check_scales_with_grad_output(outputs, inputs, settings.masked)
    if check_undefined_grad:
        _check_undefined_gradients(func, outputs, inputs)


def gradgradcheck(
    func: Callable,
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    rtol: float = 1e-3,
    atol: float = 1e-5,
    nondet_tol: float = 0.0,
    fast_mode: bool = False,
    masked: bool = False,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    check_rev_over_rev: bool = True,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_fwd_over_rev: bool = False,
    check_batched_grad: bool = False,
) -> bool:
    """Compare the gradients of the gradients of a function with central differences.

    Args:
        func: takes the inputs, returns a tensor or a tuple of them.
        inputs: its arguments; those that require grad should be float64 or complex128.
        grad_outputs: the gradients given to the first backward; random if left out.
        eps: the step of the differences.
        atol: absolute tolerance.
        rtol: relative tolerance.
        gen_non_contig_grad_outputs: make the random gradients non-contiguous.
        raise_exception: raise for a wrong gradient; else return False.
        nondet_tol: how much two equal backward passes may differ.
        check_undefined_grad: also let gradients of outputs be undefined.
        check_grad_dtypes: also compare the dtypes of gradients and inputs.
        check_batched_grad: not implemented.
        check_fwd_over_rev: not implemented.
        check_rev_over_rev: check backward of backward, the default.
        fast_mode: compare one random projection of each Jacobian instead of all of it.
        masked: for sparse inputs; without effect.

    Raises:
        GradcheckError: a gradient is wrong.

    Example:
        >>> x = torch.rand(3, dtype=torch.float64, requires_grad=True)
        >>> torch.autograd.gradgradcheck(lambda x: x**3, x)
        True
    """
    _require_one(
        check_fwd_over_rev=check_fwd_over_rev, check_rev_over_rev=check_rev_over_rev
    )
    needed = "check_rev_over_rev"
    _require(check_undefined_grad, check_rev_over_rev, "check_undefined_grad", needed)
    _require(check_batched_grad, check_rev_over_rev, "check_batched_grad", needed)
    inputs = as_tuple(inputs)
    if grad_outputs is None:
        grad_outputs = _random_grads(func, inputs, gen_non_contig_grad_outputs)
    grad_outputs = as_tuple(grad_outputs)
    return gradcheck(
        _first_backward(func, inputs, grad_outputs),
        (*inputs, *grad_outputs),
        eps=eps,
        rtol=rtol,
        atol=atol,
        nondet_tol=nondet_tol,
        fast_mode=fast_mode,
        masked=masked,
        raise_exception=raise_exception,
        check_backward_ad=check_rev_over_rev,
        check_undefined_grad=check_undefined_grad,
        check_grad_dtypes=check_grad_dtypes,
        check_forward_ad=check_fwd_over_rev,
        check_batched_grad=check_batched_grad,
    )


def _random_grads(func: Callable, inputs: tuple, noncontiguous: bool) -> tuple:
    return tuple(
        torch.testing.make_tensor(
            output.shape,
            dtype=output.dtype if is_float_or_complex(output) else torch.double,
            device=output.device,
            low=-1,
            high=1,
            requires_grad=True,
            noncontiguous=noncontiguous,
        )
        for output in _differentiable(func(*inputs))
    )


def _first_backward(func: Callable, inputs: tuple, grad_outputs: tuple) -> Callable:
    """Return the gradient of `func` as a function of inputs and `grad_outputs`."""
    count = len(grad_outputs)
    tracked = {i for i, _ in tracked_inputs(inputs)}
    tracked_grads = {i for i, g in enumerate(grad_outputs) if g.requires_grad}

    def backward(*args: Any) -> tuple:
        args = tuple(
            (
                a.requires_grad_()
                if i in tracked or i - len(inputs) in tracked_grads
                else a
            )
            for i, a in enumerate(args)
        )
        grads = torch.autograd.grad(
            _differentiable(func(*args[:-count])),
            [a for i, a in enumerate(args[:-count]) if i in tracked],
            args[-count:],
            create_graph=True,
            allow_unused=True,
        )
        return tuple(g for g in grads if g is not None)

    return backward
