"""The Python half of autograd: argument checks, modes as decorators, Function, graph."""

from __future__ import annotations

import collections
import warnings

import pytest

import torch
from torch.autograd import Function, Variable, backward, grad, graph
from torch.autograd.function import once_differentiable


def tracked(*values):
    return torch.tensor(values or (1.0, 2.0), requires_grad=True)


# ------------------------------------------------------------------ backward and grad


def test_backward_of_several_tensors():
    x, y = tracked(), tracked()
    backward([(x * 2).sum(), (x * y).sum()])
    assert x.grad.tolist() == [3, 4] and y.grad.tolist() == [1, 2]


def test_backward_inputs_as_dict():
    x, y = tracked(), tracked()
    backward((x * y).sum(), inputs={"x": x})
    assert x.grad is not None and y.grad is None


def test_grad_of_a_dict_is_a_dict():
    x = tracked()
    assert grad(x.sum(), {"x": x})["x"].tolist() == [1, 1]


def test_grad_materializes_zeros():
    x, y = tracked(), tracked()
    assert grad(x.sum(), y, materialize_grads=True)[0].tolist() == [0, 0]
    assert grad(x.sum(), y, allow_unused=True) == (None,)


def test_batched_grads():
    x = tracked()
    (rows,) = grad(x**2, x, torch.eye(2), is_grads_batched=True)
    assert rows.tolist() == [[2, 0], [0, 4]]


def test_grad_of_a_gradient_edge():
    x = tracked()
    edge = graph.get_gradient_edge((x * 2).sum())
    assert grad(edge, x)[0].tolist() == [2, 2]


def test_old_name_of_grad_tensors_warns():
    x = tracked()
    with pytest.warns(
        FutureWarning, match="^`grad_variables` is deprecated. Use `grad_"
    ):
        backward(x * 1, grad_variables=torch.ones(2))
    assert x.grad.tolist() == [1, 1]


