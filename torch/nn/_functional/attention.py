"""Multi-head attention, from projected inputs to the projected result.

"Attention is all you need", Vaswani et al., 2017, section 3.2.  Masks become terms
that are added to the scores: 0 where a position counts, minus infinity where not.
"""

from __future__ import annotations

import math
from typing import Any, Optional, cast

import torch
from torch import Tensor

from .._overridable import overridable
from .dropout import dropout
from .padding import pad

__all__ = ["multi_head_attention_forward"]

_OptTensor = Optional[Tensor]
_Size = int


@overridable
def multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: _Size,
    num_heads: _Size,
    in_proj_weight: _OptTensor,
    in_proj_bias: _OptTensor,
    bias_k: _OptTensor,
    bias_v: _OptTensor,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: _OptTensor,
    training: bool = True,
    key_padding_mask: _OptTensor = None,
    need_weights: bool = True,
    attn_mask: _OptTensor = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: _OptTensor = None,
    k_proj_weight: _OptTensor = None,
    v_proj_weight: _OptTensor = None,
    static_k: _OptTensor = None,
    static_v: _OptTensor = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> Any:
    """Attend with several heads; see `torch.nn.MultiheadAttention` for the arguments.

    Args:
        query, key, value: `(T, N, E)`, `(S, N, E)`, `(S, N, E)`.
        embed_dim_to_check: must be `E`.
        num_heads: heads, which divide `E`.
        in_proj_weight, in_proj_bias: `(3E, E)` and `(3E)`: of query, key and value.
        bias_k, bias_v, add_zero_attn: further keys and values.
        dropout_p: probability of dropping a weight.
        out_proj_weight, out_proj_bias: of the last linear layer.
        training: whether to drop. Default: `True`
        key_padding_mask: `(N, S)`, true where a key is to be left out.
        need_weights: return the weights, too. Default: `True`
        attn_mask: `(T, S)`, true where attention is forbidden, or added to the scores.
        use_separate_proj_weight, q_proj_weight, k_proj_weight, v_proj_weight: three
            matrices in place of `in_proj_weight`.
        static_k, static_v: keys and values that are projected already.
        average_attn_weights: return the mean over heads. Default: `True`
        is_causal: `attn_mask` is the causal one. Default: `False`

    Shape:
        - query: `(L, N, E)`; key, value: `(S, N, E)`; without N for one sequence
        - output: as query, and weights `(N, L, S)` or with each head
          `(N, heads, L, S)`

    Example:
        >>> attention = torch.nn.MultiheadAttention(4, 2)
        >>> x = torch.randn(3, 1, 4)
        >>> out, weights = torch.nn.functional.multi_head_attention_forward(
        ...     x, x, x, 4, 2, attention.in_proj_weight, attention.in_proj_bias, None,
        ...     None, False, 0.0, attention.out_proj.weight, attention.out_proj.bias)
        >>> out.shape, weights.shape
        (torch.Size([3, 1, 4]), torch.Size([1, 3, 3]))
    """
    batched = _check_dims(query, key, value, key_padding_mask, attn_mask)
    if not batched:
        query, key, value = (x.unsqueeze(1) for x in (query, key, value))
        if key_padding_mask is not None:
            key_padding_mask = key_padding_mask.unsqueeze(0)
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "Need attn_mask if specifying the is_causal hint. You may use the "
            "Transformer module method `generate_square_subsequent_mask` to create "
            "this mask."
        )
    length, batch, width = query.shape
    _check_width(width, embed_dim_to_check, num_heads)
    weights: Any
    if use_separate_proj_weight:
        weights = (q_proj_weight, k_proj_weight, v_proj_weight)
    else:
        weights = cast(Tensor, in_proj_weight).chunk(3)
    biases: Any = (None,) * 3 if in_proj_bias is None else in_proj_bias.chunk(3)
    q, k, v = (
        torch._C._nn.linear(x, w, b)
        for x, w, b in zip((query, key, value), weights, biases)
    )
    mask = _as_term(attn_mask, q.dtype, "attn_mask")
    padding = _as_term(key_padding_mask, q.dtype, "key_padding_mask")
    if mask is not None:
        mask = _head_mask(mask, batch, num_heads, length, key.shape[0])
    if bias_k is not None and bias_v is not None:
        k = torch.cat([k, bias_k.repeat(1, batch, 1)])
        v = torch.cat([v, bias_v.repeat(1, batch, 1)])
        mask, padding = _widened(mask), _widened(padding)

    def split(x: Tensor) -> Tensor:
        # (S, N, E) to (N, heads, S, E / heads)
        x = x.reshape(x.shape[0], batch, num_heads, width // num_heads)
        return x.permute(1, 2, 0, 3)

    q = split(q)
    k = split(k) if static_k is None else static_k.unflatten(0, (batch, num_heads))
    v = split(v) if static_v is None else static_v.unflatten(0, (batch, num_heads))
    if add_zero_attn:
        k, v = pad(k, (0, 0, 0, 1)), pad(v, (0, 0, 0, 1))
        mask, padding = _widened(mask), _widened(padding)
    if padding is not None:
        padding = padding.reshape(batch, 1, 1, k.shape[2])
        mask = padding if mask is None else mask + padding
    p = dropout_p if training else 0.0
    output, attention = _attend(q, k, v, mask, p, need_weights)
    output = output.permute(2, 0, 1, 3).reshape(length, batch, width)
    output = torch._C._nn.linear(output, out_proj_weight, out_proj_bias)
    if attention is not None and average_attn_weights:
        attention = attention.mean(dim=1)
    if not batched:
        output = output.squeeze(1)
        attention = None if attention is None else attention.squeeze(0)
    return output, attention


def _attend(
    q: Tensor, k: Tensor, v: Tensor, mask: _OptTensor, p: float, need_weights: bool
) -> tuple[Tensor, _OptTensor]:
    """softmax(q k^T / sqrt(d) + mask) v, and the softmax if it is needed."""
    if not need_weights:
        return torch._C._nn.scaled_dot_product_attention(q, k, v, mask, p), None
    scores = (q * math.sqrt(1.0 / q.shape[-1])) @ k.transpose(-2, -1)
    weights = (scores if mask is None else scores + mask).softmax(-1)
    if p > 0.0:
        weights = dropout(weights, p)
    return weights @ v, weights


def _as_term(mask: _OptTensor, dtype: Any, name: str) -> _OptTensor:
    """A mask as what is added to scores."""
    if mask is None or mask.is_floating_point():
        return mask
    if mask.dtype != torch.bool:
        raise AssertionError(f"only bool and floating types of {name} are supported")
    zeros = torch.zeros_like(mask, dtype=dtype)
    return zeros.masked_fill_(mask, float("-inf"))


def _head_mask(
    mask: Tensor, batch: int, heads: int, length: int, source: int
) -> Tensor:
    """(L, S) or (N heads, L, S) as (1 or N, 1 or heads, L, S)."""
    expected: tuple[int, ...] = (length, source)
    if mask.dim() == 3:
        expected = (batch * heads, length, source)
    if tuple(mask.shape) != expected:
        raise RuntimeError(
            f"The shape of the {mask.dim()}D attn_mask is {mask.shape}, but should be "
            f"{expected}."
        )
    return mask.reshape(-1, heads if mask.dim() == 3 else 1, length, source)


def _widened(mask: _OptTensor) -> _OptTensor:
    """`mask` with one more source position, which counts."""
    return None if mask is None else pad(mask, (0, 1))


def _check_width(width: int, expected: int, heads: int) -> None:
    if width != expected:
        raise AssertionError(
            f"was expecting embedding dimension of {expected}, but got {width}"
        )
    if width % heads != 0:
        raise AssertionError(f"embed_dim {width} not divisible by num_heads {heads}")


def _check_dims(
    query: Tensor, key: Tensor, value: Tensor, padding: _OptTensor, mask: _OptTensor
) -> bool:
    """Whether the inputs have a batch dimension; raise where they do not agree."""
    if query.dim() not in (2, 3):
        raise AssertionError(
            "query should be unbatched 2D or batched 3D tensor but received "
            f"{query.dim()}-D query tensor"
        )
    batched = query.dim() == 3
    kind = "batched (3-D)" if batched else "unbatched (2-D)"
    if not key.dim() == value.dim() == query.dim():
        raise AssertionError(
            f"For {kind} `query`, expected `key` and `value` to be {query.dim()}-D but "
            f"found {key.dim()}-D and {value.dim()}-D tensors respectively"
        )
    if padding is not None and padding.dim() != query.dim() - 1:
        raise AssertionError(
            f"For {kind} `query`, expected `key_padding_mask` to be `None` or "
            f"{query.dim() - 1}-D but found {padding.dim()}-D tensor instead"
        )
    if mask is not None and mask.dim() not in (2, 3):
        raise AssertionError(
            f"For {kind} `query`, expected `attn_mask` to be `None`, 2-D or 3-D but "
            f"found {mask.dim()}-D tensor instead"
        )
    return batched
