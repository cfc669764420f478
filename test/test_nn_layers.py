"""Losses, dropout, distances and other layers of torch.nn; its utilities."""

from __future__ import annotations

import pytest

import torch
import torch.nn.functional as F
from nn_cases import CLASSES, SCORES, SHARES, raised, warned
from torch import nn

# ----------------------------------------------------------------------- losses


@pytest.mark.parametrize(
    "loss, expected",
    [
        (nn.CrossEntropyLoss(), 1.2887),
        (nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 3.0])), 0.8482),
        (nn.CrossEntropyLoss(label_smoothing=0.1), 1.3221),
        (nn.CrossEntropyLoss(reduction="none"), [0.4076, 2.1698]),
        (nn.CrossEntropyLoss(ignore_index=2), 2.1698),
        (nn.NLLLoss(weight=torch.tensor([1.0, 2.0, 3.0])), -2.25),
        (nn.NLLLoss(reduction="sum"), -3.0),
    ],
)
def test_loss_of_class_indices(loss, expected):
    value = loss(torch.tensor(SCORES), torch.tensor(CLASSES)).tolist()
    assert value == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(
    "loss, expected",
    [
        (nn.BCEWithLogitsLoss(), 0.9370),
        (nn.BCEWithLogitsLoss(pos_weight=torch.tensor([1.0, 2.0, 3.0])), 1.1932),
        (nn.MSELoss(), 2.375),
        (nn.MSELoss(reduction="sum"), 14.25),
        (nn.L1Loss(), 1.25),
    ],
)
def test_loss_of_same_shape(loss, expected):
    value = loss(torch.tensor(SCORES), torch.tensor(SHARES)).item()
    assert value == pytest.approx(expected, abs=5e-5)


def test_bce_loss_with_broadcast_weight():
    loss = nn.BCELoss(weight=torch.tensor([1.0, 2.0, 3.0]), reduction="sum")
    value = loss(torch.tensor(SCORES).sigmoid(), torch.tensor(SHARES)).item()
    assert value == pytest.approx(11.4133, abs=5e-5)


def test_bce_loss_clamps_logarithms():
    assert (
        nn.BCELoss()(torch.tensor([0.0, 1.0]), torch.tensor([1.0, 0.0])).item() == 100
    )


def test_cross_entropy_of_probabilities():
    x = torch.tensor(SCORES)
    assert nn.CrossEntropyLoss()(x, x.softmax(1)).item() == pytest.approx(
        0.6783, abs=5e-5
    )


def test_weighted_mse_divides_by_sum_of_weights():
    x = torch.tensor([1.0, 2.0])
    weight = torch.tensor([1.0, 3.0])
    assert F.mse_loss(x, torch.zeros(2), weight=weight).item() == 13 / 4


def test_mse_loss_warns_of_broadcasting():
    messages = warned(lambda: F.mse_loss(torch.ones(2, 3), torch.ones(3)))
    assert messages == [
        "Using a target size (torch.Size([3])) that is different to the input size "
        "(torch.Size([2, 3])). This will likely lead to incorrect results due to "
        "broadcasting. Please ensure they have the same size."
    ]


@pytest.mark.parametrize(
    "old, new",
    [
        ({"size_average": False}, "sum"),
        ({"reduce": False}, "none"),
        ({"size_average": True, "reduce": True}, "mean"),
    ],
)
def test_old_reduction_arguments_warn(old, new):
    losses = []
    messages = warned(lambda: losses.append(nn.MSELoss(**old)))
    assert losses[0].reduction == new
    assert messages == [
        "size_average and reduce args will be deprecated, "
        f"please use reduction='{new}' instead."
    ]


def test_class_weight_is_a_buffer():
    assert list(nn.CrossEntropyLoss(weight=torch.ones(3)).state_dict()) == ["weight"]


# ------------------------------------------------------------- torch function


class Recorder(torch.Tensor):
    calls: list = []

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        cls.calls.append((func, len(args), dict(kwargs or {})))
        return super().__torch_function__(func, types, args, kwargs or {})


def test_subclass_sees_functional_call_with_defaults():
    Recorder.calls.clear()
    x = torch.ones(2).as_subclass(Recorder)
    F.mse_loss(x, torch.zeros(2), None, reduction="sum")
    func, positional, named = Recorder.calls[0]
    assert func is F.mse_loss
    assert positional == 2
    assert named == {
        "size_average": None,
        "reduce": None,
        "reduction": "sum",
        "weight": None,
    }


# -------------------------------------------------------------- channel dropout


@pytest.mark.parametrize(
    "module, shape",
    [
        (nn.Dropout1d(0.5), (3, 2)),
        (nn.Dropout2d(0.5), (1, 3, 2, 2)),
        (nn.Dropout3d(0.5), (3, 1, 2, 2)),
    ],
)
def test_channel_dropout_drops_whole_channels(module, shape):
    torch.manual_seed(7)
    channels = module(torch.ones(shape)).reshape(3, -1)
    assert channels[:, 0].tolist() == [2, 2, 0]
    assert (channels == channels[:, :1]).all()


