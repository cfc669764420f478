r"""Derivatives of functions: products with vectors, Jacobians and Hessians.

All of them run the function once on tracked copies of its inputs and then call
``torch.autograd.grad``. ``jvp`` and ``hvp`` use the double-backward trick: with
$g(u) = J^T u$, which is linear in $u$, the product $J v$ is the
gradient of $g$ at any $u$, weighted by $v$.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable, NamedTuple

import torch

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

_STRICT = "This is not allowed in strict mode."
_STRICT_GRAPH = "This is not allowed in strict mode when create_graph=True."
_OUTPUTS = "outputs of the user-provided function"


class _Tensors(NamedTuple):
    """One tensor or a tuple of them, always as a tuple, and which of the two it was."""

    items: tuple[torch.Tensor, ...]
    is_tuple: bool

    def shaped(self, items: Sequence[Any]) -> Any:
        """Return `items`, which belong to these tensors one by one, the same way."""
        return items if self.is_tuple else items[0]

    def single_element(self) -> bool:
        return len(self.items) == 1 and self.items[0].nelement() == 1


def _tensors(value: Any, what: str, caller: str) -> _Tensors:
    is_tuple = isinstance(value, tuple)
    items = value if is_tuple else (value,)
    for i, item in enumerate(items):
        if isinstance(item, torch.Tensor):
            continue
        where = f"value at index {i}" if is_tuple else f"given {what}"
        raise TypeError(
            f"The {what} given to {caller} must be either a Tensor or a tuple of "
            f"Tensors but the {where} has type {type(item)}."
        )
    return _Tensors(items, is_tuple)


def _tracked(tensors: _Tensors, create_graph: bool, need_graph: bool) -> _Tensors:
    """Return tensors that are leaves of our own graph, or nodes of the caller's."""
    items = tuple(
        (
            t.view_as(t)
            if create_graph and t.requires_grad
            else t.detach().requires_grad_(need_graph)
        )
        for t in tensors.items
    )
    return _Tensors(items, tensors.is_tuple)


def _released(items: Any, create_graph: bool) -> Any:
    """Cut results off our graph unless the caller wants to differentiate them."""
    if create_graph:
        return items
    return tuple(
        t.detach() if isinstance(t, torch.Tensor) else _released(t, create_graph)
        for t in items
    )


def _vector(v: Any, caller: str, of: _Tensors, create_graph: bool) -> tuple:
    """Check the vector `v` against the tensors it multiplies."""
    vector = _tracked(_tensors(v, "v", caller), create_graph, need_graph=False).items
    if len(vector) != len(of.items):
        if of.is_tuple:
            raise RuntimeError(
                "v is a tuple of invalid length: should be "
                f"{len(of.items)} but got {len(vector)}."
            )
        raise RuntimeError("The given v should contain a single Tensor.")
    for i, (part, other) in enumerate(zip(vector, of.items)):
        if part.size() != other.size():
            entry = f"Entry {i} in " if of.is_tuple else ""
            raise RuntimeError(
                f"{entry}v has invalid size: should be {other.size()} but got "
                f"{part.size()}."
            )
    return vector


def _input_vector(v: Any, caller: str, inputs: _Tensors, create_graph: bool) -> Any:
    if v is not None:
        return _vector(v, caller, inputs, create_graph)
    if inputs.single_element():
        return None
    raise RuntimeError(
        "The vector v can only be None if the input to the user-provided function is a "
        "single Tensor with a single element."
    )


def _require_grad(tensors: Sequence[Any], strict: bool, text: str) -> None:
    """In strict mode, raise `text` for the first tensor without a graph."""
    if not strict:
        return
    for i, tensor in enumerate(tensors):
        if tensor is None:
            raise RuntimeError(
                "The output of the user-provided function is independent of input "
                f"{i}. " + _STRICT
            )
        if not tensor.requires_grad:
            raise RuntimeError(text.format(i=i))


_OUTPUT_TEXT = (
    "Output {i} of the user-provided function does not require gradients. The outputs "
    "must be computed in a differentiable manner from the input when running in strict "
    "mode."
)
_GRAD_INPUT_TEXT = (
    "The gradient with respect to input {i} is independent of the inputs of the "
    "user-provided function. " + _STRICT
)
_JACOBIAN_TEXT = (
    "While computing the hessian, found that the jacobian of the user-provided "
    "function with respect to input {i} is independent of the input. This is not "
    "allowed in strict mode. You should ensure that your function is twice "
    "differentiable and that the jacobian depends on the inputs (this would be "
    "violated by a linear function for example)."
)
_HESSIAN_TEXT = (
    "The hessian of the user-provided function with respect to input {i} is "
    "independent of the input. This is not allowed in strict mode. You should ensure "
    "that your function is thrice differentiable and that the hessian depends on the "
    "inputs."
)
_MISSING_TEXT = {
    "vjp": "The output of the user-provided function is independent of input {i}. "
    + _STRICT,
    "jvp": "The gradient with respect to the input is independent of entry {i} in the "
    "grad_outputs when using the double backward trick to compute forward mode "
    "gradients. " + _STRICT,
    "vhp": "The jacobian of the user-provided function is independent of input {i}. "
    + _STRICT,
    "hvp": "The hessian of the user-provided function is independent of entry {i} in "
    "the grad_jacobian. This is not allowed in strict mode as it prevents from using "
    "the double backward trick to replace forward mode AD.",
}


