"""The Transformer: layers of attention and feed-forward networks, and stacks of them.

"Attention is all you need", Vaswani et al., 2017.
"""

from __future__ import annotations

import copy
from typing import Any, Callable, Optional, Union

import torch
from torch import Tensor
from torch.nn import functional as F, init

from .attention import MultiheadAttention
from .container import ModuleList
from .dropout import Dropout
from .linear import Linear
from .module import Module
from .normalization import LayerNorm

__all__ = [
    "Transformer",
    "TransformerDecoder",
    "TransformerDecoderLayer",
    "TransformerEncoder",
    "TransformerEncoderLayer",
]

_Activation = Union[str, Callable[[Tensor], Tensor]]
_OptTensor = Optional[Tensor]
_OptBool = Optional[bool]
_OptModule = Optional[Module]
_Size = int


def _activation(activation: _Activation) -> Callable[[Tensor], Tensor]:
    known: dict[str, Callable[[Tensor], Tensor]] = {"relu": F.relu, "gelu": F.gelu}
    if not isinstance(activation, str):
        return activation
    if activation not in known:
        raise RuntimeError(f"activation should be relu/gelu, not {activation}")
    return known[activation]


class _Layer(Module):
    """What the two kinds of layers share: self-attention, then a feed-forward net.

    A block is added to its input; `norm_first` says whether layer normalization
    comes before the block or after the sum.
    """

    __constants__ = ["norm_first"]
    # How many blocks, each with a normalization and a dropout.
    _blocks: int

    def __init__(
        self,
        d_model: _Size,
        nhead: _Size,
        dim_feedforward: _Size = 2048,
        dropout: float = 0.1,
        activation: _Activation = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        placed = {"bias": bias, "device": device, "dtype": dtype}
        heads = {"dropout": dropout, "batch_first": batch_first, **placed}
        self.self_attn = MultiheadAttention(d_model, nhead, **heads)
        if self._blocks == 3:
            self.multihead_attn = MultiheadAttention(d_model, nhead, **heads)
        self.linear1 = Linear(d_model, dim_feedforward, **placed)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, **placed)
        self.norm_first = norm_first
        for i in range(1, self._blocks + 1):
            setattr(self, f"norm{i}", LayerNorm(d_model, layer_norm_eps, **placed))
        for i in range(1, self._blocks + 1):
            setattr(self, f"dropout{i}", Dropout(dropout))
        self.activation = _activation(activation)

    def _add_blocks(self, x: Tensor, *blocks: Callable[[Tensor], Tensor]) -> Tensor:
        for i, block in enumerate(blocks, 1):
            norm, drop = getattr(self, f"norm{i}"), getattr(self, f"dropout{i}")
            if self.norm_first:
                x = x + drop(block(norm(x)))
            else:
                x = norm(x + drop(block(x)))
        return x

    def _feed_forward(self, x: Tensor) -> Tensor:
        return self.linear2(self.dropout(self.activation(self.linear1(x))))

    def __setstate__(self, state: dict) -> None:
        super().__setstate__(state)
        self.__dict__.setdefault("activation", F.relu)


class TransformerEncoderLayer(_Layer):
    """Attend to the sequence itself, then transform each position.

    Args:
        d_model: features of input and output.
        nhead: attention heads.
        dim_feedforward: features inside the feed-forward network. Default: 2048
        dropout: share of zeros in training. Default: 0.1
        activation: `"relu"`, `"gelu"` or a function. Default: relu
        layer_norm_eps: of the normalizations. Default: 1e-05
        batch_first: whether the batch comes before positions. Default: `False`
        norm_first: normalize before each block instead of after. Default: `False`
        bias: whether layers have biases. Default: `True`
        device, dtype: of the parameters.

    Shape:
        - src, output: `(S, N, d_model)`, `(N, S, d_model)` with `batch_first`, or
          `(S, d_model)`

    Example:
        >>> layer = torch.nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        >>> layer(torch.randn(3, 5, 8)).shape
        torch.Size([3, 5, 8])
    """

    _blocks = 2

    def forward(
        self,
        src: Tensor,
        src_mask: _OptTensor = None,
        src_key_padding_mask: _OptTensor = None,
        is_causal: bool = False,
    ) -> Tensor:
        def attend(x: Tensor) -> Tensor:
            masks = (src_key_padding_mask, False, src_mask)
            return self.self_attn(x, x, x, *masks, is_causal=is_causal)[0]

        return self._add_blocks(src, attend, self._feed_forward)


