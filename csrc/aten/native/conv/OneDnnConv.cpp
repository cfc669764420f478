// Convolutions through oneDNN. It chooses its own (blocked) layouts, so that
// operands are reordered on every call; primitives are kept in a small cache,
// most recent first, since making one costs as much as a small convolution.
#include <list>
#include <mutex>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>

#include "aten/EmptyTensor.h"
#include "aten/native/conv/Conv.h"

namespace at::native::conv {
namespace {

using dnnl::memory;
using Dims = memory::dims;
using Tag = memory::format_tag;

enum class Kind { Forward, BackwardInput, BackwardWeight };

const dnnl::engine& cpu_engine() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

// Work is done when execute() returns: the CPU stream is in order.
dnnl::stream& cpu_stream() {
  static thread_local dnnl::stream stream(cpu_engine());
  return stream;
}

// ------------------------------------------------------------- descriptions

bool is_flat(const ConvProblem& p) {
  return p.in[0] == 1 && p.out[0] == 1 && p.kernel[0] == 1;
}

// The spatial values, two for a flat problem.
Dims spatial(const ConvProblem& p, const std::array<int64_t, 3>& values) {
  return Dims(values.begin() + (is_flat(p) ? 1 : 0), values.end());
}
Dims with_spatial(
    Dims front,
    const ConvProblem& p,
    const std::array<int64_t, 3>& values) {
  const Dims rest = spatial(p, values);
  front.insert(front.end(), rest.begin(), rest.end());
  return front;
}

memory::desc describe(const Dims& dims, Tag tag) {
  return memory::desc(dims, memory::data_type::f32, tag);
}
Tag row_major(size_t rank) {
  constexpr Tag kTags[] = {
      Tag::a, Tag::ab, Tag::abc, Tag::abcd, Tag::abcde, Tag::abcdef};
  return kTags[rank - 1];
}

struct Shapes {
  Dims x, w, b, y;
  explicit Shapes(const ConvProblem& p)
      : x(with_spatial({p.batch, p.in_channels}, p, p.in)),
        b({p.out_channels}),
        y(with_spatial({p.batch, p.out_channels}, p, p.out)) {
    const int64_t channels = p.in_channels / p.groups;
    w = p.groups == 1
        ? with_spatial({p.out_channels, channels}, p, p.kernel)
        : with_spatial(
              {p.groups, p.out_channels / p.groups, channels}, p, p.kernel);
  }
};

// Zeros behind the end, so that the kernel reaches the last output.
Dims padding_after(const ConvProblem& p) {
  std::array<int64_t, 3> after;
  for (size_t d = 0; d < 3; ++d) {
    after[d] = (p.out[d] - 1) * p.stride[d] +
        p.dilation[d] * (p.kernel[d] - 1) + 1 - p.in[d] - p.padding[d];
  }
  return spatial(p, after);
}
// oneDNN counts the gaps between the taps of a kernel.
Dims gaps(const ConvProblem& p) {
  std::array<int64_t, 3> gap = p.dilation;
  for (int64_t& g : gap) {
    --g;
  }
  return spatial(p, gap);
}

// --------------------------------------------------------------- primitives

// A primitive with the layouts that it wants. `source`, `weights`, `target`:
// of x, w and y, or of their gradients.
struct Primitive {
  dnnl::primitive run;
  memory::desc source, weights, target;
};

using Forward = dnnl::convolution_forward;

Forward::primitive_desc forward_description(const ConvProblem& p, bool bias) {
  const Shapes s(p);
  const auto algorithm = dnnl::algorithm::convolution_auto;
  const auto prop = dnnl::prop_kind::forward_training;
  const auto any = [](const Dims& d) { return describe(d, Tag::any); };
  if (bias) {
    return Forward::primitive_desc(
        cpu_engine(), prop, algorithm, any(s.x), any(s.w),
        describe(s.b, Tag::a), any(s.y), spatial(p, p.stride), gaps(p),
        spatial(p, p.padding), padding_after(p));
  }
  return Forward::primitive_desc(
      cpu_engine(), prop, algorithm, any(s.x), any(s.w), any(s.y),
      spatial(p, p.stride), gaps(p), spatial(p, p.padding), padding_after(p));
}

Primitive make_primitive(Kind kind, const ConvProblem& p, bool bias) {
  const Shapes s(p);
  const auto any = [](const Dims& d) { return describe(d, Tag::any); };
  const auto hint = forward_description(p, kind == Kind::Forward && bias);
  const auto algorithm = dnnl::algorithm::convolution_direct;
  if (kind == Kind::Forward) {
    return {
        Forward(hint), hint.src_desc(), hint.weights_desc(), hint.dst_desc()};
  }
  if (kind == Kind::BackwardInput) {
    const dnnl::convolution_backward_data::primitive_desc d(
        cpu_engine(), algorithm, any(s.x), any(s.w), any(s.y),
        spatial(p, p.stride), gaps(p), spatial(p, p.padding), padding_after(p),
        hint);
    return {
        dnnl::convolution_backward_data(d),
        d.diff_src_desc(),
        d.weights_desc(),
        d.diff_dst_desc()};
  }
  using Backward = dnnl::convolution_backward_weights;
  const auto d = bias
      ? Backward::primitive_desc(
            cpu_engine(), algorithm, any(s.x), any(s.w),
            describe(s.b, Tag::a), any(s.y), spatial(p, p.stride), gaps(p),
            spatial(p, p.padding), padding_after(p), hint)
      : Backward::primitive_desc(
            cpu_engine(), algorithm, any(s.x), any(s.w), any(s.y),
            spatial(p, p.stride), gaps(p), spatial(p, p.padding),
            padding_after(p), hint);
  return {
      Backward(d), d.src_desc(), d.diff_weights_desc(), d.diff_dst_desc()};
}

// The most recently used primitives of the process.
class PrimitiveCache {
 public:
  Primitive get(Kind kind, const ConvProblem& p, bool bias) {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (auto it = entries_.begin(); it != entries_.end(); ++it) {
      if (it->kind == kind && it->bias == bias && it->problem == p) {
        entries_.splice(entries_.begin(), entries_, it);
        return it->primitive;
      }
    }
    entries_.push_front({kind, bias, p, make_primitive(kind, p, bias)});
    if (entries_.size() > kCapacity) {
      entries_.pop_back();
    }
    return entries_.front().primitive;
  }

