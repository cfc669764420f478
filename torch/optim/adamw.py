"""AdamW: Adam whose weight decay shrinks the parameters, not the gradients.

Entry points: `AdamW`, `adamw`.  All work is done in adam.py.
"""

from __future__ import annotations

from torch import Tensor

from .adam import Adam, adam
from .optimizer import ParamsT

__all__ = ["AdamW", "adamw"]


class AdamW(Adam):
    r"""Adam with decoupled weight decay.

    As `Adam`, but decay is
    :math:`p \leftarrow (1 - \text{lr} \cdot \text{weight\_decay}) \cdot p` and
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
        >>> p = torch.nn.Parameter(torch.tensor([1.0]))
        >>> opt = torch.optim.AdamW([p], lr=0.5, weight_decay=0.5)
        >>> p.sum().backward()
        >>> opt.step()
        >>> p.item()
        0.25
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )

    def __setstate__(self, state):
        super().__setstate__(state)
        # AdamW checkpoints of before the option existed do not have it.
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True


def adamw(
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
    *,
    amsgrad: bool,
    beta1: float | Tensor,
    beta2: float | Tensor,
    lr: float | Tensor,
    weight_decay: float,
    eps: float,
    maximize: bool,
) -> None:
    """Update `params` in place by the AdamW formula.

    The arguments are those of `torch.optim.adam.adam`.
    """
    adam(
        params,
        grads,
        exp_avgs,
        exp_avg_sqs,
        max_exp_avg_sqs,
        state_steps,
        foreach=foreach,
        capturable=capturable,
        differentiable=differentiable,
        fused=fused,
        grad_scale=grad_scale,
        found_inf=found_inf,
        has_complex=has_complex,
        decoupled_weight_decay=True,
        amsgrad=amsgrad,
        beta1=beta1,
        beta2=beta2,
        lr=lr,
        weight_decay=weight_decay,
        eps=eps,
        maximize=maximize,
    )
