"""`MultiheadAttention`: attentions side by side, each on a part of the width."""

from __future__ import annotations

from typing import Any, Optional

import torch
from torch import Tensor
from torch.nn import functional as F, init
from torch.nn.parameter import Parameter

from .linear import NonDynamicallyQuantizableLinear
from .module import Module

__all__ = ["MultiheadAttention"]

_OptTensor = Optional[Tensor]
_Size = int


class MultiheadAttention(Module):
    """Compute `concat(head_1, ..., head_h) W_o` with
    `head_i = softmax(q_i k_i^T / sqrt(d)) v_i` of projected queries, keys and values.

    "Attention is all you need", Vaswani et al., 2017, section 3.2.2.

    Args:
        embed_dim: features of the query and the output.
        num_heads: heads, a divisor of `embed_dim`.
        dropout: share of attention weights zeroed in training. Default: 0.0
        bias: whether projections have biases. Default: `True`
        add_bias_kv: add a learned position to keys and values. Default: `False`
        add_zero_attn: add a position of zeros to them. Default: `False`
        kdim, vdim: features of keys and values; `embed_dim` by default.
        batch_first: whether the batch comes before positions. Default: `False`
        device, dtype: of the parameters.

    Shape:
        - query: `(L, N, embed_dim)`; key, value: `(S, N, features)`; `(N, L, ...)` with
          `batch_first`, or without N for one sequence
        - output: as query; weights: `(N, L, S)`, or `(N, num_heads, L, S)`

    Example:
        >>> attention = torch.nn.MultiheadAttention(8, 2, batch_first=True)
        >>> x = torch.randn(3, 5, 8)
        >>> output, weights = attention(x, x, x)
        >>> output.shape, weights.shape
        (torch.Size([3, 5, 8]), torch.Size([3, 5, 5]))
    """

    __constants__ = ["batch_first"]

    def __init__(
        self,
        embed_dim: _Size,
        num_heads: _Size,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: Any = None,
        vdim: Any = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                "embed_dim and num_heads must be greater than 0, got "
                f"embed_dim={embed_dim} and num_heads={num_heads} instead"
            )
        super().__init__()
        if embed_dim % num_heads != 0:
            raise AssertionError("embed_dim must be divisible by num_heads")
        self.embed_dim, self.num_heads = embed_dim, num_heads
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = self.kdim == self.vdim == embed_dim
        self.dropout, self.batch_first = dropout, batch_first
        self.head_dim, self.add_zero_attn = embed_dim // num_heads, add_zero_attn

        def add(name: str, exists: bool, *shape: int) -> None:
            param = None
            if exists:
                param = Parameter(torch.empty(shape, device=device, dtype=dtype))
            self.register_parameter(name, param)

        same = self._qkv_same_embed_dim
        add("q_proj_weight", not same, embed_dim, embed_dim)
        add("k_proj_weight", not same, embed_dim, self.kdim)
        add("v_proj_weight", not same, embed_dim, self.vdim)
        add("in_proj_weight", same, 3 * embed_dim, embed_dim)
        add("in_proj_bias", bias, 3 * embed_dim)
        self.out_proj = NonDynamicallyQuantizableLinear(
            embed_dim, embed_dim, bias=bias, device=device, dtype=dtype
        )
        add("bias_k", add_bias_kv, 1, 1, embed_dim)
        add("bias_v", add_bias_kv, 1, 1, embed_dim)
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        for name in ("in_proj", "q_proj", "k_proj", "v_proj"):
            weight = getattr(self, f"{name}_weight")
            if weight is not None:
                init.xavier_uniform_(weight)
        if self.in_proj_bias is not None:
            init.zeros_(self.in_proj_bias)
            init.zeros_(self.out_proj.bias)
        for bias in (self.bias_k, self.bias_v):
            if bias is not None:
                init.xavier_normal_(bias)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: _OptTensor = None,
        need_weights: bool = True,
        attn_mask: _OptTensor = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, _OptTensor]:
        """Attend.

        Args:
            key_padding_mask: `(N, S)`; `True`, or a term of minus infinity, where a
                key does not count.
            need_weights: return the attention weights, too. Default: `True`
            attn_mask: `(L, S)` or `(N * num_heads, L, S)`, likewise for each query.
            average_attn_weights: return the mean over heads. Default: `True`
            is_causal: a hint that `attn_mask` hides what follows. Default: `False`
        """
        swap = self.batch_first and query.dim() == 3
        if swap:
            query, key, value = (x.transpose(0, 1) for x in (query, key, value))
        output, weights = F.multi_head_attention_forward(
            *(query, key, value, self.embed_dim, self.num_heads),
            in_proj_weight=self.in_proj_weight,
            in_proj_bias=self.in_proj_bias,
            bias_k=self.bias_k,
            bias_v=self.bias_v,
            add_zero_attn=self.add_zero_attn,
            dropout_p=self.dropout,
            out_proj_weight=self.out_proj.weight,
            out_proj_bias=self.out_proj.bias,
            is_causal=is_causal,
            training=self.training,
            need_weights=need_weights,
            attn_mask=attn_mask,
            key_padding_mask=key_padding_mask,
            use_separate_proj_weight=not self._qkv_same_embed_dim,
            q_proj_weight=self.q_proj_weight,
            k_proj_weight=self.k_proj_weight,
            v_proj_weight=self.v_proj_weight,
            average_attn_weights=average_attn_weights,
        )
        return output.transpose(0, 1) if swap else output, weights


# Pickles name the class by PyTorch's place for it.
MultiheadAttention.__module__ = "torch.nn.modules.activation"
