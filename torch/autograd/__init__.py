"""Automatic differentiation: ``backward``, ``grad`` and what goes with them.

This file checks and completes arguments; the engine is compiled
(``csrc/autograd/Engine.h``). Read ``docs/design/autograd.md`` first.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Optional

import torch
from torch.autograd import functional, graph
from torch.autograd.anomaly_mode import detect_anomaly, set_detect_anomaly
from torch.autograd.function import Function
from torch.autograd.grad_mode import (
    enable_grad,
    inference_mode,
    no_grad,
    set_grad_enabled,
    set_multithreading_enabled,
)
from torch.autograd.gradcheck import gradcheck, gradgradcheck
from torch.autograd.variable import Variable
from torch.overrides import handle_torch_function, has_torch_function, is_tensor_like

__all__ = [
    "Function",
    "Variable",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "functional",
    "grad",
    "grad_mode",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "inference_mode",
    "no_grad",
    "set_detect_anomaly",
    "set_grad_enabled",
    "set_multithreading_enabled",
]

_Switch = Optional[bool]  # None lets another argument decide

_run_backward = Variable._execution_engine.run_backward


# ------------------------------------------------------------------ arguments


def _is_node_or_tensor(value: Any) -> bool:
    return is_tensor_like(value) or isinstance(value, graph.GradientEdge)


def _as_tuple(value: Any) -> tuple:
    if type(value) is torch.Tensor or _is_node_or_tensor(value):
        return (value,)
    return tuple(value)


def _inputs_as_tuple(inputs: Any, caller: str) -> tuple:
    if type(inputs) is dict:
        inputs = tuple(inputs.values())
    elif isinstance(inputs, Mapping):
        raise TypeError(
            f"`inputs` argument to `{caller}()` must be a dict, not "
            f"{type(inputs).__name__}. Other Mapping types are not supported."
        )
    inputs = _as_tuple(inputs)
    if not inputs:
        raise RuntimeError(f"`inputs` argument to `{caller}()` cannot be empty.")
    return inputs


def _gradients_as_tuple(gradients: Any, length: int) -> tuple:
    if gradients is None:
        return (None,) * length
    return (gradients,) if isinstance(gradients, torch.Tensor) else tuple(gradients)


def _make_grads(
    outputs: Sequence[Any], grads: Sequence[Any], is_grads_batched: bool
) -> tuple:
    """Check the gradients given for `outputs` and make those that may be left out."""
    made = []
    for i, (output, grad) in enumerate(zip(outputs, grads)):
        if grad is None:
            made.append(_implicit_grad(output))
        else:
            made.append(_checked_grad(i, output, grad, is_grads_batched))
    return tuple(made)


def _metadata(output: Any) -> Any:
    """Return what has shape, dtype and device of an output."""
    if isinstance(output, graph.GradientEdge):
        return output.node._input_metadata[output.output_nr]
    return output


def _implicit_grad(output: Any) -> torch.Tensor | None:
    if isinstance(output, graph.GradientEdge):
        meta = _metadata(output)
        _check_scalar(torch.Size(meta.shape).numel(), meta.dtype)
        return torch.ones(meta.shape, dtype=meta.dtype, device=meta.device)
    if not output.requires_grad:
        return None  # the engine complains, with the output's index
    _check_scalar(output.numel(), output.dtype)
    return torch.ones_like(output)


def _check_scalar(numel: int, dtype: torch.dtype) -> None:
    if numel != 1:
        raise RuntimeError("grad can be implicitly created only for scalar outputs")
    if not dtype.is_floating_point:
        raise RuntimeError(
            "grad can be implicitly created only for real scalar outputs but got "
            f"{dtype}"
        )


def _checked_grad(i: int, output: Any, grad: Any, batched: bool) -> torch.Tensor:
    if not isinstance(grad, torch.Tensor):
        raise TypeError(
            f"gradients can be either Tensors or None, but got {type(grad).__name__}"
        )
    meta = _metadata(output)
    shape = torch.Size(meta.shape)
    if (grad.shape[1:] if batched else grad.shape) != shape:
        if batched:
            # PyTorch drops one dimension too many here; the text is kept equal.
            raise RuntimeError(
                "If `is_grads_batched=True`, we interpret the first dimension of each "
                "grad_output as the batch dimension. The sizes of the remaining "
                "dimensions are expected to match the shape of corresponding output, "
                f"but a mismatch was detected: grad_output[{i}] has a shape of "
                f"{grad.shape[2:]} and output[{i}] has a shape of {shape}. If you only "
                "want some tensors in `grad_output` to be considered batched, consider "
                "using vmap."
            )
        raise RuntimeError(
            f"Mismatch in shape: grad_output[{i}] has a shape of {grad.shape} and "
            f"output[{i}] has a shape of {shape}."
        )
    if meta.dtype.is_complex != grad.dtype.is_complex:
        raise RuntimeError(
            "For complex Tensors, both grad_output and output are required to have the "
            f"same dtype. Mismatch in dtype: grad_output[{i}] has a dtype of "
            f"{grad.dtype} and output[{i}] has a dtype of {meta.dtype}."
        )
    return grad


# ------------------------------------------------------------------ backward and grad


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Any = None,
) -> None:
    """Add the gradients of the sum of `tensors` to ``grad`` of the leaves.

    Args:
        tensors: a tensor, or several, to differentiate.
        grad_tensors: the gradient with respect to each; None for a single element,
            where it is 1.
        retain_graph: keep the graph for another backward; by default as `create_graph`.
        create_graph: record the backward pass itself, for higher derivatives.
        grad_variables: the old name of `grad_tensors`.
        inputs: fill ``grad`` of these tensors only; a tensor, several, or a dict.

    Raises:
        RuntimeError: no graph, a graph already freed, or a gradient is missing or
            misshaped.

    Example:
        >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
        >>> torch.autograd.backward((x * x).sum())
        >>> x.grad
        tensor([2., 4.])
    """
    if grad_variables is not None:
        warnings.warn(
            "`grad_variables` is deprecated. Use `grad_tensors` instead.",
            FutureWarning,
            stacklevel=2,
        )
        if grad_tensors is not None:
            raise RuntimeError(
                "`grad_tensors` and `grad_variables` (deprecated) arguments both "
                "passed to `backward()`. Please only use `grad_tensors`."
            )
        grad_tensors = grad_variables
    wanted = () if inputs is None else _inputs_as_tuple(inputs, "backward")
    tensors = _as_tuple(tensors)
    overridable = tensors + wanted
    if has_torch_function(overridable):
        return handle_torch_function(
            backward,
            overridable,
            tensors,
            grad_tensors=grad_tensors,
            retain_graph=retain_graph,
            create_graph=create_graph,
            inputs=None if inputs is None else wanted,
        )
    grads = _gradients_as_tuple(grad_tensors, len(tensors))
    grads = _make_grads(tensors, grads, False)
    keep_graph = create_graph if retain_graph is None else retain_graph
    _run_backward(
        tensors,
        grads,
        keep_graph,
        create_graph,
        wanted,
        allow_unreachable=True,
        accumulate_grad=True,
    )
    return None


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: _Switch = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: _Switch = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> Any:
    """Return the gradients of the sum of `outputs` with respect to `inputs`.

    Args:
        outputs: a tensor, or several, to differentiate.
        inputs: a tensor, several, or a dict of them; the result has the same keys.
        grad_outputs: the gradient with respect to each output; None for a single
            element, where it is 1.
        retain_graph: keep the graph for another pass; by default as `create_graph`.
        create_graph: record this pass, for higher derivatives.
        only_inputs: without effect, as in PyTorch.
        allow_unused: give None for inputs that the outputs do not depend on, instead of
            raising; by default as `materialize_grads`.
        is_grads_batched: the first dimension of each grad output counts independent
            gradients; the results get that dimension too.
        materialize_grads: give zeros instead of None.

    Raises:
        RuntimeError: an unused input, no graph, or a graph already freed.
        ValueError: `materialize_grads` with ``allow_unused=False``.

    Example:
        >>> x = torch.tensor(3.0, requires_grad=True)
        >>> torch.autograd.grad(x**2, x)
        (tensor(6.),)
    """
    if allow_unused is None:
        allow_unused = materialize_grads
    elif materialize_grads and not allow_unused:
        raise ValueError(
            "Expected allow_unused to be True or not passed when "
            "materialize_grads=True, but got: allow_unused=False."
        )
    outputs = _as_tuple(outputs)
    wanted = _inputs_as_tuple(inputs, "grad")
    overridable = outputs + wanted
    if has_torch_function(overridable):
        result = handle_torch_function(
            grad,
            overridable,
            outputs,
            wanted,
            materialize_grads=materialize_grads,
            is_grads_batched=is_grads_batched,
            allow_unused=allow_unused,
            only_inputs=only_inputs,
            create_graph=create_graph,
            retain_graph=retain_graph,
            grad_outputs=grad_outputs,
        )
        return dict(zip(inputs, result)) if type(inputs) is dict else result
    if not only_inputs:
        warnings.warn(
            "only_inputs argument is deprecated and is ignored now (defaults to True). "
            "To accumulate gradient for other parts of the graph, please use "
            "torch.autograd.backward.",
            FutureWarning,
            stacklevel=2,
        )
    grads = _gradients_as_tuple(grad_outputs, len(outputs))
    grads = _make_grads(outputs, grads, is_grads_batched)
    keep_graph = create_graph if retain_graph is None else retain_graph
    run = _run_batched if is_grads_batched else _run_backward
    result = run(
        outputs,
        grads,
        keep_graph,
        create_graph,
        wanted,
        allow_unused,
        accumulate_grad=False,
    )
    if materialize_grads:
        result = _materialize(result, wanted, create_graph)
    return dict(zip(inputs, result)) if type(inputs) is dict else result


def _run_batched(
    outputs: tuple,
    grads: tuple,
    keep_graph: bool,
    create_graph: bool,
    inputs: tuple,
    allow_unused: bool,
    accumulate_grad: bool,
) -> tuple:
    """Run one pass per gradient of a batch and stack the results."""
    size = next(g.shape[0] for g in grads if g is not None)
    passes = [
        _run_backward(
            outputs,
            tuple(None if g is None else g[i] for g in grads),
            keep_graph or i < size - 1,
            create_graph,
            inputs,
            allow_unused,
            accumulate_grad=accumulate_grad,
        )
        for i in range(size)
    ]
    return tuple(None if c[0] is None else torch.stack(c) for c in zip(*passes))


def _materialize(result: tuple, inputs: tuple, create_graph: bool) -> tuple:
    if any(r is None and not is_tensor_like(i) for r, i in zip(result, inputs)):
        raise RuntimeError(
            "materialize_grads cannot be used when the given input is a GradientEdge"
        )
    return tuple(
        torch.zeros_like(i, requires_grad=create_graph) if r is None else r
        for r, i in zip(result, inputs)
    )


def _is_checkpoint_valid() -> bool:
    """Say whether the running backward fills ``grad`` of all leaves."""
    return Variable._execution_engine.is_checkpoint_valid()


def variable(*args: Any, **kwargs: Any) -> None:
    """Raise an error that names ``torch.tensor``."""
    raise RuntimeError(
        "torch.autograd.variable(...) is deprecated, use torch.tensor(...) instead"
    )


variable.Variable = Variable  # type: ignore[attr-defined]
