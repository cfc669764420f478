"""Adam: the class, its formula, its fused call.

Entry points: `Adam`, `adam` (the update of lists of tensors) and the two bodies it
chooses from, `_single_tensor_adam` (the formula) and `_fused_adam` (one operator
call).  AdamW is the same with `decoupled_weight_decay`.  Read sgd.py first.
"""

from __future__ import annotations

from typing import Any, Callable

import torch
from torch import Tensor

from .optimizer import (
    Optimizer,
    ParamsT,
    _alike,
    _choose_fused,
    _device_dtype_check_for_fused,
    _get_scalar_dtype,
    _get_value,
    _scaler_options,
    _to_scalar,
    _use_grad_for_differentiable,
)

__all__ = ["Adam", "adam"]

_CAPTURABLE_DEVICES = ["cuda", "xpu", "hpu", "privateuseone", "xla"]


class Adam(Optimizer):
    r"""Scale each step by running means of the gradient and of its square.

    With gradient :math:`g`, parameter :math:`p` and step number :math:`t`:

    .. math::
        g &\leftarrow g + \text{weight\_decay} \cdot p \\
        m &\leftarrow \beta_1 m + (1 - \beta_1) g \\
        v &\leftarrow \beta_2 v + (1 - \beta_2) g^2 \\
        p &\leftarrow p - \text{lr} \cdot \frac{m}{1 - \beta_1^t}
            \Big/ \left( \sqrt{\frac{v}{1 - \beta_2^t}} + \epsilon \right)

    With `decoupled_weight_decay` the first line is
    :math:`p \leftarrow (1 - \text{lr} \cdot \text{weight\_decay}) \cdot p`.
    "Adam: A Method for Stochastic Optimization" (2014), algorithm 1; `amsgrad` as
    in "On the Convergence of Adam and Beyond" (2018).

    Args:
        params: Tensors, ``(name, tensor)`` pairs, or dicts that hold groups.
        lr: Learning rate, a number or a one-element tensor. Default: 1e-3.
        betas: Decay of the two means, numbers or one-element tensors.
            Default: (0.9, 0.999).
        eps: Added to the denominator. Default: 1e-8.
        weight_decay: L2 penalty, or decay with `decoupled_weight_decay`.
            Default: 0.
        amsgrad: Use the largest :math:`v` so far. Default: False.
        foreach: False forces the formula. Default: None, decided by the tensors.
        maximize: Ascend instead. Default: False.
        capturable: Keep all on the device so that a CUDA graph can record the
            step. Default: False.
        differentiable: Let autograd record the step. Default: False.
        fused: True demands the fused operator, False the formula. Default: None,
            fused wherever it can run.
        decoupled_weight_decay: Shrink the parameters instead of adding to the
            gradients. Default: False.

    Raises:
        ValueError: An option outside its range.
        RuntimeError: `fused` together with `foreach` or `differentiable`.

    Example:
        >>> p = torch.nn.Parameter(torch.tensor([1.0, -2.0]))
        >>> opt = torch.optim.Adam([p], lr=0.5)
        >>> (p**2).sum().backward()
        >>> opt.step()
        >>> p.tolist()
        [0.5, -1.5]
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        _check_options(lr, betas, eps, weight_decay, foreach and not capturable)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)
        if fused:
            if differentiable:
                raise RuntimeError("`fused` does not support `differentiable`")
            self._step_supports_amp_scaling = True
            if foreach:
                raise RuntimeError("`fused` and `foreach` cannot be `True` together.")

    def __setstate__(self, state):
        super().__setstate__(state)
        for group in self.param_groups:
            group.setdefault("amsgrad", False)
            group.setdefault("maximize", False)
            group.setdefault("foreach", None)
            group.setdefault("capturable", False)
            group.setdefault("differentiable", False)
            group.setdefault("decoupled_weight_decay", False)
            fused = group.setdefault("fused", None)
            for p in group["params"]:
                # Old checkpoints keep `step` as a plain number.
                its = self.state.get(p, {})
                if "step" in its and not isinstance(its["step"], Tensor):
                    on_device = group["capturable"] or fused
                    its["step"] = torch.tensor(
                        float(its["step"]),
                        dtype=_get_scalar_dtype(is_fused=fused),
                        device=p.device if on_device else "cpu",
                    )

    def _init_group(
        self,
        group,
        params_with_grad,
        grads,
        exp_avgs,
        exp_avg_sqs,
        max_exp_avg_sqs,
        state_steps,
    ) -> bool:
        """Fill the lists from `group`; tell whether a parameter is complex."""
        amsgrad = group["amsgrad"]
        has_complex = False
        for p in group["params"]:
            grad = p.grad
            if grad is None:
                continue
            if grad.is_sparse:
                raise RuntimeError(
                    "Adam does not support sparse gradients, please consider "
                    "SparseAdam instead"
                )
            state = self.state[p]
            if not state:
                self._init_state(p, state, group)
            params_with_grad.append(p)
            grads.append(grad)
            exp_avgs.append(state["exp_avg"])
            exp_avg_sqs.append(state["exp_avg_sq"])
            state_steps.append(state["step"])
            if amsgrad:
                max_exp_avg_sqs.append(state["max_exp_avg_sq"])
            has_complex = has_complex or p.is_complex()
        self._check_group(group, state_steps)
        return has_complex

    @staticmethod
    def _init_state(p: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        fused = group["fused"]
        if fused:
            _device_dtype_check_for_fused(p)
        state["step"] = torch.zeros(
            (),
            dtype=_get_scalar_dtype(is_fused=fused),
            device=p.device if group["capturable"] or fused else "cpu",
        )
        names = ["exp_avg", "exp_avg_sq"]
        if group["amsgrad"]:
            names.append("max_exp_avg_sq")
        for name in names:
            state[name] = torch.zeros_like(p, memory_format=torch.preserve_format)

    @staticmethod
    def _check_group(group: dict[str, Any], state_steps: list[Tensor]) -> None:
        if group["differentiable"] and any(s.requires_grad for s in state_steps):
            raise RuntimeError(
                "`requires_grad` is not supported for `step` in differentiable mode"
            )
        if group["foreach"] and not group["capturable"]:
            if isinstance(group["lr"], Tensor):
                raise RuntimeError(
                    "lr as a Tensor is not supported for capturable=False and "
                    "foreach=True"
                )

    @_use_grad_for_differentiable
    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """Update the parameters that have a gradient.

        Args:
            closure: Computes the loss anew and returns it. Runs with gradients on.

        Returns:
            What `closure` returned, else None.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()

        for group in self.param_groups:
            lists: tuple[list, ...] = ([], [], [], [], [], [])
            has_complex = self._init_group(group, *lists)
            beta1, beta2 = group["betas"]
            adam(
                *lists,
                foreach=group["foreach"],
                capturable=group["capturable"],
                differentiable=group["differentiable"],
                fused=group["fused"],
                grad_scale=getattr(self, "grad_scale", None),
                found_inf=getattr(self, "found_inf", None),
                has_complex=has_complex,
                decoupled_weight_decay=group["decoupled_weight_decay"],
                amsgrad=group["amsgrad"],
                beta1=beta1,
                beta2=beta2,
                lr=group["lr"],
                weight_decay=group["weight_decay"],
                eps=group["eps"],
                maximize=group["maximize"],
            )
        return loss