def _gradients(
    outputs: Sequence[Any],
    inputs: Sequence[torch.Tensor],
    grad_outputs: Sequence[Any] | None = None,
    create_graph: bool = False,
    retain_graph: bool | None = None,
) -> tuple:
    """Call ``grad`` on the outputs that have a graph; None stands for no dependence."""
    grad_outputs = (None,) * len(outputs) if grad_outputs is None else grad_outputs
    pairs = [
        (output, grad)
        for output, grad in zip(outputs, grad_outputs)
        if output is not None and output.requires_grad
    ]
    if not pairs:
        return (None,) * len(inputs)
    with_graph, grads = zip(*pairs)
    return torch.autograd.grad(
        with_graph,
        inputs,
        grads,
        allow_unused=True,
        create_graph=create_graph,
        retain_graph=retain_graph,
    )


def _completed(
    grads: Sequence[Any],
    like: Sequence[torch.Tensor],
    strict: bool,
    create_graph: bool,
    caller: str,
) -> tuple[torch.Tensor, ...]:
    """Put zeros where there is no dependence; in strict mode complain instead."""
    what = "jacobian" if caller in ("vjp", "jvp") else "hessian"
    for i, grad in enumerate(grads if strict else ()):
        if grad is None:
            raise RuntimeError(_MISSING_TEXT[caller].format(i=i))
        if create_graph and not grad.requires_grad:
            raise RuntimeError(
                f"The {what} of the user-provided function is independent of input "
                f"{i}. " + _STRICT_GRAPH
            )
    return tuple(
        torch.zeros_like(other) if grad is None else grad
        for grad, other in zip(grads, like)
    )


def _call(func: Callable, inputs: _Tensors, caller: str, strict: bool) -> _Tensors:
    outputs = _tensors(func(*inputs.items), _OUTPUTS, caller)
    _require_grad(outputs.items, strict, _OUTPUT_TEXT)
    return outputs


def _call_scalar(
    func: Callable, inputs: _Tensors, caller: str, strict: bool
) -> _Tensors:
    outputs = _call(func, inputs, caller, strict)
    if outputs.is_tuple:
        raise RuntimeError(
            f"The function given to {caller} should return a single Tensor"
        )
    if not outputs.single_element():
        raise RuntimeError(
            f"The Tensor returned by the function given to {caller} should contain a "
            "single element"
        )
    return outputs


def _slope(
    func: Callable, tracked: _Tensors, caller: str, strict: bool
) -> tuple[_Tensors, tuple]:
    """Call a scalar function; return its value and its derivative, with a graph."""
    outputs = _call_scalar(func, tracked, caller, strict)
    slope = _gradients(outputs.items, tracked.items, create_graph=True)
    _require_grad(slope, strict, _JACOBIAN_TEXT)
    return outputs, slope


def _product(
    of: Sequence[Any],
    at: Sequence[torch.Tensor],
    v: Any,
    like: _Tensors,
    create_graph: bool,
    strict: bool,
    caller: str,
) -> tuple[torch.Tensor, ...]:
    """Multiply `v` with the derivative of `of` at `at`; the shapes are of `like`."""
    with torch.set_grad_enabled(create_graph or torch.is_grad_enabled()):
        grads = _gradients(of, at, v, create_graph)
        return _completed(grads, like.items, strict, create_graph, caller)


def _answer(
    outputs: _Tensors, product: tuple, shape: _Tensors, create_graph: bool
) -> tuple[Any, Any]:
    return (
        outputs.shaped(_released(outputs.items, create_graph)),
        shape.shaped(_released(product, create_graph)),
    )


# ------------------------------------------------------------------ products


