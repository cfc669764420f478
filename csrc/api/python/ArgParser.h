// Arguments from Python. A function's signatures are constant tables (Param,
// Signature, Function) that serve matching, defaults, and the text of
// "received an invalid combination of arguments".
//
// A generated binding reads:
//   ParsedArgs<3> p(add_function, self, args, nargs, kwnames);
//   switch (p.signature()) { case 0: ... p.tensor(0), p.scalar_or(2, 1) ... }
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>

#include "api/python/DType.h"
#include "api/python/Device.h"
#include "api/python/Object.h"
#include "api/python/Tensor.h"
#include "c10/core/Generator.h"
#include "c10/core/TensorOptions.h"

namespace torch::python {

enum class ArgType : uint8_t {
  Tensor,
  Scalar,
  Int,
  Double,
  Bool,
  String,
  IntList,
  DoubleList,
  TensorList,
  OptionalTensorList,
  DType,
  Layout,
  Device,
  MemoryFormat,
  Generator,
  Object,
};

// Flags of a Param.
constexpr uint8_t kOptional = 1; // may be left out
constexpr uint8_t kNone = 2; // None stands for "left out"
constexpr uint8_t kKeyword = 4; // only by keyword

struct Param {
  const char* name;
  ArgType type;
  uint8_t flags = 0;
  const char* default_text = nullptr; // as the error text shows it
  uint8_t list_size = 0; // n > 0: one int stands for n equal ones

  constexpr bool has(uint8_t flag) const { return (flags & flag) != 0; }
};

struct Signature {
  const Param* params = nullptr;
  uint8_t count = 0;
  uint8_t required = 0;
  uint8_t positional = 0;
  bool hidden = false; // parsed, but not shown in error texts

  constexpr Signature() = default;
  template <size_t N>
  constexpr Signature(const Param (&list)[N], bool is_hidden = false)
      : params(list), count(N), hidden(is_hidden) {
    for (const Param& param : list) {
      required = static_cast<uint8_t>(required + !param.has(kOptional));
      positional = static_cast<uint8_t>(positional + !param.has(kKeyword));
    }
  }
};

struct Function {
  const char* name;
  const Signature* signatures;
  uint8_t count;
  // Where __torch_function__ finds the callable it is handed: "Tensor" for
  // methods, "torch", "torch._C._nn" ... for functions.
  const char* owner;
  // A Python number is accepted as a tensor (torch.add(1, x)).
  bool numbers_as_tensors;

  template <size_t N>
  constexpr Function(
      const char* function_name,
      const Signature (&list)[N],
      const char* where = "torch",
      bool numbers = false)
      : name(function_name),
        signatures(list),
        count(N),
        owner(where),
        numbers_as_tensors(numbers) {}
};

// An int list that may be absent; converts to OptionalIntArrayRef while it
// lives.
struct OptionalIntList {
  c10::DimVector values;
  bool present = false;
  operator c10::OptionalIntArrayRef() const {
    return present ? c10::OptionalIntArrayRef(c10::IntArrayRef(values))
                   : std::nullopt;
  }
};

// ---- conversions of one object; TypeError with PyTorch's texts
c10::Scalar unpack_scalar(PyObject* o);
int64_t unpack_int(PyObject* o);
double unpack_double(PyObject* o);
bool unpack_bool(PyObject* o);
std::string_view unpack_string(PyObject* o);
c10::Generator unpack_generator(PyObject* o);
// A 0-d tensor that yields in type promotion, as a Python number does.
at::Tensor number_tensor(PyObject* o);

// A Python int, float, bool or complex; not a subclass.
inline bool is_number(PyObject* o) {
  return PyFloat_CheckExact(o) || PyLong_CheckExact(o) || PyBool_Check(o) ||
      PyComplex_CheckExact(o);
}
// Anything that a Scalar parameter takes.
bool is_scalar_like(PyObject* o);
// An int (not a bool), NumPy integer or integral 0-d tensor.
bool is_int_like(PyObject* o);

// Parses into borrowed references. All the work is in this untemplated base.
class ArgParser {
 public:
  // The index of the signature that matched; throws TypeError if none did.
  int signature() const { return signature_; }
  // The argument was given, and not as None.
  bool has(int i) const { return slots_[i] != nullptr; }
  PyObject* operator[](int i) const { return slots_[i]; }

  // Some argument overrides torch functions (or a mode is active): the
  // binding then returns call_torch_function() instead of going on.
  bool has_torch_function() const { return overridden_; }
  PyObject* call_torch_function() const;

