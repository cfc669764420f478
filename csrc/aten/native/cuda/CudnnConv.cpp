#include "aten/native/cuda/CudnnConv.h"

#include <algorithm>
#include <deque>

#include "aten/cuda/CUDAContext.h"
#include "aten/cuda/Libraries.h"

namespace at::native {

#ifndef USE_CUDNN
const conv::ConvProvider* cudnn_conv_provider() { return nullptr; }
#else

namespace {

using conv::ConvProblem;

// More workspace than this is not worth a faster algorithm.
constexpr size_t kWorkspaceLimit = size_t{1} << 30;

cudnnDataType_t data_type(ScalarType dtype) {
  switch (dtype) {
    case ScalarType::Half:
      return CUDNN_DATA_HALF;
    case ScalarType::BFloat16:
      return CUDNN_DATA_BFLOAT16;
    case ScalarType::Double:
      return CUDNN_DATA_DOUBLE;
    default:
      return CUDNN_DATA_FLOAT;
  }
}

// ------------------------------------------------------------- descriptors

// Two spatial dimensions where the first of three is trivial.
int first_dim(const ConvProblem& p) {
  return p.in[0] == 1 && p.out[0] == 1 && p.kernel[0] == 1 &&
          p.padding[0] == 0
      ? 1
      : 0;
}

struct Dims {
  int count = 0;
  int at[5];
  void push(int64_t value) { at[count++] = static_cast<int>(value); }
  void push(const std::array<int64_t, 3>& three, int first) {
    for (int d = first; d < 3; ++d) {
      push(three[static_cast<size_t>(d)]);
    }
  }
};

// Each destroys its descriptor at the end of its scope.
class TensorDescriptor {
 public:
  TensorDescriptor(
      const ConvProblem& p,
      int64_t channels,
      const std::array<int64_t, 3>& size) {
    Dims dims;
    dims.push(p.batch);
    dims.push(channels);
    dims.push(size, first_dim(p));
    int strides[5];
    int step = 1;
    for (int d = dims.count - 1; d >= 0; --d) {
      strides[d] = step;
      step *= std::max(dims.at[d], 1);
    }
    C10_CUDNN_CHECK(cudnnCreateTensorDescriptor, &value_);
    C10_CUDNN_CHECK(
        cudnnSetTensorNdDescriptor, value_, data_type(p.dtype), dims.count,
        dims.at, strides);
  }
  ~TensorDescriptor() {
    at::cuda::cudnn()->cudnnDestroyTensorDescriptor(value_);
  }
  TensorDescriptor(const TensorDescriptor&) = delete;
  TensorDescriptor& operator=(const TensorDescriptor&) = delete;
  cudnnTensorDescriptor_t get() const { return value_; }

 private:
  cudnnTensorDescriptor_t value_ = nullptr;
};

class FilterDescriptor {
 public:
  explicit FilterDescriptor(const ConvProblem& p) {
    Dims dims;
    dims.push(p.out_channels);
    dims.push(p.in_channels / p.groups);
    dims.push(p.kernel, first_dim(p));
    C10_CUDNN_CHECK(cudnnCreateFilterDescriptor, &value_);
    C10_CUDNN_CHECK(
        cudnnSetFilterNdDescriptor, value_, data_type(p.dtype),
        CUDNN_TENSOR_NCHW, dims.count, dims.at);
  }
  ~FilterDescriptor() {
    at::cuda::cudnn()->cudnnDestroyFilterDescriptor(value_);
  }
  FilterDescriptor(const FilterDescriptor&) = delete;
  FilterDescriptor& operator=(const FilterDescriptor&) = delete;
  cudnnFilterDescriptor_t get() const { return value_; }