def vjp(
    func: Callable,
    inputs: Any,
    v: Any = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    r"""Return the outputs of a function and $v^T J$.

    Args:
        func: takes tensors, returns a tensor or a tuple of them.
        inputs: a tensor, or a tuple of them, to call it with.
        v: the vector, shaped as the outputs; may be None for a single element.
        create_graph: make the results differentiable.
        strict: raise where an output does not depend on an input, instead of giving
            zeros.

    Example:
        >>> x = torch.tensor([1., 2.])
        >>> torch.autograd.functional.vjp(lambda x: x**2, x, torch.ones(2))
        (tensor([1., 4.]), tensor([2., 4.]))
    """
    with torch.enable_grad():
        tracked = _tracked(_tensors(inputs, "inputs", "vjp"), create_graph, True)
        outputs = _call(func, tracked, "vjp", strict)
        if v is not None:
            v = _vector(v, "vjp", outputs, create_graph)
        elif not outputs.single_element():
            raise RuntimeError(
                "The vector v can only be None if the user-provided function returns a "
                "single Tensor with a single element."
            )
    flags = (create_graph, strict, "vjp")
    product = _product(outputs.items, tracked.items, v, tracked, *flags)
    return _answer(outputs, product, tracked, create_graph)


def jvp(
    func: Callable,
    inputs: Any,
    v: Any = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    r"""Return the outputs of a function and $J v$.

    Args:
        func: takes tensors, returns a tensor or a tuple of them.
        inputs: a tensor, or a tuple of them, to call it with.
        v: the vector, shaped as the inputs; may be None for a single element.
        create_graph: make the results differentiable.
        strict: raise where an output does not depend on an input, instead of giving
            zeros.

    Example:
        >>> x = torch.tensor([1., 2.])
        >>> torch.autograd.functional.jvp(lambda x: x**2, x, torch.ones(2))
        (tensor([1., 4.]), tensor([2., 4.]))
    """
    with torch.enable_grad():
        tracked = _tracked(_tensors(inputs, "inputs", "jvp"), create_graph, True)
        v = _input_vector(v, "jvp", tracked, create_graph)
        outputs = _call(func, tracked, "jvp", strict)
        dummies = tuple(torch.zeros_like(o, requires_grad=True) for o in outputs.items)
        back = _gradients(outputs.items, tracked.items, dummies, create_graph=True)
        _require_grad(back, strict, _GRAD_INPUT_TEXT)
    product = _product(back, dummies, v, outputs, create_graph, strict, "jvp")
    return _answer(outputs, product, outputs, create_graph)


def vhp(
    func: Callable,
    inputs: Any,
    v: Any = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    r"""Return the value of a scalar function and $v^T H$.

    Args:
        func: takes tensors, returns one tensor of a single element.
        inputs: a tensor, or a tuple of them, to call it with.
        v: the vector, shaped as the inputs; may be None for a single element.
        create_graph: make the results differentiable.
        strict: raise where a derivative does not depend on an input.

    Example:
        >>> f = lambda x: (x**3).sum()
        >>> torch.autograd.functional.vhp(f, torch.tensor([1., 2.]), torch.ones(2))
        (tensor(9.), tensor([ 6., 12.]))
    """
    with torch.enable_grad():
        tracked = _tracked(_tensors(inputs, "inputs", "vhp"), create_graph, True)
        v = _input_vector(v, "vhp", tracked, create_graph)
        outputs, slope = _slope(func, tracked, "vhp", strict)
    flags = (create_graph, strict, "vhp")
    product = _product(slope, tracked.items, v, tracked, *flags)
    return _answer(outputs, product, tracked, create_graph)


def hvp(
    func: Callable,
    inputs: Any,
    v: Any = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    r"""Return the value of a scalar function and $H v$.

    `vhp` is cheaper, and equal where the function is smooth.

    Args:
        func: takes tensors, returns one tensor of a single element.
        inputs: a tensor, or a tuple of them, to call it with.
        v: the vector, shaped as the inputs; may be None for a single element.
        create_graph: make the results differentiable.
        strict: raise where a derivative does not depend on an input.

    Example:
        >>> f = lambda x: (x**3).sum()
        >>> torch.autograd.functional.hvp(f, torch.tensor([1., 2.]), torch.ones(2))
        (tensor(9.), tensor([ 6., 12.]))
    """
    with torch.enable_grad():
        tracked = _tracked(_tensors(inputs, "inputs", "hvp"), create_graph, True)
        v = _input_vector(v, "hvp", tracked, create_graph)
        outputs, slope = _slope(func, tracked, "hvp", strict)
        dummies = tuple(torch.zeros_like(i, requires_grad=True) for i in tracked.items)
        back = _gradients(slope, tracked.items, dummies, create_graph=True)
        _require_grad(slope, strict, _HESSIAN_TEXT)
    product = _product(back, dummies, v, tracked, create_graph, strict, "hvp")
    return _answer(outputs, product, tracked, create_graph)


# ------------------------------------------------------------------ matrices


def jacobian(
    func: Callable,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    r"""Return all first derivatives of a function.

    Args:
        func: takes tensors, returns a tensor or a tuple of them.
        inputs: a tensor, or a tuple of them, to call it with.
        create_graph: make the result differentiable.
        strict: raise where an output does not depend on an input, instead of giving
            zeros.
        vectorize: allowed, without effect: rows are computed one after the other.
        strategy: only ``"reverse-mode"`` is implemented.

    Returns: For one output of shape $O$ and one input of shape $I$ a tensor
        of shape $O + I$; for tuples a tuple per output of a tensor per input.

    Example:
        >>> torch.autograd.functional.jacobian(lambda x: x**2, torch.tensor([1., 2.]))
        tensor([[2., 0.],
                [0., 4.]])
    """
    _check_strategy(strategy, create_graph)
    if strict and vectorize:
        raise RuntimeError(
            "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` "
            "are not supported together. Please either set `strict=False` or "
            "`vectorize=False`."
        )
    with torch.enable_grad():
        tracked = _tracked(_tensors(inputs, "inputs", "jacobian"), create_graph, True)
        outputs = _call(func, tracked, "jacobian", strict)
        blocks = tuple(
            _jacobian_rows(i, output, tracked.items, create_graph, strict)
            for i, output in enumerate(outputs.items)
        )
    blocks = _released(blocks, create_graph)
    return outputs.shaped(tuple(tracked.shaped(row) for row in blocks))


def _jacobian_rows(
    i: int, output: torch.Tensor, inputs: tuple, create_graph: bool, strict: bool
) -> tuple[torch.Tensor, ...]:
    """Return the derivatives of one output with respect to every input."""
    rows: list[list[torch.Tensor]] = [[] for _ in inputs]
    for element in output.reshape(-1).unbind():
        grads = _gradients((element,), inputs, None, create_graph, retain_graph=True)
        for j, grad in enumerate(grads):
            if strict and grad is None:
                raise RuntimeError(
                    f"Output {i} of the user-provided function is independent of input "
                    f"{j}. {_STRICT}"
                )
            if strict and create_graph and not grad.requires_grad:
                raise RuntimeError(
                    "The jacobian of the user-provided function is independent of "
                    f"input {i}. {_STRICT_GRAPH}"
                )
            rows[j].append(torch.zeros_like(inputs[j]) if grad is None else grad)
    return tuple(
        torch.stack(row).view(output.size() + other.size())
        for row, other in zip(rows, inputs)
    )


def _check_strategy(strategy: str, create_graph: bool) -> None:
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(
            'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If '
            'your function has more outputs than inputs, "forward-mode" tends to be '
            "more "
            'performant. Otherwise, prefer to use "reverse-mode".'
        )
    if strategy == "reverse-mode":
        return
    if create_graph:
        raise NotImplementedError(
            "torch.autograd.functional.jacobian: `create_graph=True` and "
            '`strategy="forward-mode"` are not supported together (yet). Please either '
            "set "
            '`create_graph=False` or `strategy="reverse-mode"`.'
        )
    raise NotImplementedError("forward-mode differentiation is not implemented")


def hessian(
    func: Callable,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    r"""Return all second derivatives of a scalar function.

    Args:
        func: takes tensors, returns one tensor of a single element.
        inputs: a tensor, or a tuple of them, to call it with.
        create_graph: make the result differentiable.
        strict: raise where a derivative does not depend on an input.
        vectorize: allowed, without effect.
        outer_jacobian_strategy: only ``"reverse-mode"`` is implemented.

    Returns: For one input of shape $I$ a tensor of shape $I + I$; for a
        tuple a tuple of tuples of tensors.

    Example:
        >>> x = torch.tensor([1., 2.])
        >>> torch.autograd.functional.hessian(lambda x: (x**3).sum(), x)
        tensor([[ 6.,  0.],
                [ 0., 12.]])
    """
    given = _tensors(inputs, "inputs", "hessian")
    if outer_jacobian_strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(
            'Expected strategy to be either "forward-mode" or "reverse-mode".'
        )

    def scalar(*items: torch.Tensor) -> torch.Tensor:
        outputs = _call_scalar(func, _Tensors(items, True), "hessian", strict)
        return outputs.items[0].squeeze()

    def slope(*items: torch.Tensor) -> tuple:
        rows = jacobian(scalar, items, create_graph=True)
        _require_grad(rows, strict, _JACOBIAN_TEXT)
        return rows

    result = jacobian(
        slope,
        given.items,
        create_graph=create_graph,
        strict=strict,
        vectorize=vectorize,
        strategy=outer_jacobian_strategy,
    )
    return given.shaped(tuple(given.shaped(row) for row in result))
