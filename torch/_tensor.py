"""The Python half of ``torch.Tensor``.

Operators, attributes and the number, sequence and hash protocols are compiled
(``TensorBase``): a Python-level ``__add__`` or ``__len__`` here would slow every such
call down. This file holds what runs rarely or talks to other Python code: printing,
copying, pickling, hooks, NumPy and DLPack. Read ``torch/overrides.py`` for what
``_overridable`` does.
"""

from __future__ import annotations

import functools
import warnings
from collections import OrderedDict
from collections.abc import Sequence
from numbers import Number
from typing import Any, Callable, TypeVar, cast

import torch
from torch import _C, _utils
from torch.overrides import (
    get_default_nowrap_functions,
    handle_torch_function,
    has_torch_function_unary,
)

_Method = TypeVar("_Method", bound=Callable[..., Any])


def _overridable(method: _Method) -> _Method:
    """Let ``__torch_function__`` of the arguments see calls of `method` first."""

    @functools.wraps(method)
    def wrapper(self: Tensor, *args: Any, **kwargs: Any) -> Any:
        if has_torch_function_unary(self):
            return handle_torch_function(wrapper, (self,), self, *args, **kwargs)
        return method(self, *args, **kwargs)

    return cast(_Method, wrapper)


def _rebuild_from_type(func: Callable, type: type, args: tuple, dict: dict) -> Tensor:
    """Rebuild a subclass as files from before 1.9 name it."""
    result = func(*args)
    if type is Tensor:
        return result
    result = result.as_subclass(type)
    result.__dict__ = dict
    return result


def _rebuild_from_type_v2(
    func: Callable, new_type: type, args: tuple, state: Any
) -> Tensor:
    """Rebuild a tensor with Python state; checkpoint files name this function."""
    result = func(*args)
    if type(result) is not new_type:
        result = result.as_subclass(new_type)
    setstate = getattr(type(result), "__setstate__", Tensor.__setstate__)
    if setstate is not Tensor.__setstate__:
        # Tensor's own one reads another layout, so only a subclass's counts.
        result.__setstate__(state)
        return result
    return _utils._set_obj_state(result, state)


_DEEPCOPY_NON_LEAF = (
    "Only Tensors created explicitly by the user (graph leaves) support the deepcopy "
    "protocol at the moment.  If you were attempting to deepcopy a module, this may be "
    "because of a torch.nn.utils.weight_norm usage, see "
    "https://github.com/pytorch/pytorch/pull/103001"
)
_NO_HOOK = "cannot register a hook on a tensor that doesn't require gradient"
_REINFORCE_REMOVED = (
    "reinforce() was removed.\nUse torch.distributions instead.\n"
    "See https://pytorch.org/docs/main/distributions.html\n\nInstead of:\n\n"
    "probs = policy_network(state)\naction = probs.multinomial()\n"
    "next_state, reward = env.step(action)\naction.reinforce(reward)\n"
    "action.backward()\n\nUse:\n\nprobs = policy_network(state)\n"
    "# NOTE: categorical is equivalent to what used to be called multinomial\n"
    "m = torch.distributions.Categorical(probs)\naction = m.sample()\n"
    "next_state, reward = env.step(action)\nloss = -m.log_prob(action) * reward\n"
    "loss.backward()\n"
)


