"""torch.nn.init: digits and draw order against recorded PyTorch 2.13, and errors.

Each recorded row holds the first values after seed 7 and the next random integer,
which tells how many words were drawn.
"""

from __future__ import annotations

import math

import pytest

import torch
from torch import nn
from torch.nn import init


def _bf16(*shape):
    return torch.empty(*shape, dtype=torch.bfloat16)


def _parameters(module):
    return nn.utils.parameters_to_vector(module.parameters())


RECORDED = {
    "uniform": (
        lambda: init.uniform_(torch.empty(3, 5), -2.0, 3.0),
        [0.6746127009391785, -1.0059840679168701, 1.2960584163665771],
        79194842,
    ),
    "normal_block": (
        lambda: init.normal_(torch.empty(4, 5), 1.0, 2.0),
        [-0.6402690410614014, 1.7912623882293701, 2.7978169918060303],
        54046903,
    ),
    "normal_few": (
        lambda: init.normal_(torch.empty(5), 1.0, 2.0),
        [0.7064098119735718, 2.572282552719116, 2.8936431407928467],
        372560217,
    ),
    "trunc_normal_none_outside": (
        lambda: init.trunc_normal_(torch.empty(40), std=0.02),
        [-0.01640268974006176, 0.007912622764706612, 0.01797816902399063],
        830456065,
    ),
    "trunc_normal_redraws": (
        lambda: init.trunc_normal_(torch.empty(40), 0.0, 1.0, -1.0, 1.0),
        [-0.8201345205307007, 0.39563116431236267, 0.8989084959030151],
        401112072,
    ),
    "trunc_normal_narrow": (
        lambda: init.trunc_normal_(torch.empty(40), 0.0, 1.0, 0.5, 1.0),
        [0.7674612998962402, 0.599401593208313, 0.8296058177947998],
        190146164,
    ),
    "trunc_normal_bfloat16": (
        lambda: init.trunc_normal_(_bf16(40), 0.0, 1.0, -0.5, 1.0),
        [-0.177734375, 0.396484375, 0.8984375],
        477378174,
    ),
    "xavier_uniform": (
        lambda: init.xavier_uniform_(torch.empty(3, 5), gain=2.0),
        [0.12097522616386414, -1.0433763265609741, 0.5515254735946655],
        79194842,
    ),
    "xavier_normal": (
        lambda: init.xavier_normal_(torch.empty(4, 5)),
        [-0.386615127325058, 0.18650232255458832, 0.42374953627586365],
        54046903,
    ),
    "kaiming_uniform_conv": (
        lambda: init.kaiming_uniform_(torch.empty(3, 5, 2, 2), nonlinearity="relu"),
        [0.0382557287812233, -0.32994458079338074, 0.17440767586231232],
        999167903,
    ),
    "kaiming_uniform_fan_out": (
        lambda: init.kaiming_uniform_(torch.empty(3, 5), a=0.1, mode="fan_out"),
        [0.09828565269708633, -0.8476853370666504, 0.4480838179588318],
        79194842,
    ),
    "kaiming_normal": (
        lambda: init.kaiming_normal_(torch.empty(4, 5)),
        [-0.5186986327171326, 0.25021910667419434, 0.568519651889801],
        54046903,
    ),
    "sparse": (
        lambda: init.sparse_(torch.empty(4, 5), 0.5)[0],
        [0.0, 0.0, 0.0, -0.013884038664400578],
        100556259,
    ),
    "linear": (
        lambda: _parameters(nn.Linear(3, 2)),
        [0.04032507538795471, -0.3477921187877655, 0.18384182453155518],
        249162937,
    ),
    "linear_bias": (
        lambda: nn.Linear(3, 2).bias,
        [-0.33822792768478394, 0.1498066484928131],
        249162937,
    ),
    "conv2d_groups": (
        lambda: _parameters(nn.Conv2d(2, 4, 3, groups=2)),
        [0.02328169345855713, -0.2007978856563568, 0.10614113509654999],
        21019837,
    ),
    "conv2d_bias": (
        lambda: nn.Conv2d(2, 4, 3, groups=2).bias,
        [-0.0741720199584961, -0.1857023686170578, -0.08386528491973877],
        21019837,
    ),
    "conv1d_bias": (
        lambda: nn.Conv1d(2, 4, 3).bias,
        [0.017089316621422768, 0.0761229619383812, 0.31002718210220337],
        740097030,
    ),
    "embedding_row": (
        lambda: nn.Embedding(5, 4, padding_idx=0).weight[1],
        [0.19844505190849304, 0.7820726633071899, 1.0391076803207397],
        54046903,
    ),
    "bilinear_bias": (
        lambda: nn.Bilinear(3, 2, 2).bias,
        [-0.2461371123790741, -0.33911314606666565],
        727448106,
    ),
    "dropout": (
        lambda: nn.Dropout(0.3)(torch.ones(8)),
        [1.4285714626312256, 1.4285714626312256, 0.0, 1.4285714626312256],
        68334472,
    ),
}


@pytest.mark.parametrize("case", RECORDED)
def test_seeded_values_equal_recorded_ones(case):
    build, values, following = RECORDED[case]
    torch.manual_seed(7)
    built = build().detach().flatten()[: len(values)].tolist()
    assert built == values
    assert torch.randint(0, 1 << 30, (1,)).item() == following