 private:
  struct Entry {
    Kind kind;
    bool bias;
    ConvProblem problem;
    Primitive primitive;
  };
  static constexpr size_t kCapacity = 256;
  std::mutex mutex_;
  std::list<Entry> entries_;
};

PrimitiveCache& cache() {
  static PrimitiveCache* const instance = new PrimitiveCache; // outlives exit
  return *instance;
}

// ------------------------------------------------------------------ operands

memory view(const memory::desc& desc, const void* data) {
  return memory(desc, cpu_engine(), const_cast<void*>(data));
}

// A caller's row-major array, and the same in the layout of the primitive:
// itself where the two agree, else a reordered copy.
class Operand {
 public:
  Operand(const Dims& dims, const memory::desc& wanted, const void* data)
      : plain_(view(describe(dims, row_major(dims.size())), data)),
        inner_(plain_) {
    if (plain_.get_desc() != wanted) {
      block_ = at::detail::empty(
          {static_cast<int64_t>(wanted.get_size())}, c10::ScalarType::Byte);
      inner_ = view(wanted, block_.data_ptr());
    }
  }
  const memory& inner() const { return inner_; }
  const memory& load() const {
    if (block_.defined()) {
      copy(plain_, inner_);
    }
    return inner_;
  }
  void store() const {
    if (block_.defined()) {
      copy(inner_, plain_);
    }
  }

 private:
  static void copy(memory from, memory to) {
    dnnl::reorder(from, to).execute(cpu_stream(), from, to);
  }

  memory plain_, inner_;
  TensorBase block_;
};

memory bias_memory(const ConvProblem& p, const void* data) {
  return view(describe({p.out_channels}, Tag::a), data);
}

// oneDNN's exceptions become ours.
template <typename F>
void guarded(const F& f) {
  try {
    f();
    cpu_stream().wait();
  } catch (const dnnl::error& e) {
    TORCH_CHECK(false, "oneDNN convolution failed: ", e.what());
  }
}

void onednn_forward(
    const ConvProblem& p,
    const void* x,
    const void* w,
    const void* bias,
    void* y) {
  guarded([&] {
    const Primitive primitive = cache().get(Kind::Forward, p, bias != nullptr);
    const Shapes s(p);
    const Operand source(s.x, primitive.source, x);
    const Operand weights(s.w, primitive.weights, w);
    const Operand target(s.y, primitive.target, y);
    std::unordered_map<int, memory> arguments = {
        {DNNL_ARG_SRC, source.load()},
        {DNNL_ARG_WEIGHTS, weights.load()},
        {DNNL_ARG_DST, target.inner()}};
    if (bias) {
      arguments.emplace(DNNL_ARG_BIAS, bias_memory(p, bias));
    }
    primitive.run.execute(cpu_stream(), arguments);
    target.store();
  });
}

void onednn_backward_input(
    const ConvProblem& p,
    const void* grad_y,
    const void* w,
    void* grad_x) {
  guarded([&] {
    const Primitive primitive = cache().get(Kind::BackwardInput, p, false);
    const Shapes s(p);
    const Operand source(s.x, primitive.source, grad_x);
    const Operand weights(s.w, primitive.weights, w);
    const Operand target(s.y, primitive.target, grad_y);
    primitive.run.execute(
        cpu_stream(),
        {{DNNL_ARG_DIFF_DST, target.load()},
         {DNNL_ARG_WEIGHTS, weights.load()},
         {DNNL_ARG_DIFF_SRC, source.inner()}});
    source.store();
  });
}

void onednn_backward_weight(
    const ConvProblem& p,
    const void* grad_y,
    const void* x,
    void* grad_w,
    void* grad_bias) {
  if (!grad_w) { // the sum over grad_y alone
    im2col_conv_provider.backward_weight(p, grad_y, x, grad_w, grad_bias);
    return;
  }
  guarded([&] {
    const Primitive primitive =
        cache().get(Kind::BackwardWeight, p, grad_bias != nullptr);
    const Shapes s(p);
    const Operand source(s.x, primitive.source, x);
    const Operand weights(s.w, primitive.weights, grad_w);
    const Operand target(s.y, primitive.target, grad_y);
    std::unordered_map<int, memory> arguments = {
        {DNNL_ARG_SRC, source.load()},
        {DNNL_ARG_DIFF_DST, target.load()},
        {DNNL_ARG_DIFF_WEIGHTS, weights.inner()}};
    if (grad_bias) {
      arguments.emplace(DNNL_ARG_DIFF_BIAS, bias_memory(p, grad_bias));
    }
    primitive.run.execute(cpu_stream(), arguments);
    weights.store();
  });
}

bool onednn_available() {
  return true;
}
bool onednn_supports(const ConvProblem& p) {
  return p.dtype == c10::ScalarType::Float;
}

} // namespace

const ConvProvider onednn_conv_provider = {
    "oneDNN",
    onednn_available,
    onednn_supports,
    onednn_forward,
    onednn_backward_input,
    onednn_backward_weight};

} // namespace at::native::conv