class Tensor(_C.TensorBase):
    """A multi-dimensional array of one dtype on one device.

    Build tensors with `torch.tensor`, `torch.zeros` and their kin.

    Example:
        >>> torch.tensor([[1.0, 2.0], [3.0, 4.0]]).sum(0)
        tensor([4., 6.])
    """

    _is_param: bool

    # ---------------------------------------------------------------- text

    @_overridable
    def __repr__(self, *, tensor_contents: str | None = None) -> str:
        return torch._tensor_str._str(self, tensor_contents=tensor_contents)

    @_overridable
    def __format__(self, format_spec: str) -> str:
        if self.dim() == 0 and not self.is_meta and type(self) is Tensor:
            return format(self.detach().item(), format_spec)
        return object.__format__(self, format_spec)

    @_overridable
    def __dir__(self) -> list[str]:
        names = {*dir(type(self)), *self.__dict__} - {"volatile"}
        if not self.is_cuda:
            names.discard("__cuda_array_interface__")
        return sorted(names)

    # ---------------------------------------------------------------- containers

    @_overridable
    def __reversed__(self) -> Tensor:
        return self if self.dim() == 0 else self.flip(0)

    @_overridable
    def __contains__(self, element: Any, /) -> bool:
        if isinstance(element, (Tensor, Number)):
            found: Any = element == self
            return bool(found.any().item())
        raise RuntimeError(
            "Tensor.__contains__ only supports Tensor or scalar, but you passed in a "
            f"{type(element)}."
        )

    # ---------------------------------------------------------------- autograd

    @_overridable
    def backward(
        self,
        gradient: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
    ) -> None:
        """Add the gradient of this tensor to ``grad`` of the leaves it came from.

        Args:
            gradient: the gradient with respect to this tensor, of its shape; may be
                left out for a single element, where it is 1.
            retain_graph: keep the graph for another backward; by default as
                `create_graph`.
            create_graph: record the backward pass itself, for higher derivatives.
            inputs: fill ``grad`` of these tensors only.

        Raises:
            RuntimeError: no graph, a graph already freed, or a gradient is missing.

        Example:
            >>> x = torch.tensor(3.0, requires_grad=True)
            >>> (x * x).backward()
            >>> x.grad
            tensor(6.)
        """
        torch.autograd.backward(
            self, gradient, retain_graph, create_graph, inputs=inputs
        )

    @_overridable
    def register_hook(self, hook: Callable) -> Any:
        """Call `hook` with the gradient of this tensor whenever it is computed.

        Args:
            hook: takes the gradient; may return one to use in its place.

        Returns:
            A handle whose ``remove()`` takes the hook away.

        Raises:
            RuntimeError: this tensor does not require grad.

        Example:
            >>> x = torch.ones(2, requires_grad=True)
            >>> handle = x.register_hook(lambda grad: grad * 2)
            >>> x.sum().backward()
            >>> x.grad
            tensor([2., 2.])
        """
        if not self.requires_grad:
            raise RuntimeError(_NO_HOOK)
        if self._backward_hooks is None:
            self._backward_hooks = OrderedDict()
            if self.grad_fn is not None:
                self.grad_fn._register_hook_dict(self)
        return _add_hook(self._backward_hooks, hook)

    @_overridable
    def register_post_accumulate_grad_hook(self, hook: Callable) -> Any:
        """Call `hook` with this leaf whenever its ``grad`` has been updated.

        Args:
            hook: takes the tensor; its result is not used.

        Returns:
            A handle whose ``remove()`` takes the hook away.

        Raises:
            RuntimeError: this tensor does not require grad or is not a leaf.

        Example:
            >>> x = torch.ones(2, requires_grad=True)
            >>> handle = x.register_post_accumulate_grad_hook(lambda x: print(x.grad))
            >>> (x * 3).sum().backward()
            tensor([3., 3.])
        """
        if not self.requires_grad:
            raise RuntimeError(_NO_HOOK)
        if self.grad_fn is not None:
            raise RuntimeError(
                "post accumulate grad hooks cannot be registered on non-leaf tensors"
            )
        if self._post_accumulate_grad_hooks is None:
            self._post_accumulate_grad_hooks = OrderedDict()
        return _add_hook(self._post_accumulate_grad_hooks, hook)

    def reinforce(self, reward: Any) -> None:
        """Raise an error that tells what replaced this method."""
        raise RuntimeError(_REINFORCE_REMOVED)

    # ---------------------------------------------------------------- copying, pickling

    @_overridable
    def __deepcopy__(self, memo: dict) -> Tensor:
        if not self.is_leaf:
            raise RuntimeError(_DEEPCOPY_NON_LEAF)
        if id(self) in memo:
            return memo[id(self)]
        from copy import deepcopy

        with torch.no_grad():
            copied = self._deepcopy_data(memo)
            if self.requires_grad:
                copied.requires_grad_()
            if self.grad is not None:
                copied.grad = self.grad.__deepcopy__(memo)
            if type(self) is not Tensor:
                for slot in _utils._slot_names(self):
                    if hasattr(self, slot):
                        setattr(copied, slot, deepcopy(getattr(self, slot), memo))
            if self.__dict__:
                copied.__dict__ = deepcopy(self.__dict__, memo)
        memo[id(self)] = copied
        return copied

    def _deepcopy_data(self, memo: dict) -> Tensor:
        """Copy the elements so that tensors that share memory share the copy too."""
        if self.device.type == "meta":
            copied = self.clone()
            made_by = "clone"
        else:
            storage = self.untyped_storage().__deepcopy__(memo)
            copied = self.new_empty([])
            made_by = "new_empty"
            if type(copied) is type(self):
                copied.set_(storage, self.storage_offset(), self.size(), self.stride())
                if self.is_neg():
                    copied = copied.neg()
        if type(copied) is not type(self):
            raise RuntimeError(
                f"The default implementation of __deepcopy__() for {_KINDS[made_by]} "
                f"only works for subclass types that implement {made_by}() and for "
                f"which {_RETURNS[made_by]} another instance of the same subclass. You "
                f"should either properly implement {made_by}() for your subclass or "
                f"override __deepcopy__() if it is intended behavior for {made_by}() "
                "to return an instance of a different type."
            )
        return copied

    def __reduce_ex__(self, proto: Any) -> tuple:
        state = _utils._get_obj_state(self)
        if type(self) is Tensor and not state:
            return self._reduce_ex_internal(proto)
        if has_torch_function_unary(self):
            return handle_torch_function(Tensor.__reduce_ex__, (self,), self, proto)
        func, args = self._reduce_ex_internal(proto)
        return (_rebuild_from_type_v2, (func, type(self), args, state))

    def _reduce_ex_internal(self, proto: Any) -> tuple:
        """Return a rebuild function and its arguments, as checkpoints have them."""
        if self._backward_hooks:
            from torch.utils.hooks import warn_if_has_hooks

            warn_if_has_hooks(self)
        dtype, stride, requires_grad = self.dtype, self.stride(), self.requires_grad
        size = tuple(self.size())
        if self.is_meta:
            if torch.serialization._serialization_tls.skip_data:
                warnings.warn(
                    "Serializing tensors on the meta device under skip_data context "
                    "manager is a no-op",
                    stacklevel=2,
                )
            rebuild = _utils._rebuild_meta_tensor_no_storage
            return (rebuild, (dtype, size, stride, requires_grad))
        own_class = dtype not in torch.storage._new_dtypes()
        storage = self._typed_storage() if own_class else self.untyped_storage()
        # Hooks are code and stay behind: the table saved is always empty.
        args: tuple = (storage, self.storage_offset(), size, stride, requires_grad)
        args += (OrderedDict(),) if own_class else (OrderedDict(), dtype)
        metadata = _utils.get_tensor_metadata(self)
        if metadata:
            args += (metadata,)
        name = "_rebuild_tensor_v2" if own_class else "_rebuild_tensor_v3"
        return (getattr(_utils, name), args)

    @_overridable
    def __setstate__(self, state: Sequence[Any]) -> None:
        if not self.is_leaf:
            raise RuntimeError("__setstate__ can be only called on leaf Tensors")
        if len(state) == 4:
            self.set_(*state)
            return
        if len(state) == 5:
            # Parameters of 0.1.12: data, grad, hooks, requires_grad, is_volatile.
            self.data = state[0]
            state = (state[3], state[4], state[2])
        self.requires_grad, _, self._backward_hooks = state

    @_overridable
    def module_load(self, other: Tensor, assign: bool = False) -> Tensor:
        """Return what this parameter becomes when a state dict holds `other` for it.

        Args:
            other: the saved value.
            assign: keep `other` itself instead of copying it into this tensor.

        Example:
            >>> torch.zeros(2).module_load(torch.ones(2))
            tensor([1., 1.])
        """
        return other.detach() if assign else self.copy_(other).detach()

    # ---------------------------------------------------------------- storage

    @_overridable
    def storage(self) -> Any:
        """Return the deprecated typed view of `untyped_storage`."""
        torch.storage._warn_typed_storage_removal(stacklevel=3)
        return self._typed_storage()

    def _typed_storage(self) -> Any:
        return torch.storage.TypedStorage(
            wrap_storage=self.untyped_storage(), dtype=self.dtype, _internal=True
        )

    @_overridable
    def storage_type(self) -> Any:
        """Return the legacy storage class, such as ``torch.FloatStorage``.

        Example:
            >>> torch.ones(2).storage_type() is torch.FloatStorage
            True
        """
        torch.storage._warn_typed_storage_removal()
        return self._typed_storage()._get_legacy_storage_class()

    @_overridable
    def is_shared(self) -> bool:
        """Say whether the memory is shared between processes; always so on CUDA.

        Example:
            >>> torch.ones(2).is_shared()
            False
        """
        return self.untyped_storage().is_shared()

    @_overridable
    def share_memory_(self) -> Tensor:
        """Move the elements to memory that forked processes share.

        Views made before keep the old memory. On CUDA there is nothing to do.

        Example:
            >>> torch.ones(2).share_memory_().is_shared()
            True
        """
        if self.is_shared():
            return self
        storage = self.untyped_storage()
        shared = storage._new_shared(storage.nbytes()).copy_(storage)
        moved = torch.empty(0, dtype=self.dtype)
        self.data = moved.set_(
            shared, self.storage_offset(), self.size(), self.stride()
        )
        return self

    # ---------------------------------------------------------------- shapes and
    # operators

    @_overridable
    def split(self, split_size: Any, dim: int = 0) -> tuple[Tensor, ...]:
        """Split into views along a dimension; see `torch.split`.

        Args:
            split_size: the size of each part, the last may be smaller, or a list of
                sizes.
            dim: the dimension to cut.

        Example:
            >>> torch.arange(5).split(2)
            (tensor([0, 1]), tensor([2, 3]), tensor([4]))
        """
        if isinstance(split_size, Tensor) and split_size.numel() == 1:
            split_size = int(split_size)
        if isinstance(split_size, int):
            return _C._VariableFunctions.split(self, split_size, dim)
        return _C._VariableFunctions.split_with_sizes(self, split_size, dim)

    @_overridable
    def norm(
        self,
        p: float | str | None = "fro",
        dim: Any = None,
        keepdim: bool = False,
        dtype: torch.dtype | None = None,
    ) -> Tensor:
        """Return a vector or matrix norm; see `torch.norm`.

        Example:
            >>> torch.tensor([3.0, 4.0]).norm()
            tensor(5.)
        """
        return torch.norm(self, p, dim, keepdim, dtype=dtype)

    @_overridable
    def unique(
        self,
        sorted: bool = True,
        return_inverse: bool = False,
        return_counts: bool = False,
        dim: int | None = None,
    ) -> Any:
        """Return the distinct elements; see `torch.unique`.

        Example:
            >>> torch.tensor([3, 1, 3]).unique()
            tensor([1, 3])
        """
        return torch.unique(self, sorted, return_inverse, return_counts, dim)

    @_overridable
    def unique_consecutive(
        self,
        return_inverse: bool = False,
        return_counts: bool = False,
        dim: int | None = None,
    ) -> Any:
        """Drop repeated neighbours; see `torch.unique_consecutive`.

        Example:
            >>> torch.tensor([1, 1, 2, 1]).unique_consecutive()
            tensor([1, 2, 1])
        """
        return torch.unique_consecutive(self, return_inverse, return_counts, dim)

    @_overridable
    def unflatten(self, dim: int, sizes: Sequence[int]) -> Tensor:
        """Split one dimension into several; see `torch.unflatten`.

        Example:
            >>> torch.arange(6).unflatten(0, (2, -1))
            tensor([[0, 1, 2],
                    [3, 4, 5]])
        """
        if not sizes:
            raise RuntimeError("unflatten: sizes must be non-empty")
        return super().unflatten(dim, sizes)

    @_overridable
    def dim_order(self, *, ambiguity_check: Any = False) -> tuple[int, ...]:
        """Return the dimensions from the outermost in memory to the innermost.

        Args:
            ambiguity_check: True refuses a tensor with several legal orders; a list of
                memory formats refuses one that does not fit exactly one of them.

        Raises:
            RuntimeError: the order is ambiguous.

        Example:
            >>> torch.empty(2, 3, 5).transpose(1, 2).dim_order()
            (0, 2, 1)
        """
        formats = ambiguity_check if isinstance(ambiguity_check, list) else []
        known = all(isinstance(f, torch.memory_format) for f in formats)
        if not isinstance(ambiguity_check, (bool, list)) or not known:
            raise TypeError(
                "The ambiguity_check argument must be a bool or a list of memory "
                "formats."
            )
        stride = self.stride()
        if ambiguity_check is not False:
            several = len(set(stride)) < len(stride) or 1 in self.shape
            fitting = sum(self.is_contiguous(memory_format=f) for f in formats)
            if several and fitting != 1:
                raise RuntimeError(
                    "The tensor does not have unique dim order, or cannot map to exact "
                    "one of the given memory formats."
                )
        if self.is_contiguous():
            return tuple(range(self.dim()))
        if self.dim() == 4 and self.is_contiguous(memory_format=torch.channels_last):
            return (0, 2, 3, 1)
        return tuple(sorted(range(self.dim()), key=lambda d: -stride[d]))

    # ---------------------------------------------------------------- other libraries

    # Makes `array * tensor` ask the tensor, not NumPy.
    __array_priority__ = 1000

    @_overridable
    def __array__(self, dtype: Any = None) -> Any:
        array = self.numpy()
        return array if dtype is None else array.astype(dtype, copy=False)

    @_overridable
    def __array_wrap__(self, array: Any) -> Tensor:
        if array.dtype == bool:
            array = array.astype("uint8")
        return torch.from_numpy(array)

    @property
    def __cuda_array_interface__(self) -> dict[str, Any]:
        if has_torch_function_unary(self):
            getter = Tensor.__cuda_array_interface__.__get__
            return handle_torch_function(getter, (self,), self)
        if not self.is_cuda:
            # AttributeError, so that hasattr() answers whether it can be had.
            raise AttributeError(
                "Can't get __cuda_array_interface__ on non-CUDA tensor type: "
                f"{self.type()} If CUDA data is required use tensor.cuda() to copy "
                "tensor to device memory."
            )
        if self.requires_grad:
            raise RuntimeError(
                "Can't get __cuda_array_interface__ on Variable that requires grad. If "
                "gradients aren't required, use var.detach() to get Variable that "
                "doesn't require grad."
            )
        item = self.element_size()
        strides = tuple(s * item for s in self.stride())
        return {
            "typestr": _typestr(self.dtype),
            "shape": tuple(self.shape),
            "strides": None if self.is_contiguous() else strides,
            "data": (self.data_ptr() if self.numel() else 0, False),
            "version": 2,
        }

    @_overridable
    def __dlpack__(
        self,
        *,
        stream: Any = -1,
        max_version: tuple[int, int] | None = None,
        dl_device: Any = None,
        copy: bool | None = None,
    ) -> Any:
        """Export this tensor for another library, which calls this itself.

        Args:
            stream: the consumer's CUDA stream as a number, -1 for no waiting.
            max_version: the newest DLPack the consumer reads, None for 0.8.
            dl_device: accepted, without effect: the consumer moves the tensor.
            copy: True forces a copy, False forbids one.

        Raises:
            BufferError: the tensor requires grad or is a lazy conjugate.
        """
        obstacles = {
            "that require gradient, use tensor.detach()": self.requires_grad,
            "with the conjugate bit set": self.is_conj(),
            "with layout other than torch.strided": self.layout != torch.strided,
        }
        for obstacle, present in obstacles.items():
            if present:
                raise BufferError(f"Can't export tensors {obstacle}")
        if stream is not None and type(stream) is not int:
            raise TypeError("stream must be ``int`` or ``none``")
        if self.device.type == "cuda":
            _wait_for_consumer(self.device, stream)
        elif self.device.type == "cpu" and stream is not None and stream != -1:
            raise AssertionError("stream should be None on cpu.")
        old = max_version is None or max_version[0] < 1
        export = _C._to_dlpack if old else _C._to_dlpack_versioned
        return export(self.clone() if copy else self)

    @_overridable
    def __dlpack_device__(self) -> tuple[Any, int]:
        from torch.utils.dlpack import DLDeviceType, _device_type

        kind = _device_type(self.device)
        if kind is None:
            raise ValueError(f"Unknown device type {self.device.type} for Dlpack")
        if self.device.type == "cpu" and self.is_pinned():
            kind = DLDeviceType.kDLCUDAHost
        return (kind, self.device.index or 0)

    @classmethod
    def __torch_function__(
        cls, func: Callable, types: Any, args: tuple = (), kwargs: Any = None
    ) -> Any:
        """Run `func` and return its tensors as instances of this class.

        Subclasses that override this call ``super().__torch_function__`` for what they
        do not change.
        """
        if not all(issubclass(cls, t) for t in types):
            return NotImplemented
        with _C.DisableTorchFunctionSubclass():
            result = func(*args, **(kwargs or {}))
            if func in get_default_nowrap_functions():
                return result
            return _convert(result, cls)

    __module__ = "torch"


