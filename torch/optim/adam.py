"""Adam: the class, its formula, its fused call.

Entry points: `Adam`, `adam` (the update of lists of tensors) and the two bodies it
chooses from, `_single_tensor_adam` (the formula) and `_fused_adam` (one operator
call).  AdamW is the same with `decoupled_weight_decay`.  Read sgd.py first.
"""

from __future__ import annotations

from math import inf
from typing import Any, Callable

import torch
from torch import Tensor

from .optimizer import (
    Flag,
    Optimizer,
    ParamsT,
    Real,
    Tensors,
    _all_tensors,
    _device_dtype_check_for_fused,
    _fused_parts,
    _get_scalar_dtype,
    _get_value,
    _scaler_options,
    _to_scalar,
    _use_grad_for_differentiable,
)

__all__ = ["Adam", "adam"]

# Options that checkpoints of older versions lack.
_LATER_OPTIONS = {
    **dict.fromkeys(("amsgrad", "maximize", "capturable", "differentiable"), False),
    "decoupled_weight_decay": False,
    "foreach": None,
    "fused": None,
}
_CAPTURABLE_DEVICES = ["cuda", "xpu", "hpu", "privateuseone", "xla"]


class Adam(Optimizer):
    r"""Scale each step by running means of the gradient and of its square.

    With gradient $g$, parameter $p$ and step number $t$:

    $$
    g &\leftarrow g + \text{weight\_decay} \cdot p \\
    m &\leftarrow \beta_1 m + (1 - \beta_1) g \\
    v &\leftarrow \beta_2 v + (1 - \beta_2) g^2 \\
    p &\leftarrow p - \text{lr} \cdot \frac{m / (1 - \beta_1^t)}
    {\sqrt{v / (1 - \beta_2^t)} + \epsilon}
    $$

    With `decoupled_weight_decay` the first line is
    $p \leftarrow (1 - \text{lr} \cdot \text{weight\_decay}) \cdot p$.
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
        amsgrad: Use the largest $v$ so far. Default: False.
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
        >>> [round(x, 4) for x in p.tolist()]
        [0.5, -1.5]
    """

    def __init__(
        self,
        params: ParamsT,
        lr: Real = 1e-3,
        betas: tuple[Real, Real] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: Flag = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: Flag = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        _check_options(lr, betas, eps, weight_decay, foreach and not capturable)
        options: dict[str, Any] = dict(lr=lr, betas=betas, eps=eps)
        options.update(weight_decay=weight_decay, amsgrad=amsgrad, maximize=maximize)
        options.update(foreach=foreach, capturable=capturable)
        options.update(differentiable=differentiable, fused=fused)
        options.update(decoupled_weight_decay=decoupled_weight_decay)
        super().__init__(params, options)
        self._check_fused(fused, foreach, differentiable)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            group.update({**_LATER_OPTIONS, **group})
            for p in group["params"]:
                # Old checkpoints keep `step` as a plain number.
                its = self.state.get(p, {})
                if "step" in its and not isinstance(its["step"], Tensor):
                    its["step"] = self._new_step(p, group, float(its["step"]))

    def _init_group(
        self,
        group: dict[str, Any],
        params_with_grad: Tensors,
        grads: Tensors,
        exp_avgs: Tensors,
        exp_avg_sqs: Tensors,
        max_exp_avg_sqs: Tensors,
        state_steps: Tensors,
    ) -> bool:
        """Fill the lists from `group`; tell whether a parameter is complex."""
        has_complex = False
        for p in group["params"]:
            g = p.grad
            if g is None:
                continue
            if g.is_sparse:
                raise RuntimeError(
                    "Adam does not support sparse gradients, please consider "
                    "SparseAdam instead"
                )
            params_with_grad.append(p)
            grads.append(g)
            has_complex = has_complex or p.is_complex()

            its = self.state[p] or self._init_state(p, group)
            exp_avgs.append(its["exp_avg"])
            exp_avg_sqs.append(its["exp_avg_sq"])
            if group["amsgrad"]:
                max_exp_avg_sqs.append(its["max_exp_avg_sq"])
            state_steps.append(its["step"])
        self._check_group(group, state_steps)
        return has_complex

    def _init_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Any]:
        if group["fused"]:
            _device_dtype_check_for_fused(p)
        its = self.state[p]
        its["step"] = self._new_step(p, group, 0.0)
        names = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")
        for name in names if group["amsgrad"] else names[:2]:
            its[name] = torch.zeros_like(p, memory_format=torch.preserve_format)
        return its

    @staticmethod
    def _new_step(p: Tensor, group: dict[str, Any], value: float) -> Tensor:
        """A step counter, on the CPU unless kernels of the device read it."""
        dtype = _get_scalar_dtype(is_fused=group["fused"])
        on_device = group["fused"] or group["capturable"]
        return torch.tensor(value, dtype=dtype, device=p.device if on_device else "cpu")

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
        loss = self._evaluate(closure)
        for group in self.param_groups:
            lists: tuple[Tensors, ...] = ([], [], [], [], [], [])
            has_complex = self._init_group(group, *lists)
            beta1, beta2 = group["betas"]
            params, grads, means, squares, largest, steps = lists
            adam(
                params,
                grads,
                means,
                squares,
                largest,
                steps,
                fused=group["fused"],
                foreach=group["foreach"],
                differentiable=group["differentiable"],
                capturable=group["capturable"],
                grad_scale=getattr(self, "grad_scale", None),
                found_inf=getattr(self, "found_inf", None),
                has_complex=has_complex,
                decoupled_weight_decay=group["decoupled_weight_decay"],
                lr=group["lr"],
                beta1=beta1,
                beta2=beta2,
                eps=group["eps"],
                weight_decay=group["weight_decay"],
                amsgrad=group["amsgrad"],
                maximize=group["maximize"],
            )
        return loss