def test_alpha_dropout_of_seeded_ones():
    torch.manual_seed(7)
    values = nn.AlphaDropout(0.5)(torch.ones(4)).tolist()
    assert values == pytest.approx([1.6656, 1.6656, -0.7792, -0.7792], abs=5e-5)


def test_dropout1d_rejects_other_dimensions():
    message = raised(RuntimeError, lambda: F.dropout1d(torch.ones(1, 1, 2, 2)))
    assert message.startswith("dropout1d: Expected 2D or 3D input, but received a 4D")


def test_dropout2d_of_a_matrix_warns():
    messages = warned(lambda: F.dropout2d(torch.ones(2, 2)))
    assert messages[0].startswith("dropout2d: Received a 2-D input to dropout2d, which")


# --------------------------------------------------------------- other functions


def test_normalize_divides_by_the_norm_or_eps():
    x = torch.tensor([[3.0, 4.0], [0.0, 0.0]])
    assert F.normalize(x)[0].tolist() == pytest.approx([0.6, 0.8])
    assert F.normalize(x)[1].tolist() == [0, 0]


def test_gumbel_softmax_hard_is_one_hot_with_soft_gradient():
    torch.manual_seed(1)
    logits = torch.tensor([[3.0, 4.0], [0.0, 0.0]], requires_grad=True)
    drawn = F.gumbel_softmax(logits, tau=0.5, hard=True)
    assert sorted(drawn[0].tolist()) == [0, 1]
    (drawn * torch.tensor([1.0, 2.0])).sum().backward()
    assert logits.grad[0].sum().item() == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    "loss, expected",
    [
        (nn.SmoothL1Loss(beta=2.0), 1.625),
        (nn.SmoothL1Loss(beta=0.0), 2.5),
        (nn.HuberLoss(delta=2.0), 3.25),
        (nn.HuberLoss(reduction="none"), [0.5, 3.5]),
    ],
)
def test_huber_losses(loss, expected):
    assert loss(torch.tensor([1.0, 4.0]), torch.zeros(2)).tolist() == expected


def test_weighted_huber_loss_averages_over_elements():
    value = F.huber_loss(
        torch.tensor([1.0, 4.0]), torch.zeros(2), weight=torch.tensor([1.0, 3.0])
    )
    assert value.item() == 5.5


# ------------------------------------------------ groups, distances, rearrangement


def test_one_hot_of_indices():
    assert F.one_hot(torch.tensor([[0, 2]]), 4).tolist() == [
        [[1, 0, 0, 0], [0, 0, 1, 0]]
    ]
    assert F.one_hot(torch.tensor(2)).tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    "values, classes, message",
    [
        ([0.0], -1, "one_hot is only applicable to index tensor of type LongTensor."),
        ([0, 5], 3, "Class values must be smaller than num_classes."),
        ([-1], -1, "Class values must be non-negative."),
    ],
)
def test_one_hot_errors(values, classes, message):
    assert raised(RuntimeError, lambda: F.one_hot(torch.tensor(values), classes)) == (
        message
    )


@pytest.mark.parametrize(
    "reduction, expected",
    [
        ("sum", 0.7213),
        ("batchmean", 0.3607),
        ("none", [[0.1216, -0.0935], [0.0, 0.6931]]),
    ],
)
def test_kl_div_reductions(reduction, expected):
    logs = torch.tensor([[0.2, 0.8], [0.5, 0.5]]).log()
    target = torch.tensor([[0.3, 0.7], [0.0, 1.0]])
    value = nn.KLDivLoss(reduction=reduction)(logs, target)
    assert value.flatten().tolist() == pytest.approx(
        torch.tensor(expected).flatten().tolist(), abs=5e-5
    )


def test_kl_div_of_logarithms_of_itself_is_zero():
    logs = torch.tensor([[0.2, 0.8]]).log()
    assert F.kl_div(logs, logs, reduction="sum", log_target=True).item() == 0


def test_cosine_similarity_of_zero_vector_is_zero():
    a = torch.tensor([[3.0, 4.0], [0.0, 0.0]])
    b = torch.tensor([[4.0, 3.0], [1.0, 2.0]])
    assert nn.CosineSimilarity()(a, b).tolist() == pytest.approx([0.96, 0])


def test_pairwise_distance_of_other_norm():
    a, b = torch.tensor([[3.0, 4.0]]), torch.tensor([[4.0, 3.0]])
    assert nn.PairwiseDistance(p=1.0, keepdim=True)(a, b).tolist() == [
        [pytest.approx(2.0, abs=1e-5)]
    ]


def test_group_norm_normalizes_groups_of_channels():
    x = torch.tensor([[1.0, 3.0, 2.0, 10.0]])
    norm = nn.GroupNorm(2, 4)
    assert norm(x)[0].tolist() == pytest.approx([-1, 1, -1, 1], abs=1e-4)
    assert repr(norm) == "GroupNorm(2, 4, eps=1e-05, affine=True, bias=True)"


