"""Attention and Transformer layers, against values recorded from PyTorch 2.13."""

from __future__ import annotations

import pytest

import torch
from torch import nn


def raised(error, call):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


@pytest.fixture
def inputs():
    torch.manual_seed(0)
    return torch.randn(4, 2, 8), torch.randn(5, 2, 8)


def seeded(build, seed):
    torch.manual_seed(seed)
    return build()


RECORDED = {
    "attention": (
        lambda q, k: seeded(lambda: nn.MultiheadAttention(8, 2), 1)(q, k, k)[0],
        [-0.2187, 0.1253, 0.189, -0.284],
    ),
    "bias_kv": (
        lambda q, k: seeded(lambda: nn.MultiheadAttention(8, 2, add_bias_kv=True), 1)(
            q, k, k
        )[0],
        [-0.1879, 0.0982, 0.1384, -0.2432],
    ),
    "encoder_layer": (
        lambda q, k: seeded(lambda: nn.TransformerEncoderLayer(8, 2, 16), 2).eval()(q),
        [-1.337, -0.1192, 0.644, -0.3981],
    ),
    "norm_first": (
        lambda q, k: seeded(
            lambda: nn.TransformerEncoderLayer(
                8, 2, 16, activation="gelu", norm_first=True
            ),
            2,
        ).eval()(q),
        [-1.6154, -0.3376, 0.2252, -0.7276],
    ),
    "decoder_layer": (
        lambda q, k: seeded(lambda: nn.TransformerDecoderLayer(8, 2, 16), 2).eval()(
            q, k
        ),
        [-0.6704, -0.4023, 0.1985, -0.523],
    ),
    "dropout": (
        lambda q, k: seeded(lambda: nn.TransformerEncoderLayer(8, 2, 16), 2)(q),
        [-1.4291, -0.0459, 0.609, -0.4599],
    ),
    "transformer": (
        lambda q, k: seeded(lambda: nn.Transformer(8, 2, 1, 1, 16), 4).eval()(k, q),
        [0.0022, -0.6478, 0.6907, 0.0969],
    ),
}


@pytest.mark.parametrize("case", RECORDED)
def test_first_values_of_seeded_weights(inputs, case):
    compute, expected = RECORDED[case]
    output = compute(*inputs).detach().flatten()[:4].tolist()
    assert output == pytest.approx(expected, abs=1e-4)


def test_batch_first_swaps_batch_and_positions(inputs):
    query, key = inputs
    plain = seeded(lambda: nn.MultiheadAttention(8, 2), 1)
    swapped = seeded(lambda: nn.MultiheadAttention(8, 2, batch_first=True), 1)
    expected, weights = plain(query, key, key)
    query, key = query.transpose(0, 1), key.transpose(0, 1)
    output, same = swapped(query, key, key)
    assert torch.allclose(output.transpose(0, 1), expected, atol=1e-6)
    assert torch.allclose(same, weights)


def test_attention_weights_sum_to_one_over_what_counts(inputs):
    query, key = inputs
    hidden = torch.tensor([[False, False, False, True, True]] * 2)
    attention = nn.MultiheadAttention(8, 2)
    _, weights = attention(query, key, key, key_padding_mask=hidden)
    assert weights.shape == (2, 4, 5)
    assert weights[..., 3:].sum().item() == 0
    assert torch.allclose(weights.sum(-1), torch.ones(2, 4))


def test_attention_with_and_without_weights_agrees(inputs):
    query, key = inputs
    attention = nn.MultiheadAttention(8, 2, add_bias_kv=True, add_zero_attn=True)
    mask = torch.zeros(4, 5)
    with_weights, _ = attention(query, key, key, attn_mask=mask)
    without, none = attention(query, key, key, attn_mask=mask, need_weights=False)
    assert none is None
    assert torch.allclose(with_weights, without, atol=1e-6)


def test_attention_of_one_sequence(inputs):
    query, key = inputs
    attention = nn.MultiheadAttention(8, 2)
    output, weights = attention(query[:, 0], key[:, 0], key[:, 0])
    assert output.shape == (4, 8) and weights.shape == (4, 5)


@pytest.mark.parametrize(
    "error, call, message",
    [
        (
            AssertionError,
            lambda a, q, k: nn.MultiheadAttention(8, 3),
            "embed_dim must be divisible by num_heads",
        ),
        (
            ValueError,
            lambda a, q, k: nn.MultiheadAttention(0, 3),
            "embed_dim and num_heads must be greater than 0, got embed_dim=0 and "
            "num_heads=3 instead",
        ),
        (
            AssertionError,
            lambda a, q, k: a(q, k[0], k),
            "For batched (3-D) `query`, expected `key` and `value` to be 3-D but found "
            "2-D and 3-D tensors respectively",
        ),
        (
            RuntimeError,
            lambda a, q, k: a(q, k, k, attn_mask=torch.ones(3, 3)),
            "The shape of the 2D attn_mask is torch.Size([3, 3]), but should be "
            "(4, 5).",
        ),
        (
            RuntimeError,
            lambda a, q, k: a(q, k, k, is_causal=True),
            "Need attn_mask if specifying the is_causal hint. You may use the "
            "Transformer module method `generate_square_subsequent_mask` to create "
            "this mask.",
        ),
        (
            RuntimeError,
            lambda a, q, k: nn.TransformerEncoderLayer(8, 2, activation="foo"),
            "activation should be relu/gelu, not foo",
        ),
        (
            RuntimeError,
            lambda a, q, k: nn.Transformer(8, 2, 1, 1, 16)(k[:, :1], q),
            "the batch number of src and tgt must be equal",
        ),
    ],
)
def test_attention_errors(inputs, error, call, message):
    attention = nn.MultiheadAttention(8, 2)
    assert raised(error, lambda: call(attention, *inputs)) == message


def test_encoder_layer_names_its_parts_as_pytorch_does():
    layer = nn.TransformerEncoderLayer(8, 2, 16)
    assert [name for name, _ in layer.named_children()] == [
        "self_attn",
        "linear1",
        "dropout",
        "linear2",
        "norm1",
        "norm2",
        "dropout1",
        "dropout2",
    ]
    assert len(nn.TransformerEncoder(layer, 3).state_dict()) == 36


def test_causal_mask_hides_what_follows():
    mask = nn.Transformer.generate_square_subsequent_mask(3)
    assert mask.tolist() == [
        [0, -float("inf"), -float("inf")],
        [0, 0, -float("inf")],
        [0, 0, 0],
    ]


def test_causal_encoder_ignores_what_follows(inputs):
    _, x = inputs
    layer = nn.TransformerEncoderLayer(8, 2, 16).eval()
    mask = nn.Transformer.generate_square_subsequent_mask(5)
    full = layer(x, src_mask=mask, is_causal=True)
    part = layer(x[:3], src_mask=mask[:3, :3], is_causal=True)
    assert torch.allclose(full[:3], part, atol=1e-6)
