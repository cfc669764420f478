// See Engine.h. A GraphTask is one pass: it counts how many gradients each
// node waits for, then runs whatever is ready from a heap.

#include "autograd/Engine.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>

#include "autograd/AccumulateGrad.h"
#include "autograd/AutogradMeta.h"
#include "autograd/ForwardStream.h"
#include "autograd/GradValidation.h"
#include "autograd/Node.h"
#include "c10/core/ThreadLocalState.h"
#include "generated/ops/BinaryOps.h"

namespace torch::autograd {

namespace {

// A pass inside a pass inside ... : every so many levels the work moves to a
// fresh thread, so that the stack does not run out.
constexpr int kMaxDepthOnOneStack = 60;

// ------------------------------------------------------------- bookkeeping

// What a pass knows about one node.
struct NodeState {
  explicit NodeState(Node* n) : node(n) {}
  Node* node;
  variable_list buffer; // gradients that have arrived, by input number
  uint32_t first_edge = 0; // where its edges start in GraphTask::targets_
  int32_t dependencies = 0; // gradients still to come
  int32_t first_capture = -1;
  bool needed = true; // false: not on a way to a requested output
};

// Node* -> number of its NodeState: open addressing, linear probing, at most
// half full.
class NodeIndex {
 public:
  void clear(size_t expected) {
    size_t size = 64;
    while (size < 2 * expected) {
      size *= 2;
    }
    slots_.assign(size, Slot{nullptr, 0});
    count_ = 0;
  }
  // The number of `node`; `fresh` becomes it if it was not there.
  uint32_t insert(const Node* node, uint32_t fresh) {
    Slot& slot = *find_slot(node);
    if (slot.node) {
      return slot.number;
    }
    slot = {node, fresh};
    if (2 * ++count_ > slots_.size()) {
      grow();
    }
    return fresh;
  }
  // -1 when it is not there.
  int64_t find(const Node* node) {
    const Slot& slot = *find_slot(node);
    return slot.node ? int64_t{slot.number} : -1;
  }
  size_t size() const { return slots_.size(); }

 private:
  struct Slot {
    const Node* node;
    uint32_t number;
  };
  Slot* find_slot(const Node* node) {
    // Blocks are multiples of 64 bytes: the low bits say nothing.
    size_t at = (reinterpret_cast<uintptr_t>(node) >> 4) *
            size_t{0x9E3779B97F4A7C15} >> 20;
    for (;; ++at) {
      Slot& slot = slots_[at & (slots_.size() - 1)];
      if (slot.node == node || !slot.node) {
        return &slot;
      }
    }
  }
  void grow() {
    std::vector<Slot> old(slots_.size() * 2, Slot{nullptr, 0});
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.node) {
        *find_slot(slot.node) = slot;
      }
    }
  }

  std::vector<Slot> slots_;
  size_t count_ = 0;
};

struct Ready {
  uint64_t sequence_nr;
  uint32_t state;
  bool operator<(const Ready& other) const {
    return sequence_nr < other.sequence_nr;
  }
};

struct Capture {
  uint32_t input_nr;
  uint32_t output;
  int32_t next; // of the same node
};

// The containers of a pass, kept per thread for the next one.
struct Workspace {
  static constexpr size_t kKeptNodes = 1 << 14;
  NodeIndex index;
  std::vector<NodeState> states;
  std::vector<uint32_t> targets;
  std::vector<uint32_t> stack;
  std::vector<Ready> heap;
};
thread_local std::unique_ptr<Workspace> kept_workspace;

class WorkspaceLoan {
 public:
  WorkspaceLoan()
      : space_(
            kept_workspace ? std::move(kept_workspace)
                           : std::make_unique<Workspace>()) {
    space_->index.clear(0);
  }
  ~WorkspaceLoan() {
    if (space_->states.size() <= Workspace::kKeptNodes) {
      space_->states.clear();
      space_->targets.clear();
      space_->heap.clear();
      kept_workspace = std::move(space_);
    }
  }
  WorkspaceLoan(const WorkspaceLoan&) = delete;
  WorkspaceLoan& operator=(const WorkspaceLoan&) = delete;
  Workspace* operator->() const { return space_.get(); }

 private:
  std::unique_ptr<Workspace> space_;
};

// ------------------------------------------------------------ accumulation

// Whether nobody but the buffer can see `t` or its memory.
bool is_private(const Tensor& t) {
  return t.use_count() == 1 && t.has_storage() &&
      t.storage().use_count() == 1 && t.is_non_overlapping_and_dense() &&
      !t.unsafe_impl()->is_conj() && !t.unsafe_impl()->is_neg();
}

