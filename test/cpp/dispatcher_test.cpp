// The dispatcher: which kernel a call reaches, boxed calls, schemas, and what
// TORCH_LIBRARY registers.
#include <gtest/gtest.h>

#include "aten/core/Library.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Indexing.h"
#include "generated/ops/TensorFactories.h"

using at::Tensor;
using c10::DispatchKey;
using c10::DispatchKeySet;
using c10::FunctionSchema;
using c10::IValue;
using c10::Operator;
using c10::Stack;

namespace {

// ---- the table

int cpu_kernel(int x) {
  return x + 1;
}
int meta_kernel(int) {
  return -1;
}
int autograd_kernel(int x) {
  return 100 * x;
}

const c10::OperatorInfo kInfo = {
    "test::op", "Tensor", "op.Tensor(int x) -> int",
    nullptr, nullptr, nullptr, "dispatcher_test.cpp:1"};

Operator make_table() {
  Operator op{{}, {}, &kInfo};
  op.set_kernel(DispatchKey::CPU, ATEN_KERNEL(int(int), cpu_kernel));
  op.set_kernel(DispatchKey::Meta, ATEN_KERNEL(int(int), meta_kernel));
  return op;
}

TEST(Operator, CallsTheKernelOfTheBackend) {
  const Operator op = make_table();
  EXPECT_EQ((op.call<int, int>(DispatchKey::CPU, 4)), 5);
  EXPECT_EQ((op.call<int, int>(DispatchKey::Meta, 4)), -1);
}

TEST(Operator, TheHighestKeyThatIsFilledWins) {
  Operator op = make_table();
  const DispatchKeySet keys{DispatchKey::CPU, DispatchKey::Autograd};
  EXPECT_EQ((op.call<int, int>(keys, 4)), 5);
  op.set_kernel(DispatchKey::Autograd, ATEN_KERNEL(int(int), autograd_kernel));
  EXPECT_EQ((op.call<int, int>(keys, 4)), 400);
}

TEST(Operator, NoGradSkipsTheAutogradSlot) {
  Operator op = make_table();
  op.set_kernel(DispatchKey::Autograd, ATEN_KERNEL(int(int), autograd_kernel));
  const c10::NoGradGuard guard;
  const DispatchKeySet keys{DispatchKey::CPU, DispatchKey::Autograd};
  EXPECT_EQ((op.call<int, int>(keys, 4)), 5);
}

TEST(Operator, IncludedKeysOfTheThreadTakePart) {
  Operator op = make_table();
  op.set_kernel(DispatchKey::Profiler, ATEN_KERNEL(int(int), autograd_kernel));
  const c10::ThreadLocalStateGuard guard;
  c10::tls_state.included = DispatchKey::Profiler;
  EXPECT_EQ((op.call<int, int>(DispatchKey::CPU, 4)), 400);
}

TEST(Operator, MissingBackendNamesItself) {
  const Operator op = make_table();
  try {
    op.call<int, int>(DispatchKey::CUDA, 4);
    FAIL() << "the CUDA slot is empty";
  } catch (const c10::Error& error) {
    EXPECT_EQ(error.kind(), c10::ErrorKind::NotImplemented);
    const std::string start =
        "Could not run 'test::op.Tensor' with arguments from the 'CUDA' "
        "backend. This could be because the operator doesn't exist for this "
        "backend";
    EXPECT_EQ(error.message().substr(0, start.size()), start);
    EXPECT_NE(
        error.message().find("only available for these backends: [CPU, Meta]"),
        std::string::npos);
  }
}

// ---- schemas

// A CUDA slot that asks for one device; the body behind it serves any.
TEST(OneDevice, NamesTheTensorThatLiesElsewhere) {
  using Gather = Tensor (*)(const Tensor&, int64_t, const Tensor&, bool);
  const auto gather = reinterpret_cast<Gather>(
      at::ops::gather.kernels[static_cast<int>(DispatchKey::CUDA)]);
  const Tensor self = at::ones({2, 3});
  const Tensor index = at::zeros({2, 1}, at::kLong);
  EXPECT_EQ(gather(self, 1, index, false).numel(), 2);
  try {
    gather(self, 1, index.to(c10::Device(c10::kMeta)), false);
    FAIL() << "no error";
  } catch (const c10::Error& error) {
    EXPECT_EQ(
        error.message(),
        "Expected all tensors to be on the same device, but got index is on "
        "meta, different from other tensors on cpu (when checking argument in "
        "method wrapper_CUDA_gather)");
  }
}

TEST(FunctionSchema, ParsesArgumentsAndDefaults) {
  const auto s = FunctionSchema::parse(
      "aten::foo.bar(Tensor(a!) self, int[2]? dim=None, *, float p=0.5, "
      "str mode='x', bool keep=False) -> (Tensor(a!), Tensor b)");
  EXPECT_EQ(s.name, "aten::foo");
  EXPECT_EQ(s.overload, "bar");
  ASSERT_EQ(s.arguments.size(), 5u);
  EXPECT_TRUE(s.arguments[0].type.writes());
  EXPECT_EQ(s.arguments[1].type.size, 2);
  EXPECT_TRUE(s.arguments[1].default_value->is_none());
  EXPECT_FALSE(s.arguments[1].kwarg_only);
  EXPECT_TRUE(s.arguments[2].kwarg_only);
  EXPECT_EQ(s.arguments[2].default_value->to_double(), 0.5);
  EXPECT_EQ(s.arguments[3].default_value->get<std::string>(), "x");
  EXPECT_FALSE(s.arguments[4].default_value->to_bool());
  EXPECT_EQ(s.returns[1].name, "b");
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const c10::Error& error) {
    return error.message();
  }
  return "";
}