  const at::Tensor& tensor(int i) const;
  at::Tensor tensor_or_number(int i) const;
  std::vector<at::Tensor> tensor_list(int i) const;
  // The tensors of out=, which must be n.
  std::vector<at::Tensor> out_list(int i, size_t n) const;
  c10::Scalar scalar(int i) const { return unpack_scalar(slots_[i]); }
  c10::Scalar scalar_or(int i, const c10::Scalar& other) const {
    return has(i) ? scalar(i) : other;
  }
  std::optional<c10::Scalar> optional_scalar(int i) const {
    return has(i) ? std::optional<c10::Scalar>(scalar(i)) : std::nullopt;
  }
  int64_t integer(int i) const { return unpack_int(slots_[i]); }
  int64_t integer_or(int i, int64_t other) const {
    return has(i) ? integer(i) : other;
  }
  std::optional<int64_t> optional_integer(int i) const {
    return has(i) ? std::optional<int64_t>(integer(i)) : std::nullopt;
  }
  double real(int i) const { return unpack_double(slots_[i]); }
  double real_or(int i, double other) const {
    return has(i) ? real(i) : other;
  }
  std::optional<double> optional_real(int i) const {
    return has(i) ? std::optional<double>(real(i)) : std::nullopt;
  }
  bool boolean(int i) const { return unpack_bool(slots_[i]); }
  bool boolean_or(int i, bool other) const {
    return has(i) ? boolean(i) : other;
  }
  std::optional<bool> optional_boolean(int i) const {
    return has(i) ? std::optional<bool>(boolean(i)) : std::nullopt;
  }
  std::string_view string(int i) const { return unpack_string(slots_[i]); }
  std::string_view string_or(int i, std::string_view other) const {
    return has(i) ? string(i) : other;
  }
  std::optional<std::string_view> optional_string(int i) const {
    return has(i) ? std::optional<std::string_view>(string(i)) : std::nullopt;
  }
  c10::DimVector int_list(int i) const;
  c10::DimVector int_list_or(
      int i,
      std::initializer_list<int64_t> other) const {
    return has(i) ? int_list(i) : c10::DimVector(other);
  }
  OptionalIntList optional_int_list(int i) const {
    return has(i) ? OptionalIntList{int_list(i), true} : OptionalIntList();
  }
  c10::SmallVector<double, 4> double_list(int i) const;
  std::optional<c10::SmallVector<double, 4>> optional_double_list(int i) const;
  c10::ScalarType dtype(int i) const { return unpack_dtype(slots_[i]); }
  c10::ScalarType dtype_or(int i, c10::ScalarType other) const {
    return has(i) ? dtype(i) : other;
  }
  std::optional<c10::ScalarType> optional_dtype(int i) const {
    return has(i) ? std::optional<c10::ScalarType>(dtype(i)) : std::nullopt;
  }
  c10::Layout layout(int i) const { return unpack_layout(slots_[i]); }
  std::optional<c10::Layout> optional_layout(int i) const {
    return has(i) ? std::optional<c10::Layout>(layout(i)) : std::nullopt;
  }
  c10::Device device(int i) const { return unpack_usable_device(slots_[i]); }
  std::optional<c10::Device> optional_device(int i) const {
    return has(i) ? std::optional<c10::Device>(device(i)) : std::nullopt;
  }
  c10::MemoryFormat memory_format(int i) const {
    return unpack_memory_format(slots_[i]);
  }
  c10::MemoryFormat memory_format_or(int i, c10::MemoryFormat other) const {
    return has(i) ? memory_format(i) : other;
  }
  std::optional<c10::MemoryFormat> optional_memory_format(int i) const {
    return has(i) ? std::optional<c10::MemoryFormat>(memory_format(i))
                  : std::nullopt;
  }
  c10::Generator generator(int i) const {
    return has(i) ? unpack_generator(slots_[i]) : c10::Generator();
  }
  // Four slots from i on: dtype, layout, device, pin_memory.
  c10::TensorOptions options(int i) const;

 protected:
  ArgParser(const Function& function, PyObject** slots, PyObject* self)
      : function_(function), slots_(slots), self_(self) {}
  void parse(FastArgs args, Py_ssize_t nargs, PyObject* kwnames);

 private:
  bool match(const Signature& signature, bool raise, bool numbers);
  bool accepts(const Param& param, PyObject* o, bool numbers);
  PyObject* find_keyword(const Param& param) const;
  [[noreturn]] void fail();
  // These throw; the result type lets match() return them.
  bool fail_positional(const Signature& signature);
  bool fail_missing(const Signature& signature, int first);
  bool fail_argument(const Param& param, PyObject* o, Py_ssize_t position);
  bool fail_keywords(const Signature& signature);

  const Function& function_;
  PyObject** slots_;
  PyObject* self_; // null for functions
  FastArgs args_ = nullptr;
  Py_ssize_t nargs_ = 0;
  PyObject* kwnames_ = nullptr;
  Py_ssize_t nkeywords_ = 0;
  int signature_ = -1;
  bool overridden_ = false;
  bool varargs_ = false; // slot 0 is the list of all positional arguments
};

template <size_t N>
class ParsedArgs : public ArgParser {
 public:
  ParsedArgs(
      const Function& function,
      PyObject* self,
      FastArgs args,
      Py_ssize_t nargs,
      PyObject* kwnames)
      : ArgParser(function, storage_, self) {
    parse(args, nargs, kwnames);
  }

 private:
  PyObject* storage_[N == 0 ? 1 : N];
};

// Lays a tuple and a dict out as FASTCALL arguments: values in `values`,
// returns the names (null without keywords).
PyRef flatten_arguments(
    PyObject* args,
    PyObject* kwargs,
    c10::SmallVector<PyObject*, 8>& values);

// The same for tp_new, which is called with a tuple and a dict.
template <size_t N>
class TupleArgs : public ArgParser {
 public:
  TupleArgs(const Function& function, PyObject* args, PyObject* kwargs)
      : ArgParser(function, storage_, nullptr),
        names_(flatten_arguments(args, kwargs, values_)) {
    parse(values_.data(), PyTuple_GET_SIZE(args), names_.get());
  }

 private:
  PyObject* storage_[N == 0 ? 1 : N];
  c10::SmallVector<PyObject*, 8> values_;
  PyRef names_;
};

} // namespace torch::python