void accumulate(Tensor& sum, Tensor&& grad) {
  if (!sum.defined()) {
    sum = std::move(grad);
  } else if (!at::GradMode::is_enabled() && is_private(sum)) {
    sum.add_(grad);
  } else {
    sum = at::add(sum, grad);
  }
}

// ------------------------------------------------------------------- hooks

void call_tensor_pre_hooks(Node& node, variable_list& grads) {
  if (node.is_accumulate_grad()) {
    const Tensor& leaf = static_cast<AccumulateGrad&>(node).variable;
    const AutogradMeta* meta = get_autograd_meta(leaf);
    if (C10_UNLIKELY(meta && meta->hooks)) {
      for (size_t i = 0; i < meta->hooks->tensor.size(); ++i) {
        grads = (*meta->hooks->tensor[i])(std::move(grads));
      }
    }
  }
  if (Node::Extras* extras = node.extras()) {
    for (size_t i = 0; i < extras->tensor_pre_hooks.size(); ++i) {
      grads = (*extras->tensor_pre_hooks[i].hook)(std::move(grads));
    }
    for (size_t i = 0; i < extras->retains_grad_hooks.size(); ++i) {
      grads = (*extras->retains_grad_hooks[i].hook)(std::move(grads));
    }
  }
}

void call_pre_hooks(Node::Extras& extras, variable_list& grads) {
  for (size_t i = 0; i < extras.pre_hooks.size(); ++i) {
    grads = (*extras.pre_hooks[i])(std::move(grads));
  }
}

variable_list apply_with_post_hooks(Node& node, variable_list&& grads) {
  const variable_list inputs = grads;
  variable_list outputs = node.apply(std::move(grads));
  Node::Extras& extras = *node.extras();
  for (size_t i = 0; i < extras.post_hooks.size(); ++i) {
    outputs = (*extras.post_hooks[i])(std::move(outputs), inputs);
  }
  return outputs;
}

} // namespace

// --------------------------------------------------------------- GraphTask

class GraphTask {
 public:
  GraphTask(bool keep_graph, GraphTask* outer)
      : keep_graph_(keep_graph),
        depth_(outer ? outer->depth_ + 1 : 0),
        id_(next_id_.fetch_add(1, std::memory_order_relaxed)) {}

  variable_list run(
      ArrayRef<Edge> roots,
      variable_list grads,
      bool accumulate_grad,
      ArrayRef<Edge> outputs) {
    explore(roots);
    if (!outputs.empty()) {
      restrict_to(outputs, accumulate_grad);
    }
    for (size_t i = 0; i < roots.size(); ++i) {
      deliver(
          state_number(roots[i].function.get()),
          roots[i].input_nr,
          std::move(grads[i]));
    }
    while (!space_->heap.empty()) {
      evaluate(pop_ready());
    }
    return std::move(captured_);
  }

  // Whether the gradient that goes along `edge` is of use.
  bool needs(const Edge& edge) {
    const int64_t number = space_->index.find(edge.function.get());
    return number >= 0 && wants(space_->states[static_cast<size_t>(number)]);
  }
  bool is_restricted() const { return restricted_; }
  int depth() const { return depth_; }
  int64_t id() const { return id_; }
  std::vector<std::unique_ptr<EngineCallback>>& callbacks() {
    return callbacks_;
  }

  Node* evaluating = nullptr;

 private:
  static bool wants(const NodeState& state) {
    return state.needed || state.first_capture >= 0;
  }

  uint32_t state_number(Node* node) {
    auto& states = space_->states;
    const auto fresh = static_cast<uint32_t>(states.size());
    const uint32_t number = space_->index.insert(node, fresh);
    if (number == fresh) {
      states.emplace_back(node);
      space_->stack.push_back(number);
    }
    return number;
  }

  // Visits what the roots reach: one NodeState each, dependencies counted,
  // every edge resolved to a number in `targets`.
  void explore(ArrayRef<Edge> roots) {
    auto& states = space_->states;
    space_->stack.clear();
    for (const Edge& root : roots) {
      ++states[state_number(root.function.get())].dependencies;
    }
    while (!space_->stack.empty()) {
      const uint32_t current = space_->stack.back();
      space_->stack.pop_back();
      const Node& node = *states[current].node;
      states[current].first_edge =
          static_cast<uint32_t>(space_->targets.size());
      for (const Edge& edge : node.next_edges()) {
        uint32_t target = 0;
        if (edge.is_valid()) {
          target = state_number(edge.function.get());
          ++states[target].dependencies;
        }
        space_->targets.push_back(target);
      }
    }
  }

