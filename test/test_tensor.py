"""The Python object of a tensor: identity, state, attributes, conversions, errors.

Expected values and texts are PyTorch's.
"""

from __future__ import annotations

import copy
import gc
import pickle
import weakref

import pytest

import torch

# ---------------------------------------------------------------- identity


def test_wrapper_is_one_object_per_tensor():
    x = torch.ones(2, requires_grad=True)
    (x * 2).sum().backward()
    assert x.grad is x.grad


def test_plain_wrapper_is_remade_on_demand():
    x = torch.ones(2, requires_grad=True)
    y = x.exp()
    node = y.grad_fn
    del y
    assert node._saved_result.tolist() == torch.ones(2).exp().tolist()


def test_subclass_survives_while_cpp_holds_it():
    class Tagged(torch.Tensor):
        __torch_function__ = torch._C._disabled_torch_function_impl

    leaf = torch.Tensor._make_subclass(Tagged, torch.ones(2), True)
    leaf.tag = "kept"
    out = leaf * 2
    del leaf
    gc.collect()
    found = out.grad_fn.next_functions[0][0].variable
    assert type(found) is Tagged
    assert found.tag == "kept"


def test_dict_survives_while_cpp_holds_it():
    x = torch.ones(2, requires_grad=True)
    x.note = [1]
    y = x * 2
    del x
    gc.collect()
    assert y.grad_fn.next_functions[0][0].variable.note == [1]


def test_weak_reference_survives_while_cpp_holds_it():
    x = torch.ones(2, requires_grad=True)
    ref = weakref.ref(x)
    y = x * 2
    del x
    assert ref() is not None
    del y
    gc.collect()
    assert ref() is None


def test_dead_tensor_clears_weak_reference():
    x = torch.ones(2)
    ref = weakref.ref(x)
    del x
    assert ref() is None


def test_cycle_through_dict_is_collected():
    x = torch.ones(2)
    x.me = x
    ref = weakref.ref(x)
    del x
    gc.collect()
    assert ref() is None


def test_cycle_survives_while_cpp_holds_it():
    x = torch.ones(2, requires_grad=True)
    x.me = x
    y = x * 2
    del x
    gc.collect()
    again = y.grad_fn.next_functions[0][0].variable
    assert again.me is again


def test_slots_of_a_subclass_are_released():
    class Slotted(torch.Tensor):
        __slots__ = ("extra",)

    class Thing:
        pass

    x = torch.ones(2).as_subclass(Slotted)
    x.extra = Thing()
    ref = weakref.ref(x.extra)
    del x
    gc.collect()
    assert ref() is None


def test_finalizer_of_a_subclass_runs_once():
    calls = []

    class Noisy(torch.Tensor):
        def __del__(self):
            calls.append(1)

    x = torch.ones(1).as_subclass(Noisy)
    del x
    gc.collect()
    assert calls == [1]


def test_many_wrappers_are_reused():
    kept = [torch.ones(1) for _ in range(1000)]
    del kept
    again = [torch.full((1,), float(i)) for i in range(1000)]
    assert [t.item() for t in again] == list(map(float, range(1000)))


def test_hash_is_identity():
    x = torch.ones(2)
    assert {x: 1}[x] == 1
    assert hash(x) == id(x)


# ---------------------------------------------------------------- attributes


def test_description():
    x = torch.zeros(2, 3, dtype=torch.float64)
    assert x.shape == torch.Size([2, 3]) and x.size() == (2, 3)
    assert x.dtype is torch.float64 and x.device == torch.device("cpu")
    assert x.layout is torch.strided and x.ndim == x.dim() == 2
    assert x.numel() == x.nelement() == 6
    assert x.itemsize == x.element_size() == 8 and x.nbytes == 48
    assert x.stride() == (3, 1) and x.stride(0) == 3 and x.size(-1) == 3
    assert x.is_cpu and not x.is_cuda and not x.is_meta and not x.is_sparse
    assert x._version == 0


def test_size_is_a_tuple_that_prints_its_name():
    size = torch.zeros(2, 3).shape
    assert isinstance(size, tuple) and repr(size) == "torch.Size([2, 3])"
    assert size.numel() == 6
    assert repr(size[:1]) == "torch.Size([2])"
    assert repr(size + (1,)) == "torch.Size([2, 3, 1])"
    assert repr((1,) + size) == "torch.Size([1, 2, 3])"
    assert repr(size * 2) == "torch.Size([2, 3, 2, 3])"
    assert pickle.loads(pickle.dumps(size)) == size


def test_size_refuses_other_items():
    with pytest.raises(TypeError) as error:
        torch.Size([1.5])
    expected = "torch.Size() takes an iterable of 'int' (item 0 is 'float')"
    assert str(error.value) == expected


@pytest.mark.parametrize(
    "name", ["shape", "dtype", "device", "is_leaf", "grad_fn", "T"]
)
def test_read_only_attribute(name):
    with pytest.raises(AttributeError) as error:
        setattr(torch.ones(1), name, None)
    expected = f"attribute '{name}' of 'torch._C.TensorBase' objects is not writable"
    assert str(error.value) == expected


