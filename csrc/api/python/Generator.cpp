#include "api/python/Generator.h"

#include "api/python/ArgParser.h"
#include "api/python/Exceptions.h"
#include "aten/CPUGenerator.h"
#include "aten/core/CUDAHooks.h"

namespace torch::python {

PyTypeObject* GeneratorType;

namespace {

using c10::Generator;

const Generator& value_of(PyObject* self) {
  return reinterpret_cast<GeneratorObject*>(self)->value;
}

PyObject* new_object(PyTypeObject* type, Generator generator) {
  PyObject* made = check(type->tp_alloc(type, 0));
  generator.impl()->pyobj_ = made;
  new (&reinterpret_cast<GeneratorObject*>(made)->value)
      Generator(std::move(generator));
  return made;
}

constexpr Param new_params[] = {
    {"device", ArgType::Device, kOptional | kNone, "None"}};
constexpr Signature new_signatures[] = {Signature(new_params)};
constexpr Function new_info("Generator", new_signatures);

constexpr const char* kNoCudaLibrary =
    "Cannot get CUDA generator without ATen_cuda library. PyTorch splits its "
    "backend into two shared libraries: a CPU library and a CUDA library; "
    "this error has occurred because you are trying to use some CUDA "
    "functionality, but the CUDA library has not been loaded by the dynamic "
    "linker for some reason.  The CUDA library MUST be loaded, EVEN IF you "
    "don't directly use any symbols from the CUDA library! One common culprit "
    "is a lack of -Wl,--no-as-needed in your link arguments; many dynamic "
    "linkers will delete dynamic library dependencies if you don't depend on "
    "any of their symbols.  You can check if this has occurred by using ldd "
    "on your binary to see if there is a dependency on *_cuda.so library.";

Generator make_generator(at::Device device) {
  if (device.is_cpu()) {
    return at::make_cpu_generator();
  }
  TORCH_CHECK(
      device.is_cuda(),
      c10::device_type_name(device.type(), false),
      " device type not an accelerator.");
  TORCH_CHECK(at::cuda::cuda_hooks() != nullptr, kNoCudaLibrary);
  return at::cuda::cuda_hooks()->make_generator(device.index());
}

PyObject* generator_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  HANDLE_TH_ERRORS
  const TupleArgs<1> p(new_info, args, kwargs);
  const at::Device device =
      p.has(0) ? unpack_device(p[0]) : at::Device(at::kCPU);
  return new_object(type, make_generator(device));
  END_HANDLE_TH_ERRORS
}

void generator_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  Generator& value = reinterpret_cast<GeneratorObject*>(self)->value;
  if (value.defined()) {
    value.impl()->pyobj_ = nullptr;
  }
  value.~Generator();
  type->tp_free(self);
  Py_DECREF(type);
}

// A seed may be negative: it counts from 2**64 down.
uint64_t unpack_seed(PyObject* o) {
  TORCH_CHECK(
      PyLong_Check(o) || is_int_like(o),
      "manual_seed expected a long, but got ",
      Py_TYPE(o)->tp_name);
  PyRef index = checked(PyNumber_Index(o));
  const uint64_t positive = PyLong_AsUnsignedLongLong(index.get());
  if (!PyErr_Occurred()) {
    return positive;
  }
  PyErr_Clear();
  return static_cast<uint64_t>(unpack_int(index.get()));
}

PyObject* manual_seed(PyObject* self, PyObject* seed) {
  HANDLE_TH_ERRORS
  const Generator& generator = value_of(self);
  const std::lock_guard<std::mutex> lock(generator.impl()->mutex_);
  generator.set_current_seed(unpack_seed(seed));
  return new_ref(self);
  END_HANDLE_TH_ERRORS
}

PyObject* initial_seed(PyObject* self, PyObject*) {
  return PyLong_FromUnsignedLongLong(value_of(self).current_seed());
}

PyObject* seed(PyObject* self, PyObject*) {
  HANDLE_TH_ERRORS
  const Generator& generator = value_of(self);
  const std::lock_guard<std::mutex> lock(generator.impl()->mutex_);
  return PyLong_FromUnsignedLongLong(generator.impl()->seed());
  END_HANDLE_TH_ERRORS
}

// Only the CUDA generator counts an offset.
at::cuda::CUDAHooks& offset_hooks(PyObject* self) {
  TORCH_CHECK(
      value_of(self).device().is_cuda(), "CPU Generator does not use offset");
  return *at::cuda::cuda_hooks();
}

PyObject* get_state(PyObject* self, PyObject*) {
  HANDLE_TH_ERRORS
  const Generator& generator = value_of(self);
  if (generator.device().is_cuda()) {
    return wrap(at::Tensor(at::cuda::cuda_hooks()->generator_state(generator)));
  }
  return wrap(at::Tensor(at::cpu_generator(generator)->get_state()));
  END_HANDLE_TH_ERRORS
}