def _check_options(lr, betas, eps, weight_decay, no_tensors: bool | None) -> None:
    if isinstance(lr, Tensor):
        if no_tensors:
            raise ValueError(
                "lr as a Tensor is not supported for capturable=False and foreach=True"
            )
        if lr.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
    if not 0.0 <= lr:
        raise ValueError(f"Invalid learning rate: {lr}")
    if not 0.0 <= eps:
        raise ValueError(f"Invalid epsilon value: {eps}")
    for i, beta in enumerate(betas[:2]):
        if not 0.0 <= beta < 1.0:
            raise ValueError(f"Invalid beta parameter at index {i}: {beta}")
    if not 0.0 <= weight_decay:
        raise ValueError(f"Invalid weight_decay value: {weight_decay}")
    are_tensors = [isinstance(beta, Tensor) for beta in betas[:2]]
    if are_tensors[0] != are_tensors[1]:
        raise ValueError("betas must be either both floats or both Tensors")
    for i, beta in enumerate(betas[:2]):
        if not are_tensors[i]:
            continue
        if no_tensors:
            raise ValueError(
                f"betas[{i}] as a Tensor is not supported for capturable=False and "
                "foreach=True"
            )
        if beta.numel() != 1:
            raise ValueError(f"Tensor betas[{i}] must be 1-element")


