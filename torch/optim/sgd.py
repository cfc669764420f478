"""Stochastic gradient descent: the class, its formula, its fused call.

Entry points: `SGD`, `sgd` (the update of lists of tensors) and the two bodies it
chooses from, `_single_tensor_sgd` (the formula) and `_fused_sgd` (one operator
call).  Read optimizer.py first.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import Any, Callable

import torch
from torch import Tensor

from .optimizer import (
    Flag,
    Optimizer,
    ParamsT,
    Real,
    Tensors,
    _device_dtype_check_for_fused,
    _fused_parts,
    _get_value,
    _scaler_options,
    _to_scalar,
    _use_grad_for_differentiable,
)

__all__ = ["SGD", "sgd"]


class SGD(Optimizer):
    r"""Descend along the gradient, with momentum if asked.

    With gradient $g$, parameter $p$ and buffer $b$:

    $$
    g &\leftarrow g + \text{weight\_decay} \cdot p \\
    b &\leftarrow \text{momentum} \cdot b + (1 - \text{dampening}) \cdot g
    \qquad (b = g \text{ on the first step}) \\
    p &\leftarrow p - \text{lr} \cdot b
    $$

    Without momentum $g$ takes the place of $b$ in the last line; with
    `nesterov`, $g + \text{momentum} \cdot b$ does.  Momentum as in
    "On the importance of initialization and momentum in deep learning" (2013),
    but with `lr` outside the buffer.

    Args:
        params: Tensors, ``(name, tensor)`` pairs, or dicts that hold groups.
        lr: Learning rate, a number or a one-element tensor. Default: 1e-3.
        momentum: Part of the buffer that is kept. Default: 0.
        dampening: Part of the gradient kept out of the buffer. Default: 0.
        weight_decay: L2 penalty. Default: 0.
        nesterov: Look ahead along the buffer. Default: False.
        maximize: Ascend instead. Default: False.
        foreach: False forces the formula. Default: None, decided by the tensors.
        differentiable: Let autograd record the step. Default: False.
        fused: True demands the fused operator, False the formula. Default: None,
            fused wherever it can run.

    Raises:
        ValueError: A negative rate, momentum or decay; `nesterov` without momentum
            or with dampening.
        RuntimeError: `fused` together with `foreach` or `differentiable`.

    Example:
        >>> p = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
        >>> opt = torch.optim.SGD([p], lr=0.25)
        >>> (p**2).sum().backward()
        >>> opt.step()
        >>> p.tolist()
        [0.5, 1.0]
    """

    def __init__(
        self,
        params: ParamsT,
        lr: Real = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: Real = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: Flag = None,
        differentiable: bool = False,
        fused: Flag = None,
    ) -> None:
        if isinstance(lr, Tensor) and lr.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
        if isinstance(lr, Tensor) and foreach:
            lr = lr.item()
        for what, value in (
            ("learning rate", lr),
            ("momentum value", momentum),
            ("weight_decay value", weight_decay),
        ):
            if value < 0.0:
                raise ValueError(f"Invalid {what}: {value}")
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        options: dict[str, Any] = dict(lr=lr, momentum=momentum, dampening=dampening)
        options.update(weight_decay=weight_decay, nesterov=nesterov, maximize=maximize)
        options.update(foreach=foreach, differentiable=differentiable, fused=fused)
        super().__init__(params, options)
        self._check_fused(fused, foreach, differentiable)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        later = dict.fromkeys(
            ("nesterov", "maximize", "differentiable", "fused"), False
        )
        for group in self.param_groups:
            group.update({**later, "foreach": None, **group})

    def _init_group(
        self, group: dict, params: list, grads: list, momentum_buffer_list: list
    ) -> bool:
        """Fill the lists from `group`; tell whether a gradient is sparse."""
        has_momentum = group["momentum"] != 0
        has_sparse_grad = False
        for p in group["params"]:
            grad = p.grad
            if grad is None:
                continue
            if group["fused"]:
                _device_dtype_check_for_fused(p)
            params.append(p)
            grads.append(grad)
            if grad.is_sparse:
                has_sparse_grad = True
            if has_momentum:
                momentum_buffer_list.append(self.state[p].get("momentum_buffer"))
        return has_sparse_grad

    @_use_grad_for_differentiable
    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """Update the parameters that have a gradient.

        Args:
            closure: Computes the loss anew and returns it. Runs with gradients on.

        Returns:
            What `closure` returned, else None.
        """
        loss = self._evaluate(closure)
        for group in self.param_groups:
            params: Tensors = []
            grads: Tensors = []
            buffers: list[Tensor | None] = []
            has_sparse_grad = self._init_group(group, params, grads, buffers)
            sgd(
                params,
                grads,
                buffers,
                has_sparse_grad,
                foreach=group["foreach"],
                fused=group["fused"],
                grad_scale=getattr(self, "grad_scale", None),
                found_inf=getattr(self, "found_inf", None),
                lr=group["lr"],
                momentum=group["momentum"],
                dampening=group["dampening"],
                weight_decay=group["weight_decay"],
                nesterov=group["nesterov"],
                maximize=group["maximize"],
            )
            if group["momentum"] != 0:
                for p, buffer in zip(params, buffers):
                    self.state[p]["momentum_buffer"] = buffer
        return loss


def sgd(
    params: Tensors,
    d_p_list: Tensors,
    momentum_buffer_list: list[Tensor | None],
    has_sparse_grad: bool = False,
    foreach: Flag = None,
    fused: Flag = None,
    grad_scale: Tensor | None = None,
    found_inf: Tensor | None = None,
    *,
    weight_decay: Real,
    momentum: float,
    lr: Real,
    dampening: float,
    nesterov: bool,
    maximize: bool,
) -> None:
    """Update `params` in place by the SGD formula; see `SGD` for it.

    Args:
        params: Tensors to update.
        d_p_list: Their gradients.
        momentum_buffer_list: Their buffers; None where there is none yet, which
            is then replaced in the list.
        has_sparse_grad: A gradient is sparse. Default: False.
        foreach: As in `SGD`.
        fused: As in `SGD`.
        grad_scale: What a gradient scaler multiplied the gradients by.
        found_inf: Nonzero where a gradient scaler asks to leave out this step.
        weight_decay: As in `SGD`.
        momentum: As in `SGD`.
        lr: As in `SGD`.
        dampening: As in `SGD`.
        nesterov: As in `SGD`.
        maximize: As in `SGD`.

    Example:
        >>> from torch.optim.sgd import sgd
        >>> p = torch.ones(1)
        >>> sgd([p], [torch.ones(1)], [None], weight_decay=0, momentum=0, lr=0.5,
        ...     dampening=0, nesterov=False, maximize=False)
        >>> p.item()
        0.5
    """
    buffers = momentum_buffer_list if momentum != 0 else [None] * len(params)
    parts = _fused_parts(fused, foreach, params, d_p_list, range(len(params)))
    options: dict[str, Any] = {
        "lr": _to_scalar(lr),
        "momentum": momentum,
        "dampening": dampening,
        "weight_decay": weight_decay,
        "nesterov": nesterov,
        "maximize": maximize,
        **_scaler_options(parts is not None, grad_scale, found_inf),
    }
    if parts is None:
        _single_tensor_sgd(params, d_p_list, buffers, **options)
        return
    if has_sparse_grad:
        raise RuntimeError("`_fused_sgd` does not support sparse gradients")
    options["lr"] = _get_value(lr)
    options["weight_decay"] = _get_value(weight_decay)
    for some, grads, places in parts:
        _fused_sgd(some, grads, places, buffers, **options)


def _single_tensor_sgd(
    params: list[Tensor],
    grads: list[Tensor],
    buffers: list,
    *,
    lr: Real,
    momentum: float,
    dampening: float,
    weight_decay: Real,
    nesterov: bool,
    maximize: bool,
) -> None:
    """The formula, one parameter after the other."""
    for i, p in enumerate(params):
        g = -grads[i] if maximize else grads[i]
        if weight_decay != 0:
            g = _add_scaled(g, p, weight_decay)
        if momentum != 0:
            b = buffers[i]
            if b is None:
                b = buffers[i] = g.detach().clone()
            else:
                b.mul_(momentum).add_(g, alpha=1 - dampening)
            g = g.add(b, alpha=momentum) if nesterov else b
        if isinstance(lr, Tensor) and lr.requires_grad:
            p.addcmul_(g, lr, value=-1)
        else:
            p.add_(g, alpha=-lr)


def _add_scaled(g: Tensor, p: Tensor, scale: Real) -> Tensor:
    """g + scale * p, differentiable in `scale` where that is wanted."""
    if isinstance(scale, Tensor) and scale.requires_grad:
        return g.addcmul(p, scale)
    return g.add(p, alpha=scale)


def _fused_sgd(
    params: list[Tensor],
    grads: list[Tensor],
    places: Sequence[int],
    buffers: list,
    *,
    momentum: float,
    **options: Any,
) -> None:
    """The formula as one operator call, two where only some buffers are new.

    `places` tells where in `buffers` those of `params` are.
    """
    update = torch._fused_sgd_
    options["momentum"] = momentum
    if momentum == 0:
        update(params, grads, [], is_first_step=False, **options)
        return

    own = [buffers[i] for i in places]
    is_new = [b is None for b in own]
    for i, place in enumerate(places):
        if is_new[i]:
            own[i] = buffers[place] = torch.empty_like(grads[i])
    if True not in is_new:
        update(params, grads, own, is_first_step=False, **options)
        return
    for first in set(is_new):
        chosen = [new is first for new in is_new]
        lists = [list(compress(x, chosen)) for x in (params, grads, own)]
        update(*lists, is_first_step=first, **options)
