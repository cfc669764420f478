"""Recurrent steps and their repetition over a sequence, written as operators.

A step takes `gates`, the input's share of the gates, and the last state, and returns
the next state; a state is (h,) or (h, c).  `run_layer` computes all input shares in
one product before it loops; an LSTM's loop is one call where it can be.
"""

from __future__ import annotations

from typing import Callable

import torch
from torch import Tensor

# Names of a layer's weights to the weights; None where it has no bias.
Weights = dict[str, Tensor]
State = tuple[Tensor, ...]

# How many gates are stacked in the weights of each mode.
GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}


def _linear(x: Tensor, weights: Weights, kind: str) -> Tensor:
    bias = weights.get(f"bias_{kind}")
    return torch._C._nn.linear(x, weights[f"weight_{kind}"], bias)


def lstm_step(gates: Tensor, state: State, weights: Weights) -> State:
    """c' = f c + i g, h' = o tanh(c'); gates in the order i, f, g, o."""
    h, c = state
    i, f, g, o = (gates + _linear(h, weights, "hh")).chunk(4, -1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    h = o.sigmoid() * c.tanh()
    projection = weights.get("weight_hr")
    return (h if projection is None else torch._C._nn.linear(h, projection), c)


def gru_step(gates: Tensor, state: State, weights: Weights) -> State:
    """h' = (1 - z) n + z h with n = tanh(x_n + r h_n); gates in the order r, z, n."""
    (h,) = state
    x_r, x_z, x_n = gates.chunk(3, -1)
    h_r, h_z, h_n = _linear(h, weights, "hh").chunk(3, -1)
    z = (x_z + h_z).sigmoid()
    n = (x_n + (x_r + h_r).sigmoid() * h_n).tanh()
    return ((h - n) * z + n,)


def tanh_step(gates: Tensor, state: State, weights: Weights) -> State:
    """h' = tanh(x + h)."""
    return ((gates + _linear(state[0], weights, "hh")).tanh(),)


def relu_step(gates: Tensor, state: State, weights: Weights) -> State:
    """h' = relu(x + h)."""
    return ((gates + _linear(state[0], weights, "hh")).relu(),)


STEPS: dict[str, Callable[[Tensor, State, Weights], State]] = {
    "LSTM": lstm_step,
    "GRU": gru_step,
    "RNN_TANH": tanh_step,
    "RNN_RELU": relu_step,
}


def run_cell(mode: str, input: Tensor, state: State, weights: Weights) -> State:
    """Make one step from an input of one moment."""
    return STEPS[mode](_linear(input, weights, "ih"), state, weights)


def _in_one_call(mode: str, tensors: list[Tensor]) -> bool:
    """Whether `torch._lstm_layer` computes this: a plain LSTM of float32 on the CPU."""
    return mode == "LSTM" and all(
        t.dtype is torch.float32 and t.device.type == "cpu" and t.numel()
        for t in tensors
    )


def run_layer(
    mode: str, input: Tensor, state: State, weights: Weights, reverse: bool
) -> tuple[Tensor, State]:
    """Go through a sequence, from the end if `reverse`: (outputs, last state).

    input: (T, N, I); outputs: (T, N, H), in the order of the input.
    """
    if "weight_hr" not in weights and _in_one_call(
        mode, [input, *state, *weights.values()]
    ):
        hx, cx = state
        output, h, c, _, _ = torch._lstm_layer(
            input,
            weights["weight_ih"],
            weights["weight_hh"],
            weights.get("bias_ih"),
            weights.get("bias_hh"),
            hx,
            cx,
            reverse,
        )
        return output, (h, c)
    step = STEPS[mode]
    shares = _linear(input, weights, "ih").unbind(0)
    outputs: list[Tensor] = []
    for gates in reversed(shares) if reverse else shares:
        state = step(gates, state, weights)
        outputs.append(state[0])
    return torch.stack(outputs[::-1] if reverse else outputs), state