def adam(
    params: list[Tensor],
    grads: list[Tensor],
    exp_avgs: list[Tensor],
    exp_avg_sqs: list[Tensor],
    max_exp_avg_sqs: list[Tensor],
    state_steps: list[Tensor],
    foreach: bool | None = None,
    capturable: bool = False,
    differentiable: bool = False,
    fused: bool | None = None,
    grad_scale: Tensor | None = None,
    found_inf: Tensor | None = None,
    has_complex: bool = False,
    decoupled_weight_decay: bool = False,
    *,
    amsgrad: bool,
    beta1: float | Tensor,
    beta2: float | Tensor,
    lr: float | Tensor,
    weight_decay: float,
    eps: float,
    maximize: bool,
) -> None:
    """Update `params` in place by the Adam formula; see `Adam` for it.

    Args:
        params: Tensors to update.
        grads: Their gradients.
        exp_avgs: Running means of the gradients, updated in place.
        exp_avg_sqs: Running means of their squares, updated in place.
        max_exp_avg_sqs: Largest such means; empty without `amsgrad`.
        state_steps: Number of steps so far as 0-d tensors, updated in place.
        foreach: As in `Adam`.
        capturable: As in `Adam`.
        differentiable: As in `Adam`.
        fused: As in `Adam`.
        grad_scale: What a gradient scaler multiplied the gradients by.
        found_inf: Nonzero where a gradient scaler asks to leave out this step.
        has_complex: A parameter is complex. Default: False.
        decoupled_weight_decay: As in `Adam`.
        amsgrad: As in `Adam`.
        beta1: The first of `betas`.
        beta2: The second of `betas`.
        lr: As in `Adam`.
        weight_decay: As in `Adam`.
        eps: As in `Adam`.
        maximize: As in `Adam`.

    Raises:
        RuntimeError: `state_steps` holds plain numbers.
    """
    if not all(isinstance(t, Tensor) for t in state_steps):
        raise RuntimeError(
            "API has changed, `state_steps` argument must contain a list of singleton "
            "tensors"
        )
    has_tensor_options = isinstance(lr, Tensor) or isinstance(beta1, Tensor)
    if fused is None and (has_tensor_options or capturable or differentiable):
        fused = False
    body = _single_tensor_adam
    if _choose_fused(fused, foreach, params, grads):
        body = _fused_adam
    body(
        params,
        grads,
        exp_avgs,
        exp_avg_sqs,
        max_exp_avg_sqs,
        state_steps,
        grad_scale,
        found_inf,
        amsgrad=amsgrad,
        has_complex=has_complex,
        beta1=_to_scalar(beta1),
        beta2=_to_scalar(beta2),
        lr=_to_scalar(lr),
        weight_decay=weight_decay,
        eps=eps,
        maximize=maximize,
        capturable=capturable,
        differentiable=differentiable,
        decoupled_weight_decay=decoupled_weight_decay,
    )