def test_group_norm_needs_a_divisor_of_its_channels():
    message = raised(ValueError, lambda: nn.GroupNorm(4, 6))
    assert message == "num_channels (6) must be divisible by num_groups (4)"


def test_pixel_shuffle_and_back():
    x = torch.arange(16.0).reshape(1, 4, 2, 2)
    shuffled = nn.PixelShuffle(2)(x)
    assert shuffled[0, 0, :2].tolist() == [[0, 4, 1, 5], [8, 12, 9, 13]]
    assert nn.PixelUnshuffle(2)(shuffled).equal(x)


def test_pixel_shuffle_needs_enough_channels():
    message = raised(RuntimeError, lambda: F.pixel_shuffle(torch.ones(1, 4, 2, 2), 3))
    assert message == (
        "pixel_shuffle expects its input's 'channel' dimension to be divisible by the "
        "square of upscale_factor, but input.size(-3)=4 is not divisible by 9"
    )


# -------------------------------------------------------------------- utilities


def with_grads(*grads):
    params = []
    for grad in grads:
        params.append(nn.Parameter(torch.zeros(2)))
        params[-1].grad = None if grad is None else torch.tensor(grad)
    return params


def test_clip_grad_norm_scales_common_norm():
    params = with_grads([3.0, 4.0], None, [12.0, 0.0])
    assert nn.utils.clip_grad_norm_(params, 1.0).item() == 13
    assert params[0].grad.tolist() == pytest.approx([3 / 13, 4 / 13], rel=1e-5)
    assert params[2].grad.tolist() == pytest.approx([12 / 13, 0.0], rel=1e-5)


@pytest.mark.parametrize("norm_type, norm", [("inf", 4), (float("inf"), 4), (1, 7)])
def test_clip_grad_norm_of_other_order(norm_type, norm):
    assert (
        nn.utils.clip_grad_norm_(with_grads([3.0, 4.0]), 9.0, norm_type).item() == norm
    )


def test_clip_grad_norm_below_limit_keeps_gradients():
    params = with_grads([3.0, 4.0])
    nn.utils.clip_grad_norm_(iter(params), 9.0)
    assert params[0].grad.tolist() == [3, 4]


def test_clip_grad_norm_raises_for_nan():
    message = raised(
        RuntimeError,
        lambda: nn.utils.clip_grad_norm_(
            with_grads([3.0, float("nan")]), 1.0, error_if_nonfinite=True
        ),
    )
    assert message == (
        "The total norm of order 2.0 for gradients from `parameters` is non-finite, so "
        "it "
        "cannot be clipped. To disable this error and scale the gradients by the "
        "non-finite norm anyway, set `error_if_nonfinite=False`"
    )


def test_clip_grad_norm_of_empty_generator_warns():
    messages = warned(lambda: nn.utils.clip_grad_norm_((p for p in ()), 1.0))
    assert messages == [
        "`parameters` is an empty generator, no gradient clipping will occur."
    ]


def test_clip_grad_value_clamps():
    params = with_grads([3.0, -12.0], None)
    nn.utils.clip_grad_value_(params, 2)
    assert params[0].grad.tolist() == [2, -2]


def test_parameters_to_vector_and_back():
    layer = nn.Linear(2, 1)
    vector = nn.utils.parameters_to_vector(layer.parameters())
    assert vector.shape == (3,) and vector.requires_grad
    nn.utils.vector_to_parameters(torch.arange(3.0), layer.parameters())
    assert layer.weight.tolist() == [[0, 1]] and layer.bias.tolist() == [2]


def test_vector_to_parameters_needs_a_tensor():
    message = raised(TypeError, lambda: nn.utils.vector_to_parameters(3, []))
    assert message == "expected torch.Tensor, but got: int"


def test_consume_prefix_of_state_dict():
    state = nn.Sequential(nn.Linear(1, 1)).state_dict()
    nn.modules.utils.consume_prefix_in_state_dict_if_present(state, "0.")
    assert list(state) == ["weight", "bias"]
    assert list(state._metadata) == [
        "",
    ]


@pytest.mark.parametrize("build", [lambda: nn.LSTM(3, 4), lambda: nn.GRU(3, 4, 2)])
def test_recurrent_pickles_and_copies(build):
    import copy
    import pickle

    layer = build()
    x = torch.ones(2, 1, 3)
    expected = layer(x)[0]
    assert pickle.loads(pickle.dumps(layer))(x)[0].equal(expected)
    assert copy.deepcopy(layer)(x)[0].equal(expected)


def test_kl_div_of_scalars_has_a_batch_of_one():
    value = F.kl_div(torch.tensor(-1.0), torch.tensor(0.5), reduction="batchmean")
    assert value.item() == pytest.approx(0.1534, abs=5e-5)
