"""Trade time for memory: recompute a part of the forward pass during backward.

``checkpoint(f, x)`` runs ``f`` without keeping what its backward needs; when backward
asks for it, ``f`` runs again. Two ways: ``use_reentrant=False`` hooks into saved
tensors and keeps the graph as it is; ``use_reentrant=True``, the older way, puts one
node in its place.
"""

from __future__ import annotations

import contextlib
import warnings
import weakref
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Callable

import torch
from torch.autograd.function import Function
from torch.autograd.graph import saved_tensors_hooks

__all__ = [
    "CheckpointError",
    "CheckpointFunction",
    "check_backward_validity",
    "checkpoint",
    "checkpoint_sequential",
    "detach_variable",
    "get_device_states",
    "noop_context_fn",
    "set_checkpoint_debug_enabled",
    "set_checkpoint_early_stop",
    "set_device_states",
]


class CheckpointError(RuntimeError):
    """The recomputation did not do what the forward pass did."""


_switches: dict[str, Any] = {"early_stop": True, "debug": None}


@contextlib.contextmanager
def set_checkpoint_early_stop(enable: bool) -> Iterator[None]:
    """Choose whether recomputation stops when all tensors are there, in a block.

    Args:
        enable: False runs the function to its end.

    Example:
        >>> from torch.utils.checkpoint import set_checkpoint_early_stop
        >>> with set_checkpoint_early_stop(False):
        ...     pass
    """
    before, _switches["early_stop"] = _switches["early_stop"], enable
    try:
        yield
    finally:
        _switches["early_stop"] = before


@contextlib.contextmanager
def set_checkpoint_debug_enabled(enabled: bool | None) -> Iterator[None]:
    """Accept PyTorch's switch for longer error texts, in a block.

    Args:
        enabled: without effect.
    """
    before, _switches["debug"] = _switches["debug"], enabled
    try:
        yield
    finally:
        _switches["debug"] = before


def noop_context_fn() -> tuple[Any, Any]:
    """Return two contexts that do nothing."""
    return contextlib.nullcontext(), contextlib.nullcontext()


def detach_variable(inputs: tuple) -> tuple:
    """Return `inputs` with tensors cut off their graph.

    Args:
        inputs: a tuple of anything.

    Raises:
        RuntimeError: not a tuple.

    Example:
        >>> from torch.utils.checkpoint import detach_variable
        >>> x = torch.ones(1, requires_grad=True)
        >>> y = detach_variable((x,))[0]
        >>> y.is_leaf, y.requires_grad
        (True, True)
    """
    if not isinstance(inputs, tuple):
        raise RuntimeError(
            "Only tuple of tensors is supported. Got Unsupported input type: "
            f"{type(inputs).__name__}"
        )
    return tuple(
        x.detach().requires_grad_(x.requires_grad) if isinstance(x, torch.Tensor) else x
        for x in inputs
    )


def check_backward_validity(inputs: Iterable[Any]) -> None:
    """Warn if no input requires grad.

    Args:
        inputs: the arguments of the function.
    """
    if not any(isinstance(x, torch.Tensor) and x.requires_grad for x in inputs):
        warnings.warn(
            "None of the inputs have requires_grad=True. Gradients will be None",
            stacklevel=2,
        )


# ------------------------------------------------------------------ random numbers


def get_device_states(*args: Any) -> tuple[list[int], list[torch.Tensor]]:
    """Return the CUDA devices of the arguments and their generators' states.

    Args:
        *args: anything; tensors count.
    """
    devices = {
        x.get_device() for x in args if isinstance(x, torch.Tensor) and x.is_cuda
    }
    ordered = sorted(devices)
    return ordered, [torch.cuda.get_rng_state(device) for device in ordered]


def set_device_states(
    devices: Sequence[int], states: Sequence[torch.Tensor], **options: Any
) -> None:
    """Undo `get_device_states`.

    Args:
        devices: the devices.
        states: their states.
        **options: accepted, without effect.
    """
    cuda: Any = torch.cuda
    for device, state in zip(devices, states):
        cuda.set_rng_state(state, device)


class _RandomState:
    """The generators as they were; as a context, they are so again for a while."""

    def __init__(self, enabled: bool, args: tuple) -> None:
        self._enabled = enabled
        if enabled:
            self._cpu = torch.get_rng_state()
            self._devices, self._states = get_device_states(*args)

    @contextlib.contextmanager
    def restored(self) -> Iterator[None]:
        if not self._enabled:
            yield
            return
        with torch.random.fork_rng(devices=self._devices):
            torch.set_rng_state(self._cpu)
            set_device_states(self._devices, self._states)
            yield


# ------------------------------------------------------------------ one node


