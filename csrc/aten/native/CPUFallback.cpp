// Runs an operator of another device on the CPU: see CPUFallback.h.
#include "aten/native/CPUFallback.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "aten/core/Tensor.h"
#include "c10/core/ThreadLocalState.h"

namespace at::native {
namespace {

using c10::FunctionSchema;
using c10::IValue;
using c10::Stack;

bool is_elsewhere(const Tensor& t) { return t.defined() && !t.is_cpu(); }

// Where the call belongs: the device of its first tensor that is not on the
// CPU, or the one it names.
c10::Device device_of(const Stack& stack) {
  for (const IValue& value : stack) {
    if (value.is_tensor() && is_elsewhere(value.get<Tensor>())) {
      return value.get<Tensor>().device();
    }
    if (value.is<std::vector<Tensor>>()) {
      for (const Tensor& t : value.get<std::vector<Tensor>>()) {
        if (is_elsewhere(t)) {
          return t.device();
        }
      }
    }
  }
  for (const IValue& value : stack) {
    if (value.is<c10::Device>()) {
      return value.get<c10::Device>();
    }
  }
  return c10::kCPU;
}

void move(Tensor& t, c10::Device device) {
  if (t.defined() && t.device() != device) {
    t = t.to(device);
  }
}

// Tensors, lists of them and devices.
void move(IValue& value, c10::Device device) {
  if (value.is_tensor()) {
    move(value.to_tensor(), device);
  } else if (value.is<std::vector<Tensor>>()) {
    for (Tensor& t : value.to_tensor_list()) {
      move(t, device);
    }
  } else if (value.is<c10::Device>()) {
    value = device;
  }
}

void write_back(Tensor& original, const Tensor& computed) {
  if (!is_elsewhere(original)) {
    return;
  }
  if (original.sizes() != computed.sizes()) {
    original.resize_(computed.sizes());
  }
  original.copy_(computed);
}

// The argument that a return such as Tensor(a!) stands for.
IValue& aliased(
    const FunctionSchema& schema,
    const std::string& alias,
    Stack& arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (schema.arguments[i].type.alias == alias) {
      return arguments[i];
    }
  }
  TORCH_INTERNAL_ASSERT(false, schema.text, ": no argument ", alias);
}

bool takes_tensors(const FunctionSchema& schema) {
  return std::any_of(
      schema.arguments.begin(), schema.arguments.end(), [](const auto& a) {
        return a.type.base == "Tensor";
      });
}
bool makes_view(const FunctionSchema& schema) {
  return std::any_of(
      schema.returns.begin(), schema.returns.end(), [](const auto& r) {
        return !r.type.alias.empty() && !r.type.writes();
      });
}
// transpose_ and its like change geometry, as transpose does.
bool is_geometry(const FunctionSchema& schema) {
  if (makes_view(schema)) {
    return true;
  }
  const std::string base = schema.name.substr(0, schema.name.size() - 1);
  if (schema.name.back() != '_') {
    return false;
  }
  for (const std::string& overload : c10::find_overloads(base)) {
    if (makes_view(c10::schema_of(*c10::find_operator(base, overload)))) {
      return true;
    }
  }
  return false;
}

// What an allocator and copy_ are enough for.
bool only_moves(const std::string& name) {
  static const std::set<std::string> names = {
      "aten::empty",
      "aten::empty_strided",
      "aten::empty_permuted",
      "aten::empty_like",
      "aten::new_empty",
      "aten::copy_",
      "aten::clone",
      "aten::new_empty_strided",
      "aten::_to_copy",
      "aten::resize_"};
  return names.count(name) != 0;
}

// Operators made of others have no Autograd kernel: autograd sees the others.
bool is_composite(
    const c10::Operator& op,
    const FunctionSchema& schema,
    c10::DispatchKey key) {
  return takes_tensors(schema) && op.filled.has(key) &&
      !op.filled.has(c10::DispatchKey::Autograd);
}

struct Fallback final : c10::BoxedKernel {
  void operator()(const c10::Operator& op, c10::DispatchKeySet, Stack& stack)
      override {
    cpu_fallback(op, &stack);
  }
};

} // namespace

void fall_back_to_cpu(c10::DispatchKey key) {
  const auto kernel = c10::make_intrusive<Fallback>();
  for (c10::Operator* op : at::ops::generated_operators()) {
    const FunctionSchema& schema = c10::schema_of(*op);
    if (!is_geometry(schema) && !only_moves(schema.name) &&
        !is_composite(*op, schema, key)) {
      c10::set_boxed_kernel(*op, key, kernel);
    }
  }
}

void cpu_fallback(const c10::Operator& op, Stack* stack) {
  const c10::AutoDispatchBelowAutograd below;
  const FunctionSchema& schema = c10::schema_of(op);
  const c10::Device device = device_of(*stack);
  Stack originals = *stack;
  for (IValue& value : *stack) {
    move(value, c10::kCPU);
  }
  const Stack moved = *stack;
  op.info->call_boxed(op, *stack);

  for (size_t i = 0; i < originals.size(); ++i) {
    if (!schema.arguments[i].type.writes()) {
      continue;
    }
    if (originals[i].is_tensor()) {
      write_back(originals[i].to_tensor(), moved[i].get<Tensor>());
    } else {
      auto& list = originals[i].to_tensor_list();
      for (size_t k = 0; k < list.size(); ++k) {
        write_back(list[k], moved[i].get<std::vector<Tensor>>()[k]);
      }
    }
  }
  for (size_t i = 0; i < stack->size(); ++i) {
    const c10::SchemaType& type = schema.returns[i].type;
    TORCH_CHECK(
        type.alias.empty() || type.writes(),
        schema.text,
        ": a view cannot be computed on the CPU for device ",
        device.str());
    if (type.writes()) {
      (*stack)[i] = aliased(schema, type.alias, originals);
    } else {
      move((*stack)[i], device);
    }
  }
}

} // namespace at::native
