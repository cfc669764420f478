"""Recurrent, normalising and other layers of torch.nn, and its losses."""

from __future__ import annotations

from collections import OrderedDict

import pytest

import torch
import torch.nn.functional as F
from nn_cases import CLASSES, SCORES, SHARES, raised, warned
from torch import nn

# -------------------------------------------------------------------- recurrent


def sequence():
    torch.manual_seed(0)
    x = torch.randn(5, 2, 3)
    torch.manual_seed(1)
    return x


@pytest.mark.parametrize(
    "build, first",
    [
        (lambda: nn.LSTM(3, 4), [0.0248, 0.0731, -0.0521, 0.1106]),
        (lambda: nn.LSTM(3, 4, proj_size=2), [0.0153, -0.0648]),
        (
            lambda: nn.LSTM(3, 4, 2, proj_size=2, bidirectional=True),
            [-0.0402, 0.0082, 0.0020, 0.1611],
        ),
        (lambda: nn.GRU(3, 4), [-0.0076, 0.0399, -0.4102, 0.2987]),
        (
            lambda: nn.GRU(3, 4, 2, dropout=0.3, bidirectional=True),
            [0.0495, -0.2816, -0.0351, 0.0351, 0.1860, 0.1457, -0.2347, 0.2385],
        ),
        (lambda: nn.RNN(3, 4), [-0.1686, 0.0574, -0.4857, 0.1352]),
        (lambda: nn.RNN(3, 4, 1, "relu"), [0, 0.0575, 0, 0.1360]),
    ],
)
def test_recurrent_first_output_of_seeded_weights(build, first):
    x = sequence()
    output, _ = build().eval()(x)
    assert output[0, 0].tolist() == pytest.approx(first, abs=5e-5)


def test_lstm_gradient_of_seeded_weights():
    x = sequence().requires_grad_()
    output, (h, c) = nn.LSTM(3, 4)(x)
    ((output**2).sum() + (h**3).sum() + (c**3).sum()).backward()
    expected = [-0.0503, -0.1072, 0.0141, 0.0204, 0.0374]
    assert x.grad.flatten()[:5].tolist() == pytest.approx(expected, abs=5e-5)


def test_lstm_last_output_is_its_state():
    output, (h, c) = nn.LSTM(3, 4, batch_first=True)(torch.ones(2, 5, 3))
    assert output.shape == (2, 5, 4) and h.shape == c.shape == (1, 2, 4)
    assert output[:, -1].tolist() == h[0].tolist()


def test_recurrent_without_batch():
    x = sequence()
    gru = nn.GRU(3, 4)
    output, h = gru(x[:, 0])
    assert output.shape == (5, 4) and h.shape == (1, 4)
    batched = gru(x)[0][:, 0]
    assert torch.allclose(output, batched)


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_cell_makes_the_first_step_of_the_layer(kind):
    x = sequence()
    layer = getattr(nn, kind)(3, 4)
    cell = getattr(nn, f"{kind}Cell")(3, 4)
    state = {name[:-3]: value for name, value in layer.state_dict().items()}
    cell.load_state_dict(state)
    h = cell(x[0])[0] if kind == "LSTM" else cell(x[0])
    assert torch.allclose(h, layer(x)[0][0])


@pytest.mark.parametrize(
    "error, call, message",
    [
        (
            ValueError,
            lambda: nn.GRU(3, 4, proj_size=2),
            "proj_size argument is only supported for LSTM, not RNN or GRU",
        ),
        (ValueError, lambda: nn.LSTM(3, 4, 0), "num_layers must be greater than zero"),
        (
            TypeError,
            lambda: nn.LSTM(3.0, 4),
            "input_size should be of type int, got: float",
        ),
        (
            ValueError,
            lambda: nn.RNN(3, 4, nonlinearity="foo"),
            "Unknown nonlinearity 'foo'. Select from 'tanh' or 'relu'.",
        ),
        (
            RuntimeError,
            lambda: nn.LSTM(3, 4)(torch.ones(2, 2, 5)),
            "input.size(-1) must be equal to input_size. Expected 3, got 5",
        ),
        (
            RuntimeError,
            lambda: nn.GRU(3, 4)(torch.ones(5, 2, 3), torch.ones(1, 3, 4)),
            "Expected hidden size (1, 2, 4), got [1, 3, 4]",
        ),
        (
            RuntimeError,
            lambda: nn.GRU(3, 4)(torch.ones(5, 2, 3), torch.ones(1, 4)),
            "For batched 3-D input, hx should also be 3-D but got 2-D tensor",
        ),
        (
            RuntimeError,
            lambda: nn.LSTMCell(3, 4)(torch.ones(2, 5)),
            "input has inconsistent input_size: got 5 expected 3",
        ),
    ],
)
def test_recurrent_errors(error, call, message):
    assert raised(error, call) == message


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


