// The backward graph: nodes, the Engine, saved tensors, hooks, views and
// in-place writes, through the C++ API.
#include "autograd/Engine.h"

#include <gtest/gtest.h>

#include "autograd/AccumulateGrad.h"
#include "autograd/AutogradMeta.h"
#include "autograd/BasicNodes.h"
#include "autograd/GeneratedCodeSupport.h"
#include "autograd/functions/FormulaOps.h"
#include "generated/ops/Fill.h"
#include "generated/ops/Joining.h"
#include "generated/ops/ReduceOps.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"

namespace {

using namespace torch::autograd;
using at::Tensor;

Tensor leaf(at::IntArrayRef sizes, double value = 1) {
  Tensor t = at::full(sizes, value, at::TensorOptions(at::kFloat));
  t.requires_grad_();
  return t;
}

// Every element of a tensor whose elements are all the same.
double all_equal(const Tensor& t) {
  const double first = at::item<float>(t.reshape({-1}).select(0, 0));
  EXPECT_TRUE(at::item<bool>((t == first).all())) << "elements differ";
  return first;
}

template <typename Call>
std::string error_of(Call call) {
  try {
    call();
  } catch (const c10::Error& error) {
    return error.message();
  }
  return "no error";
}

// A node that appends its label to a list when it runs.
struct Tracer : Node {
  Tracer(std::string label, std::vector<std::string>* trace)
      : label_(std::move(label)), trace_(trace) {}
  variable_list apply(variable_list&& grads) override {
    trace_->push_back(label_);
    variable_list result(num_outputs());
    for (Tensor& r : result) {
      r = grads[0];
    }
    return result;
  }
  std::string name() const override { return label_; }

