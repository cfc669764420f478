"""The recorded graph: its nodes and edges, and hooks on what it saves.

``Node`` describes what ``Tensor.grad_fn`` returns; the classes themselves are compiled.
"""

from __future__ import annotations

import abc
import collections
import contextlib
import functools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Callable, NamedTuple

import torch
from torch._C import _autograd
from torch.utils.hooks import RemovableHandle

__all__ = [
    "GradientEdge",
    "Node",
    "allow_mutation_on_saved_tensors",
    "disable_saved_tensors_hooks",
    "get_gradient_edge",
    "increment_version",
    "register_multi_grad_hook",
    "save_on_cpu",
    "saved_tensors_hooks",
    "set_warn_on_accumulate_grad_stream_mismatch",
]


class Node(abc.ABC):
    """One operation of the graph: takes gradients of its outputs, gives its inputs'.

    Example:
        >>> x = torch.ones(1, requires_grad=True)
        >>> isinstance((x * 2).grad_fn, torch.autograd.graph.Node)
        True
    """

    _input_metadata: Any  # shape, dtype and device of each output

    @abc.abstractmethod
    def name(self) -> str:
        """Return the class name, such as ``MulBackward0``."""
        raise NotImplementedError

    @property
    @abc.abstractmethod
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]:
        """The node behind each input, and which of its outputs the input was."""
        raise NotImplementedError

    @abc.abstractmethod
    def metadata(self) -> dict:
        """Return a dict for the user's notes."""
        raise NotImplementedError

    @abc.abstractmethod
    def register_hook(self, fn: Callable[..., Any]) -> RemovableHandle:
        """Call `fn` with the gradients given and taken; it may return new ones."""
        raise NotImplementedError

    @abc.abstractmethod
    def register_prehook(self, fn: Callable[..., Any]) -> RemovableHandle:
        """Call `fn` with the gradients taken; it may return others to take."""
        raise NotImplementedError

    @classmethod
    def __subclasshook__(cls, subclass: type) -> Any:
        if cls is not Node:
            return NotImplemented
        compiled = getattr(torch._C._functions, subclass.__name__, None)
        if subclass is compiled or issubclass(
            subclass, torch.autograd.function.BackwardCFunction
        ):
            return True
        return NotImplemented


class GradientEdge(NamedTuple):
    """A place in the graph where a gradient flows; stands for a tensor in ``grad``.

    Args:
        node: the node whose output the tensor was.
        output_nr: which output.
        ownership_token: keeps `node` alive.

    Example:
        >>> x = torch.ones(1, requires_grad=True)
        >>> y = (x * 2).exp()
        >>> edge = torch.autograd.graph.get_gradient_edge(y)
        >>> edge.node is y.grad_fn, edge.output_nr
        (True, 0)
    """

    node: Node
    output_nr: int
    ownership_token: Node | None = None


def _grad_fn_or_accumulator(tensor: Any) -> Any:
    """Return the node behind a tensor; for a leaf the one that fills its ``grad``."""
    if isinstance(tensor, GradientEdge):
        return tensor.node
    if tensor.requires_grad and tensor.grad_fn is None:
        with torch.enable_grad():
            return tensor.view_as(tensor).grad_fn.next_functions[0][0]
    if tensor.grad_fn is None:
        raise AssertionError("Expected gradient function to be set")
    return tensor.grad_fn


def get_gradient_edge(tensor: torch.Tensor) -> GradientEdge:
    """Return the edge along which the gradient of `tensor` flows.

    Args:
        tensor: must require grad.

    Raises:
        RuntimeError: it does not.

    Example:
        >>> x = torch.ones(1, requires_grad=True)
        >>> torch.autograd.graph.get_gradient_edge(x * 2).output_nr
        0
    """
    if not tensor.requires_grad:
        raise RuntimeError(
            "It is not possible to get the gradient edge for a Tensor that does not "
            "require gradients",
        )
    node = _grad_fn_or_accumulator(tensor)
    token = None
    if isinstance(node, torch._C._FunctionBase):
        # A Python node does not own its C++ half; a node behind it does.
        with torch.enable_grad():
            token = tensor.view_as(tensor).grad_fn
    return GradientEdge(node, tensor.output_nr, token)


def increment_version(tensor: torch.Tensor | Iterable[torch.Tensor]) -> None:
    """Tell autograd that a tensor was changed behind its back.

    Args:
        tensor: the tensor, or several.

    Example:
        >>> x = torch.ones(2)
        >>> torch.autograd.graph.increment_version(x)
        >>> x._version
        1
    """
    tensors = (tensor,) if isinstance(tensor, torch.Tensor) else tensor
    torch._C._increment_version(tensors)


_Pack = Callable[[torch.Tensor], Any]
_Unpack = Callable[[Any], torch.Tensor]


class saved_tensors_hooks:
    """Replace tensors saved for backward, in a ``with`` block.

    Args:
        pack_hook: takes a tensor when it is saved, returns anything.
        unpack_hook: takes that when backward needs it, returns the tensor again.

    Example:
        >>> hooks = torch.autograd.graph.saved_tensors_hooks
        >>> x = torch.tensor([3.0], requires_grad=True)
        >>> with hooks(lambda t: t.tolist(), torch.tensor):
        ...     y = x * x
        >>> y.backward()
        >>> x.grad
        tensor([6.])
    """

    def __init__(self, pack_hook: _Pack, unpack_hook: _Unpack) -> None:
        self.pack_hook, self.unpack_hook = pack_hook, unpack_hook

    def __enter__(self) -> None:
        _autograd._push_saved_tensors_default_hooks(self.pack_hook, self.unpack_hook)

    def __exit__(self, *args: object) -> None:
        _autograd._pop_saved_tensors_default_hooks()