 private:
  cudnnFilterDescriptor_t value_ = nullptr;
};

cudnnMathType_t math_type(ScalarType dtype) {
  if (dtype == ScalarType::Float &&
      !at::cuda::cuda_settings().cudnn_allow_tf32) {
    return CUDNN_FMA_MATH;
  }
  return c10::is_reduced_floating_type(dtype) ? CUDNN_TENSOR_OP_MATH
                                              : CUDNN_DEFAULT_MATH;
}

class ConvolutionDescriptor {
 public:
  explicit ConvolutionDescriptor(const ConvProblem& p) {
    const int first = first_dim(p);
    Dims padding, stride, dilation;
    padding.push(p.padding, first);
    stride.push(p.stride, first);
    dilation.push(p.dilation, first);
    const cudnnDataType_t compute = p.dtype == ScalarType::Double
        ? CUDNN_DATA_DOUBLE
        : CUDNN_DATA_FLOAT;
    C10_CUDNN_CHECK(cudnnCreateConvolutionDescriptor, &value_);
    C10_CUDNN_CHECK(
        cudnnSetConvolutionNdDescriptor, value_, padding.count, padding.at,
        stride.at, dilation.at, CUDNN_CROSS_CORRELATION, compute);
    C10_CUDNN_CHECK(
        cudnnSetConvolutionGroupCount, value_, static_cast<int>(p.groups));
    C10_CUDNN_CHECK(
        cudnnSetConvolutionMathType, value_, math_type(p.dtype));
  }
  ~ConvolutionDescriptor() {
    at::cuda::cudnn()->cudnnDestroyConvolutionDescriptor(value_);
  }
  ConvolutionDescriptor(const ConvolutionDescriptor&) = delete;
  ConvolutionDescriptor& operator=(const ConvolutionDescriptor&) = delete;
  cudnnConvolutionDescriptor_t get() const { return value_; }

 private:
  cudnnConvolutionDescriptor_t value_ = nullptr;
};

struct Descriptors {
  TensorDescriptor x, y;
  FilterDescriptor w;
  ConvolutionDescriptor conv;

  explicit Descriptors(const ConvProblem& p)
      : x(p, p.in_channels, p.in), y(p, p.out_channels, p.out), w(p), conv(p) {}
};

// -------------------------------------------------------------- algorithms

// cuDNN's own guess, kept for the problems of late: asking costs more than
// launching.
template <typename Algorithm>
struct Choice {
  Algorithm algorithm;
  size_t workspace;
};

template <typename Algorithm>
class ChoiceCache {
 public:
  template <typename F>
  Choice<Algorithm> get(const ConvProblem& p, const F& choose) {
    const Key key{p, math_type(p.dtype),
                  at::cuda::cuda_settings().cudnn_deterministic,
                  at::cuda::current_device()};
    for (const Entry& entry : entries_) {
      if (entry.key == key) {
        return entry.choice;
      }
    }
    const Choice<Algorithm> choice = choose();
    entries_.push_back({key, choice});
    if (entries_.size() > kEntries) {
      entries_.pop_front();
    }
    return choice;
  }

 private:
  static constexpr size_t kEntries = 64;
  struct Key {
    ConvProblem problem;
    cudnnMathType_t math;
    bool deterministic;
    int device;
    bool operator==(const Key& o) const {
      return problem == o.problem && math == o.math &&
          deterministic == o.deterministic && device == o.device;
    }
  };
  struct Entry {
    Key key;
    Choice<Algorithm> choice;
  };
  std::deque<Entry> entries_;
};

// The first of cuDNN's suggestions, best first, that may be used.
template <typename Perf>
auto pick(const Perf* suggestions, int count) {
  const bool deterministic = at::cuda::cuda_settings().cudnn_deterministic;
  for (int i = 0; i < count; ++i) {
    const Perf& s = suggestions[i];
    if (s.status == CUDNN_STATUS_SUCCESS && s.memory <= kWorkspaceLimit &&
        (!deterministic || s.determinism == CUDNN_DETERMINISTIC)) {
      return Choice<decltype(s.algo)>{s.algo, s.memory};
    }
  }
  TORCH_CHECK(false, "Unable to find an engine to execute this computation");
}

constexpr int kSuggestions = 8;

// alpha and beta of a product that overwrites, in the type cuDNN expects.
struct Factors {
  float one_f = 1, zero_f = 0;
  double one_d = 1, zero_d = 0;
  bool is_double;