PyObject* set_state(PyObject* self, PyObject* state) {
  HANDLE_TH_ERRORS
  TORCH_CHECK_TYPE(
      is_tensor(state),
      "expected a torch.ByteTensor, but got ",
      Py_TYPE(state)->tp_name);
  const Generator& generator = value_of(self);
  const std::lock_guard<std::mutex> lock(generator.impl()->mutex_);
  if (generator.device().is_cuda()) {
    at::cuda::cuda_hooks()->set_generator_state(generator, unpack(state));
  } else {
    at::cpu_generator(generator)->set_state(unpack(state));
  }
  return new_ref(self);
  END_HANDLE_TH_ERRORS
}

PyObject* get_offset(PyObject* self, PyObject*) {
  HANDLE_TH_ERRORS
  return PyLong_FromUnsignedLongLong(
      offset_hooks(self).generator_offset(value_of(self)));
  END_HANDLE_TH_ERRORS
}

PyObject* set_offset(PyObject* self, PyObject* offset) {
  HANDLE_TH_ERRORS
  const int64_t value = unpack_int(offset);
  offset_hooks(self).set_generator_offset(
      value_of(self), static_cast<uint64_t>(value));
  return new_ref(self);
  END_HANDLE_TH_ERRORS
}

PyObject* clone_state(PyObject* self, PyObject*) {
  HANDLE_TH_ERRORS
  return wrap(Generator(value_of(self).impl()->clone()));
  END_HANDLE_TH_ERRORS
}

PyObject* reduce(PyObject* self, PyObject*) {
  PyRef device(wrap(value_of(self).device()));
  PyRef state(get_state(self, nullptr));
  PyRef number(initial_seed(self, nullptr));
  if (!device || !state || !number) {
    return nullptr;
  }
  PyRef offset(
      value_of(self).device().is_cuda() ? get_offset(self, nullptr)
                                        : new_none());
  return Py_BuildValue(
      "(O(O)(OOO))",
      Py_TYPE(self),
      device.get(),
      number.get(),
      offset.get(),
      state.get());
}

PyObject* setstate(PyObject* self, PyObject* state) {
  PyObject *number, *offset, *bytes;
  if (!PyArg_ParseTuple(state, "OOO", &number, &offset, &bytes)) {
    return nullptr;
  }
  PyRef seeded(manual_seed(self, number));
  PyRef restored(seeded ? set_state(self, bytes) : nullptr);
  return restored ? new_none() : nullptr;
}

PyObject* get_device(PyObject* self, void*) {
  return wrap(value_of(self).device());
}
PyObject* get_cdata(PyObject* self, void*) {
  return PyLong_FromVoidPtr(value_of(self).impl());
}

PyMethodDef methods[] = {
    {"manual_seed", manual_seed, METH_O, "Start the stream of a seed."},
    {"initial_seed", initial_seed, METH_NOARGS, "The seed in use."},
    {"seed", seed, METH_NOARGS, "Take a seed from the system."},
    {"get_state", get_state, METH_NOARGS, "The state as a ByteTensor."},
    {"set_state", set_state, METH_O, "Go on from a state."},
    {"get_offset", get_offset, METH_NOARGS, "How far a CUDA stream is."},
    {"set_offset", set_offset, METH_O, "Move a CUDA stream."},
    {"clone_state", clone_state, METH_NOARGS, "A generator at this state."},
    {"__reduce__", reduce, METH_NOARGS, nullptr},
    {"__setstate__", setstate, METH_O, nullptr},
    {nullptr, nullptr, 0, nullptr}};
PyGetSetDef properties[] = {
    {"device", get_device, nullptr, nullptr, nullptr},
    {"_cdata", get_cdata, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};
PyType_Slot slots[] = {
    {Py_tp_new, as_slot(generator_new)},
    {Py_tp_dealloc, as_slot(generator_dealloc)},
    {Py_tp_methods, methods},
    {Py_tp_getset, properties},
    {0, nullptr}};
PyType_Spec spec = {
    "torch._C.Generator",
    sizeof(GeneratorObject),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    slots};

} // namespace

PyObject* wrap(Generator generator) {
  if (!generator.defined()) {
    return new_none();
  }
  if (void* existing = generator.impl()->pyobj_) {
    return new_ref(static_cast<PyObject*>(existing));
  }
  return new_object(GeneratorType, std::move(generator));
}

void init_generator(PyObject* module) {
  GeneratorType =
      reinterpret_cast<PyTypeObject*>(check(PyType_FromSpec(&spec)));
  check_status(PyObject_SetAttrString(
      module, "Generator", reinterpret_cast<PyObject*>(GeneratorType)));
  PyRef main = checked(wrap(at::detail::default_cpu_generator()));
  // Lives as long as the module, so that its identity does.
  check_status(PyObject_SetAttrString(module, "default_generator", main.get()));
}

} // namespace torch::python