@pytest.mark.parametrize(
    "call, kind, text",
    [
        (
            lambda x: backward((x * 1j).sum()),
            RuntimeError,
            "grad can be implicitly created only for real scalar outputs but got "
            "torch.complex64",
        ),
        (
            lambda x: backward(x * 1, torch.ones(2) * 1j),
            RuntimeError,
            "For complex Tensors, both grad_output and output are required to have the "
            "same dtype. Mismatch in dtype: grad_output[0] has a dtype of torch.complex64 "
            "and output[0] has a dtype of torch.float32.",
        ),
        (
            lambda x: backward(x * 1, [3]),
            TypeError,
            "gradients can be either Tensors or None, but got int",
        ),
        (
            lambda x: backward(x.sum(), inputs=[]),
            RuntimeError,
            "`inputs` argument to `backward()` cannot be empty.",
        ),
        (
            lambda x: grad(x.sum(), []),
            RuntimeError,
            "`inputs` argument to `grad()` cannot be empty.",
        ),
        (
            lambda x: grad(x.sum(), collections.OrderedDict(x=x)),
            TypeError,
            "`inputs` argument to `grad()` must be a dict, not OrderedDict. Other Mapping "
            "types are not supported.",
        ),
        (
            lambda x: grad(x.sum(), x, allow_unused=False, materialize_grads=True),
            ValueError,
            "Expected allow_unused to be True or not passed when materialize_grads=True, "
            "but got: allow_unused=False.",
        ),
        (
            lambda x: backward(x * 1, torch.ones(2), grad_variables=torch.ones(2)),
            RuntimeError,
            "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to "
            "`backward()`. Please only use `grad_tensors`.",
        ),
    ],
)
def test_bad_arguments(call, kind, text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(kind) as error:
            call(tracked())
    assert str(error.value) == text


def test_variable_makes_a_tensor():
    x = Variable(torch.ones(2), requires_grad=True)
    assert type(x) is torch.Tensor and x.requires_grad and isinstance(x, Variable)


def test_lower_case_variable_raises():
    with pytest.raises(RuntimeError, match="use torch.tensor"):
        torch.autograd.variable(1)


# ------------------------------------------------------------------ modes


def test_no_grad_decorates_with_and_without_brackets():
    @torch.no_grad()
    def f():
        return torch.is_grad_enabled()

    @torch.no_grad
    def g():
        return torch.is_grad_enabled()

    assert not f() and not g() and torch.is_grad_enabled()


def test_no_grad_decorator_survives_an_exception():
    @torch.no_grad()
    def f():
        raise ValueError

    with pytest.raises(ValueError):
        f()
    assert torch.is_grad_enabled()


def test_decorated_generator_is_in_the_mode_only_while_it_runs():
    @torch.no_grad()
    def numbers():
        received = None
        try:
            while True:
                received = yield received, torch.is_grad_enabled()
        except ValueError:
            yield "caught", torch.is_grad_enabled()
        return 5

    generator = numbers()
    assert next(generator) == (None, False) and torch.is_grad_enabled()
    assert generator.send(3) == (3, False) and torch.is_grad_enabled()
    assert generator.throw(ValueError()) == ("caught", False)
    with pytest.raises(StopIteration) as stop:
        next(generator)
    assert stop.value.value == 5


def test_set_grad_enabled_as_function_context_and_decorator():
    torch.set_grad_enabled(False)
    assert not torch.is_grad_enabled()
    with torch.set_grad_enabled(True):
        assert torch.is_grad_enabled()
    assert not torch.is_grad_enabled()
    torch.set_grad_enabled(True)

    @torch.set_grad_enabled(False)
    def f():
        return torch.is_grad_enabled()

    assert torch.is_grad_enabled() and not f()


def test_set_grad_enabled_repr():
    with torch.set_grad_enabled(True) as _:
        pass
    assert repr(torch.set_grad_enabled(True)) == (
        "torch.autograd.grad_mode.set_grad_enabled(mode=True)"
    )


def test_inference_mode_decorates():
    @torch.inference_mode
    def f():
        return torch.ones(1).is_inference()

    assert f() and not torch.is_inference_mode_enabled()


def test_decorating_a_class_warns():
    with pytest.warns(FutureWarning, match="^Decorating classes is deprecated"):
        torch.no_grad()(dict)


def test_anomaly_detection_is_put_back():
    with pytest.warns(UserWarning, match="^Anomaly Detection has been enabled."):
        context = torch.autograd.detect_anomaly()
    with context:
        assert torch.is_anomaly_enabled()
    assert not torch.is_anomaly_enabled()
    with torch.autograd.set_detect_anomaly(True, check_nan=False):
        assert not torch.is_anomaly_check_nan_enabled()
    assert not torch.is_anomaly_enabled()


# ------------------------------------------------------------------ Function


class Scaled(Function):
    @staticmethod
    def forward(x, n=3):
        return x * n

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.n = inputs[1]

    @staticmethod
    def backward(ctx, grad):
        return grad * ctx.n, None


class Squared(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return 2 * x * grad


class WithVjp(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 1

    @staticmethod
    def vjp(ctx, grad):
        return grad * 7


class Indexed(Function):
    @staticmethod
    def forward(ctx, x):
        where = x.argmax()
        ctx.mark_non_differentiable(where)
        return x * 2, where

    @staticmethod
    def backward(ctx, grad, _):
        return grad * 2


class Shifted(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        x.add_(1)
        return x

    @staticmethod
    def backward(ctx, grad):
        return grad


def test_setup_context_sees_defaults_and_keywords():
    x = tracked()
    assert grad(Scaled.apply(x).sum(), x)[0].tolist() == [3, 3]
    assert grad(Scaled.apply(x, n=5).sum(), x)[0].tolist() == [5, 5]


def test_once_differentiable():
    x = tracked()
    ones = torch.ones(2, requires_grad=True)
    (slope,) = grad(Squared.apply(x), x, ones, create_graph=True)
    assert slope.tolist() == [2, 4]
    with pytest.raises(RuntimeError) as error:
        slope.sum().backward()
    assert str(error.value) == (
        "trying to differentiate twice a function that was marked with "
        "@once_differentiable"
    )


def test_vjp_instead_of_backward():
    x = tracked()
    assert grad(WithVjp.apply(x).sum(), x)[0].tolist() == [7, 7]


def test_backward_and_vjp_together_are_refused():
    class Both(WithVjp):
        @staticmethod
        def backward(ctx, grad):
            return grad

    x = tracked()
    with pytest.raises(
        RuntimeError, match="^Implementing both 'backward' and 'vjp' for"
    ):
        grad(Both.apply(x).sum(), x)


def test_mark_non_differentiable():
    x = tracked()
    y, where = Indexed.apply(x)
    assert y.requires_grad and not where.requires_grad
    assert grad(y.sum(), x)[0].tolist() == [2, 2]


def test_mark_dirty():
    x = tracked()
    y = x * 1
    z = Shifted.apply(y)
    assert z is y and grad(z.sum(), x)[0].tolist() == [1, 1]


def test_node_is_named_after_the_function():
    y = Squared.apply(tracked())
    assert type(y.grad_fn).__name__ == y.grad_fn.name() == "SquaredBackward"
    assert repr(y) == "tensor([1., 4.], grad_fn=<SquaredBackward>)"


def test_missing_forward_and_backward():
    class Nothing(Function):
        pass

    class NoBackward(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

    x = tracked()
    with pytest.raises(
        NotImplementedError, match="^You must implement the forward func"
    ):
        Nothing.apply(x)
    with pytest.raises(
        NotImplementedError, match="^You must implement either the backw"
    ):
        NoBackward.apply(x).sum().backward()


def test_instances_are_discouraged():
    with pytest.warns(DeprecationWarning, match="should not be instantiated"):
        function = Squared()
    with pytest.raises(RuntimeError, match="^Legacy autograd function with non-static"):
        function(1)


# ------------------------------------------------------------------ graph


def test_nodes_are_instances_of_node():
    x = tracked()
    assert isinstance((x * 2).grad_fn, graph.Node)
    assert isinstance(Squared.apply(x).grad_fn, graph.Node)
    assert not isinstance(3, graph.Node)


def test_gradient_edge_needs_grad():
    with pytest.raises(
        RuntimeError, match="^It is not possible to get the gradient edge"
    ):
        graph.get_gradient_edge(torch.ones(1))


def test_save_on_cpu():
    x = tracked()
    with graph.save_on_cpu():
        y = x * x
    assert grad(y.sum(), x)[0].tolist() == [2, 4]


def test_disable_saved_tensors_hooks():
    with graph.disable_saved_tensors_hooks("not here"):
        with pytest.raises(RuntimeError, match="^not here$"):
            with graph.saved_tensors_hooks(lambda t: t, lambda t: t):
                pass
    with graph.saved_tensors_hooks(lambda t: t, lambda t: t):
        pass


def test_increment_version():
    x = torch.ones(1)
    graph.increment_version(x)
    graph.increment_version([x, x])
    assert x._version == 3


def test_multi_grad_hook_for_all():
    x, y, seen = tracked(), tracked(), []
    handle = graph.register_multi_grad_hook([x, y], seen.append)
    (x * y).sum().backward()
    (x * 2).sum().backward()
    handle.remove()
    (x * y).sum().backward()
    lists = [[None if g is None else g.tolist() for g in grads] for grads in seen]
    assert lists == [[[1, 2], [1, 2]], [[2, 2], None]]


def test_multi_grad_hook_for_any():
    x, y, seen = tracked(), tracked(), []
    graph.register_multi_grad_hook([x, y], seen.append, mode="any")
    (x * y).sum().backward()
    (x * 2).sum().backward()
    assert [g.tolist() for g in seen] == [[1, 2], [2, 2]]


def test_multi_grad_hook_mode():
    with pytest.raises(ValueError) as error:
        graph.register_multi_grad_hook([tracked()], print, mode="some")
    assert str(error.value) == "Expects mode to be one of ('all', 'any') but got some"
