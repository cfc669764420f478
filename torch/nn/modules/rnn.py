"""Recurrent networks, over whole sequences and step by step.

The loop over time is Python (`_functional/rnn.py`); each step is a handful of
operators.
"""

from __future__ import annotations

import math
import numbers
import warnings
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F, init
from torch.nn.parameter import Parameter

from .._functional.rnn import GATES, run_cell, run_layer
from .module import Module

__all__ = [
    "GRU",
    "GRUCell",
    "LSTM",
    "LSTMCell",
    "RNN",
    "RNNBase",
    "RNNCell",
    "RNNCellBase",
]


_Size = int


class RNNBase(Module):
    """What `RNN`, `LSTM` and `GRU` share: the weights, the checks and the layers.

    Args:
        mode: `"LSTM"`, `"GRU"`, `"RNN_TANH"` or `"RNN_RELU"`.
        input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional,
            proj_size, device, dtype: as of `LSTM`.

    Shape:
        - weight_ih_l0: `(gates * hidden_size, input_size)` with 4 gates for `"LSTM"`, 3
          for `"GRU"` and 1 for the others

    Example:
        >>> torch.nn.RNNBase("GRU", 10, 20).weight_ih_l0.shape
        torch.Size([60, 10])
    """

    __constants__ = (
        "mode input_size hidden_size num_layers bias batch_first dropout "
        "bidirectional proj_size"
    ).split()
    mode: str
    hidden_size: _Size
    num_layers: _Size
    proj_size: _Size
    bidirectional: bool
    batch_first: bool
    dropout: float

    def __init__(
        self,
        mode: str,
        input_size: _Size,
        hidden_size: _Size,
        num_layers: _Size = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: _Size = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        for name, flag in (("bias", bias), ("batch_first", batch_first)):
            if not isinstance(flag, bool):
                kind = type(flag).__name__
                raise TypeError(f"{name} should be of type bool, got: {kind}")
        _check_sizes(input_size, hidden_size, num_layers, dropout)
        _check_projection(mode, hidden_size, proj_size)
        if mode not in GATES:
            raise ValueError("Unrecognized RNN mode: " + mode)
        self.__dict__.update(
            mode=mode,
            hidden_size=hidden_size,
            input_size=input_size,
            num_layers=num_layers,
            batch_first=batch_first,
            bias=bias,
            bidirectional=bidirectional,
            dropout=float(dropout),
            proj_size=proj_size,
        )
        self._all_weights: list[list[str]] = []
        rows = GATES[mode] * hidden_size
        out_size = proj_size or hidden_size
        for layer in range(num_layers):
            width = out_size * self._directions() if layer else input_size
            shapes: dict[str, tuple[int, ...]] = {
                "weight_ih": (rows, width),
                "weight_hh": (rows, out_size),
            }
            if bias:
                shapes.update(bias_ih=(rows,), bias_hh=(rows,))
            if proj_size:
                shapes["weight_hr"] = (proj_size, hidden_size)
            for suffix in self._suffixes(layer):
                self._all_weights.append([name + suffix for name in shapes])
                for name, shape in shapes.items():
                    weight = torch.empty(shape, device=device, dtype=dtype)
                    self.register_parameter(name + suffix, Parameter(weight))
        self.reset_parameters()

    def _directions(self) -> int:
        return 2 if self.bidirectional else 1

    def _suffixes(self, layer: int) -> list[str]:
        names = [f"_l{layer}", f"_l{layer}_reverse"]
        return names[: self._directions()]

    def reset_parameters(self) -> None:
        """Draw all weights anew, uniform within `1 / sqrt(hidden_size)`."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def flatten_parameters(self) -> None:
        """Accept the request to lay out the weights for a GPU; nothing to do here."""

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The weights of each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    @property
    def _flat_weights_names(self) -> list[str]:
        return [name for names in self._all_weights for name in names]

    @property
    def _flat_weights(self) -> list[Parameter]:
        return [getattr(self, name) for name in self._flat_weights_names]

    def __getstate__(self) -> dict[str, Any]:
        # PyTorch keeps the weights in two more lists and expects them in pickles.
        lists = ("_flat_weights", "_flat_weights_names")
        return {
            **super().__getstate__(),
            **{name: getattr(self, name) for name in lists},
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        lists = ("_flat_weights", "_flat_weights_names", "_flat_weight_refs")
        super().__setstate__({k: v for k, v in state.items() if k not in lists})

    def _layers(self) -> Iterator[tuple[bool, dict[str, Tensor]]]:
        """(whether backwards, weights by name) of each layer and direction."""
        for names in self._all_weights:
            weights = {}
            for name in names:
                kind, _, _ = name.rpartition("_l")
                weights[kind] = getattr(self, name)
            yield names[0].endswith("_reverse"), weights

    def extra_repr(self) -> str:
        parts = [f"{self.input_size}, {self.hidden_size}"]
        for name, default in (
            ("proj_size", 0),
            ("num_layers", 1),
            ("bias", True),
            ("batch_first", False),
            ("dropout", 0),
            ("bidirectional", False),
        ):
            if getattr(self, name) != default:
                parts.append(f"{name}={getattr(self, name)}")
        return ", ".join(parts)

    # How an error names the parts of the state: "hx and cx" for LSTM.
    _state_sizes: tuple[str, ...] = ("hidden",)

    def _check_input(self, input: Tensor) -> None:
        weight = self.weight_ih_l0
        if input.dtype != weight.dtype:
            raise ValueError(
                f"RNN input dtype ({input.dtype}) does not match weight dtype "
                f"({weight.dtype}). Convert input: input.to({weight.dtype}), or "
                f"convert model: model.to({input.dtype})"
            )
        if input.size(-1) != self.input_size:
            raise RuntimeError(
                "input.size(-1) must be equal to input_size. Expected "
                f"{self.input_size}, got {input.size(-1)}"
            )
        if input.size(0) == 0:
            raise RuntimeError("Expected sequence length to be larger than 0 in RNN")

    def _initial_state(self, input: Tensor, hx: Any) -> tuple[Tensor, ...]:
        """The state given, checked, or zeros; each of shape (layers, N, H)."""
        count = self.num_layers * self._directions()
        widths = (self.proj_size or self.hidden_size, self.hidden_size)
        sizes = [(count, input.size(1), w) for w in widths[: len(self._state_sizes)]]
        if hx is None:
            return tuple(input.new_zeros(size) for size in sizes)
        for name, size, part in zip(self._state_sizes, sizes, hx):
            if tuple(part.shape) != size:
                raise RuntimeError(
                    f"Expected {name} size {size}, got {list(part.shape)}"
                )
        return tuple(hx)

    def _run(self, input: Tensor, hx: Any) -> tuple[Tensor, tuple[Tensor, ...]]:
        # input: (T, N, I)
        self._check_input(input)
        initial = self._initial_state(input, hx)
        finals: list[tuple[Tensor, ...]] = []
        outputs: list[Tensor] = []
        for i, (reverse, weights) in enumerate(self._layers()):
            state = tuple(part[i] for part in initial)
            output, state = run_layer(self.mode, input, state, weights, reverse)
            outputs.append(output)
            finals.append(state)
            if len(outputs) == self._directions():
                input = torch.cat(outputs, -1) if len(outputs) > 1 else output
                outputs = []
                if i + 1 < len(self._all_weights) and self.dropout:
                    input = F.dropout(input, self.dropout, self.training)
        return input, tuple(torch.stack(parts) for parts in zip(*finals))

    def _forward(self, input: Tensor, hx: Any) -> tuple[Tensor, tuple[Tensor, ...]]:
        """`_run` for inputs with or without batch, time first or not."""
        if input.dim() not in (2, 3):
            what = "D tensor" if self.mode.startswith("RNN") else "D"
            raise ValueError(
                f"{self._get_name()}: Expected input to be 2D or 3D, got "
                f"{input.dim()}{what} instead"
            )
        batched = input.dim() == 3
        if hx is not None:
            _check_state_dims(batched, hx)
        if not batched:
            hx = None if hx is None else tuple(part.unsqueeze(1) for part in hx)
            output, state = self._run(input.unsqueeze(1), hx)
            return output.squeeze(1), tuple(part.squeeze(1) for part in state)
        if not self.batch_first:
            return self._run(input, hx)
        output, state = self._run(input.transpose(0, 1), hx)
        return output.transpose(0, 1), state


def _check_sizes(input_size: Any, hidden_size: Any, layers: Any, dropout: Any) -> None:
    share = isinstance(dropout, numbers.Number) and not isinstance(dropout, bool)
    if not (share and 0 <= dropout <= 1):
        raise ValueError(
            "dropout should be a number in range [0, 1] "
            "representing the probability of an element being zeroed"
        )
    if dropout > 0 and layers == 1:
        warnings.warn(
            "dropout option adds dropout after all but last recurrent layer, so "
            "non-zero dropout expects num_layers greater than 1, but got "
            f"dropout={dropout} and num_layers={layers}",
            stacklevel=4,
        )
    for name, size in (("input_size", input_size), ("hidden_size", hidden_size)):
        if not isinstance(size, int):
            raise TypeError(f"{name} should be of type int, got: {type(size).__name__}")
        if size <= 0:
            raise ValueError(f"{name} must be greater than zero")
    if layers <= 0:
        raise ValueError("num_layers must be greater than zero")


def _check_projection(mode: str, hidden_size: _Size, proj_size: _Size) -> None:
    if proj_size < 0:
        raise ValueError(
            "proj_size should be a positive integer or zero to disable projections"
        )
    if proj_size and mode != "LSTM":
        raise ValueError(
            "proj_size argument is only supported for LSTM, not RNN or GRU"
        )
    if proj_size >= hidden_size:
        raise ValueError("proj_size has to be smaller than hidden_size")


def _check_state_dims(batched: bool, hx: tuple) -> None:
    expected = 3 if batched else 2
    if all(part.dim() == expected for part in hx):
        return
    names = "hx and cx" if len(hx) == 2 else "hx"
    dims = ", ".join(f"{part.dim()}-D" for part in hx)
    got = f"({dims}) tensors" if len(hx) == 2 else f"{dims} tensor"
    kind = "batched" if batched else "unbatched"
    raise RuntimeError(
        f"For {kind} {expected}-D input, {names} should also be {expected}-D but got "
        f"{got}"
    )


class RNN(RNNBase):
    """Apply `h' = tanh(W_ih x + b_ih + W_hh h + b_hh)` over a sequence.

    "Finding Structure in Time", Elman, 1990.

    Args:
        input_size: features of the input.
        hidden_size: features of the state.
        num_layers: layers, each reading the one below. Default: 1
        nonlinearity: `"tanh"` or `"relu"`. Default: `"tanh"`
        bias: whether biases exist. Default: `True`
        batch_first: whether the batch comes before time. Default: `False`
        dropout: share of zeros between layers, in training. Default: 0.0
        bidirectional: read the sequence from both ends. Default: `False`
        device, dtype: of the weights.

    Shape:
        - input: `(T, N, input_size)`, `(N, T, input_size)` with `batch_first`, or
          `(T, input_size)`
        - hx: `(layers * directions, N, hidden_size)`; zeros by default
        - output: as input with `directions * hidden_size` features; and the last
          state, as hx

    Example:
        >>> out, h = torch.nn.RNN(10, 20, 2)(torch.randn(5, 3, 10))
        >>> out.shape, h.shape
        (torch.Size([5, 3, 20]), torch.Size([2, 3, 20]))
    """

    def __init__(
        self,
        input_size: _Size,
        hidden_size: _Size,
        num_layers: _Size = 1,
        nonlinearity: str = "tanh",
        *args: Any,
        **kwargs: Any,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(
                f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'."
            )
        mode = f"RNN_{nonlinearity.upper()}"
        super().__init__(mode, input_size, hidden_size, num_layers, *args, **kwargs)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> tuple[Tensor, Tensor]:
        output, (h,) = self._forward(input, None if hx is None else (hx,))
        return output, h


class GRU(RNNBase):
    """Apply gated recurrent units over a sequence.

    `r = sigmoid(x_r + h_r)`, `z = sigmoid(x_z + h_z)`, `n = tanh(x_n + r h_n)`,
    `h' = (1 - z) n + z h`, with `x_* = W_i* x + b_i*` and `h_* = W_h* h + b_h*`.
    "Learning phrase representations using RNN encoder-decoder", Cho et al., 2014.

    Args:
        args, kwargs: those of `RNN`, without `nonlinearity`.

    Shape:
        - as of `RNN`

    Example:
        >>> out, h = torch.nn.GRU(10, 20, bidirectional=True)(torch.randn(5, 3, 10))
        >>> out.shape, h.shape
        (torch.Size([5, 3, 40]), torch.Size([2, 3, 20]))
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("GRU", *args, **kwargs)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> tuple[Tensor, Tensor]:
        output, (h,) = self._forward(input, None if hx is None else (hx,))
        return output, h


class LSTM(RNNBase):
    """Apply long short-term memory over a sequence.

    `c' = sigmoid(f) c + sigmoid(i) tanh(g)`, `h' = sigmoid(o) tanh(c')`, with the
    gates `i, f, g, o = W_ih x + b_ih + W_hh h + b_hh`.  "Long short-term memory",
    Hochreiter and Schmidhuber, 1997.

    Args:
        input_size: features of the input.
        hidden_size: features of the cell.
        num_layers: layers, each reading the one below. Default: 1
        bias: whether biases exist. Default: `True`
        batch_first: whether the batch comes before time. Default: `False`
        dropout: share of zeros between layers, in training. Default: 0.0
        bidirectional: read the sequence from both ends. Default: `False`
        proj_size: features that h is projected to; 0 for none. Default: 0
        device, dtype: of the weights.

    Shape:
        - input: `(T, N, input_size)`, `(N, T, input_size)` with `batch_first`, or
          `(T, input_size)`
        - hx: h and c, each `(layers * directions, N, hidden_size)`; zeros by default
        - output: as input with `directions * hidden_size` features; and the last
          (h, c)

    Example:
        >>> out, (h, c) = torch.nn.LSTM(10, 20, 2)(torch.randn(5, 3, 10))
        >>> out.shape, h.shape, c.shape
        (torch.Size([5, 3, 20]), torch.Size([2, 3, 20]), torch.Size([2, 3, 20]))
    """

    _state_sizes = ("hidden[0]", "hidden[1]")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("LSTM", *args, **kwargs)

    def forward(
        self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        output, (h, c) = self._forward(input, None if hx is None else (hx[0], hx[1]))
        return output, (h, c)


class RNNCellBase(Module):
    """What the cells share: weights for one step.

    Args:
        input_size, hidden_size: features of the input and of the state.
        bias: whether biases exist.
        num_chunks: gates stacked in the weights.
        device, dtype: of the weights.

    Shape:
        - weight_ih: `(num_chunks * hidden_size, input_size)`

    Example:
        >>> from torch.nn.modules.rnn import RNNCellBase
        >>> RNNCellBase(10, 20, True, num_chunks=4).weight_ih.shape
        torch.Size([80, 10])
    """

    __constants__ = ["input_size", "hidden_size", "bias"]

    def __init__(
        self,
        input_size: _Size,
        hidden_size: _Size,
        bias: bool,
        num_chunks: int,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        rows = num_chunks * hidden_size
        for name, shape in (
            ("weight_ih", (rows, input_size)),
            ("weight_hh", (rows, hidden_size)),
            ("bias_ih", (rows,)),
            ("bias_hh", (rows,)),
        ):
            param = None
            if bias or len(shape) == 2:
                param = Parameter(torch.empty(shape, device=device, dtype=dtype))
            self.register_parameter(name, param)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all weights anew, uniform within `1 / sqrt(hidden_size)`."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def extra_repr(self) -> str:
        bias = "" if self.bias else f", bias={self.bias}"
        return f"{self.input_size}, {self.hidden_size}{bias}"

    # How errors name the parts of the state.
    _state_names: tuple[str, ...] = ("hidden",)

    def _step(self, mode: str, input: Tensor, hx: Any) -> tuple[Tensor, ...]:
        """One step of a batch, or of a single input."""
        names = (self._get_name(), *self._state_names)
        for name, tensor in zip(("input", *names[1:]), (input, *(hx or ()))):
            if tensor.dim() not in (1, 2):
                raise ValueError(
                    f"{names[0]}: Expected {name} to be 1D or 2D, got "
                    f"{tensor.dim()}D instead"
                )
        batched = input.dim() == 2
        if not batched:
            input = input.unsqueeze(0)
            hx = None if hx is None else tuple(part.unsqueeze(0) for part in hx)
        if hx is None:
            zeros = input.new_zeros((input.size(0), self.hidden_size))
            hx = (zeros,) * len(self._state_names)
        self._check_sizes(input, hx)
        weights: dict[str, Tensor] = {
            k: v for k, v in self._parameters.items() if v is not None
        }
        state = run_cell(mode, input, hx, weights)
        return state if batched else tuple(part.squeeze(0) for part in state)

    def _check_sizes(self, input: Tensor, hx: tuple) -> None:
        if input.size(1) != self.input_size:
            raise RuntimeError(
                f"input has inconsistent input_size: got {input.size(1)} expected "
                f"{self.input_size}"
            )
        for i, part in enumerate(hx):
            if part.size(0) != input.size(0):
                raise RuntimeError(
                    f"Input batch size {input.size(0)} doesn't match hidden{i} batch "
                    f"size {part.size(0)}"
                )
            if part.size(1) != self.hidden_size:
                raise RuntimeError(
                    f"hidden{i} has inconsistent hidden_size: got {part.size(1)}, "
                    f"expected {self.hidden_size}"
                )


class RNNCell(RNNCellBase):
    """Make one step of `RNN`.

    Args:
        input_size, hidden_size, bias, nonlinearity: as of `RNN`.
        device, dtype: of the weights.

    Shape:
        - input: `(N, input_size)` or `(input_size)`; hx, output: `(N, hidden_size)`
          or `(hidden_size)`

    Example:
        >>> torch.nn.RNNCell(10, 20)(torch.randn(3, 10)).shape
        torch.Size([3, 20])
    """

    __constants__ = [*RNNCellBase.__constants__, "nonlinearity"]

    def __init__(
        self,
        input_size: _Size,
        hidden_size: _Size,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def extra_repr(self) -> str:
        named = self.nonlinearity != "tanh"
        return super().extra_repr() + f", nonlinearity={self.nonlinearity}" * named

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        mode = f"RNN_{self.nonlinearity.upper()}"
        if mode not in GATES and input.dim() in (1, 2):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        (h,) = self._step(mode, input, None if hx is None else (hx,))
        return h


class GRUCell(RNNCellBase):
    """Make one step of `GRU`.

    Args:
        input_size, hidden_size, bias: as of `GRU`.
        device, dtype: of the weights.

    Shape:
        - input: `(N, input_size)` or `(input_size)`; hx, output: `(N, hidden_size)`
          or `(hidden_size)`

    Example:
        >>> torch.nn.GRUCell(10, 20)(torch.randn(3, 10)).shape
        torch.Size([3, 20])
    """

    def __init__(
        self,
        input_size: _Size,
        hidden_size: _Size,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        (h,) = self._step("GRU", input, None if hx is None else (hx,))
        return h


class LSTMCell(RNNCellBase):
    """Make one step of `LSTM`.

    Args:
        input_size, hidden_size, bias: as of `LSTM`.
        device, dtype: of the weights.

    Shape:
        - input: `(N, input_size)` or `(input_size)`; hx, output: h and c, each
          `(N, hidden_size)` or `(hidden_size)`

    Example:
        >>> h, c = torch.nn.LSTMCell(10, 20)(torch.randn(3, 10))
        >>> h.shape, c.shape
        (torch.Size([3, 20]), torch.Size([3, 20]))
    """

    _state_names = ("hx[0]", "hx[1]")

    def __init__(
        self,
        input_size: _Size,
        hidden_size: _Size,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(
        self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, Tensor]:
        h, c = self._step("LSTM", input, None if hx is None else tuple(hx))
        return h, c