@pytest.mark.parametrize(
    "name, param, gain",
    [
        ("linear", None, 1),
        ("conv_transpose3d", None, 1),
        ("sigmoid", None, 1),
        ("tanh", None, 5 / 3),
        ("relu", None, math.sqrt(2)),
        ("selu", None, 0.75),
        ("leaky_relu", None, math.sqrt(2 / (1 + 0.01**2))),
        ("leaky_relu", 1, 1.0),
    ],
)
def test_calculate_gain_of_each_nonlinearity(name, param, gain):
    assert init.calculate_gain(name, param) == gain


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: init.calculate_gain("foo"), "Unsupported nonlinearity foo"),
        (
            lambda: init.calculate_gain("leaky_relu", True),
            "negative_slope True not a valid number",
        ),
        (
            lambda: init.xavier_uniform_(torch.empty(3)),
            "Fan in and fan out can not be computed for tensor with fewer than 2 "
            "dimensions",
        ),
        (
            lambda: init.kaiming_normal_(torch.empty(3, 3), mode="fan"),
            "Mode fan not supported, please use one of ['fan_in', 'fan_out']",
        ),
        (
            lambda: init.eye_(torch.empty(3)),
            "Only tensors with 2 dimensions are supported",
        ),
        (
            lambda: init.dirac_(torch.empty(3, 3)),
            "Only tensors with 3, 4, or 5 dimensions are supported",
        ),
        (
            lambda: init.dirac_(torch.empty(3, 3, 2), groups=2),
            "dim 0 must be divisible by groups",
        ),
        (
            lambda: init.sparse_(torch.empty(3), 0.1),
            "Only tensors with 2 dimensions are supported",
        ),
        (
            lambda: init.orthogonal_(torch.empty(3)),
            "Only tensors with 2 or more dimensions are supported",
        ),
    ],
)
def test_bad_argument_raises_value_error(call, message):
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value) == message


def test_fan_of_convolution_counts_its_kernel():
    assert init._calculate_fan_in_and_fan_out(torch.empty(3, 4, 5, 6)) == (120, 90)


def test_fan_mode_ignores_case():
    assert init._calculate_correct_fan(torch.empty(3, 4), "FAN_OUT") == 3


def test_constant_ones_zeros():
    t = torch.empty(2)
    assert init.constant_(t, 0.5).tolist() == [0.5, 0.5]
    assert init.ones_(t).tolist() == [1, 1]
    assert init.zeros_(t).tolist() == [0, 0]


def test_eye_of_oblong_matrix():
    assert init.eye_(torch.empty(2, 3)).tolist() == [[1, 0, 0], [0, 1, 0]]


def test_dirac_with_groups_of_too_few_inputs():
    weight = init.dirac_(torch.empty(4, 1, 3), groups=2)
    assert weight[:, 0].tolist() == [[0, 1, 0], [0, 0, 0], [0, 1, 0], [0, 0, 0]]


def test_dirac_passes_channels_on():
    conv = nn.Conv2d(2, 2, 3, padding=1, bias=False)
    init.dirac_(conv.weight)
    image = torch.arange(18.0).reshape(1, 2, 3, 3)
    assert conv(image).tolist() == image.tolist()


def test_sparse_zeroes_rounded_up_share_of_each_column():
    zeros = (init.sparse_(torch.empty(5, 3), 0.5) == 0).sum(0)
    assert zeros.tolist() == [3, 3, 3]


def test_parameter_stays_a_leaf():
    p = nn.Parameter(torch.ones(2, 2))
    assert init.uniform_(p) is p
    assert p.requires_grad and p.grad_fn is None


def test_generator_leaves_default_one_alone():
    torch.manual_seed(0)
    expected = torch.rand(1).item()
    torch.manual_seed(0)
    init.normal_(torch.empty(3), generator=torch.Generator().manual_seed(3))
    assert torch.rand(1).item() == expected


def test_empty_weight_warns():
    with pytest.warns(
        UserWarning, match="Initializing zero-element tensors is a no-op"
    ):
        nn.Linear(0, 3)


def test_trunc_normal_far_mean_warns_and_stays_inside():
    with pytest.warns(UserWarning, match="mean is more than 2 std from"):
        values = init.trunc_normal_(torch.empty(50), mean=5.0)
    assert (values.abs() <= 2).all()


def test_trunc_normal_of_one_point():
    values = init.trunc_normal_(torch.empty(3), a=2.0, b=2.0)
    assert values.tolist() == [2, 2, 2]


@pytest.mark.parametrize("name", ["uniform", "normal", "xavier_normal", "eye"])
def test_earlier_name_warns_and_works(name):
    message = f"`nn.init.{name}` is now deprecated in favor of `nn.init.{name}_`."
    t = torch.empty(2, 2)
    with pytest.warns(FutureWarning) as caught:
        assert getattr(init, name)(t) is t
    assert str(caught[0].message) == message


def test_orthogonal_equals_recorded_matrix():
    torch.manual_seed(0)
    expected = [
        [1.0445, -0.1989, -1.4767, 0.3853, -0.7351],
        [-1.0730, 0.4211, -0.2858, -0.7175, -1.4404],
        [-0.8818, 0.1325, -0.0913, 1.7795, -0.1727],
    ]
    values = init.orthogonal_(torch.empty(3, 5), gain=2).tolist()
    for row, expected_row in zip(values, expected):
        assert row == pytest.approx(expected_row, abs=5e-5)


def test_orthogonal_columns_of_tall_matrix():
    q = init.orthogonal_(torch.empty(4, 1, 3)).reshape(4, 3)
    assert torch.allclose(q.t() @ q, torch.eye(3), atol=1e-6)