class TransformerDecoderLayer(_Layer):
    """Attend to the sequence itself, then to a memory, then transform each position.

    Args:
        d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps,
            batch_first, norm_first, bias, device, dtype: as in
            `TransformerEncoderLayer`.

    Shape:
        - tgt, output: `(T, N, d_model)`; memory: `(S, N, d_model)`; `(N, T, d_model)`
          and `(N, S, d_model)` with `batch_first`

    Example:
        >>> layer = torch.nn.TransformerDecoderLayer(8, 2, 16)
        >>> layer(torch.randn(5, 3, 8), torch.randn(7, 3, 8)).shape
        torch.Size([5, 3, 8])
    """

    _blocks = 3

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: _OptTensor = None,
        memory_mask: _OptTensor = None,
        tgt_key_padding_mask: _OptTensor = None,
        memory_key_padding_mask: _OptTensor = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:
        def attend_self(x: Tensor) -> Tensor:
            masks = (tgt_key_padding_mask, False, tgt_mask)
            return self.self_attn(x, x, x, *masks, is_causal=tgt_is_causal)[0]

        def attend_memory(x: Tensor) -> Tensor:
            masks = (memory_key_padding_mask, False, memory_mask)
            attention = self.multihead_attn
            return attention(x, memory, memory, *masks, is_causal=memory_is_causal)[0]

        return self._add_blocks(tgt, attend_self, attend_memory, self._feed_forward)


class _Stack(Module):
    """Copies of one layer, applied one after the other, and what comes at the end."""

    __constants__ = ["norm"]
    norm: _OptModule

    def _fill(self, layer: Module, count: int, norm: _OptModule) -> None:
        self.layers = ModuleList(copy.deepcopy(layer) for _ in range(count))
        self.num_layers, self.norm = count, norm

    def _ended(self, x: Tensor) -> Tensor:
        return x if self.norm is None else self.norm(x)


class TransformerEncoder(_Stack):
    """Apply copies of an encoder layer one after the other.

    Args:
        encoder_layer: the layer, copied `num_layers` times.
        num_layers: how many.
        norm: applied at the end.
        enable_nested_tensor, mask_check: accepted; padding is always computed.

    Shape:
        - as of `TransformerEncoderLayer`

    Example:
        >>> layer = torch.nn.TransformerEncoderLayer(8, 2, 16)
        >>> torch.nn.TransformerEncoder(layer, 2)(torch.randn(5, 3, 8)).shape
        torch.Size([5, 3, 8])
    """

    def __init__(
        self,
        encoder_layer: TransformerEncoderLayer,
        num_layers: _Size,
        norm: _OptModule = None,
        enable_nested_tensor: bool = True,
        mask_check: bool = True,
    ) -> None:
        super().__init__()
        self._fill(encoder_layer, num_layers, norm)
        self.enable_nested_tensor, self.mask_check = enable_nested_tensor, mask_check

    def forward(
        self,
        src: Tensor,
        mask: _OptTensor = None,
        src_key_padding_mask: _OptTensor = None,
        is_causal: _OptBool = None,
    ) -> Tensor:
        for layer in self.layers:
            src = layer(
                src,
                src_mask=mask,
                src_key_padding_mask=src_key_padding_mask,
                is_causal=bool(is_causal),
            )
        return self._ended(src)


class TransformerDecoder(_Stack):
    """Apply copies of a decoder layer one after the other, all to the same memory.

    Args:
        decoder_layer: the layer, copied `num_layers` times.
        num_layers: how many.
        norm: applied at the end.

    Shape:
        - as of `TransformerDecoderLayer`

    Example:
        >>> layer = torch.nn.TransformerDecoderLayer(8, 2, 16)
        >>> decoder = torch.nn.TransformerDecoder(layer, 2)
        >>> decoder(torch.randn(5, 3, 8), torch.randn(7, 3, 8)).shape
        torch.Size([5, 3, 8])
    """

    def __init__(
        self,
        decoder_layer: TransformerDecoderLayer,
        num_layers: _Size,
        norm: _OptModule = None,
    ) -> None:
        super().__init__()
        self._fill(decoder_layer, num_layers, norm)

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: _OptTensor = None,
        memory_mask: _OptTensor = None,
        tgt_key_padding_mask: _OptTensor = None,
        memory_key_padding_mask: _OptTensor = None,
        tgt_is_causal: _OptBool = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        paddings = (tgt_key_padding_mask, memory_key_padding_mask)
        hints = (bool(tgt_is_causal), memory_is_causal)
        for layer in self.layers:
            tgt = layer(tgt, memory, tgt_mask, memory_mask, *paddings, *hints)
        return self._ended(tgt)