class save_on_cpu(saved_tensors_hooks):
    """Keep tensors saved for backward in host memory, in a ``with`` block.

    Args:
        pin_memory: use page-locked memory, so that copies run beside the computation.
        device_type: the device they come from.

    Example:
        >>> x = torch.tensor([2.0], requires_grad=True)
        >>> with torch.autograd.graph.save_on_cpu():
        ...     y = x * x
        >>> y.backward()
        >>> x.grad
        tensor([4.])
    """

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        module = getattr(torch, device_type, torch.cuda)

        def pack(tensor: torch.Tensor) -> tuple[torch.device, torch.Tensor]:
            if not pin_memory:
                return tensor.device, tensor.cpu()
            pinned = module.is_available()
            packed = torch.empty(tensor.size(), dtype=tensor.dtype, pin_memory=pinned)
            packed.copy_(tensor, non_blocking=pinned)
            return tensor.device, packed

        def unpack(packed: tuple[torch.device, torch.Tensor]) -> torch.Tensor:
            device, tensor = packed
            return tensor.to(device, non_blocking=pin_memory)

        super().__init__(pack, unpack)


@contextlib.contextmanager
def disable_saved_tensors_hooks(error_message: str) -> Iterator[None]:
    """Refuse `saved_tensors_hooks` in a ``with`` block.

    Args:
        error_message: the text of the error that using them raises.

    Example:
        >>> from torch.autograd.graph import disable_saved_tensors_hooks
        >>> with disable_saved_tensors_hooks("no hooks here"):
        ...     y = torch.ones(1) * 2
    """
    before = _autograd._saved_tensors_hooks_get_disabled_error_message()
    _autograd._saved_tensors_hooks_disable(error_message)
    try:
        yield
    finally:
        if before is None:
            _autograd._saved_tensors_hooks_enable()
        else:
            _autograd._saved_tensors_hooks_disable(before)


class _MultiHandle(RemovableHandle):
    """Removes several hooks at once."""

    def __init__(self, handles: Iterable[RemovableHandle]) -> None:
        self.handles = tuple(handles)

    def __getstate__(self) -> tuple:
        return self.handles

    def __setstate__(self, state: tuple) -> None:
        self.handles = state

    def remove(self) -> None:
        """Take all of the hooks away."""
        for handle in self.handles:
            handle.remove()


def _current_pass() -> int:
    number = torch._C._current_graph_task_id()
    if number == -1:
        raise AssertionError("expected this hook to be called inside a backward call")
    return number


class _AllGradients:
    """Collect the gradients of one backward pass; call `fn` when the last is there."""

    def __init__(self, tensors: Sequence[torch.Tensor], fn: Callable) -> None:
        self._nodes = [_grad_fn_or_accumulator(t) for t in tensors]
        self._fn = fn
        # by backward pass: gradients so far, how many came, how many will come
        self._running: dict[int, list[Any]] = {}

    def hook(self, index: int) -> Callable[[torch.Tensor], None]:
        def collect(grad: torch.Tensor) -> None:
            number = _current_pass()
            if number not in self._running:
                expected = sum(map(torch._C._will_engine_execute_node, self._nodes))
                self._running[number] = [[None] * len(self._nodes), 0, expected]
            state = self._running[number]
            state[0][index] = grad
            state[1] += 1
            if state[1] == state[2]:
                del self._running[number]
                self._fn(state[0])

        return collect


def register_multi_grad_hook(
    tensors: Sequence[torch.Tensor], fn: Callable, *, mode: str = "all"
) -> RemovableHandle:
    """Call `fn` once per backward pass for several tensors.

    Args:
        tensors: the tensors; each must require grad, or for ``"any"`` is skipped.
        fn: for ``"all"`` takes the list of gradients, None for tensors not reached; for
            ``"any"`` takes the first gradient computed.
        mode: ``"all"`` or ``"any"``.

    Returns:
        A handle whose ``remove()`` takes the hooks away.

    Raises:
        ValueError: another mode.

    Example:
        >>> a, b = torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True)
        >>> seen = []
        >>> hook = torch.autograd.graph.register_multi_grad_hook((a, b), seen.extend)
        >>> (a * b).backward()
        >>> len(seen)
        2
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    if mode == "all":
        gradients = _AllGradients(tensors, fn)
        handles = [t.register_hook(gradients.hook(i)) for i, t in enumerate(tensors)]
        return _MultiHandle(handles)
    seen: dict[int, bool] = collections.defaultdict(bool)

    @functools.wraps(fn)
    def first(grad: torch.Tensor) -> None:
        number = _current_pass()
        if not seen[number]:
            seen[number] = True
            fn(grad)

    handles = [t.register_hook(first) for t in tensors if t.requires_grad]
    return _MultiHandle(handles)


def set_warn_on_accumulate_grad_stream_mismatch(enabled: bool) -> None:
    """Accept PyTorch's switch; gradients are accumulated on the stream of the forward.

    Args:
        enabled: without effect.
    """


def allow_mutation_on_saved_tensors() -> Any:
    """Not implemented: clone a tensor before changing it in place instead."""
    raise NotImplementedError("allow_mutation_on_saved_tensors is not implemented")