TEST(FunctionSchema, UnknownTypeIsShown) {
  const std::string message =
      message_of([] { FunctionSchema::parse("n::f(Tenso x) -> Tensor"); });
  EXPECT_EQ(message.find("\nunknown type specifier. Common valid"), 0u);
  EXPECT_NE(
      message.find(":\nf(Tenso x) -> Tensor\n  ~~~~~ <--- HERE\n"),
      std::string::npos);
}

TEST(FunctionSchema, EverySchemaOfTheRegistryParses) {
  for (const std::string& name : c10::all_operator_names()) {
    const size_t dot = name.find('.');
    const Operator* op = c10::find_operator(
        name.substr(0, dot),
        dot == std::string::npos ? "" : name.substr(dot + 1));
    ASSERT_NE(op, nullptr) << name;
    const FunctionSchema& schema = c10::schema_of(*op);
    EXPECT_EQ(schema.name, op->info->name);
    EXPECT_EQ(schema.overload, op->info->overload);
  }
}

TEST(FunctionSchema, CompleteFillsDefaultsAndConverts) {
  const auto s = FunctionSchema::parse(
      "n::f(Tensor x, int[2] k, *, float p=0.5) -> Tensor");
  Stack stack;
  stack.emplace_back(Tensor());
  s.complete(stack, {{"k", IValue(3)}});
  ASSERT_EQ(stack.size(), 3u);
  EXPECT_EQ(stack[1].get<std::vector<int64_t>>(), (std::vector<int64_t>{3, 3}));
  EXPECT_EQ(stack[2].to_double(), 0.5);
}

TEST(FunctionSchema, CompleteReportsWhatIsWrong) {
  const std::string text = "n::f(Tensor x, *, float p=0.5) -> Tensor";
  const auto s = FunctionSchema::parse(text);
  Stack empty;
  EXPECT_EQ(
      message_of([&] { s.complete(empty, {}); }),
      "n::f() is missing value for argument 'x'. Declaration: " + text);
  Stack stack;
  stack.emplace_back(Tensor());
  EXPECT_EQ(
      message_of([&] { s.complete(stack, {{"q", IValue(1)}}); }),
      "Unknown keyword argument 'q' for operator 'n::f'. Schema: " + text);
  Stack two;
  two.emplace_back(Tensor());
  two.emplace_back(1);
  EXPECT_EQ(
      message_of([&] { s.complete(two, {}); }),
      "n::f() takes 1 positional argument(s) but 2 was/were given.  "
      "Declaration: " + text);
  two.emplace_back(1);
  EXPECT_EQ(
      message_of([&] { s.complete(two, {}); }),
      "n::f() expected at most 2 argument(s) but received 3 argument(s). "
      "Declaration: " + text);
}

// ---- boxed calls of generated operators

Tensor ones_by_stack(std::vector<int64_t> sizes) {
  Stack stack;
  stack.emplace_back(std::move(sizes));
  const Operator* op = c10::find_operator("aten::ones", "");
  c10::schema_of(*op).complete(stack, {});
  op->info->call_boxed(*op, stack);
  return stack[0].to_tensor();
}

TEST(Boxing, CallsAFactory) {
  const Tensor x = ones_by_stack({2, 3});
  EXPECT_EQ(x.numel(), 6);
  EXPECT_EQ(x.data_ptr<float>()[5], 1.0f);
}

