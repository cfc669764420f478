#include "autograd/Node.h"

#include <new>

#include "autograd/AutogradMeta.h"
#include "c10/util/FreeList.h"

namespace torch::autograd {

AnomalyHooks anomaly_mode;
C10_THREAD_LOCAL const Node* restricted_node = nullptr;

namespace {

C10_THREAD_LOCAL uint64_t sequence_counter = 0;

// Note [Node blocks]
// Every recorded call makes a node and every backward drops it. Node types
// are many, so blocks are kept by size, not by type: a list per 64 bytes.
constexpr size_t kBlockStep = 64;
constexpr size_t kBlockClasses = 8;
C10_THREAD_LOCAL c10::FreeList block_lists[kBlockClasses];

size_t block_class(size_t size) { return (size - 1) / kBlockStep; }

// Nodes whose last reference went while another node was being freed.
C10_THREAD_LOCAL std::vector<intrusive_ptr<Node>>* doomed_nodes = nullptr;

} // namespace

uint64_t next_sequence_nr() { return sequence_counter++; }
uint64_t peek_sequence_nr() { return sequence_counter; }

void* Node::operator new(size_t size) {
  const size_t cls = block_class(size);
  if (C10_UNLIKELY(cls >= kBlockClasses)) {
    return ::operator new(size);
  }
  void* block = block_lists[cls].take();
  return C10_LIKELY(block != nullptr) ? block
                                      : ::operator new((cls + 1) * kBlockStep);
}

void Node::operator delete(void* block, size_t size) {
  const size_t cls = block_class(size);
  if (C10_LIKELY(cls < kBlockClasses)) {
    block_lists[cls].give(block);
  } else {
    ::operator delete(block);
  }
}

Node::Node(uint64_t sequence_nr) : sequence_nr_(sequence_nr) {
  if (C10_UNLIKELY(anomaly_mode.enabled && anomaly_mode.make)) {
    make_extras().anomaly = anomaly_mode.make();
    extras_->anomaly->store_stack();
  }
}

Node::~Node() {
  for (Edge& edge : next_edges_) {
    release_node(std::move(edge.function));
  }
}

std::string forward_name(const Node& node) {
  std::string name = node.name();
  const size_t at = name.rfind("Backward");
  if (at == std::string::npos || at == 0) {
    return name;
  }
  const std::string number = name.substr(at + 8);
  if (number.find_first_not_of("0123456789") != std::string::npos) {
    return name;
  }
  return name.substr(0, at) + (number == "0" ? "" : number);
}

void Node::release_resources() {
  release_variables();
  for (Edge& edge : next_edges_) {
    release_node(std::move(edge.function));
  }
  next_edges_.clear();
  extras_.reset();
}

// Note [Freeing a graph]
// The last reference to a node drops the last references to its inputs'
// nodes, and so on: recursion as deep as the graph. The outermost
// release_node() therefore collects what falls free and works it off.
void release_node(intrusive_ptr<Node> node) {
  if (!node.unique()) {
    return;
  }
  if (doomed_nodes) {
    doomed_nodes->push_back(std::move(node));
    return;
  }
  std::vector<intrusive_ptr<Node>> doomed;
  doomed_nodes = &doomed;
  node.reset();
  while (!doomed.empty()) {
    node = std::move(doomed.back());
    doomed.pop_back();
    node.reset();
  }
  doomed_nodes = nullptr;
}

void Node::add_edges_of(const Tensor& input) {
  if (!input.defined() || !input.requires_grad()) {
    next_edges_.emplace_back();
    return;
  }
  const at::TensorImpl* impl = input.unsafe_impl();
  const AutogradMeta* meta = impl->autograd_meta();
  if (C10_LIKELY(!impl->view_base() && meta && meta->grad_fn)) {
    next_edges_.emplace_back(meta->grad_fn, meta->output_nr);
  } else {
    next_edges_.push_back(gradient_edge(input));
  }
}

void Node::add_edges_of(TensorList inputs) {
  for (const Tensor& input : inputs) {
    add_edges_of(input);
  }
}

} // namespace torch::autograd