  // Marks the nodes on the ways from the roots to `outputs`.
  void restrict_to(ArrayRef<Edge> outputs, bool accumulate_grad) {
    restricted_ = true;
    auto& states = space_->states;
    for (NodeState& state : states) {
      state.needed = false;
    }
    if (!accumulate_grad) {
      captured_.resize(outputs.size());
    }
    std::vector<bool> is_target(states.size(), false);
    for (size_t i = 0; i < outputs.size(); ++i) {
      const int64_t found = space_->index.find(outputs[i].function.get());
      if (found < 0) {
        continue;
      }
      NodeState& state = states[static_cast<size_t>(found)];
      is_target[static_cast<size_t>(found)] = true;
      if (accumulate_grad) {
        state.needed = true;
      } else {
        captures_.push_back(
            {outputs[i].input_nr,
             static_cast<uint32_t>(i),
             state.first_capture});
        state.first_capture = static_cast<int32_t>(captures_.size()) - 1;
      }
    }
    mark_ways_to(is_target);
  }

  // needed = some edge leads to a target or to a needed node. Nodes are taken
  // in reverse topological order, found by a depth-first walk.
  void mark_ways_to(const std::vector<bool>& is_target) {
    auto& states = space_->states;
    struct Frame {
      uint32_t state;
      uint32_t next_edge;
    };
    std::vector<bool> seen(states.size(), false);
    std::vector<Frame> frames;
    for (uint32_t start = 0; start < states.size(); ++start) {
      if (seen[start]) {
        continue;
      }
      seen[start] = true;
      frames.push_back({start, 0});
      while (!frames.empty()) {
        Frame& frame = frames.back();
        NodeState& state = states[frame.state];
        if (frame.next_edge == state.node->num_outputs()) {
          frames.pop_back();
          if (!frames.empty() &&
              (state.needed || is_target[&state - states.data()])) {
            states[frames.back().state].needed = true;
          }
          continue;
        }
        const uint32_t i = frame.next_edge++;
        if (!state.node->next_edge(i).is_valid()) {
          continue;
        }
        const uint32_t target = space_->targets[state.first_edge + i];
        if (!seen[target]) {
          seen[target] = true;
          frames.push_back({target, 0});
        } else if (states[target].needed || is_target[target]) {
          state.needed = true;
        }
      }
    }
  }

  void deliver(uint32_t number, uint32_t input_nr, Tensor&& grad) {
    NodeState& state = space_->states[number];
    const bool wanted = !restricted_ || wants(state);
    if (wanted) {
      if (state.buffer.empty()) {
        state.buffer.resize(state.node->num_inputs());
      }
      if (grad.defined()) {
        accumulate(state.buffer[input_nr], std::move(grad));
      }
    }
    if (--state.dependencies == 0 && wanted) {
      space_->heap.push_back({state.node->sequence_nr(), number});
      std::push_heap(space_->heap.begin(), space_->heap.end());
    }
  }

  uint32_t pop_ready() {
    std::pop_heap(space_->heap.begin(), space_->heap.end());
    const uint32_t number = space_->heap.back().state;
    space_->heap.pop_back();
    return number;
  }

  void evaluate(uint32_t number) {
    NodeState& state = space_->states[number];
    Node& node = *state.node;
    variable_list grads = std::move(state.buffer);
    if (C10_UNLIKELY(restricted_)) {
      if (!state.needed) {
        call_tensor_pre_hooks(node, grads);
      }
      for (int32_t c = state.first_capture; c >= 0;) {
        const Capture& capture = captures_[static_cast<size_t>(c)];
        captured_[capture.output] = grads[capture.input_nr];
        c = capture.next;
      }
      if (!state.needed) {
        return;
      }
      restricted_node = &node;
    }
    variable_list results = C10_UNLIKELY(anomaly_mode.enabled)
        ? call_checked(node, std::move(grads))
        : call(node, std::move(grads));
    restricted_node = nullptr;
    if (!keep_graph_) {
      node.release_variables();
    }
    const size_t count = node.num_outputs();
    const uint32_t* targets = space_->targets.data() + state.first_edge;
    for (size_t i = 0; i < count; ++i) {
      const Edge& edge = node.next_edge(i);
      if (edge.is_valid()) {
        deliver(targets[i], edge.input_nr, std::move(results[i]));
      }
    }
  }

