"""Building and running layers of torch.nn; Module itself is in test_module.py.

Numbers are recorded from PyTorch 2.13 or follow from the formula in the name.
"""

from __future__ import annotations

import pytest

import torch
import torch.nn.functional as F
from nn_cases import raised, warned
from torch import nn

# ---------------------------------------------------------------- constructing


@pytest.mark.parametrize(
    "module, text",
    [
        (nn.Identity(3), "Identity()"),
        (
            nn.Linear(3, 4, bias=False),
            "Linear(in_features=3, out_features=4, bias=False)",
        ),
        (
            nn.Bilinear(1, 2, 3),
            "Bilinear(in1_features=1, in2_features=2, out_features=3, bias=True)",
        ),
        (
            nn.Conv2d(3, 4, (4, 3), padding=(1, 2)),
            "Conv2d(3, 4, kernel_size=(4, 3), stride=(1, 1), padding=(1, 2))",
        ),
        (
            nn.Conv1d(2, 4, 3, 2, padding=1, dilation=2, groups=2, bias=False),
            "Conv1d(2, 4, kernel_size=(3,), stride=(2,), padding=(1,), dilation=(2,), "
            "groups=2, bias=False)",
        ),
        (
            nn.Conv2d(3, 4, 3, padding="valid"),
            "Conv2d(3, 4, kernel_size=(3, 3), stride=(1, 1), padding=valid)",
        ),
        (
            nn.MaxPool2d(2, ceil_mode=True),
            "MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=True)",
        ),
        (nn.ReLU(), "ReLU()"),
        (nn.ReLU(inplace=True), "ReLU(inplace=True)"),
        (nn.Tanh(), "Tanh()"),
        (nn.Sigmoid(), "Sigmoid()"),
        (nn.GELU("tanh"), "GELU(approximate='tanh')"),
        (nn.Softmax(), "Softmax(dim=None)"),
        (nn.LogSoftmax(1), "LogSoftmax(dim=1)"),
        (nn.Dropout(), "Dropout(p=0.5, inplace=False)"),
        (nn.Flatten(), "Flatten(start_dim=1, end_dim=-1)"),
        (nn.Unflatten(1, (2, 3)), "Unflatten(dim=1, unflattened_size=(2, 3))"),
        (nn.Embedding(3, 4), "Embedding(3, 4)"),
        (
            nn.Embedding(3, 4, 0, 1.0, 1.0, scale_grad_by_freq=True, sparse=True),
            "Embedding(3, 4, padding_idx=0, max_norm=1.0, norm_type=1.0, "
            "scale_grad_by_freq=True, sparse=True)",
        ),
        (nn.CrossEntropyLoss(), "CrossEntropyLoss()"),
        (nn.MSELoss(), "MSELoss()"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)
def test_repr_of_layer(module, text):
    assert repr(module) == text


@pytest.mark.parametrize(
    "call, message",
    [
        (
            lambda: nn.Bilinear(0, 1, 1),
            "in1_features must be > 0, but got (in1_features=0)",
        ),
        (lambda: nn.Conv2d(4, 4, 3, groups=0), "groups must be a positive integer"),
        (
            lambda: nn.Conv2d(3, 4, 3, groups=2),
            "in_channels must be divisible by groups",
        ),
        (
            lambda: nn.Conv2d(4, 3, 3, groups=2),
            "out_channels must be divisible by groups",
        ),
        (
            lambda: nn.Conv2d(3, 4, 3, padding="foo"),
            "Invalid padding string 'foo', should be one of {'same', 'valid'}",
        ),
        (
            lambda: nn.Conv2d(3, 4, 3, padding="same", stride=2),
            "padding='same' is not supported for strided convolutions",
        ),
        (
            lambda: nn.Dropout(-1),
            "dropout probability has to be between 0 and 1, but got -1",
        ),
        (
            lambda: F.dropout(torch.ones(1), 1.5),
            "dropout probability has to be between 0 and 1, but got 1.5",
        ),
        (
            lambda: nn.Softmax2d()(torch.ones(2, 2)),
            "Softmax2d: expected input to be 3D or 4D, got 2D instead",
        ),
        (
            lambda: F.mse_loss(torch.ones(1), torch.ones(1), reduction="foo"),
            "foo is not a valid value for reduction",
        ),
        (
            lambda: F.mse_loss(torch.ones(2), torch.ones(2), weight=torch.ones(1)),
            "Weights and input must have the same size.",
        ),
        (
            lambda: F.binary_cross_entropy(torch.ones(2, 3), torch.ones(3)),
            "Using a target size (torch.Size([3])) that is different to the input size "
            "(torch.Size([2, 3])) is deprecated. Please ensure they have the same "
            "size.",
        ),
        (
            lambda: F.binary_cross_entropy_with_logits(torch.ones(2, 3), torch.ones(3)),
            "Target size (torch.Size([3])) must be the same as input size "
            "(torch.Size([2, 3]))",
        ),
    ],
)
def test_bad_argument_raises_value_error(call, message):
    assert raised(ValueError, call) == message


@pytest.mark.parametrize(
    "call, message",
    [
        (
            lambda: nn.Embedding(3, 2, padding_idx=-4),
            "Padding_idx must be within num_embeddings",
        ),
        (
            lambda: F.embedding(torch.tensor([0]), torch.ones(3, 2), padding_idx=5),
            "Padding_idx must be within num_embeddings",
        ),
        (
            lambda: nn.Embedding(3, 2, _weight=torch.ones(2, 2)),
            "Shape of weight does not match num_embeddings and embedding_dim",
        ),
        (
            lambda: nn.Embedding.from_pretrained(torch.ones(2)),
            "Embeddings parameter is expected to be 2-dimensional",
        ),
    ],
)
def test_bad_embedding_raises_assertion_error(call, message):
    assert raised(AssertionError, call) == message


@pytest.mark.parametrize(
    "size, message",
    [
        (3, "unflattened_size must be a tuple of ints, but found type int"),
        (
            (2, 3.0),
            "unflattened_size must be tuple of ints, but found element of type float "
            "at pos 1",
        ),
    ],
)
def test_unflatten_size_must_be_ints(size, message):
    assert raised(TypeError, lambda: nn.Unflatten(1, size)) == message


def test_dtype_and_device_reach_parameters():
    layer = nn.Linear(2, 1, device="cpu", dtype=torch.float64)
    assert layer.weight.dtype == layer.bias.dtype == torch.float64


def test_layer_without_bias_keeps_the_name():
    layer = nn.Linear(2, 1, bias=False)
    assert layer.bias is None
    assert list(layer.state_dict()) == ["weight"]


# ----------------------------------------------------------------------- layers


def test_linear_is_affine_over_leading_dimensions():
    layer = nn.Linear(3, 2)
    nn.init.constant_(layer.weight, 2.0)
    nn.init.constant_(layer.bias, 1.0)
    assert layer(torch.ones(4, 5, 3)).tolist() == torch.full((4, 5, 2), 7.0).tolist()


def test_linear_gradients():
    layer = nn.Linear(2, 1)
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    layer(x).sum().backward()
    assert layer.weight.grad.tolist() == [[4.0, 6.0]]
    assert layer.bias.grad.tolist() == [2.0]
    assert x.grad.tolist() == [layer.weight[0].tolist()] * 2


def test_conv2d_of_ones_counts_neighbours():
    conv = nn.Conv2d(1, 1, 3, stride=2, padding=1)
    nn.init.ones_(conv.weight)
    nn.init.zeros_(conv.bias)
    out = conv(torch.ones(1, 1, 5, 5))
    assert out[0, 0].tolist() == [[4, 6, 4], [6, 9, 6], [4, 6, 4]]


def test_conv2d_same_padding_of_even_kernel():
    conv = nn.Conv2d(3, 4, (4, 3), padding="same")
    assert list(conv._reversed_padding_repeated_twice) == [1, 1, 1, 2]


def test_max_pool2d_values_and_indices():
    image = torch.arange(16.0).reshape(1, 4, 4)
    values, indices = nn.MaxPool2d(2, return_indices=True)(image)
    assert values.tolist() == [[[5, 7], [13, 15]]]
    assert indices.tolist() == [[[5, 7], [13, 15]]]
    assert F.max_pool2d(image, 2, 3).tolist() == [[[5]]]


@pytest.mark.parametrize(
    "module, expected",
    [
        (nn.MaxPool1d(2), [[1, 3], [5, 7]]),
        (nn.AvgPool1d(2), [[0.5, 2.5], [4.5, 6.5]]),
        (nn.AvgPool1d(3, 2, 1, True, False), [[0.5, 2, 3], [4.5, 6, 7]]),
        (nn.AdaptiveAvgPool1d(2), [[0.5, 2.5], [4.5, 6.5]]),
    ],
)
def test_pooling_of_sequences(module, expected):
    assert module(torch.arange(8.0).reshape(2, 4)).tolist() == expected


@pytest.mark.parametrize(
    "module, expected",
    [
        (nn.AvgPool2d(2), [[2.5, 4.5], [10.5, 12.5]]),
        (nn.AvgPool2d((4, 2), divisor_override=4), [[13, 17]]),
        (nn.AdaptiveAvgPool2d(1), [[7.5]]),
        (nn.AdaptiveAvgPool2d((None, 1)), [[1.5], [5.5], [9.5], [13.5]]),
        (nn.AdaptiveAvgPool2d((3, 2)), [[2.5, 4.5], [6.5, 8.5], [10.5, 12.5]]),
    ],
)
def test_average_pooling_of_images(module, expected):
    assert module(torch.arange(16.0).reshape(1, 4, 4))[0].tolist() == expected


@pytest.mark.parametrize(
    "mode, expected",
    [
        ("constant", [0, 0, 1, 2, 0]),
        ("reflect", [1, 0, 1, 2, 1]),
        ("replicate", [0, 0, 1, 2, 2]),
        ("circular", [2, 0, 1, 2, 0]),
    ],
)
def test_pad_modes(mode, expected):
    assert F.pad(torch.arange(3).reshape(1, 3), (1, 1), mode)[0].tolist() == expected


def test_pad_of_two_dimensions_begins_with_the_last():
    x = torch.arange(6.0).reshape(1, 2, 3)
    padded = F.pad(x, (1, 0, 0, 1), "replicate")
    assert padded[0].tolist() == [[0, 0, 1, 2], [3, 3, 4, 5], [3, 3, 4, 5]]


def test_negative_padding_cuts_off():
    x = torch.arange(4.0).reshape(1, 4)
    assert F.pad(x, (-1, 2)).tolist() == [[1, 2, 3, 0, 0]]
    assert F.pad(x, (-1, 1), "circular").tolist() == [[1, 2, 3, 1]]


def test_reflected_padding_gradient_counts_uses():
    x = torch.arange(4.0).reshape(1, 4).requires_grad_()
    F.pad(x, (2, 2), "reflect").sum().backward()
    assert x.grad.tolist() == [[1, 3, 3, 1]]


@pytest.mark.parametrize(
    "error, args, message",
    [
        (RuntimeError, ((1,),), "Padding length must be divisible by 2"),
        (
            RuntimeError,
            ((4, 0), "reflect"),
            "Argument #4: Padding size should be less than the corresponding input "
            "dimension, but got: padding (4, 0) at dimension 2 of input [1, 3, 4]",
        ),
        (
            RuntimeError,
            ((5, 1), "circular"),
            "Padding value causes wrapping around more than once.",
        ),
        (
            RuntimeError,
            ((1, 2), "reflect", 3.0),
            'Padding mode "reflect" doesn\'t take in value argument',
        ),
        (NotImplementedError, ((1, 2), "foo"), "Unrecognised padding mode foo"),
    ],
)
def test_pad_errors(error, args, message):
    assert raised(error, lambda: F.pad(torch.zeros(1, 3, 4), *args)) == message


@pytest.mark.parametrize(
    "module, text",
    [
        (nn.ConstantPad1d(2, 3.5), "ConstantPad1d(padding=(2, 2), value=3.5)"),
        (nn.ZeroPad2d(2), "ZeroPad2d((2, 2, 2, 2))"),
        (nn.ReflectionPad2d((1, 1, 2, 0)), "ReflectionPad2d((1, 1, 2, 0))"),
        (nn.AvgPool1d(2), "AvgPool1d(kernel_size=(2,), stride=(2,), padding=(0,))"),
        (nn.AvgPool2d(2), "AvgPool2d(kernel_size=2, stride=2, padding=0)"),
        (nn.AdaptiveAvgPool2d((None, 2)), "AdaptiveAvgPool2d(output_size=(None, 2))"),
        (
            nn.ConvTranspose2d(2, 4, 3, stride=2, padding=1, output_padding=1),
            "ConvTranspose2d(2, 4, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), "
            "output_padding=(1, 1))",
        ),
        (
            nn.LazyConv3d(3, 2),
            "LazyConv3d(0, 3, kernel_size=(2, 2, 2), stride=(1, 1, 1))",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)
def test_repr_of_padding_pooling_and_transposed(module, text):
    assert repr(module) == text


def test_conv2d_reflects_its_border():
    conv = nn.Conv2d(1, 1, 3, padding=1, padding_mode="reflect", bias=False)
    nn.init.ones_(conv.weight)
    out = conv(torch.arange(9.0).reshape(1, 1, 3, 3))
    assert out[0, 0].tolist() == [[24, 27, 30], [33, 36, 39], [42, 45, 48]]


def test_conv_transpose2d_spreads_its_kernel():
    conv = nn.ConvTranspose2d(1, 1, 2, stride=2, bias=False)
    nn.init.ones_(conv.weight)
    out = conv(torch.tensor([[[[1.0, 2.0]]]]))
    assert out[0, 0].tolist() == [[1, 1, 2, 2], [1, 1, 2, 2]]


def test_conv_transpose2d_output_size():
    conv = nn.ConvTranspose2d(2, 2, 3, stride=2, padding=1)
    x = torch.ones(1, 2, 4, 4)
    assert conv(x).shape == (1, 2, 7, 7)
    assert conv(x, output_size=(8, 7)).shape == (1, 2, 8, 7)
    assert raised(ValueError, lambda: conv(x, output_size=(9, 9))) == (
        "requested an output size of (9, 9), but valid sizes range from [7, 7] to [8, "
        "8] (for an input of torch.Size([4, 4]))"
    )


def test_conv_transpose_pads_with_zeros_only():
    message = raised(
        ValueError, lambda: nn.ConvTranspose2d(2, 2, 3, padding_mode="reflect")
    )
    assert message == 'Only "zeros" padding mode is supported for ConvTranspose2d'


def test_conv3d_sums_its_window():
    conv = nn.Conv3d(1, 1, 2)
    nn.init.ones_(conv.weight)
    nn.init.zeros_(conv.bias)
    assert conv(torch.ones(1, 1, 3, 2, 2)).flatten().tolist() == [8, 8]


def test_embedding_padding_row_gets_no_gradient():
    table = nn.Embedding(4, 2, padding_idx=-1)
    assert table.padding_idx == 3
    assert table.weight[3].tolist() == [0, 0]
    table(torch.tensor([3, 1, 1])).sum().backward()
    assert table.weight.grad.tolist() == [[0, 0], [2, 2], [0, 0], [0, 0]]


def test_embedding_from_pretrained_shares_and_freezes():
    weight = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    table = nn.Embedding.from_pretrained(weight)
    assert not table.weight.requires_grad
    assert table.weight.data_ptr() == weight.data_ptr()


def test_dropout_passes_on_in_evaluation():
    x = torch.ones(3)
    assert nn.Dropout(0.9).eval()(x).tolist() == [1, 1, 1]


def test_relu_inplace_writes_into_input():
    x = torch.tensor([-1.0, 2.0])
    assert nn.ReLU(inplace=True)(x) is x
    assert x.tolist() == [0, 2]


def test_activations_at_one():
    x = torch.tensor([1.0])
    expected = {
        nn.Sigmoid: 0.7310585975646973,
        nn.Tanh: 0.7615941762924194,
        nn.GELU: 0.8413447141647339,
        nn.Softsign: 0.5,
        nn.Tanhshrink: 0.23840582370758057,
    }
    got = {kind: kind()(x).item() for kind in expected}
    assert got == pytest.approx(expected, abs=2e-7)


@pytest.mark.parametrize(
    "module, text, values",
    [
        (nn.Hardtanh(-2, 0.5), "Hardtanh(min_val=-2, max_val=0.5)", [-2, -1, 0.5]),
        (nn.ReLU6(), "ReLU6()", [0, 0, 6]),
        (nn.ELU(0.5), "ELU(alpha=0.5)", [-0.4908, -0.3161, 7]),
        (nn.CELU(0.5), "CELU(alpha=0.5)", [-0.4998, -0.4323, 7]),
        (nn.SELU(), "SELU()", [-1.7259, -1.1113, 7.3549]),
        (nn.LeakyReLU(0.2), "LeakyReLU(negative_slope=0.2)", [-0.8, -0.2, 7]),
        (nn.SiLU(), "SiLU()", [-0.0719, -0.2689, 6.9936]),
        (nn.Mish(), "Mish()", [-0.0726, -0.3034, 7.0]),
        (nn.Hardswish(), "Hardswish()", [0, -0.3333, 7]),
        (nn.Hardsigmoid(), "Hardsigmoid()", [0, 0.3333, 1]),
        (nn.LogSigmoid(), "LogSigmoid()", [-4.0181, -1.3133, -0.0009]),
        (nn.Softplus(2, 3.0), "Softplus(beta=2, threshold=3.0)", [0.0002, 0.0635, 7]),
        (nn.Softshrink(), "Softshrink(0.5)", [-3.5, -0.5, 6.5]),
        (nn.Hardshrink(2), "Hardshrink(2)", [-4, 0, 7]),
        (nn.PReLU(), "PReLU(num_parameters=1)", [-1, -0.25, 7]),
        (nn.Threshold(0.1, 20), "Threshold(threshold=0.1, value=20)", [20, 20, 7]),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)
def test_activation_text_and_values(module, text, values):
    assert repr(module) == text
    got = module(torch.tensor([-4.0, -1.0, 7.0])).tolist()
    assert got == pytest.approx(values, abs=5e-5)


@pytest.mark.parametrize(
    "module",
    [nn.ReLU6(True), nn.ELU(inplace=True), nn.SiLU(True), nn.Threshold(0, 1, True)],
)
def test_inplace_activation_returns_its_input(module):
    x = torch.ones(2)
    assert module(x) is x
    assert "inplace=True" in repr(module)


def test_glu_halves_a_dimension():
    assert nn.GLU(0)(torch.tensor([4.0, 6.0, 0.0, 0.0])).tolist() == [2, 3]


def test_earlier_names_of_hardtanh_bounds_warn():
    modules = []
    messages = warned(lambda: modules.append(nn.Hardtanh(min_value=0)))
    assert modules[0].min_val == 0
    assert messages == [
        "keyword argument `min_value` is deprecated and renamed to `min_val`"
    ]


@pytest.mark.parametrize(
    "error, call, message",
    [
        (
            AssertionError,
            lambda: nn.Hardtanh(1, 0),
            "max_val (0) must be greater than min_val (1)",
        ),
        (
            ValueError,
            lambda: F.hardtanh(torch.ones(1), 1.0, 0.0),
            "min_val cannot be greater than max_val",
        ),
        (
            RuntimeError,
            lambda: F.glu(torch.ones(())),
            "glu does not support scalars because halving size must be even",
        ),
    ],
)
def test_activation_errors(error, call, message):
    assert raised(error, call) == message


def test_softmax_without_dim_warns_and_guesses():
    messages = warned(lambda: F.softmax(torch.zeros(2, 2)))
    assert messages == [
        "Implicit dimension choice for softmax has been deprecated. "
        "Change the call to include dim=X as an argument."
    ]


def test_softmax_casts_to_dtype_first():
    assert F.softmax(torch.zeros(2), 0, dtype=torch.float64).dtype == torch.float64


def test_flatten_and_unflatten():
    x = torch.zeros(2, 3, 4)
    assert nn.Flatten()(x).shape == (2, 12)
    assert nn.Flatten(0, 1)(x).shape == (6, 4)
    assert nn.Unflatten(1, (1, 3))(x).shape == (2, 1, 3, 4)