def test_transposes():
    x = torch.arange(6.0).reshape(2, 3)
    assert x.T.shape == x.mT.shape == x.H.shape == (3, 2)
    with pytest.raises(RuntimeError, match=r"tensor.mT is only supported on matrices"):
        torch.ones(2).mT


def test_data_shares_memory_without_history():
    x = torch.ones(2, requires_grad=True)
    x.data.mul_(5)
    assert x.tolist() == [5.0, 5.0] and not x.data.requires_grad
    assert x._version == 0


def test_data_assignment_keeps_identity():
    x = torch.ones(2, requires_grad=True)
    before = x
    x.data = torch.zeros(3)
    assert x is before and x.shape == (3,) and x.requires_grad
    with pytest.raises(TypeError) as error:
        x.data = 1
    assert str(error.value) == "Variable data has to be a tensor, but got int"


def test_grad_assignment():
    x = torch.ones(2, 3)
    x.grad = torch.ones(2, 3)
    assert x.grad.sum() == 6
    x.grad = None
    assert x.grad is None


@pytest.mark.parametrize(
    "value, kind, text",
    [
        (
            1,
            TypeError,
            "assigned grad expected to be a Tensor or None but got grad of type int",
        ),
        (
            torch.ones(3),
            RuntimeError,
            "attempting to assign a gradient of size '[3]' to a tensor of size '[2, 3]'. "
            "Please ensure that the gradient and the tensor are the same size",
        ),
    ],
)
def test_bad_grad_is_refused(value, kind, text):
    x = torch.ones(2, 3)
    with pytest.raises(kind) as error:
        x.grad = value
    assert str(error.value) == text
    assert x.grad is None


def test_requires_grad_needs_floating_dtype():
    with pytest.raises(RuntimeError) as error:
        torch.tensor(1).requires_grad = True
    text = "only Tensors of floating point and complex dtype can require gradients"
    assert str(error.value) == text


def test_requires_grad_of_a_result_cannot_be_cleared():
    y = torch.ones(1, requires_grad=True) * 1
    with pytest.raises(
        RuntimeError, match="you can only change requires_grad flags of leaf"
    ):
        y.requires_grad = False


# ---------------------------------------------------------------- numbers


def test_item_of_each_dtype():
    assert torch.tensor(2.5).item() == 2.5
    assert torch.tensor(3).item() == 3
    assert torch.tensor(True).item() is True
    assert torch.tensor(1 + 2j).item() == 1 + 2j
    assert torch.tensor(1.5, dtype=torch.bfloat16).item() == 1.5


def test_item_of_many_elements():
    with pytest.raises(RuntimeError) as error:
        torch.ones(2).item()
    assert str(error.value) == "a Tensor with 2 elements cannot be converted to Scalar"


def test_python_conversions():
    x = torch.tensor(2.75)
    assert (int(x), float(x), complex(x), bool(x)) == (2, 2.75, 2.75 + 0j, True)
    assert range(5)[torch.tensor(2)] == 2


@pytest.mark.parametrize("convert", [int, float, complex])
def test_many_elements_are_no_number(convert):
    with pytest.raises(ValueError) as error:
        convert(torch.ones(2))
    assert (
        str(error.value)
        == "only one element tensors can be converted to Python scalars"
    )


@pytest.mark.parametrize(
    "size, word", [((2,), "more than one value"), ((0,), "no values")]
)
def test_truth_of_many_elements(size, word):
    with pytest.raises(RuntimeError) as error:
        bool(torch.ones(size))
    assert str(error.value) == f"Boolean value of Tensor with {word} is ambiguous"


def test_index_needs_an_integer():
    with pytest.raises(TypeError) as error:
        range(3)[torch.tensor(1.5)]
    text = "only integer tensors of a single element can be converted to an index"
    assert str(error.value) == text


def test_tolist():
    assert torch.arange(6).reshape(2, 3).tolist() == [[0, 1, 2], [3, 4, 5]]
    assert torch.arange(6).reshape(2, 3).T.tolist() == [[0, 3], [1, 4], [2, 5]]
    assert torch.tensor(1.5).tolist() == 1.5
    assert torch.zeros(2, 0).tolist() == [[], []]


# ---------------------------------------------------------------- small types


def test_device_parts():
    device = torch.device("cuda:1")
    assert (device.type, device.index, str(device)) == ("cuda", 1, "cuda:1")
    assert repr(torch.device("cpu")) == "device(type='cpu')"
    assert torch.device("cpu", 1) == torch.device("cpu:1")
    assert pickle.loads(pickle.dumps(device)) == device
    assert torch.device("cpu") != "cpu"