 private:
  std::string label_;
  std::vector<std::string>* trace_;
};

// ------------------------------------------------------------------- order

class EngineOrder : public testing::Test {
 protected:
  intrusive_ptr<Node> node(const char* label) {
    auto n = c10::make_intrusive<Tracer>(label, &trace);
    n->add_input_metadata(one);
    return n;
  }
  void run(const intrusive_ptr<Node>& root) {
    variable_list grads(1);
    grads[0] = one;
    const Edge edge(root, 0);
    Engine::execute(edge, std::move(grads), false, false, true);
  }
  Tensor one = at::ones({1});
  std::vector<std::string> trace;
};

TEST_F(EngineOrder, YoungestReadyNodeRunsFirst) {
  auto old_one = node("old");
  auto young = node("young");
  auto root = node("root");
  root->add_next_edge(Edge(old_one, 0));
  root->add_next_edge(Edge(young, 0));
  run(root);
  EXPECT_EQ(trace, (std::vector<std::string>{"root", "young", "old"}));
}

TEST_F(EngineOrder, NodeWaitsForAllItsGradients) {
  auto sink = node("sink");
  auto left = node("left");
  auto right = node("right");
  auto root = node("root");
  left->add_next_edge(Edge(sink, 0));
  right->add_next_edge(Edge(sink, 0));
  root->add_next_edge(Edge(left, 0));
  root->add_next_edge(Edge(right, 0));
  run(root);
  EXPECT_EQ(
      trace, (std::vector<std::string>{"root", "right", "left", "sink"}));
}

TEST_F(EngineOrder, InputsRestrictWhatRuns) {
  auto wanted = node("wanted");
  auto other = node("other");
  auto root = node("root");
  root->add_next_edge(Edge(other, 0));
  root->add_next_edge(Edge(wanted, 0));
  variable_list grads(1);
  grads[0] = one;
  const Edge start(root, 0);
  const Edge end(wanted, 0);
  variable_list caught =
      Engine::execute(start, std::move(grads), false, false, false, end);
  EXPECT_EQ(trace, std::vector<std::string>{"root"});
  ASSERT_EQ(caught.size(), 1u);
  EXPECT_TRUE(caught[0].defined());
}

TEST_F(EngineOrder, LongChainRunsAndIsFreedWithoutRecursion) {
  intrusive_ptr<Node> last = c10::make_intrusive<UndefinedGrad>();
  last->add_input_metadata(one);
  for (int i = 0; i < 200000; ++i) {
    intrusive_ptr<Node> next = c10::make_intrusive<Identity>();
    next->add_input_metadata(one);
    next->add_next_edge(Edge(last, 0));
    last = next;
  }
  run(last);
  last.reset();
  SUCCEED();
}

TEST_F(EngineOrder, WrongNumberOfGradientsIsRefused) {
  struct Short : Node {
    variable_list apply(variable_list&&) override { return variable_list(1); }
    std::string name() const override { return "Short"; }
  };
  auto root = c10::make_intrusive<Short>();
  root->add_input_metadata(one);
  root->add_next_edge(Edge(node("a"), 0));
  root->add_next_edge(Edge(node("b"), 0));
  EXPECT_EQ(
      error_of([&] { run(root); }),
      "Function Short returned an invalid number of gradients - expected 2, "
      "but got 1");
}

TEST_F(EngineOrder, GradientOfWrongShapeIsRefused) {
  auto sink = c10::make_intrusive<Identity>();
  sink->add_input_metadata(at::ones({2, 3}));
  auto root = node("Root");
  root->add_next_edge(Edge(sink, 0));
  EXPECT_EQ(
      error_of([&] { run(root); }),
      "Function Root returned an invalid gradient at index 0 - got [1] but "
      "expected shape compatible with [2, 3]");
}

// --------------------------------------------------------------- gradients

TEST(Backward, ProductRule) {
  Tensor a = leaf({2}, 3), b = leaf({2}, 5);
  (a * b).sum().backward();
  EXPECT_EQ(all_equal(a.grad()), 5);
  EXPECT_EQ(all_equal(b.grad()), 3);
}

TEST(Backward, GradientsOfTwoUsesAdd) {
  Tensor x = leaf({2}, 3);
  (x * x + x).sum().backward();
  EXPECT_EQ(all_equal(x.grad()), 7);
}

TEST(Backward, SecondPassAccumulates) {
  Tensor x = leaf({2});
  (x * 2).sum().backward();
  (x * 3).sum().backward();
  EXPECT_EQ(all_equal(x.grad()), 5);
}

TEST(Backward, BroadcastIsSummed) {
  Tensor x = leaf({1, 3}), y = leaf({4, 1});
  (x + y).sum().backward();
  EXPECT_EQ(x.grad().sizes(), x.sizes());
  EXPECT_EQ(all_equal(x.grad()), 4);
  EXPECT_EQ(all_equal(y.grad()), 3);
}

TEST(Backward, GradientHasTheLeafsDtype) {
  Tensor x = leaf({2});
  (x * at::ones({2}, at::TensorOptions(at::kDouble))).sum().backward();
  EXPECT_EQ(x.grad().scalar_type(), at::kFloat);
}

TEST(Backward, GradReturnsAndDoesNotAccumulate) {
  Tensor x = leaf({2}, 3);
  const Tensor y = (x * x).sum();
  variable_list grads = grad({y}, {x});
  EXPECT_EQ(all_equal(grads[0]), 6);
  EXPECT_FALSE(x.grad().defined());
}

TEST(Backward, GradOfANonLeaf) {
  Tensor x = leaf({2}, 3);
  Tensor y = x * 2;
  variable_list grads = grad({(y * y).sum()}, {y});
  EXPECT_EQ(all_equal(grads[0]), 12);
}

TEST(Backward, UnusedInputIsAnErrorUnlessAllowed) {
  Tensor x = leaf({1}), unused = leaf({1});
  const Tensor y = x * 2;
  EXPECT_EQ(
      error_of([&] { grad({y}, {unused}, {}, /*retain_graph=*/true); }),
      "The differentiated Tensor at index 0 appears to not have been used in "
      "the graph. Set allow_unused=True if this is the desired behavior.");
  EXPECT_FALSE(
      grad({y}, {unused}, {}, false, false, true)[0].defined());
}

TEST(Backward, DoubleBackward) {
  Tensor x = leaf({1}, 3);
  const Tensor first = grad({x * x * x}, {x}, {}, false, true)[0];
  EXPECT_EQ(all_equal(first), 27);
  EXPECT_EQ(all_equal(grad({first}, {x})[0]), 18);
}

TEST(Backward, DoubleBackwardThroughASavedResult) {
  Tensor x = leaf({1}, 0);
  const Tensor first = grad({x.exp()}, {x}, {}, false, true)[0];
  EXPECT_TRUE(first.requires_grad());
  EXPECT_EQ(all_equal(grad({first}, {x})[0]), 1);
}

TEST(Backward, SecondPassThroughAFreedGraph) {
  Tensor x = leaf({1}, 2);
  const Tensor y = x * x;
  y.backward();
  EXPECT_EQ(
      error_of([&] { y.backward(); }),
      "Trying to backward through the graph a second time (or directly access "
      "saved tensors after they have already been freed). Saved intermediate "
      "values of the graph are freed when you call .backward() or "
      "autograd.grad(). Specify retain_graph=True if you need to backward "
      "through the graph a second time or if you need to access saved tensors "
      "after calling backward.");
}

TEST(Backward, RetainGraphAllowsASecondPass) {
  Tensor x = leaf({1}, 2);
  const Tensor y = x * x;
  y.backward({}, /*retain_graph=*/true);
  y.backward();
  EXPECT_EQ(all_equal(x.grad()), 8);
}

TEST(Backward, RootMustRequireGrad) {
  EXPECT_EQ(
      error_of([] { at::ones({1}).backward(); }),
      "element 0 of tensors does not require grad and does not have a "
      "grad_fn");
}

TEST(Backward, ImplicitGradientNeedsAScalar) {
  Tensor x = leaf({2});
  EXPECT_EQ(
      error_of([&] { (x * 2).backward(); }),
      "grad can be implicitly created only for scalar outputs");
}

TEST(Backward, NoGradRecordsNothing) {
  Tensor x = leaf({1});
  at::NoGradGuard no_grad;
  EXPECT_FALSE((x * 2).requires_grad());
}

TEST(Backward, LeafOutlivesItsTensorInTheGraph) {
  Tensor y;
  {
    Tensor x = leaf({1}, 3);
    y = x * x;
  }
  const auto fn = y.grad_fn();
  ASSERT_TRUE(fn->next_edge(0).is_valid());
  y.backward();
  const auto* sink =
      static_cast<AccumulateGrad*>(fn->next_edge(0).function.get());
  EXPECT_EQ(all_equal(sink->variable.grad()), 6);
}

TEST(Backward, LongChainOfOperators) {
  Tensor x = leaf({1});
  Tensor y = x;
  for (int i = 0; i < 20000; ++i) {
    y = y + 1;
  }
  y.backward();
  EXPECT_EQ(all_equal(x.grad()), 1);
}

// ------------------------------------------------------------ saved tensors

TEST(SavedTensors, ModifiedInputIsReported) {
  Tensor x = leaf({2});
  Tensor c = at::ones({2});
  const Tensor y = x * c;
  c.add_(1);
  EXPECT_EQ(
      error_of([&] { y.sum().backward(); }),
      "one of the variables needed for gradient computation has been modified "
      "by an inplace operation: [torch.FloatTensor [2]] is at version 1; "
      "expected version 0 instead. Hint: enable anomaly detection to find the "
      "operation that failed to compute its gradient, with "
      "torch.autograd.set_detect_anomaly(True, check_nan=False).");
}

TEST(SavedTensors, ModifiedResultNamesItsOperator) {
  Tensor x = leaf({2});
  Tensor y = x.exp();
  y.mul_(2);
  const std::string text = error_of([&] { y.sum().backward(); });
  EXPECT_NE(
      text.find("[torch.FloatTensor [2]], which is output 0 of Exp, is at "
                "version 1; expected version 0 instead."),
      std::string::npos)
      << text;
}

TEST(SavedTensors, ResultIsKeptWithoutACycle) {
  c10::weak_intrusive_ptr<Node> fn;
  {
    Tensor y = leaf({2}).exp();
    fn = c10::weak_intrusive_ptr<Node>(y.grad_fn());
  }
  EXPECT_TRUE(fn.expired());
}

TEST(SavedTensors, InferenceTensorIsRefused) {
  Tensor i;
  {
    c10::ThreadLocalStateGuard guard;
    c10::tls_state.inference_mode = true;
    i = at::ones({1});
  }
  Tensor x = leaf({1});
  EXPECT_EQ(
      error_of([&] { x * i; }).substr(0, 48),
      "Inference tensors cannot be saved for backward. ");
}

// --------------------------------------------------------- in place, views

TEST(InPlace, LeafIsRefused) {
  Tensor x = leaf({2});
  EXPECT_EQ(
      error_of([&] { x.mul_(2); }),
      "a leaf Variable that requires grad is being used in an in-place "
      "operation.");
  EXPECT_EQ(all_equal(x.detach()), 1);
}

TEST(InPlace, ViewOfALeafIsRefused) {
  Tensor x = leaf({2});
  Tensor v = x.view({2, 1});
  EXPECT_EQ(
      error_of([&] { v.mul_(2); }),
      "a view of a leaf Variable that requires grad is being used in an "
      "in-place operation.");
}

TEST(InPlace, LeafMayBeWrittenWithoutGradMode) {
  Tensor x = leaf({2});
  at::NoGradGuard no_grad;
  x.mul_(2);
  EXPECT_EQ(all_equal(x), 2);
}

TEST(InPlace, ResultTakesTheNewHistory) {
  Tensor x = leaf({2}, 3);
  Tensor y = x * 1;
  y.mul_(5);
  y.sum().backward();
  EXPECT_EQ(all_equal(x.grad()), 5);
}

TEST(InPlace, OwnValueSavedBeforeTheWrite) {
  Tensor x = leaf({1}, 3), w = leaf({1}, 5);
  Tensor y = x * 1;
  y.mul_(w);
  y.backward();
  EXPECT_EQ(all_equal(w.grad()), 3);
}

TEST(InPlace, WriteToAViewReachesTheBase) {
  Tensor x = leaf({2, 2});
  Tensor y = x * 1;
  y.select(0, 0).mul_(10);
  EXPECT_EQ(y.grad_fn()->name(), "torch::autograd::CopySlices");
  y.sum().backward();
  EXPECT_EQ(all_equal(x.grad().select(0, 0)), 10);
  EXPECT_EQ(all_equal(x.grad().select(0, 1)), 1);
}

TEST(InPlace, WrittenViewIsReplayedFromTheBase) {
  Tensor y = leaf({2, 2}) * 1;
  Tensor v = y.select(0, 0);
  v.mul_(10);
  EXPECT_EQ(v.grad_fn()->name(), "AsStridedBackward0");
}

TEST(InPlace, WriteToTheBaseReachesTheView) {
  Tensor x = leaf({2});
  Tensor y = x * 1;
  Tensor v = y.view({2, 1});
  y.mul_(3);
  v.sum().backward();
  EXPECT_EQ(all_equal(x.grad()), 3);
}

TEST(InPlace, RecordedSourceMakesABaseRequireGrad) {
  Tensor y = at::zeros({2, 2});
  Tensor w = leaf({2});
  Tensor v = y.select(0, 1);
  v.copy_(w * 4);
  EXPECT_TRUE(y.requires_grad());
  y.sum().backward();
  EXPECT_EQ(all_equal(w.grad()), 4);
}

TEST(InPlace, RestrictedPassThroughCopySlices) {
  Tensor x = leaf({2, 2});
  Tensor y = x * 1;
  y.select(0, 0).mul_(10);
  const Tensor g = grad({y.sum()}, {x})[0];
  EXPECT_EQ(all_equal(g.select(0, 0)), 10);
  EXPECT_EQ(all_equal(g.select(0, 1)), 1);
}

TEST(InPlace, OneOfSeveralViewsIsRefused) {
  Tensor y = leaf({2}) * 1;
  std::vector<Tensor> parts = at::unbind(y, 0);
  EXPECT_EQ(
      error_of([&] { parts[0].mul_(2); }),
      "Output 0 of Unbind is a view and is being modified inplace. This view "
      "is the output of a function that returns multiple views. Such functions "
      "do not allow the output views to be modified inplace. You should "
      "replace the inplace operation by an out-of-place one.");
}

TEST(InPlace, ViewMadeWithoutGradModeIsRefused) {
  Tensor y = leaf({2}) * 1;
  Tensor v;
  {
    at::NoGradGuard no_grad;
    v = y.view({2, 1});
  }
  EXPECT_EQ(
      error_of([&] { v.mul_(2); }).substr(0, 95),
      "A view was created in no_grad mode and is being modified inplace with "
      "grad mode enabled. Given ");
}

TEST(InPlace, DetachedAliasSharesTheVersion) {
  Tensor x = leaf({2});
  Tensor c = at::ones({2});
  const Tensor y = x * c;
  c.detach().add_(1);
  EXPECT_NE(error_of([&] { y.sum().backward(); }), "no error");
}

// ------------------------------------------------------------------- leaves

TEST(Leaf, RequiresGradNeedsAFloatingDtype) {
  Tensor i = at::ones({2}, at::TensorOptions(at::kLong));
  EXPECT_EQ(
      error_of([&] { i.requires_grad_(); }),
      "only Tensors of floating point dtype can require gradients");
}

TEST(Leaf, NonLeafKeepsItsFlag) {
  Tensor y = leaf({2}) * 2;
  EXPECT_EQ(
      error_of([&] { y.requires_grad_(false); }),
      "you can only change requires_grad flags of leaf variables. If you want "
      "to use a computed variable in a subgraph that doesn't require "
      "differentiation use var_no_grad = var.detach().");
}

TEST(Leaf, SwitchedOffLeafGetsNoGradient) {
  Tensor x = leaf({1});
  const Tensor y = x * 2;
  x.requires_grad_(false);
  y.backward();
  EXPECT_FALSE(x.grad().defined());
}

TEST(Leaf, PassedThroughGradientIsNotShared) {
  Tensor a = leaf({2}), b = leaf({2});
  (a + b).backward(at::ones({2}));
  EXPECT_FALSE(a.grad().is_alias_of(b.grad()));
}

// -------------------------------------------------------------------- hooks

struct ScaleHook : FunctionPreHook {
  explicit ScaleHook(double factor) : factor_(factor) {}
  variable_list operator()(variable_list&& grads) override {
    for (Tensor& g : grads) {
      g = g * factor_;
    }
    return std::move(grads);
  }
  double factor_;
};

TEST(Hooks, TensorHookOfALeafSeesTheSum) {
  Tensor x = leaf({1});
  add_tensor_hook(x, std::make_unique<ScaleHook>(10));
  (x + x).backward();
  EXPECT_EQ(all_equal(x.grad()), 20);
}

TEST(Hooks, RetainedGradientIsTakenAfterTensorHooks) {
  Tensor x = leaf({1});
  Tensor y = x * 2;
  retain_grad(y);
  add_tensor_hook(y, std::make_unique<ScaleHook>(10));
  y.backward();
  EXPECT_EQ(all_equal(y.grad()), 10);
  EXPECT_EQ(all_equal(x.grad()), 20);
}

TEST(Hooks, RetainedGradientFollowsAnInPlaceWrite) {
  Tensor y = leaf({1}) * 2;
  retain_grad(y);
  y.mul_(5);
  y.backward();
  EXPECT_EQ(all_equal(y.grad()), 1);
}

TEST(Hooks, PostAccumulateHookRunsOnce) {
  struct Count : PostAccumulateGradHook {
    explicit Count(int* n) : n_(n) {}
    void operator()(const Tensor& t) override {
      EXPECT_TRUE(t.grad().defined());
      ++*n_;
    }
    int* n_;
  };
  int calls = 0;
  Tensor x = leaf({1});
  set_post_accumulate_grad_hook(x, std::make_unique<Count>(&calls));
  (x + x).backward();
  EXPECT_EQ(calls, 1);
}

struct RunBackward : FunctionPreHook {
  RunBackward(int depth, int* deepest) : depth_(depth), deepest_(deepest) {}
  variable_list operator()(variable_list&& grads) override {
    *deepest_ = std::max(*deepest_, depth_);
    if (depth_ > 0) {
      at::AutoGradMode recording(true);
      Tensor x = leaf({1});
      Tensor y = x * 2;
      add_tensor_hook(y, std::make_unique<RunBackward>(depth_ - 1, deepest_));
      y.backward();
    }
    return std::move(grads);
  }
  int depth_;
  int* deepest_;
};

TEST(Engine, PassesNestDeeply) {
  int deepest = 0;
  Tensor y = leaf({1}) * 2;
  add_tensor_hook(y, std::make_unique<RunBackward>(200, &deepest));
  y.backward();
  EXPECT_EQ(deepest, 200);
}

TEST(Engine, CallbackNeedsARunningPass) {
  struct Nothing : EngineCallback {
    void run() override {}
  };
  EXPECT_EQ(
      error_of(
          [] { Engine::queue_callback(std::make_unique<Nothing>()); }),
      "Final callbacks can only be installed during backward pass.");
}

TEST(Engine, GradModeIsRestoredAfterAnError) {
  Tensor x = leaf({1});
  Tensor y = x * x;
  y.backward();
  EXPECT_NE(error_of([&] { y.backward(); }), "no error");
  EXPECT_TRUE(at::GradMode::is_enabled());
  EXPECT_FALSE(Engine::is_running());
}

} // namespace