TEST(Boxing, InPlaceReturnsItsArgument) {
  Tensor x = ones_by_stack({2});
  Stack stack;
  stack.emplace_back(x);
  stack.emplace_back(at::full({2}, 7));
  stack.emplace_back(false);
  at::ops::copy_.info->call_boxed(at::ops::copy_, stack);
  ASSERT_EQ(stack.size(), 1u);
  EXPECT_TRUE(stack[0].to_tensor().is_same(x));
  EXPECT_EQ(x.data_ptr<float>()[1], 7.0f);
}

// Counts its calls, then does what the slot held.
struct Counting : c10::BoxedKernel {
  explicit Counting(c10::KernelHandle previous = {}) : previous(previous) {}
  void operator()(const Operator& op, DispatchKeySet, Stack& stack) override {
    ++calls;
    c10::KernelHandle mine =
        c10::set_typed_kernel(*previous.op, previous.key, previous.function);
    op.info->call_boxed(op, stack);
    c10::restore_kernel(mine);
  }
  int calls = 0;
  c10::KernelHandle previous;
};

TEST(Boxing, ATypedCallReachesABoxedKernel) {
  auto kernel = c10::make_intrusive<Counting>();
  kernel->previous =
      c10::set_boxed_kernel(at::ops::clone, DispatchKey::CPU, kernel);
  const Tensor x = ones_by_stack({2});
  const Tensor y = x.clone();
  c10::restore_kernel(kernel->previous);
  EXPECT_EQ(kernel->calls, 1);
  EXPECT_EQ(y.data_ptr<float>()[0], 1.0f);
  EXPECT_FALSE(y.is_same(x));
  x.clone();
  EXPECT_EQ(kernel->calls, 1);
}

// ---- TORCH_LIBRARY

Tensor keep(const Tensor& x) {
  return x;
}
std::tuple<Tensor, int64_t> count(
    const Tensor& x,
    int64_t n,
    std::optional<double> p) {
  return {x, n + (p ? 1 : 0)};
}

// The kernel may come before the definition.
TORCH_LIBRARY_IMPL(dispatcher_test, CPU, m) {
  m.impl("keep", &keep);
}
TORCH_LIBRARY(dispatcher_test, m) {
  m.def("keep(Tensor x) -> Tensor");
  m.def("count", count);
}

IValue call(const char* name, Stack stack) {
  const Operator* op = c10::find_operator(name, "");
  c10::schema_of(*op).complete(stack, {});
  op->info->call_boxed(*op, stack);
  return stack.back();
}

TEST(Library, KernelRegisteredBeforeItsOperatorIsUsed) {
  const Tensor x = ones_by_stack({1});
  Stack stack;
  stack.emplace_back(x);
  EXPECT_TRUE(call("dispatcher_test::keep", stack).to_tensor().is_same(x));
}

TEST(Library, SchemaIsInferredFromTheFunction) {
  const Operator* op = c10::find_operator("dispatcher_test::count", "");
  ASSERT_NE(op, nullptr);
  EXPECT_EQ(
      c10::schema_of(*op).text,
      "dispatcher_test::count(Tensor _0, int _1, float? _2) -> (Tensor, int)");
  Stack stack;
  stack.emplace_back(ones_by_stack({1}));
  stack.emplace_back(4);
  stack.emplace_back(0.5);
  EXPECT_EQ(call("dispatcher_test::count", stack).to_int(), 5);
}

TEST(Library, MistypedKernelIsRefused) {
  torch::Library m(torch::Library::IMPL, "dispatcher_test", "Meta", "f", 1);
  const std::string message = message_of([&] { m.impl("keep", &count); });
  EXPECT_EQ(
      message.substr(0, 82),
      "Inferred operator schema for a C++ kernel function doesn't match the "
      "expected func");
  EXPECT_NE(
      message.find("The number of arguments is different. 1 vs 3."),
      std::string::npos);
}

TEST(Library, NamespaceIsDefinedOnce) {
  const std::string message = message_of(
      [] { torch::Library(torch::Library::DEF, "dispatcher_test", "", "f", 1); });
  EXPECT_EQ(
      message.substr(0, 80),
      "Only a single TORCH_LIBRARY can be used to register the namespace "
      "dispatcher_tes");
}

TEST(Library, UnknownKeyIsRefused) {
  EXPECT_EQ(
      message_of([] { c10::slots_of_key("Foo"); }),
      "could not parse dispatch key: Foo");
}

} // namespace