# ------------------------------------------------------------------- containers


def test_sequential_by_position_and_name():
    relu, tanh = nn.ReLU(), nn.Tanh()
    by_name = nn.Sequential(OrderedDict(a=relu, b=tanh))
    assert by_name.a is by_name[0] is relu
    assert list(by_name[:1]._modules) == ["a"]
    assert nn.Sequential(relu, tanh)[-1] is tanh


def test_sequential_delete_renumbers():
    s = nn.Sequential(nn.ReLU(), nn.Tanh(), nn.Sigmoid())
    del s[0]
    assert list(s._modules) == ["0", "1"]
    assert isinstance(s.pop(1), nn.Sigmoid)
    assert len(s) == 1


def test_sequential_insert_append_extend():
    s = nn.Sequential(nn.ReLU())
    s.insert(0, nn.Tanh()).append(nn.Sigmoid()).extend([nn.Identity()])
    assert [type(m).__name__ for m in s] == ["Tanh", "ReLU", "Sigmoid", "Identity"]


def test_sequential_arithmetic():
    s = nn.Sequential(nn.ReLU()) + nn.Sequential(nn.Tanh())
    assert len(s * 2) == 4 and len(2 * s) == 4
    s *= 3
    s += nn.Sequential(nn.ReLU())
    assert len(s) == 7


@pytest.mark.parametrize(
    "error, call, message",
    [
        (IndexError, lambda s: s[5], "index 5 is out of range"),
        (IndexError, lambda s: s.insert(9, nn.ReLU()), "Index out of range: 9"),
        (TypeError, lambda s: s.append(3), "int is not a Module subclass"),
        (
            ValueError,
            lambda s: s + 3,
            "add operator supports only objects of Sequential class, but "
            "<class 'int'> is given.",
        ),
        (
            ValueError,
            lambda s: s * 0,
            "Non-positive multiplication factor 0 for "
            "<class 'torch.nn.modules.container.Sequential'>",
        ),
        (
            TypeError,
            lambda s: s * "a",
            "unsupported operand type(s) for *: "
            "<class 'torch.nn.modules.container.Sequential'> and <class 'str'>",
        ),
        (
            AssertionError,
            lambda s: s.insert(0, 3),
            "module should be of type: <class 'torch.nn.modules.module.Module'>",
        ),
    ],
)
def test_sequential_errors(error, call, message):
    assert raised(error, lambda: call(nn.Sequential(nn.ReLU()))) == message


def test_module_list_repr_folds_equal_modules():
    modules = nn.ModuleList([nn.ReLU()] * 3 + [nn.Tanh()])
    assert repr(modules) == "ModuleList(\n  (0-2): 3 x ReLU()\n  (3): Tanh()\n)"
    assert repr(nn.ModuleList()) == "ModuleList()"


def test_module_list_behaves_as_list():
    modules = nn.ModuleList([nn.ReLU(), nn.Tanh()])
    modules.insert(0, nn.Sigmoid())
    modules += [nn.Identity()]
    assert [type(m).__name__ for m in modules[1:]] == ["ReLU", "Tanh", "Identity"]
    assert isinstance(modules.pop(0), nn.Sigmoid)
    assert len(modules + [nn.ReLU()]) == 4


@pytest.mark.parametrize(
    "values, message",
    [
        (3, "ModuleList.extend should be called with an iterable, but got int"),
        ([3], "int is not a Module subclass"),
    ],
)
def test_module_list_extend_errors(values, message):
    assert raised(TypeError, lambda: nn.ModuleList().extend(values)) == message


def test_module_dict_keeps_order():
    modules = nn.ModuleDict({"z": nn.ReLU(), "a": nn.Tanh()})
    modules.update([("m", nn.Identity())])
    assert list(modules) == list(modules.keys()) == ["z", "a", "m"]
    assert "a" in modules and isinstance(modules.pop("z"), nn.ReLU)
    assert len(modules) == 2