def _single_tensor_adam(
    params: list[Tensor],
    grads: list[Tensor],
    exp_avgs: list[Tensor],
    exp_avg_sqs: list[Tensor],
    max_exp_avg_sqs: list[Tensor],
    state_steps: list[Tensor],
    grad_scale: Tensor | None,
    found_inf: Tensor | None,
    *,
    amsgrad: bool,
    has_complex: bool,
    beta1: float | Tensor,
    beta2: float | Tensor,
    lr: float | Tensor,
    weight_decay: float,
    eps: float,
    maximize: bool,
    capturable: bool,
    differentiable: bool,
    decoupled_weight_decay: bool,
) -> None:
    """The formula, one parameter after the other."""
    if grad_scale is not None or found_inf is not None:
        raise AssertionError("Expected grad_scale and found_inf to be None")
    as_tensors = capturable or differentiable
    if capturable:
        _check_capturable(params, state_steps)

    for i, p in enumerate(params):
        g = -grads[i] if maximize else grads[i]
        m, v = exp_avgs[i], exp_avg_sqs[i]
        state_steps[i] += 1
        t = state_steps[i] if as_tensors else _get_value(state_steps[i])

        if weight_decay != 0 and decoupled_weight_decay:
            p.mul_(1 - lr * weight_decay)
        elif weight_decay != 0:
            g = g.add(p, alpha=weight_decay)
        if has_complex and p.is_complex():
            p, g, m, v = map(torch.view_as_real, (p, g, m, v))

        m.lerp_(g, 1 - beta1)
        _decay_square_mean(v, g, beta2)
        if amsgrad:
            v = _largest(max_exp_avg_sqs[i], v, differentiable)

        unbias1 = 1 - beta1**t
        unbias2_root = (1 - beta2**t) ** 0.5
        if as_tensors:
            # No tensor may become a Python number here, so the step size goes
            # into the denominator.
            size = lr / unbias1
            m = m.clone() if differentiable else m
            p.addcdiv_(m, -(v.sqrt() / (unbias2_root * size)).add_(eps / size))
        else:
            size = _get_value(lr / unbias1)
            p.addcdiv_(m, (v.sqrt() / unbias2_root).add_(eps), value=-size)


def _decay_square_mean(v: Tensor, g: Tensor, beta2: float | Tensor) -> None:
    """v = beta2 * v + (1 - beta2) * g * g in place, differentiable in `beta2`."""
    if isinstance(beta2, Tensor) and beta2.requires_grad:
        v.lerp_(g.square(), 1 - beta2)
    else:
        v.mul_(beta2).addcmul_(g, g, value=_get_value(1 - beta2))


def _largest(so_far: Tensor, v: Tensor, differentiable: bool) -> Tensor:
    """Raise `so_far` to at least `v`, in place; return it, real."""
    if so_far.is_complex():
        so_far = torch.view_as_real(so_far)
    if not differentiable:
        return torch.maximum(so_far, v, out=so_far)
    # Autograd keeps the operands, which the next step changes: give it copies.
    return so_far.copy_(torch.maximum(so_far.clone(), v.clone())).clone()


def _check_capturable(params: list[Tensor], state_steps: list[Tensor]) -> None:
    for p, step in zip(params, state_steps):
        if p.device.type != step.device.type or p.device.type not in _CAPTURABLE_DEVICES:
            raise AssertionError(
                "If capturable=True, params and state_steps must be on supported "
                f"devices: {_CAPTURABLE_DEVICES}."
            )


def _fused_adam(
    params: list[Tensor],
    grads: list[Tensor],
    exp_avgs: list[Tensor],
    exp_avg_sqs: list[Tensor],
    max_exp_avg_sqs: list[Tensor],
    state_steps: list[Tensor],
    grad_scale: Tensor | None,
    found_inf: Tensor | None,
    *,
    amsgrad: bool,
    has_complex: bool,
    beta1: float | Tensor,
    beta2: float | Tensor,
    lr: float | Tensor,
    weight_decay: float,
    eps: float,
    maximize: bool,
    capturable: bool,
    differentiable: bool,
    decoupled_weight_decay: bool,
) -> None:
    """The formula as one operator call per dtype and device."""
    if differentiable:
        raise RuntimeError("Adam with fused=True does not support differentiable=True")

    update = torch._fused_adamw_ if decoupled_weight_decay else torch._fused_adam_
    for step in state_steps:
        step.add_(1)
    lists = (grads, exp_avgs, exp_avg_sqs, max_exp_avg_sqs or grads, state_steps)
    for p_list, g_list, m_list, v_list, top_list, steps in _alike(params, *lists):
        update(
            p_list,
            g_list,
            m_list,
            v_list,
            top_list if amsgrad else [],
            steps,
            amsgrad=amsgrad,
            lr=_get_value(lr),
            beta1=_get_value(beta1),
            beta2=_get_value(beta2),
            weight_decay=weight_decay,
            eps=eps,
            maximize=maximize,
            **_scaler_options(grad_scale, found_inf),
        )
        if found_inf is not None:
            for step in steps:
                step.sub_(found_inf)