def _check_options(
    lr: Any, betas: Any, eps: float, weight_decay: float, no_tensors: Flag
) -> None:
    _check_tensor_option("lr", lr, no_tensors)
    for what, value, below in (
        ("learning rate", lr, inf),
        ("epsilon value", eps, inf),
        ("beta parameter at index 0", betas[0], 1.0),
        ("beta parameter at index 1", betas[1], 1.0),
        ("weight_decay value", weight_decay, inf),
    ):
        if not (value >= 0.0 and (below is inf or value < below)):
            raise ValueError(f"Invalid {what}: {value}")
    if isinstance(betas[0], Tensor) != isinstance(betas[1], Tensor):
        raise ValueError("betas must be either both floats or both Tensors")
    for i in range(2):
        _check_tensor_option(f"betas[{i}]", betas[i], no_tensors)


def _check_tensor_option(name: str, value: Any, no_tensors: Flag) -> None:
    if not isinstance(value, Tensor):
        return
    if no_tensors:
        raise ValueError(
            f"{name} as a Tensor is not supported for capturable=False and foreach=True"
        )
    if value.numel() != 1:
        raise ValueError(f"Tensor {name} must be 1-element")


def adam(
    params: Tensors,
    grads: Tensors,
    exp_avgs: Tensors,
    exp_avg_sqs: Tensors,
    max_exp_avg_sqs: Tensors,
    state_steps: Tensors,
    foreach: Flag = None,
    capturable: bool = False,
    differentiable: bool = False,
    fused: Flag = None,
    grad_scale: Tensor | None = None,
    found_inf: Tensor | None = None,
    has_complex: bool = False,
    decoupled_weight_decay: bool = False,
    *,
    amsgrad: bool,
    beta1: Real,
    beta2: Real,
    lr: Real,
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

    Example:
        >>> from torch.optim.adam import adam
        >>> p, g, zero = torch.ones(1), torch.ones(1), torch.zeros
        >>> adam([p], [g], [zero(1)], [zero(1)], [], [zero(())], amsgrad=False,
        ...     beta1=0.9, beta2=0.999, lr=0.1, weight_decay=0, eps=1e-8,
        ...     maximize=False)
        >>> p
        tensor([0.9000])
    """
    if not _all_tensors(state_steps):
        raise RuntimeError(
            "API has changed, `state_steps` argument must contain a list of singleton "
            "tensors"
        )
    if fused and differentiable:
        raise RuntimeError("Adam with fused=True does not support differentiable=True")
    has_tensor_options = isinstance(lr, Tensor) or isinstance(beta1, Tensor)
    if fused is None and (has_tensor_options or capturable or differentiable):
        fused = False
    states = (exp_avgs, exp_avg_sqs, max_exp_avg_sqs or params, state_steps)
    parts = _fused_parts(fused, foreach, params, grads, *states)
    options: dict[str, Any] = {
        "lr": lr,
        "beta1": beta1,
        "beta2": beta2,
        "weight_decay": weight_decay,
        "eps": eps,
        "amsgrad": amsgrad,
        "maximize": maximize,
        **_scaler_options(parts is not None, grad_scale, found_inf),
    }
    if parts is not None:
        options.update(decoupled_weight_decay=decoupled_weight_decay)
        for part in parts:
            _fused_adam(*part, **options)
        return
    if capturable:
        _check_capturable(params, state_steps)
    as_tensors = capturable or differentiable
    flags = (decoupled_weight_decay, as_tensors, differentiable)
    _single_tensor_adam(params, grads, *states, *flags, **options)


def _single_tensor_adam(
    params: Tensors,
    grads: Tensors,
    means: Tensors,
    square_means: Tensors,
    largest_square_means: Tensors,
    steps: Tensors,
    decoupled_weight_decay: bool,
    as_tensors: bool,
    differentiable: bool,
    *,
    lr: Real,
    beta1: Real,
    beta2: Real,
    weight_decay: float,
    eps: float,
    amsgrad: bool,
    maximize: bool,
) -> None:
    """The formula, one parameter after the other.

    With `as_tensors` no tensor is read as a Python number, so that a CUDA graph or
    autograd can record the step.
    """
    lr, beta1, beta2 = _to_scalar(lr), _to_scalar(beta1), _to_scalar(beta2)
    for i, p in enumerate(params):
        g = -grads[i] if maximize else grads[i]
        m, v = means[i], square_means[i]
        steps[i] += 1
        t = steps[i] if as_tensors else _get_value(steps[i])

        if weight_decay != 0 and decoupled_weight_decay:
            p.mul_(1 - lr * weight_decay)
        elif weight_decay != 0:
            g = g.add(p, alpha=weight_decay)
        if p.is_complex():
            p, g, m, v = map(torch.view_as_real, (p, g, m, v))

        m.lerp_(g, 1 - beta1)
        _decay_square_mean(v, g, beta2)
        if amsgrad:
            v = _largest(largest_square_means[i], v, differentiable)

        unbias1 = 1 - beta1**t
        unbias2_root = (1 - beta2**t) ** 0.5
        step_size = lr / unbias1
        if as_tensors:
            m = m.clone() if differentiable else m
            denominator = (v.sqrt() / (unbias2_root * step_size)).add_(eps / step_size)
            p.addcdiv_(m, -denominator)
        else:
            denominator = (v.sqrt() / unbias2_root).add_(eps)
            p.addcdiv_(m, denominator, value=-_get_value(step_size))


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
        if (
            p.device.type != step.device.type
            or p.device.type not in _CAPTURABLE_DEVICES
        ):
            raise AssertionError(
                "If capturable=True, params and state_steps must be on supported "
                f"devices: {_CAPTURABLE_DEVICES}."
            )


def _fused_adam(
    params: Tensors,
    grads: Tensors,
    means: Tensors,
    square_means: Tensors,
    largest_square_means: Tensors,
    steps: Tensors,
    decoupled_weight_decay: bool,
    *,
    amsgrad: bool,
    **options: Any,
) -> None:
    """The formula as one operator call."""
    for name in ("lr", "beta1", "beta2"):
        options[name] = _get_value(options[name])
    for step in steps:
        step.add_(1)
    name = "_fused_adamw_" if decoupled_weight_decay else "_fused_adam_"
    update = getattr(torch, name)
    tops = largest_square_means if amsgrad else []
    lists = (params, grads, means, square_means, tops, steps)
    update(*lists, amsgrad=amsgrad, **options)
    if options.get("found_inf") is not None:
        for step in steps:
            step.sub_(options["found_inf"])