@pytest.mark.parametrize(
    "error, values, message",
    [
        (
            TypeError,
            3,
            "ModuleDict.update should be called with an iterable of key/value pairs, "
            "but got int",
        ),
        (
            TypeError,
            [3],
            "ModuleDict update sequence element #0 should be Iterable; isint",
        ),
        (
            ValueError,
            [("q",)],
            "ModuleDict update sequence element #0 has length 1; 2 is required",
        ),
        (KeyError, {"keys": nn.ReLU()}, "\"attribute 'keys' already exists\""),
    ],
)
def test_module_dict_update_errors(error, values, message):
    assert raised(error, lambda: nn.ModuleDict().update(values)) == message


def test_parameter_list_makes_parameters():
    params = nn.ParameterList([torch.ones(2), "text"])
    params.append(torch.zeros(1))
    assert isinstance(params[0], nn.Parameter)
    assert list(params.state_dict()) == ["0", "2"]
    assert len(params[1:]) == 2
    assert repr(params) == (
        "ParameterList(\n"
        "    (0): Parameter containing: [torch.float32 of size 2]\n"
        "    (1): Object of type: str\n"
        "    (2): Parameter containing: [torch.float32 of size 1]\n)"
    )


def test_parameter_list_is_not_callable():
    message = "ParameterList should not be called."
    assert raised(RuntimeError, lambda: nn.ParameterList()(1)) == message


def test_parameter_dict_behaves_as_dict():
    params = nn.ParameterDict({"b": torch.ones(2), "a": 3})
    assert list(params) == ["a", "b"]
    assert params.setdefault("c", 5) == 5 and params.get("d", 7) == 7
    assert params.popitem() == ("c", 5)
    merged = params | {"k": torch.zeros(1)}
    assert [name for name, _ in merged.named_parameters()] == ["b", "k"]
    assert repr(nn.ParameterDict({"a": torch.ones(2)})) == (
        "ParameterDict(  (a): Parameter containing: [torch.FloatTensor of size 2])"
    )


def test_parameter_dict_key_must_be_string():
    params = nn.ParameterDict()
    message = raised(TypeError, lambda: params.__setitem__(3, 1))
    assert message == (
        "Index given to ParameterDict cannot be used as a key as it is not a string "
        "(type is 'int'). Open an issue on github if you need non-string keys."
    )
    assert len(params) == 0


# ------------------------------------------------------------------ lazy layers


def test_lazy_linear_becomes_linear_with_the_first_input():
    net = nn.Sequential(nn.LazyLinear(2), nn.ReLU()).double()
    assert repr(net[0]) == "LazyLinear(in_features=0, out_features=2, bias=True)"
    assert repr(net[0].weight) == "<UninitializedParameter>"
    assert net(torch.ones(3, 7, dtype=torch.float64)).shape == (3, 2)
    assert type(net[0]) is nn.Linear and net[0].weight.shape == (2, 7)
    assert type(net[0].bias) is nn.Parameter
    assert len(net[0]._forward_pre_hooks) == 0


def test_lazy_linear_draws_as_linear_does():
    torch.manual_seed(3)
    lazy = nn.LazyLinear(2)
    lazy(torch.ones(1, 3))
    torch.manual_seed(3)
    assert lazy.weight.tolist() == nn.Linear(3, 2).weight.tolist()


def test_lazy_linear_takes_its_shape_from_a_state_dict():
    lazy = nn.LazyLinear(3)
    lazy.load_state_dict(nn.Linear(5, 3).state_dict())
    assert lazy.weight.shape == (3, 5)


def test_lazy_conv_counts_channels():
    conv = nn.LazyConv2d(4, 3, groups=2, bias=False)
    assert conv(torch.ones(1, 2, 5, 5)).shape == (1, 4, 3, 3)
    assert repr(conv) == (
        "Conv2d(2, 4, kernel_size=(3, 3), stride=(1, 1), groups=2, bias=False)"
    )


def test_lazy_conv_rejects_other_dimensions():
    message = raised(RuntimeError, lambda: nn.LazyConv2d(4, 3)(torch.ones(2, 2)))
    assert message == (
        "Expected 3D (unbatched) or 4D (batched) input to LazyConv2d, but got input of "
        "size: torch.Size([2, 2])"
    )


def test_uninitialized_parameter_has_no_shape():
    message = raised(RuntimeError, lambda: nn.UninitializedParameter().shape)
    assert message.startswith("Can't access the shape of an uninitialized parameter")


def test_uninitialized_parameter_takes_no_part_in_operations():
    message = raised(ValueError, lambda: nn.UninitializedParameter() + 1)
    assert message.startswith("Attempted to use an uninitialized parameter in ")


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