class Transformer(Module):
    """Encode a source sequence and decode a target sequence with it.

    "Attention Is All You Need", Vaswani et al., 2017.

    Args:
        d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps,
            batch_first, norm_first, bias: as of `TransformerEncoderLayer`.
        num_encoder_layers, num_decoder_layers: layers of each stack. Default: 6
        custom_encoder, custom_decoder: modules in place of the stacks.
        device, dtype: of the parameters.

    Shape:
        - src: `(S, N, d_model)`; tgt, output: `(T, N, d_model)`; with `batch_first`
          `(N, S, d_model)` and `(N, T, d_model)`

    Example:
        >>> model = torch.nn.Transformer(8, 2, 1, 1, 16)
        >>> model(torch.randn(7, 3, 8), torch.randn(5, 3, 8)).shape
        torch.Size([5, 3, 8])
    """

    def __init__(
        self,
        d_model: _Size = 512,
        nhead: _Size = 8,
        num_encoder_layers: _Size = 6,
        num_decoder_layers: _Size = 6,
        dim_feedforward: _Size = 2048,
        dropout: float = 0.1,
        activation: _Activation = F.relu,
        custom_encoder: Any = None,
        custom_decoder: Any = None,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        placed = {"bias": bias, "device": device, "dtype": dtype}
        layer = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps)
        order = (batch_first, norm_first)
        self.encoder, self.decoder = custom_encoder, custom_decoder
        if custom_encoder is None:
            one = TransformerEncoderLayer(*layer, *order, **placed)
            norm = LayerNorm(d_model, layer_norm_eps, **placed)
            self.encoder = TransformerEncoder(one, num_encoder_layers, norm)
        if custom_decoder is None:
            other = TransformerDecoderLayer(*layer, *order, **placed)
            norm = LayerNorm(d_model, layer_norm_eps, **placed)
            self.decoder = TransformerDecoder(other, num_decoder_layers, norm)
        for param in self.parameters():
            if param.dim() > 1:
                init.xavier_uniform_(param)
        self.d_model, self.nhead, self.batch_first = d_model, nhead, batch_first

    def forward(
        self,
        src: Tensor,
        tgt: Tensor,
        src_mask: _OptTensor = None,
        tgt_mask: _OptTensor = None,
        memory_mask: _OptTensor = None,
        src_key_padding_mask: _OptTensor = None,
        tgt_key_padding_mask: _OptTensor = None,
        memory_key_padding_mask: _OptTensor = None,
        src_is_causal: _OptBool = None,
        tgt_is_causal: _OptBool = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        batch = 0 if self.batch_first else 1
        if src.dim() == 3 and src.size(batch) != tgt.size(batch):
            raise RuntimeError("the batch number of src and tgt must be equal")
        if not src.size(-1) == tgt.size(-1) == self.d_model:
            raise RuntimeError(
                "the feature number of src and tgt must be equal to d_model"
            )
        memory = self.encoder(src, src_mask, src_key_padding_mask, src_is_causal)
        return self.decoder(
            tgt,
            memory,
            *(tgt_mask, memory_mask),
            *(tgt_key_padding_mask, memory_key_padding_mask),
            tgt_is_causal=tgt_is_causal,
            memory_is_causal=memory_is_causal,
        )

    @staticmethod
    def generate_square_subsequent_mask(
        sz: int, device: Any = None, dtype: Any = None
    ) -> Tensor:
        """Return the mask that hides from each position those after it.

        Example:
            >>> torch.nn.Transformer.generate_square_subsequent_mask(2)
            tensor([[0., -inf],
                    [0., 0.]])
        """
        position = torch.arange(sz, device=device)
        hidden = position.unsqueeze(0) > position.unsqueeze(1)
        mask = torch.zeros((sz, sz), device=device, dtype=dtype)
        return mask.masked_fill_(hidden, float("-inf"))