  explicit Factors(const ConvProblem& p)
      : is_double(p.dtype == ScalarType::Double) {}
  const void* one() const {
    return is_double ? static_cast<const void*>(&one_d) : &one_f;
  }
  const void* zero() const {
    return is_double ? static_cast<const void*>(&zero_d) : &zero_f;
  }
};

// ---------------------------------------------------------------- products

void forward(
    const ConvProblem& p,
    const void* x,
    const void* w,
    const void* bias,
    void* y) {
  static thread_local ChoiceCache<cudnnConvolutionFwdAlgo_t> cache;
  const Descriptors d(p);
  const cudnnHandle_t handle = at::cuda::cudnn_handle();
  const auto choice = cache.get(p, [&] {
    cudnnConvolutionFwdAlgoPerf_t found[kSuggestions];
    int count = 0;
    C10_CUDNN_CHECK(
        cudnnGetConvolutionForwardAlgorithm_v7, handle, d.x.get(), d.w.get(),
        d.conv.get(), d.y.get(), kSuggestions, &count, found);
    return pick(found, count);
  });
  const c10::DataPtr workspace = at::cuda::scratch(choice.workspace);
  const Factors f(p);
  C10_CUDNN_CHECK(
      cudnnConvolutionForward, handle, f.one(), d.x.get(), x, d.w.get(), w,
      d.conv.get(), choice.algorithm, workspace.get(), choice.workspace,
      f.zero(), d.y.get(), y);
  if (bias != nullptr) {
    add_bias_cuda(p, bias, y);
  }
}

void backward_input(
    const ConvProblem& p,
    const void* grad_y,
    const void* w,
    void* grad_x) {
  static thread_local ChoiceCache<cudnnConvolutionBwdDataAlgo_t> cache;
  const Descriptors d(p);
  const cudnnHandle_t handle = at::cuda::cudnn_handle();
  const auto choice = cache.get(p, [&] {
    cudnnConvolutionBwdDataAlgoPerf_t found[kSuggestions];
    int count = 0;
    C10_CUDNN_CHECK(
        cudnnGetConvolutionBackwardDataAlgorithm_v7, handle, d.w.get(),
        d.y.get(), d.conv.get(), d.x.get(), kSuggestions, &count, found);
    return pick(found, count);
  });
  const c10::DataPtr workspace = at::cuda::scratch(choice.workspace);
  const Factors f(p);
  C10_CUDNN_CHECK(
      cudnnConvolutionBackwardData, handle, f.one(), d.w.get(), w, d.y.get(),
      grad_y, d.conv.get(), choice.algorithm, workspace.get(),
      choice.workspace, f.zero(), d.x.get(), grad_x);
}

void backward_weight(
    const ConvProblem& p,
    const void* grad_y,
    const void* x,
    void* grad_w,
    void* grad_bias) {
  if (grad_bias != nullptr) {
    sum_bias_cuda(p, grad_y, grad_bias);
  }
  if (grad_w == nullptr) {
    return;
  }
  static thread_local ChoiceCache<cudnnConvolutionBwdFilterAlgo_t> cache;
  const Descriptors d(p);
  const cudnnHandle_t handle = at::cuda::cudnn_handle();
  const auto choice = cache.get(p, [&] {
    cudnnConvolutionBwdFilterAlgoPerf_t found[kSuggestions];
    int count = 0;
    C10_CUDNN_CHECK(
        cudnnGetConvolutionBackwardFilterAlgorithm_v7, handle, d.x.get(),
        d.y.get(), d.conv.get(), d.w.get(), kSuggestions, &count, found);
    return pick(found, count);
  });
  const c10::DataPtr workspace = at::cuda::scratch(choice.workspace);
  const Factors f(p);
  C10_CUDNN_CHECK(
      cudnnConvolutionBackwardFilter, handle, f.one(), d.x.get(), x,
      d.y.get(), grad_y, d.conv.get(), choice.algorithm, workspace.get(),
      choice.workspace, f.zero(), d.w.get(), grad_w);
}

bool available() {
  return at::cuda::cuda_settings().cudnn_enabled &&
      at::cuda::cudnn() != nullptr;
}

// cuDNN counts in int.
bool supports(const ConvProblem& p) {
  constexpr int64_t kMost = INT32_MAX;
  return c10::is_floating_type(p.dtype) &&
      p.batch * p.in_channels * p.in_size() <= kMost &&
      p.batch * p.out_channels * p.out_size() <= kMost;
}

const conv::ConvProvider provider = {
    "cuDNN", available, supports, forward, backward_input, backward_weight};

} // namespace

const conv::ConvProvider* cudnn_conv_provider() { return &provider; }
#endif

} // namespace at::native
