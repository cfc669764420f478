"""Hooks of torch.nn.Module: what they see, may change, and when they run.

Error texts and orders of events are those of PyTorch 2.13.
"""

from __future__ import annotations

import pytest

import torch
from module_cases import Net, Twice
from nn_cases import raised, warned
from torch import nn
from torch.nn.modules import module as module_api

# ------------------------------------------------------------------ forward hooks


def test_forward_hooks_see_and_replace():
    net, x = Net(), torch.ones(2)
    first = net.register_forward_pre_hook(lambda m, args: args[0] * 3)
    second = net.register_forward_hook(lambda m, args, out: (args[0], out))
    args, out = net(x)
    assert args.tolist() == [3, 3] and out.tolist() == [6, 6]
    first.remove()
    second.remove()
    assert net(x).tolist() == [2, 2]


def test_forward_hooks_with_kwargs():
    net, seen = Net(), []
    net.register_forward_pre_hook(
        lambda m, args, kwargs: (args, {"k": kwargs["k"] + 1}), with_kwargs=True
    )
    net.register_forward_hook(
        lambda m, args, kwargs, out: seen.append(kwargs), with_kwargs=True
    )
    assert net(torch.ones(2), k=5).tolist() == [12, 12]
    assert seen == [{"k": 6}]


def test_forward_pre_hook_with_kwargs_must_return_a_pair():
    net = Net()
    net.register_forward_pre_hook(lambda m, args, kwargs: 3, with_kwargs=True)
    assert raised(RuntimeError, lambda: net(torch.ones(2))) == (
        "forward pre-hook must return None or a tuple of (new_args, new_kwargs), "
        "but got 3."
    )


def test_prepended_hook_runs_first():
    log, module = [], Twice()
    module.register_forward_hook(lambda *args: log.append("second"))
    module.register_forward_hook(lambda *args: log.append("first"), prepend=True)
    module(torch.ones(1))
    assert log == ["first", "second"]


def test_handle_as_context_manager():
    module = Twice()
    with module.register_forward_hook(lambda m, args, out: 7):
        assert module(torch.ones(1)) == 7
    assert module(torch.ones(1)).item() == 2


def test_always_called_hook_runs_after_an_error():
    net, log = Net(), []
    net.register_forward_hook(lambda m, args, out: log.append(out), always_call=True)
    with pytest.raises(RuntimeError):
        net(torch.ones(3))
    assert log == [None]


def test_always_called_hook_that_fails_only_warns():
    net = Net()
    net.register_forward_hook(lambda m, args, out: 1 / 0, always_call=True)
    messages = warned(lambda: pytest.raises(RuntimeError, net, torch.ones(3)))
    assert messages == [
        "module forward hook with ``always_call=True`` raised an exception that was "
        "silenced as another error was raised in forward: division by zero"
    ]


def test_hook_tables_may_be_edited_in_place():
    module = Twice()
    module._forward_hooks[0] = lambda m, args, out: 7
    assert module(torch.ones(1)) == 7


# ----------------------------------------------------------------- backward hooks


def test_full_backward_hooks_see_both_ends():
    net, log = Net(), []
    x = torch.ones(2, requires_grad=True)
    net.register_full_backward_pre_hook(lambda m, go: log.append(("pre", go)))
    net.register_full_backward_hook(lambda m, gi, go: log.append(("post", gi, go)))
    out = net(x)
    assert out.grad_fn.name() == "BackwardHookFunctionBackward"
    out.sum().backward()
    (_, pre), (_, grad_input, grad_output) = log
    assert pre[0].tolist() == grad_output[0].tolist() == [1, 1]
    assert grad_input[0].tolist() == x.grad.tolist() == [2, 2]


def test_full_backward_hook_replaces_grad_input():
    net, x = Net(), torch.ones(2, requires_grad=True)
    net.register_full_backward_hook(lambda m, gi, go: (gi[0] * 10,))
    net(x).sum().backward()
    assert x.grad.tolist() == [20, 20]


def test_full_backward_pre_hook_replaces_grad_output():
    net, x = Net(), torch.ones(2, requires_grad=True)
    net.register_full_backward_pre_hook(lambda m, go: (go[0] * 100,))
    net(x).sum().backward()
    assert x.grad.tolist() == [200, 200]