# What the deepcopy error calls the two kinds of subclass.
_KINDS = {"clone": "wrapper subclasses", "new_empty": "non-wrapper subclasses"}
_RETURNS = {"clone": "cloning returns", "new_empty": "that function returns"}


def _add_hook(hooks: OrderedDict, hook: Callable) -> Any:
    from torch.utils.hooks import RemovableHandle

    handle = RemovableHandle(hooks)
    hooks[handle.id] = hook
    return handle


def _typestr(dtype: torch.dtype) -> str:
    """Return the dtype in the notation of the array interface, ``<f4``."""
    if dtype == torch.bool:
        return "|b1"
    if dtype == torch.bfloat16:
        return "<V2"
    letter = "c" if dtype.is_complex else "f" if dtype.is_floating_point else "i"
    if letter == "i" and not dtype.is_signed:
        letter = "u"
    return f"{'|' if dtype.itemsize == 1 else '<'}{letter}{dtype.itemsize}"


def _wait_for_consumer(device: torch.device, stream: int | None) -> None:
    """Make the consumer's stream wait for what was queued on ours."""
    current_device = torch.cuda.current_device()
    if device.index != current_device:
        raise BufferError(
            "Can't export tensors on a different CUDA device index. Expected: "
            f"{device.index}. Current device: {current_device}."
        )
    if stream == -1:
        return
    if stream == 2:
        raise BufferError("per-thread default stream is not supported.")
    if stream == 0:
        raise AssertionError("unsupported stream on CUDA: 0.")
    cuda: Any = torch.cuda
    if stream is None or stream == 1:
        consumer = cuda.default_stream()
    else:
        consumer = cuda.ExternalStream(stream)
    current = cuda.current_stream()
    if consumer != current:
        event = cuda.Event()
        event.record(current)
        consumer.wait_event(event)


def _convert(result: Any, cls: type) -> Any:
    """Turn the tensors in `result` into instances of `cls`."""
    if cls is Tensor:
        return result
    if isinstance(result, Tensor) and not isinstance(result, cls):
        return result.as_subclass(cls)
    if isinstance(result, (tuple, list)):
        return type(result)(_convert(item, cls) for item in result)
    return result
