#include "aten/core/OperatorRegistry.h"

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "aten/core/Boxing.h"
#include "c10/util/Exception.h"

namespace c10 {
namespace {

// An operator that was defined at run time: all its kernels are boxed.
struct RuntimeOperator {
  FunctionSchema schema;
  std::string schema_text;
  std::string where;
  OperatorInfo info;
  Operator op;
};

struct Side { // what an operator has off its table
  std::unique_ptr<FunctionSchema> schema;
  std::array<intrusive_ptr<BoxedKernel>, kNumDispatchKeys> boxed;
};

struct Registry {
  std::recursive_mutex mutex;
  std::unordered_map<std::string, Operator*> by_name; // "aten::add.Tensor"
  std::unordered_map<std::string, std::vector<std::string>> overloads;
  std::unordered_map<const Operator*, Side> sides;
  std::unordered_map<const Operator*, std::unique_ptr<RuntimeOperator>> defined;
  std::array<intrusive_ptr<BoxedKernel>, kNumDispatchKeys> fallbacks;
  // What waits for an operator that is not defined yet.
  std::unordered_multimap<std::string, std::function<void(Operator&)>> waiting;
  std::unordered_map<std::string, std::string> spaces; // name -> where

  Registry() {
    for (Operator* op : at::ops::generated_operators()) {
      add(*op);
    }
  }
  void add(Operator& op) {
    by_name.emplace(full_name(op.info->name, op.info->overload), &op);
    overloads[op.info->name].push_back(op.info->overload);
  }
  static std::string full_name(std::string_view name, std::string_view overload) {
    std::string text(name);
    if (!overload.empty()) {
      text.append(".").append(overload);
    }
    return text;
  }
};

// Never destroyed: operators are called until the very end of the process.
Registry& registry() {
  static Registry& instance = *new Registry;
  return instance;
}

using Lock = std::lock_guard<std::recursive_mutex>;

void call_runtime_operator(const Operator& op, Stack& stack) {
  run_boxed_kernel(op, stack);
}

// What fills the slots of an operator without a C++ type.
void runtime_slot() {}

AnyFunction boxed_slot(const Operator& op) {
  return op.info->boxed_fallback
      ? reinterpret_cast<AnyFunction>(op.info->boxed_fallback)
      : &runtime_slot;
}

} // namespace

Operator* find_operator(std::string_view name, std::string_view overload) {
  Registry& r = registry();
  const Lock lock(r.mutex);
  const auto found = r.by_name.find(Registry::full_name(name, overload));
  return found == r.by_name.end() ? nullptr : found->second;
}

std::vector<std::string> find_overloads(std::string_view name) {
  Registry& r = registry();
  const Lock lock(r.mutex);
  const auto found = r.overloads.find(std::string(name));
  return found == r.overloads.end() ? std::vector<std::string>()
                                    : found->second;
}

std::vector<std::string> all_operator_names() {
  Registry& r = registry();
  const Lock lock(r.mutex);
  std::vector<std::string> names;
  for (const auto& entry : r.by_name) {
    names.push_back(entry.first);
  }
  std::sort(names.begin(), names.end());
  return names;
}

const FunctionSchema& schema_of(const Operator& op) {
  Registry& r = registry();
  const Lock lock(r.mutex);
  std::unique_ptr<FunctionSchema>& schema = r.sides[&op].schema;
  if (!schema) {
    const std::string name = op.info->name;
    const std::string space = name.substr(0, name.find("::") + 2);
    schema = std::make_unique<FunctionSchema>(
        FunctionSchema::parse(space + op.info->schema));
  }
  return *schema;
}

bool has_kernel(const Operator& op, DispatchKey key) {
  return op.filled.has(key);
}

Operator& define_operator(const std::string& text, std::string where) {
  auto made = std::make_unique<RuntimeOperator>();
  made->schema = FunctionSchema::parse(text);
  const FunctionSchema& schema = made->schema;
  const size_t space = schema.name.find("::");
  TORCH_CHECK(
      space != std::string::npos,
      "the schema of a new operator needs a namespace: ",
      text);
  made->schema_text = schema.text.substr(space + 2);
  made->where = std::move(where);
  made->info = OperatorInfo{
      schema.name.c_str(),
      schema.overload.c_str(),
      made->schema_text.c_str(),
      &call_runtime_operator,
      nullptr,
      nullptr,
      made->where.c_str()};
  made->op = Operator{{}, {}, &made->info};
  Operator& op = made->op;

  Registry& r = registry();
  const Lock lock(r.mutex);
  Operator* existing = find_operator(schema.name, schema.overload);
  TORCH_CHECK(
      !existing,
      "Tried to register an operator (",
      schema.text,
      ") with the same name and overload name multiple times. Each overload's "
      "schema should only be registered with a single call to def(). Duplicate "
      "registration: ",
      made->where,
      ". Original registration: ",
      existing ? existing->info->source : "");
  r.add(op);
  r.defined.emplace(&op, std::move(made));
  for (int k = 0; k < kNumDispatchKeys; ++k) {
    if (r.fallbacks[k]) {
      set_boxed_kernel(op, static_cast<DispatchKey>(k), r.fallbacks[k]);
    }
  }
  const auto range = r.waiting.equal_range(
      Registry::full_name(schema.name, schema.overload));
  for (auto it = range.first; it != range.second; ++it) {
    it->second(op);
  }
  r.waiting.erase(range.first, range.second);
  return op;
}

void with_operator(
    const std::string& full_name,
    std::function<void(Operator&)> action) {
  Registry& r = registry();
  const Lock lock(r.mutex);
  const auto found = r.by_name.find(full_name);
  if (found == r.by_name.end()) {
    r.waiting.emplace(full_name, std::move(action));
  } else {
    action(*found->second);
  }
}

void claim_namespace(const std::string& space, const std::string& where) {
  Registry& r = registry();
  const Lock lock(r.mutex);
  const auto added = r.spaces.emplace(space, where);
  TORCH_CHECK(
      added.second,
      "Only a single TORCH_LIBRARY can be used to register the namespace ",
      space,
      "; please put all of your definitions in a single TORCH_LIBRARY block.  "
      "If you were trying to specify implementations, consider using "
      "TORCH_LIBRARY_IMPL (which can be duplicated).  If you really intended "
      "to define operators for a single namespace in a distributed way, you "
      "can use TORCH_LIBRARY_FRAGMENT to explicitly indicate this.  Previous "
      "registration of TORCH_LIBRARY was ",
      added.first->second,
      "; latest registration was ",
      where);
}

void release_namespace(const std::string& space) {
  Registry& r = registry();
  const Lock lock(r.mutex);
  r.spaces.erase(space);
}

void undefine_operator(Operator& op) {
  Registry& r = registry();
  const Lock lock(r.mutex);
  r.by_name.erase(Registry::full_name(op.info->name, op.info->overload));
  const auto found = r.overloads.find(op.info->name);
  auto& names = found->second;
  names.erase(std::find(names.begin(), names.end(), op.info->overload));
  if (names.empty()) {
    r.overloads.erase(found);
  }
  r.sides.erase(&op);
  // The object stays: somebody may hold a reference to it.
  r.defined.find(&op)->second.release();
  r.defined.erase(&op);
}

std::vector<DispatchKey> slots_of_key(const std::string& name) {
  if (name.empty() || name == "CompositeImplicitAutograd" ||
      name == "CompositeExplicitAutograd" ||
      name == "CompositeExplicitAutogradNonFunctional") {
    return {
        DispatchKey::CPU,
        DispatchKey::CUDA,
        DispatchKey::PrivateUse1,
        DispatchKey::Meta};
  }
  // One Autograd slot serves every device.
  const bool autograd = name == "AutogradCPU" || name == "AutogradCUDA" ||
      name == "AutogradPrivateUse1" || name == "AutogradMeta" ||
      name == "ADInplaceOrView";
  const DispatchKey key =
      autograd ? DispatchKey::Autograd : parse_dispatch_key(name.c_str());
  TORCH_CHECK(
      key != DispatchKey::NumKeys, "could not parse dispatch key: ", name);
  return {key};
}

namespace {

KernelHandle exchange_kernel(
    Operator& op,
    DispatchKey key,
    AnyFunction function,
    intrusive_ptr<BoxedKernel> boxed) {
  Registry& r = registry();
  const Lock lock(r.mutex);
  intrusive_ptr<BoxedKernel>& slot = r.sides[&op].boxed[static_cast<int>(key)];
  KernelHandle previous{&op, key, op.kernels[static_cast<int>(key)], slot};
  slot = std::move(boxed);
  op.set_kernel(key, function);
  return previous;
}

} // namespace

KernelHandle set_boxed_kernel(
    Operator& op,
    DispatchKey key,
    intrusive_ptr<BoxedKernel> kernel) {
  const AnyFunction function = kernel ? boxed_slot(op) : nullptr;
  return exchange_kernel(op, key, function, std::move(kernel));
}

KernelHandle set_typed_kernel(
    Operator& op,
    DispatchKey key,
    AnyFunction function) {
  return exchange_kernel(op, key, function, nullptr);
}

void restore_kernel(const KernelHandle& handle) {
  exchange_kernel(*handle.op, handle.key, handle.function, handle.boxed);
}

void set_fallback(DispatchKey key, intrusive_ptr<BoxedKernel> kernel) {
  Registry& r = registry();
  const Lock lock(r.mutex);
  for (const auto& entry : r.by_name) {
    if (kernel && !has_kernel(*entry.second, key)) {
      set_boxed_kernel(*entry.second, key, kernel);
    }
  }
  r.fallbacks[static_cast<int>(key)] = std::move(kernel);
}

void run_boxed_kernel(const Operator& op, Stack& stack) {
  const DispatchKeySet keys = stack_keys(stack);
  const DispatchKeySet active =
      ((keys | tls_state.included) - tls_state.excluded) & op.filled;
  if (active.empty()) {
    op.report_missing(keys);
  }
  intrusive_ptr<BoxedKernel> kernel;
  {
    Registry& r = registry();
    const Lock lock(r.mutex);
    kernel = r.sides[&op].boxed[static_cast<int>(active.highest())];
  }
  TORCH_INTERNAL_ASSERT(kernel, op.info->name, ": the slot is not boxed");
  (*kernel)(op, active, stack);
}

DispatchKeySet stack_keys(const Stack& stack) {
  DispatchKeySet keys;
  const Device* device = nullptr;
  for (const IValue& value : stack) {
    if (value.is_tensor()) {
      keys = keys | at::keys_of(value.get<at::Tensor>());
    } else if (value.is<std::vector<at::Tensor>>()) {
      keys = keys | at::keys_of(value.get<std::vector<at::Tensor>>());
    } else if (value.is<Device>()) {
      device = &value.get<Device>();
    }
  }
  if (!keys.empty()) {
    return keys;
  }
  return device ? backend_key(device->type()) : DispatchKey::CPU;
}

namespace boxing {

void box(Stack& stack, const TensorOptions& options) {
  stack.emplace_back(options.dtype_opt());
  if (options.has_layout()) {
    stack.emplace_back(options.layout());
  } else {
    stack.emplace_back();
  }
  stack.emplace_back(options.device_opt());
  if (options.pinned_memory()) {
    stack.emplace_back(true);
  } else {
    stack.emplace_back();
  }
}

void box(Stack& stack, const Generator& generator) {
  if (generator.defined()) {
    stack.emplace_back(generator);
  } else {
    stack.emplace_back();
  }
}

} // namespace boxing

namespace {

// The first backend of a call, by PyTorch's name.
std::string backend_name(DispatchKeySet keys) {
  const DispatchKeySet backends = keys & kBackendKeys;
  return to_string(backends.empty() ? DispatchKey::NumKeys : backends.highest());
}

} // namespace

void Operator::report_missing(DispatchKeySet keys) const {
  const std::string name =
      Registry::full_name(info->name, info->overload);
  std::string available;
  std::string details;
  for (int k = 0; k < kNumDispatchKeys; ++k) {
    const auto key = static_cast<DispatchKey>(k);
    if (filled.has(key)) {
      available += (available.empty() ? "" : ", ");
      available += to_string(key);
      details += str(to_string(key), ": registered at ", info->source, "\n");
    }
  }
  TORCH_CHECK_NOT_IMPLEMENTED(
      false,
      "Could not run '",
      name,
      "' with arguments from the '",
      backend_name(keys),
      "' backend. This could be because the operator doesn't exist for this "
      "backend, or was omitted during the selective/custom build process (if "
      "using custom build). If you are a Facebook employee using PyTorch on "
      "mobile, please visit https://fburl.com/ptmfixes for possible "
      "resolutions. '",
      name,
      "' is only available for these backends: [",
      available,
      "].\n\n",
      details);
  std::abort(); // not reached
}

} // namespace c10