class CheckpointFunction(Function):
    """The node of ``use_reentrant=True``: its backward runs forward and backward."""

    @staticmethod
    def forward(ctx: Any, run_function: Callable, preserve: bool, *args: Any) -> Any:
        check_backward_validity(args)
        ctx.run_function = run_function
        ctx.random = _RandomState(preserve, args)
        ctx.inputs = [None if isinstance(a, torch.Tensor) else a for a in args]
        ctx.places = [i for i, a in enumerate(args) if isinstance(a, torch.Tensor)]
        ctx.save_for_backward(*(args[i] for i in ctx.places))
        with torch.no_grad():
            return run_function(*args)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> tuple:
        if not torch.autograd._is_checkpoint_valid():
            raise RuntimeError(
                "When use_reentrant=True, torch.utils.checkpoint is incompatible with "
                ".grad() or passing an `inputs` parameter to .backward(). To resolve "
                "this error, you can either set use_reentrant=False, or call "
                ".backward() without passing the `inputs` argument."
            )
        inputs = list(ctx.inputs)
        for place, tensor in zip(ctx.places, ctx.saved_tensors):
            inputs[place] = tensor
        detached = detach_variable(tuple(inputs))
        with ctx.random.restored(), torch.enable_grad():
            outputs = ctx.run_function(*detached)
        outputs = (outputs,) if isinstance(outputs, torch.Tensor) else outputs
        pairs = [
            (output, grad)
            for output, grad in zip(outputs, grads)
            if isinstance(output, torch.Tensor) and output.requires_grad
        ]
        if not pairs:
            raise RuntimeError(
                "none of output has requires_grad=True, this checkpoint() is not "
                "necessary"
            )
        tensors, grad_tensors = zip(*pairs)
        torch.autograd.backward(tensors, grad_tensors)
        gradients = (getattr(d, "grad", None) for d in detached)
        return (None, None, *gradients)


# ------------------------------------------------------------------ saved tensors


class _Place:
    """Stands in the graph for a tensor that was not kept."""

    def __init__(self, number: int, tensor: torch.Tensor) -> None:
        self.number = number
        self.metadata = _metadata(tensor)


class _EnoughRecomputed(Exception):
    """Ends a recomputation early."""


def _metadata(tensor: torch.Tensor) -> dict[str, Any]:
    return {"shape": tensor.shape, "dtype": tensor.dtype, "device": tensor.device}


class _Recomputation:
    """What one call of `checkpoint` needs to run again."""

    def __init__(self, run: Callable[[], Any], compare: bool, early_stop: bool) -> None:
        self._run, self._compare, self._early_stop = run, compare, early_stop
        self._places: list[weakref.ref] = []
        # by backward pass: what the recomputation saved, in order
        self._recomputed: dict[int, list[torch.Tensor]] = {}

    def pack(self, tensor: torch.Tensor) -> _Place:
        place = _Place(len(self._places), tensor)
        self._places.append(weakref.ref(place))
        return place

    def unpack(self, place: _Place) -> torch.Tensor:
        number = torch._C._current_graph_task_id()
        if number not in self._recomputed:
            # A pass that ended leaves nothing to be used again.
            self._recomputed = {number: self._recompute()}
        tensors = self._recomputed[number]
        tensor = tensors[place.number]
        if number == -1:
            self._recomputed.clear()
        return tensor

    def _recompute(self) -> list[torch.Tensor]:
        saved: list[torch.Tensor] = []
        expected = len(self._places)

        def keep(tensor: torch.Tensor) -> torch.Tensor:
            saved.append(tensor.detach())
            if self._early_stop and len(saved) == expected:
                raise _EnoughRecomputed
            return tensor

        with saved_tensors_hooks(keep, lambda tensor: tensor), torch.enable_grad():
            with contextlib.suppress(_EnoughRecomputed):
                self._run()
        if self._compare:
            self._check(saved)
        return saved

    def _check(self, saved: list[torch.Tensor]) -> None:
        if len(saved) != len(self._places):
            raise CheckpointError(
                "torch.utils.checkpoint: A different number of tensors was saved "
                "during the original forward and recomputation.\nNumber of tensors "
                f"saved during forward: {len(self._places)}\nNumber of tensors saved "
                f"during recomputation: {len(saved)}."
            )
        differences = ""
        for i, (reference, tensor) in enumerate(zip(self._places, saved)):
            place = reference()
            if place is not None and place.metadata != _metadata(tensor):
                differences += (
                    f"tensor at position {i}:\nsaved metadata: {place.metadata}\n"
                    f"recomputed metadata: {_metadata(tensor)}\n"
                )
        if differences:
            raise CheckpointError(
                "torch.utils.checkpoint: Recomputed values for the following tensors "
                f"have different metadata than during the forward pass.\n{differences}."
            )