def test_full_backward_hook_places_none_for_other_values():
    class Three(nn.Module):
        def forward(self, a, text):
            return text, a * 3

    module, log = Three(), []
    module.register_full_backward_hook(lambda m, gi, go: log.append((gi, go)))
    module(torch.ones(1, requires_grad=True), "t")[1].backward()
    grad_input, grad_output = log[0]
    assert grad_input[0].tolist() == [3] and grad_input[1] is None
    assert grad_output[0] is None and grad_output[1].tolist() == [1]


def test_full_backward_hook_without_differentiable_input_warns():
    net, log = Net(), []
    net.register_full_backward_hook(lambda m, gi, go: log.append(gi))
    messages = warned(lambda: net(torch.ones(2)).sum().backward())
    assert log == [(None,)]
    assert messages[0].startswith("Full backward hook is firing when gradients are")


@pytest.mark.parametrize(
    "register, result, message",
    [
        (
            "register_full_backward_hook",
            (1, 2, 3),
            "Backward hook returned an invalid number of grad_input, got 3, but "
            "expected 1",
        ),
        (
            "register_full_backward_pre_hook",
            (1, 2),
            "Backward pre hook returned an invalid number of grad_output, got 2, but "
            "expected 1",
        ),
    ],
)
def test_backward_hook_must_keep_the_number(register, result, message):
    module = Twice()
    getattr(module, register)(lambda *args: result)
    out = module(torch.ones(1, requires_grad=True))
    assert raised(RuntimeError, out.backward) == message


def test_backward_hooks_of_both_kinds_do_not_mix():
    module = Twice()
    module.register_full_backward_hook(lambda *args: None)
    message = raised(
        RuntimeError, lambda: module.register_backward_hook(lambda *args: None)
    )
    assert message == (
        "Cannot use both regular backward hooks and full backward hooks on a single "
        "Module. Please use only one of them."
    )


def test_full_backward_hook_is_silent_without_grad():
    module = Twice()
    module.register_full_backward_hook(lambda *args: 1 / 0)
    with torch.no_grad():
        assert module(torch.ones(1, requires_grad=True)).item() == 2


def test_legacy_backward_hook_warns_of_several_nodes():
    class Six(nn.Module):
        def forward(self, x):
            return (x * 2) * 3

    module, log = Six(), []
    module.register_backward_hook(lambda m, gi, go: log.append(gi[0].item()))
    out = []
    x = torch.ones(1, requires_grad=True)
    messages = warned(lambda: out.append(module(x)))
    out[0].backward()
    assert log == [3]
    assert messages == [
        "Using a non-full backward hook when the forward contains multiple autograd "
        "Nodes "
        "is deprecated and will be removed in future versions. This hook will be "
        "missing "
        "some grad_input. Please use register_full_backward_hook to get the documented "
        "behavior."
    ]


# ------------------------------------------------------------------- global hooks


@pytest.fixture
def handles():
    registered = []
    yield registered
    for handle in registered:
        handle.remove()
    assert not module_api._has_any_global_hook()


def test_global_call_hooks_see_every_module(handles):
    log = []

    def note(event):
        return lambda module, *rest: log.append((event, type(module).__name__))

    handles += [
        module_api.register_module_forward_pre_hook(note("pre")),
        module_api.register_module_forward_hook(note("post")),
        module_api.register_module_full_backward_pre_hook(note("backward pre")),
        module_api.register_module_full_backward_hook(note("backward")),
    ]
    net = nn.Sequential(Twice())
    net(torch.ones(1, requires_grad=True)).backward()
    assert log == [
        ("pre", "Sequential"),
        ("pre", "Twice"),
        ("post", "Twice"),
        ("post", "Sequential"),
        ("backward pre", "Sequential"),
        ("backward pre", "Twice"),
        ("backward", "Twice"),
        ("backward", "Sequential"),
    ]


def test_global_registration_hooks(handles):
    log = []
    for register in (
        module_api.register_module_parameter_registration_hook,
        module_api.register_module_buffer_registration_hook,
        module_api.register_module_module_registration_hook,
    ):
        handles.append(register(lambda module, name, value: log.append(name)))
    Net()
    assert log == ["w", "b", "scratch", "weight", "bias", "lin"]


def test_global_registration_hook_replaces(handles):
    handles.append(
        module_api.register_module_parameter_registration_hook(
            lambda module, name, param: nn.Parameter(param * 5)
        )
    )
    assert Net().w.tolist() == [5, 5]