@pytest.mark.parametrize(
    "args, kind, text",
    [
        (
            ("cpu:1", 1),
            RuntimeError,
            "type (string) must not include an index because index was passed "
            "explicitly: cpu:1",
        ),
        (("cuda", -1), RuntimeError, "Device index must not be negative"),
        (
            (3.5,),
            TypeError,
            "device() received an invalid combination of arguments - got (float), but "
            "expected one of:\n * (torch.device device)\n"
            "      didn't match because some of the arguments have invalid types: "
            "(!float!)\n * (str type, int index = -1)\n",
        ),
    ],
)
def test_bad_device(args, kind, text):
    with pytest.raises(kind) as error:
        torch.device(*args)
    assert str(error.value) == text


def test_dtype_parts():
    assert repr(torch.float32) == "torch.float32" and torch.float is torch.float32
    assert torch.float32.itemsize == 4 and torch.float32.is_floating_point
    assert torch.float32.to_complex() is torch.complex64
    assert pickle.loads(pickle.dumps(torch.int8)) is torch.int8
    assert copy.deepcopy(torch.bfloat16) is torch.bfloat16


def test_finfo_and_iinfo():
    assert repr(torch.finfo(torch.float32)) == (
        "finfo(resolution=1e-06, min=-3.40282e+38, max=3.40282e+38, eps=1.19209e-07, "
        "smallest_normal=1.17549e-38, tiny=1.17549e-38, dtype=float32)"
    )
    assert repr(torch.iinfo(torch.int8)) == "iinfo(min=-128, max=127, dtype=int8)"
    assert torch.finfo(torch.bfloat16).eps == 0.0078125
    assert torch.iinfo(torch.int64).max == 2**63 - 1


# ---------------------------------------------------------------- __torch_function__


class Logged(torch.Tensor):
    calls: list = []

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        cls.calls.append(getattr(func, "__name__", str(func)))
        return super().__torch_function__(func, types, args, kwargs or {})


def test_subclass_sees_calls():
    Logged.calls.clear()
    x = torch.ones(2).as_subclass(Logged)
    assert type(torch.add(x, 1)) is Logged and type(x.exp()) is Logged
    assert Logged.calls[:2] == ["add", "exp"]


def test_subclass_is_kept_by_operators():
    x = torch.ones(2).as_subclass(Logged)
    assert type(x + 1) is Logged and type(1 - x) is Logged and type(x[0]) is Logged


def test_disabled_torch_function():
    x = torch.ones(2).as_subclass(Logged)
    with torch._C.DisableTorchFunctionSubclass():
        assert type(x + 1) is torch.Tensor


def test_foreign_type_may_answer():
    class Foreign:
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            return func.__name__

    assert torch.add(torch.ones(1), Foreign()) == "add"


def test_nobody_answers():
    class Silent:
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            return NotImplemented

    with pytest.raises(TypeError, match="Multiple dispatch failed for 'torch.add'"):
        torch.add(torch.ones(1), Silent())


# ---------------------------------------------------------------- storage


def test_storage_is_shared_by_views():
    x = torch.arange(6.0)
    y = x[2:]
    assert y.storage_offset() == 2 and y.data_ptr() == x.data_ptr() + 8
    assert y.untyped_storage().data_ptr() == x.untyped_storage().data_ptr()
    assert x.untyped_storage() is x.untyped_storage()
    assert x.untyped_storage().nbytes() == 24


def test_set_takes_over_a_storage():
    x = torch.arange(6.0)
    y = torch.empty(0).set_(x.untyped_storage(), 1, (2, 2), (2, 1))
    assert y.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    torch.empty(0).set_(x.untyped_storage(), 4, (2, 2), (2, 1))
    assert x.untyped_storage().nbytes() == 32 and x.tolist()[:2] == [0.0, 1.0]
    with pytest.raises(RuntimeError) as error:
        torch.empty(0).set_(x.untyped_storage(), -1, (2, 2), (2, 1))
    assert str(error.value) == "Tensor: invalid storage offset -1"


def test_generator_state_is_kept():
    g = torch.Generator().manual_seed(3)
    state = g.get_state()
    first = torch.rand(3, generator=g).tolist()
    g.set_state(state)
    assert torch.rand(3, generator=g).tolist() == first
    assert g.initial_seed() == 3 and g.device == torch.device("cpu")


# ---------------------------------------------------------------- grad_fn objects


def test_nodes_of_one_name_show_what_each_saved():
    x = torch.ones(2, requires_grad=True)
    by_number, by_tensor = (x * 2).grad_fn, (x * x).grad_fn
    assert by_number.name() == by_tensor.name() == "MulBackward0"
    assert by_number._saved_other == 2
    assert by_tensor._saved_self is x
    assert "_raw_saved_self" in dir(by_tensor)


def test_released_node_keeps_nothing():
    x = torch.ones(2, requires_grad=True)
    y = x.exp()
    y.sum().backward()
    with pytest.raises(
        RuntimeError, match="Trying to backward through the graph a second"
    ):
        y.grad_fn._saved_result


def test_node_metadata_stays_with_the_node():
    y = torch.ones(2, requires_grad=True) * 2
    y.grad_fn.metadata["note"] = 1
    assert y.grad_fn.metadata == {"note": 1}