# ------------------------------------------------------------------ entry points

_ADVICE = (
    "use_reentrant=False is recommended, but if you need to preserve the current "
    "default behavior, you can pass use_reentrant=True. Refer to docs for more details "
    "on the differences between the two variants."
)


def checkpoint(
    function: Callable,
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Callable[[], tuple] = noop_context_fn,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    **kwargs: Any,
) -> Any:
    """Call a function now and, instead of keeping its intermediates, again in backward.

    "Training Deep Nets with Sublinear Memory Cost", Chen et al., 2016.

    Args:
        function: must compute the same when called again. *args: its arguments.
        use_reentrant: pass False; True is the older way with more limits.
        context_fn: returns a context for the forward pass and one for the
            recomputation.
        determinism_check: ``"default"`` compares shapes, dtypes and devices of
            recomputed tensors, ``"none"`` does not.
        debug: accepted; errors are not more detailed.
        early_stop: stop the recomputation when all tensors needed are there. **kwargs:
            its keyword arguments, and ``preserve_rng_state`` (True): draw the same
            random numbers again.

    Raises:
        ValueError: options that need ``use_reentrant=False``.
        CheckpointError: in backward, where the function did something else.

    Example:
        >>> from torch.utils.checkpoint import checkpoint
        >>> x = torch.tensor(2.0, requires_grad=True)
        >>> checkpoint(lambda x: x**3, x, use_reentrant=False).backward()
        >>> x.grad
        tensor(12.)
    """
    if use_reentrant is None:
        warnings.warn(
            "torch.utils.checkpoint: the use_reentrant parameter should be passed "
            "explicitly. Starting in PyTorch 2.9, calling checkpoint without "
            f"use_reentrant will raise an exception. {_ADVICE}",
            stacklevel=2,
        )
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if use_reentrant:
        if kwargs:
            raise ValueError(f"Unexpected keyword arguments: {','.join(kwargs)}")
        if context_fn is not noop_context_fn or debug:
            raise ValueError(
                "Passing `context_fn` or `debug` is only supported when "
                "use_reentrant=False."
            )
        return CheckpointFunction.apply(function, preserve, *args)
    if determinism_check not in ("default", "none"):
        raise ValueError(
            "determinism_check should be one of ['default', 'none'], but got "
            f"{determinism_check}"
        )
    return _checkpoint_by_hooks(
        lambda: function(*args, **kwargs),
        context_fn(),
        _RandomState(preserve, args),
        determinism_check == "default",
        early_stop and _switches["early_stop"],
    )


def _checkpoint_by_hooks(
    call: Callable, contexts: tuple, random: _RandomState, compare: bool, early: bool
) -> Any:
    forward_context, again_context = contexts

    def again() -> None:
        with random.restored(), again_context:
            call()

    recomputation = _Recomputation(again, compare, early)
    hooks = saved_tensors_hooks(recomputation.pack, recomputation.unpack)
    with hooks, forward_context:
        return call()


def checkpoint_sequential(
    functions: Any,
    segments: int,
    input: Any,
    use_reentrant: bool | None = None,
    **kwargs: Any,
) -> Any:
    """Run modules one after the other, checkpointing all segments but the last.

    Args:
        functions: a ``Sequential`` or a list of modules or functions.
        segments: into how many parts to cut it.
        input: the first one's input.
        use_reentrant: see `checkpoint`.
        **kwargs: ``preserve_rng_state``.

    Raises:
        ValueError: other keyword arguments.

    Example:
        >>> from torch.utils.checkpoint import checkpoint_sequential
        >>> layers = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh())
        >>> x = torch.ones(1, 2, requires_grad=True)
        >>> checkpoint_sequential(layers, 2, x, use_reentrant=False).shape
        torch.Size([1, 2])
    """
    if use_reentrant is None:
        warnings.warn(
            "torch.utils.checkpoint.checkpoint_sequential: the use_reentrant parameter "
            "should be passed explicitly. In version 2.9 we will raise an exception if "
            f"use_reentrant is not passed. {_ADVICE}",
            stacklevel=2,
        )
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError(f"Unexpected keyword arguments: {','.join(kwargs)}")
    steps = list(functions)
    size = len(steps) // segments
    ends = [i + size for i in range(0, size * (segments - 1), size)]

    def part(start: int, stop: int) -> Callable:
        def run(x: Any) -> Any:
            for step in steps[start:stop]:
                x = step(x)
            return x

        return run

    start = 0
    for stop in ends:
        input = checkpoint(
            part(start, stop),
            input,
            use_reentrant=use_reentrant,
            preserve_rng_state=preserve,
        )
        start = stop
    return part(start, len(steps))(input)
