"""gradcheck and gradgradcheck: what they accept, what they find, what they say."""

from __future__ import annotations

import pytest

import torch
from torch.autograd import Function, gradcheck, gradgradcheck
from torch.autograd.gradcheck import GradcheckError

fast_and_slow = pytest.mark.parametrize("fast_mode", [False, True])


def real(*shape: int) -> torch.Tensor:
    count = 1
    for size in shape:
        count *= size
    x = torch.linspace(0.3, 1.1, count, dtype=torch.float64).reshape(shape)
    return x.requires_grad_()


def cplx(n: int) -> torch.Tensor:
    x = torch.linspace(0.3, 1.1, n, dtype=torch.float64)
    return torch.complex(x, x.flip(0)).requires_grad_()


class Scaled(Function):
    """Doubles its input; its gradient is off by `factor`."""

    @staticmethod
    def forward(ctx, x, factor):
        ctx.factor = factor
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        return grad * 2 * ctx.factor, None


class IgnoresGrad(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        return torch.full_like(grad, 2)


class NeedsBothGrads(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 2, x * 3

    @staticmethod
    def backward(ctx, first, second):
        return first * 2 + second * 3


class Drifting(Function):
    calls = 0

    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        Drifting.calls += 1
        return grad * 2 + Drifting.calls * 1e-9


@fast_and_slow
@pytest.mark.parametrize(
    "function, inputs",
    [
        (lambda x, y: x * y, (real(3), real(3))),
        (lambda x: (x * 2, x.sum(), (x > 0).long()), (real(2, 2),)),
        (lambda x: x.t() * 2, (real(2, 3),)),
        (lambda x: x[:0], (real(3),)),
        (lambda x: x.sum(), (real(),)),
        (lambda x, y: torch.mm(x, y).tanh(), (real(2, 3), real(3, 2))),
        (lambda x, scale: x * scale, (real(3), 4.0)),
    ],
    ids=["product", "tuple", "transpose", "empty", "scalar", "matrix", "number"],
)
def test_right_gradient_passes(function, inputs, fast_mode):
    assert gradcheck(function, inputs, fast_mode=fast_mode)


@fast_and_slow
@pytest.mark.parametrize(
    "function, inputs",
    [
        (lambda z: z * z.conj() * 1j, (cplx(3),)),
        (lambda z: (z.abs(), z.real), (cplx(2),)),
        (lambda x: torch.complex(x, x * 2), (real(2),)),
    ],
    ids=["complex-complex", "complex-real", "real-complex"],
)
def test_right_complex_gradient_passes(function, inputs, fast_mode):
    assert gradcheck(function, inputs, fast_mode=fast_mode)


@fast_and_slow
def test_wrong_gradient_raises(fast_mode):
    with pytest.raises(GradcheckError) as error:
        gradcheck(lambda x: Scaled.apply(x, 1.5), real(2), fast_mode=fast_mode)
    text = str(error.value)
    assert text.startswith("Jacobian mismatch for output 0 with respect to input 0,\n")
    assert "tensor([[3., 0.],\n        [0., 3.]], dtype=torch.float64)\n" in text
    assert ("we recompute numerical and analytical jacobians in slow mode" in text) == (
        fast_mode
    )


def test_wrong_gradient_message():
    with pytest.raises(GradcheckError) as error:
        gradcheck(lambda x: Scaled.apply(x, 1.5), real(1))
    assert str(error.value) == (
        "Jacobian mismatch for output 0 with respect to input 0,\n"
        "numerical:tensor([[2.0000]], dtype=torch.float64)\n"
        "analytical:tensor([[3.]], dtype=torch.float64)\n"
    )


def test_raise_exception_false_returns_false():
    assert not gradcheck(lambda x: Scaled.apply(x, 1.5), real(2), raise_exception=False)


@fast_and_slow
def test_hidden_dependence_is_found(fast_mode):
    with pytest.raises(GradcheckError) as error:
        gradcheck(lambda x: x.detach(), real(2), fast_mode=fast_mode)
    assert str(error.value) == "Numerical gradient for function expected to be zero"


@fast_and_slow
def test_gradient_must_use_grad_output(fast_mode):
    with pytest.raises(GradcheckError) as error:
        gradcheck(
            lambda x: IgnoresGrad.apply(x).sum() * 1, real(1), fast_mode=fast_mode
        )
    assert str(error.value) == "backward not multiplied by grad_output"


@fast_and_slow
def test_backward_must_repeat(fast_mode):
    with pytest.raises(
        GradcheckError, match="^Backward is not reentrant, i.e., running"
    ):
        gradcheck(Drifting.apply, real(2), fast_mode=fast_mode)


def test_nondet_tol_allows_backward_to_differ():
    def slightly_off(x):
        return Drifting.apply(x) * 1

    with pytest.raises(GradcheckError, match="^backward not multiplied by grad_output"):
        gradcheck(slightly_off, real(2), nondet_tol=1e-5)


@fast_and_slow
def test_undefined_gradients_must_work(fast_mode):
    with pytest.raises(TypeError):
        gradcheck(NeedsBothGrads.apply, real(2), fast_mode=fast_mode)


def test_float32_input_warns():
    x = torch.ones(2, requires_grad=True)
    with pytest.warns(
        UserWarning, match="^Input #0 requires gradient and is not a doub"
    ):
        gradcheck(lambda x: x * 2, x, eps=1e-2, atol=1e-2)


def test_no_tracked_input_raises():
    with pytest.raises(ValueError) as error:
        gradcheck(lambda x: x, real(2).detach())
    assert str(error.value) == (
        "gradcheck expects at least one input tensor to require gradient, but none of them "
        "have requires_grad=True."
    )


def test_overlapping_input_raises():
    x = real(1).detach().expand(3).requires_grad_()
    with pytest.raises(
        RuntimeError, match="^The 0th input has a dimension with stride 0."
    ):
        gradcheck(lambda x: x * 2, x)


@pytest.mark.parametrize(
    "options, text",
    [
        (
            {"check_backward_ad": False},
            "Expected at least one of check_forward_ad or check_backward_ad to be True",
        ),
        (
            {"check_batched_forward_grad": True},
            "Setting check_batched_forward_grad=True requires check_forward_ad to be True",
        ),
    ],
)
def test_contradictory_options(options, text):
    with pytest.raises(AssertionError) as error:
        gradcheck(lambda x: x, real(1), **options)
    assert str(error.value) == text


@fast_and_slow
@pytest.mark.parametrize(
    "function, inputs",
    [
        (lambda x, y: x * y.exp(), (real(2), real(2))),
        (lambda z: z * z * z, (cplx(2),)),
    ],
    ids=["real", "complex"],
)
def test_gradgradcheck_passes(function, inputs, fast_mode):
    torch.manual_seed(0)
    assert gradgradcheck(function, inputs, fast_mode=fast_mode)


def test_gradgradcheck_with_gaps_in_memory():
    torch.manual_seed(0)
    assert gradgradcheck(lambda x: x**3, real(3), gen_non_contig_grad_outputs=True)


def test_gradgradcheck_finds_wrong_second_gradient():
    class Cube(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, grad):
            (x,) = ctx.saved_tensors
            return grad * 3 * x * x.detach()

    assert gradcheck(Cube.apply, real(2))
    with pytest.raises(GradcheckError, match="^Jacobian mismatch for output 0"):
        gradgradcheck(Cube.apply, real(2), torch.ones(2, dtype=torch.float64))
