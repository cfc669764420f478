"""AdamW: Adam whose weight decay shrinks the parameters, not the gradients.

Entry points: `AdamW`, `adamw`.  All work is done in adam.py.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor

from .adam import Adam, adam
from .optimizer import Flag, ParamsT, Real, Tensors

__all__ = ["AdamW", "adamw"]


class AdamW(Adam):
    r"""Adam with decoupled weight decay.

    As `Adam`, but decay is
    $p \leftarrow (1 - \text{lr} \cdot \text{weight\_decay}) \cdot p$ and
    leaves the running means alone.  "Decoupled Weight Decay Regularization" (2017),
    algorithm 2.

    Args:
        params: Tensors, ``(name, tensor)`` pairs, or dicts that hold groups.
        lr: Learning rate, a number or a one-element tensor. Default: 1e-3.
        betas: Decay of the two means. Default: (0.9, 0.999).
        eps: Added to the denominator. Default: 1e-8.
        weight_decay: Decay of the parameters. Default: 1e-2.
        amsgrad: Use the largest mean square so far. Default: False.
        maximize: Ascend instead. Default: False.
        foreach: As in `Adam`.
        capturable: As in `Adam`.
        differentiable: As in `Adam`.
        fused: As in `Adam`.

    Raises:
        ValueError: An option outside its range.
        RuntimeError: `fused` together with `foreach` or `differentiable`.

    Example:
        >>> import torch
        >>> p = torch.nn.Parameter(torch.tensor([1.0]))
        >>> opt = torch.optim.AdamW([p], lr=0.5, weight_decay=0.5)
        >>> p.sum().backward()
        >>> opt.step()
        >>> round(p.item(), 4)
        0.25
    """

    def __init__(
        self,
        params: ParamsT,
        lr: Real = 1e-3,
        betas: tuple[Real, Real] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: Flag = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: Flag = None,
    ) -> None:
        flags: dict[str, Any] = dict(
            maximize=maximize, foreach=foreach, capturable=capturable
        )
        flags.update(differentiable=differentiable, fused=fused)
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            decoupled_weight_decay=True,
            **flags,
        )

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        # AdamW checkpoints of before the option existed do not have it.
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True


def adamw(
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
    *,
    amsgrad: bool,
    beta1: Real,
    beta2: Real,
    lr: Real,
    weight_decay: float,
    eps: float,
    maximize: bool,
) -> None:
    """Update `params` in place by the AdamW formula.

    The arguments are those of `torch.optim.adam.adam`.

    Args:
        params: tensors to update.
        grads: their gradients.
        exp_avgs, exp_avg_sqs, max_exp_avg_sqs: the running means, and with
            `amsgrad` the largest squares.
        state_steps: a step count per parameter.
        foreach, capturable, differentiable, fused, amsgrad, beta1, beta2, lr,
            weight_decay, eps, maximize: as in `AdamW`.
        grad_scale, found_inf: what a gradient scaler gives.
        has_complex: no matter; complex parameters are seen by their dtype.

    Example:
        >>> from torch.optim.adamw import adamw
        >>> p, g, zero = torch.ones(1), torch.ones(1), torch.zeros
        >>> adamw([p], [g], [zero(1)], [zero(1)], [], [zero(())], amsgrad=False,
        ...     beta1=0.9, beta2=0.999, lr=0.1, weight_decay=0.5, eps=1e-8,
        ...     maximize=False)
        >>> p
        tensor([0.8500])
    """
    lists = (params, grads, exp_avgs, exp_avg_sqs, max_exp_avg_sqs, state_steps)
    flags = (foreach, capturable, differentiable, fused, grad_scale, found_inf)
    options: dict[str, Any] = dict(
        lr=lr, beta1=beta1, beta2=beta2, weight_decay=weight_decay, eps=eps
    )
    adam(
        *lists, *flags, has_complex, True, amsgrad=amsgrad, maximize=maximize, **options
    )