  variable_list call(Node& node, variable_list&& grads) {
    ForwardStream stream(node);
    Node::Extras* extras = node.extras();
    const bool leaf = node.is_accumulate_grad();
    if (C10_UNLIKELY(extras != nullptr || leaf)) {
      call_tensor_pre_hooks(node, grads);
      if (extras) {
        call_pre_hooks(*extras, grads);
      }
    }
    variable_list results =
        C10_UNLIKELY(extras && !extras->post_hooks.empty())
        ? apply_with_post_hooks(node, std::move(grads))
        : node.apply(std::move(grads));
    validate_gradients(node, results);
    stream.hand_over(results);
    return results;
  }

  // Anomaly mode: says where the forward call of a failing node was, and
  // fails on the first NaN.
  variable_list call_checked(Node& node, variable_list&& grads) {
    evaluating = &node;
    try {
      variable_list results = call(node, std::move(grads));
      if (anomaly_mode.check_nan) {
        check_no_nan(node, results);
      }
      evaluating = nullptr;
      return results;
    } catch (...) {
      evaluating = nullptr;
      if (node.extras() && node.extras()->anomaly) {
        node.extras()->anomaly->print_stack(node.name());
      }
      throw;
    }
  }

  WorkspaceLoan space_;
  variable_list captured_;
  std::vector<Capture> captures_;
  std::vector<std::unique_ptr<EngineCallback>> callbacks_;
  const bool keep_graph_;
  bool restricted_ = false;
  const int depth_;
  const int64_t id_;
  static std::atomic<int64_t> next_id_;
};

std::atomic<int64_t> GraphTask::next_id_{0};

namespace {

C10_THREAD_LOCAL GraphTask* current_task = nullptr;

// Makes a task the running one of this thread for a scope.
class CurrentTask {
 public:
  explicit CurrentTask(GraphTask* task)
      : outer_(current_task), outer_node_(restricted_node) {
    current_task = task;
    restricted_node = nullptr;
  }
  ~CurrentTask() {
    current_task = outer_;
    restricted_node = outer_node_;
  }
  CurrentTask(const CurrentTask&) = delete;
  CurrentTask& operator=(const CurrentTask&) = delete;

 private:
  GraphTask* outer_;
  const Node* outer_node_;
};

// Runs `work` on a thread of its own, as if on this one.
template <typename Work>
void run_on_fresh_stack(Work work) {
  std::exception_ptr failure;
  const c10::ThreadLocalState state = c10::tls_state;
  GraphTask* const task = current_task;
  std::thread([&] {
    c10::ThreadLocalStateGuard guard(state);
    CurrentTask running(task);
    try {
      work();
    } catch (...) {
      failure = std::current_exception();
    }
  }).join();
  if (failure) {
    std::rethrow_exception(failure);
  }
}

} // namespace

bool needed_by_task(const Edge& edge) { return current_task->needs(edge); }

variable_list Engine::execute(
    ArrayRef<Edge> roots,
    variable_list grads,
    bool keep_graph,
    bool create_graph,
    bool accumulate_grad,
    ArrayRef<Edge> outputs) {
  validate_root_gradients(roots, grads);
  GraphTask task(keep_graph, current_task);
  variable_list captured;
  const auto work = [&] {
    CurrentTask running(&task);
    at::AutoGradMode mode(create_graph);
    captured = task.run(roots, std::move(grads), accumulate_grad, outputs);
  };
  if (C10_UNLIKELY(
          task.depth() > 0 && task.depth() % kMaxDepthOnOneStack == 0)) {
    run_on_fresh_stack(work);
  } else {
    work();
  }
  // A callback may queue another.
  for (size_t i = 0; i < task.callbacks().size(); ++i) {
    CurrentTask running(&task);
    std::unique_ptr<EngineCallback> callback = std::move(task.callbacks()[i]);
    callback->run();
  }
  return captured;
}

void Engine::queue_callback(std::unique_ptr<EngineCallback> callback) {
  TORCH_CHECK(
      current_task,
      "Final callbacks can only be installed during backward pass.");
  current_task->callbacks().push_back(std::move(callback));
}

bool Engine::is_running() { return current_task != nullptr; }

Node* Engine::evaluating_node() {
  return current_task ? current_task->evaluating : nullptr;
}

bool Engine::is_restricted() {
  return current_task && current_task->is_restricted();
}

int64_t Engine::current_graph_task_id() {
  return current_task ? current_task->id() : -1;
}

} // namespace torch::autograd
