// Negative log likelihood and cross entropy. Inputs are seen as (N, C, S): a
// batch, classes, and positions (one for nll_loss, H * W for nll_loss2d), so
// one loop serves both.
#include <cmath>
#include <limits>

#include "aten/Dispatch.h"
#include "aten/EmptyTensor.h"
#include "aten/core/Tensor.h"
#include "aten/native/Loss.h"
#include "generated/native/Loss.h"
#include "generated/ops/BinaryOps.h"
#include "generated/ops/Compare.h"
#include "generated/ops/Copy.h"
#include "generated/ops/Indexing.h"
#include "generated/ops/Loss.h"
#include "generated/ops/ReduceOps.h"
#include "generated/ops/SoftMax.h"
#include "generated/ops/TensorFactories.h"
#include "generated/ops/TensorShape.h"
#include "generated/ops/UnaryOps.h"

namespace at::native {
namespace {

void check_target_dtype(const TensorBase& target) {
  TORCH_CHECK(
      target.scalar_type() == c10::ScalarType::Long ||
          target.scalar_type() == c10::ScalarType::Byte,
      "expected target dtype to be Long or Byte, but got ",
      target.scalar_type());
}

void check_1d(
    const TensorBase& self,
    const TensorBase& target,
    const TensorBase& weight) {
  TORCH_CHECK(
      self.dim() > 0 && self.dim() <= 2, "input tensor should be 1D or 2D");
  TORCH_CHECK(
      target.dim() <= 1,
      "0D or 1D target tensor expected, multi-target not supported");
  if (self.dim() == 1 && target.dim() == 1) {
    TORCH_CHECK_VALUE(
        target.sizes()[0] == 1,
        "For 1D input, 1D target must have size 1, but got target size: ",
        target.sizes()[0]);
  }
  TORCH_CHECK(
      self.dim() == 1 ||
          (target.dim() == 1 && self.sizes()[0] == target.sizes()[0]),
      "size mismatch (got input: ",
      self.sizes(),
      ", target: ",
      target.sizes(),
      ")");
  const int64_t classes = self.size(-1);
  TORCH_CHECK(
      !weight.defined() ||
          (weight.dim() == 1 && weight.numel() == classes),
      "weight tensor should be defined either for all ",
      classes,
      " classes or no classes but got weight tensor of shape: ",
      weight.sizes());
  check_target_dtype(target);
}

void check_2d(
    const TensorBase& self,
    const TensorBase& target,
    const TensorBase& weight) {
  TORCH_CHECK(
      target.dim() == 3,
      "only batches of spatial targets supported (3D tensors) but got targets "
      "of dimension: ",
      target.dim());
  TORCH_CHECK(
      self.dim() == 4,
      "only batches of spatial inputs supported (4D tensors), but got input "
      "of dimension: ",
      self.dim());
  TORCH_CHECK(
      !weight.defined() || weight.numel() == self.sizes()[1],
      "weight tensor should be defined either for all or no classes");
  const IntArrayRef s = self.sizes();
  const IntArrayRef t = target.sizes();
  TORCH_CHECK(
      s[0] == t[0] && s[2] == t[1] && s[3] == t[2],
      "size mismatch (got input: ",
      s,
      " , target: ",
      t);
  check_target_dtype(target);
}

} // namespace

NllShape nll_shape(
    const TensorBase& self,
    const TensorBase& target,
    const TensorBase& weight) {
  check_1d(self, target, weight);
  const IntArrayRef s = self.sizes();
  return s.size() == 1 ? NllShape{1, s[0], 1} : NllShape{s[0], s[1], 1};
}

NllShape nll2d_shape(
    const TensorBase& self,
    const TensorBase& target,
    const TensorBase& weight) {
  check_2d(self, target, weight);
  const IntArrayRef s = self.sizes();
  return {s[0], s[1], s[2] * s[3]};
}

namespace {

// Contiguous operands of one call; the weight may be missing.
template <typename T>
struct NllOperands {
  Tensor self_holder, target_holder, weight_holder;
  const T* self = nullptr;
  const int64_t* target;
  const T* weight = nullptr;
  NllShape shape;
  int64_t ignore_index;

  NllOperands(
      const Tensor& input,
      const Tensor& target_tensor,
      const Tensor& weights,
      NllShape shape,
      int64_t ignore_index)
      : self_holder(input.contiguous()),
        target_holder(target_tensor.to(c10::ScalarType::Long).contiguous()),
        shape(shape),
        ignore_index(ignore_index) {
    self = static_cast<const T*>(self_holder.data_ptr());
    target = static_cast<const int64_t*>(target_holder.data_ptr());
    if (weights.defined()) {
      TORCH_CHECK(
          weights.scalar_type() == input.scalar_type(),
          "expected scalar type ",
          input.scalar_type(),
          " but found ",
          weights.scalar_type());
      weight_holder = weights.contiguous();
      weight = static_cast<const T*>(weight_holder.data_ptr());
    }
  }

  // f(index of the target, offset of its element in self, weight), for every
  // position that is not ignored. IndexError for a class that is not there.
  template <typename F>
  void for_each(const F& f) const {
    const int64_t n = shape.batch * shape.positions;
    for (int64_t i = 0; i < n; ++i) {
      const int64_t t = target[i];
      if (t == ignore_index) {
        continue;
      }
      TORCH_CHECK_INDEX(
          t >= 0 && t < shape.classes, "Target ", t, " is out of bounds.");
      const int64_t b = i / shape.positions;
      const int64_t offset =
          (b * shape.classes + t) * shape.positions + i % shape.positions;
      f(i, offset, weight ? weight[t] : T(1));
    }
  }
};

template <typename T>
T* data_of(const Tensor& t) {
  return static_cast<T*>(t.data_ptr());
}

std::tuple<Tensor, Tensor> nll_forward(
    const Tensor& self, const Tensor& target, const Tensor& weight,
    int64_t reduction, int64_t ignore_index, NllShape shape) {
  const ScalarType dtype = self.scalar_type();
  // One loss per target, unless there is but one row without a batch.
  const bool keep = reduction == kReductionNone && self.dim() != 1;
  const Tensor output(at::detail::empty(
      keep ? target.sizes() : IntArrayRef(), dtype));
  const Tensor total_weight(at::detail::empty(IntArrayRef(), dtype));
  dispatch_floating_types(dtype, "nll_loss_out_frame", [&](auto type) {
    using T = decltype(type);
    const NllOperands<T> in(self, target, weight, shape, ignore_index);
    T* const out = data_of<T>(output);
    T& total_out = *data_of<T>(total_weight);
    if (keep) {
      std::fill_n(out, output.numel(), T(0));
      in.for_each([&](int64_t i, int64_t at, T w) {
        out[i] = T(-in.self[at] * w);
      });
      total_out = T(0);
      return;
    }
    double sum = 0;
    double total = 0;
    in.for_each([&](int64_t, int64_t at, T w) {
      sum -= static_cast<double>(in.self[at]) * static_cast<double>(w);
      total += static_cast<double>(w);
    });
    if (reduction == kReductionMean) {
      sum /= total; // nothing to average is not a number
    }
    *out = static_cast<T>(sum);
    total_out = static_cast<T>(total);
  });
  return {output, total_weight};
}

Tensor nll_backward(
    const Tensor& grad_output, const Tensor& self, const Tensor& target,
    const Tensor& weight, int64_t reduction, int64_t ignore_index,
    const Tensor& total_weight, NllShape shape) {
  const Tensor grad_input(
      at::detail::empty(self.sizes(), self.scalar_type()));
  dispatch_floating_types(
      self.scalar_type(), "nll_loss_backward_out_frame", [&](auto type) {
        using T = decltype(type);
        T* const out = data_of<T>(grad_input);
        std::fill_n(out, grad_input.numel(), T(0));
        const NllOperands<T> in(self, target, weight, shape, ignore_index);
        const Tensor grad = grad_output.contiguous();
        const T* const g = data_of<T>(grad);
        if (grad.numel() != 1 || reduction == kReductionNone) {
          in.for_each([&](int64_t i, int64_t at, T w) {
            out[at] = T(-w * g[grad.numel() == 1 ? 0 : i]);
          });
          return;
        }
        const T scale = reduction == kReductionMean
            ? T(g[0] / *data_of<T>(total_weight))
            : g[0];
        in.for_each([&](int64_t, int64_t at, T w) {
          out[at] = T(-w * scale);
        });
      });
  return grad_input;
}

} // namespace

std::tuple<Tensor, Tensor> nll_loss_forward_cpu(
    const Tensor& self,
    const Tensor& target,
    const Tensor& weight,
    int64_t reduction,
    int64_t ignore_index) {
  return nll_forward(
      self, target, weight, reduction, ignore_index,
      nll_shape(self, target, weight));
}
Tensor nll_loss_backward_cpu(
    const Tensor& grad_output, const Tensor& self, const Tensor& target,
    const Tensor& weight, int64_t reduction, int64_t ignore_index,
    const Tensor& total_weight) {
  return nll_backward(
      grad_output, self, target, weight, reduction, ignore_index, total_weight,
      nll_shape(self, target, weight));
}
std::tuple<Tensor, Tensor> nll_loss2d_forward_cpu(
    const Tensor& self,
    const Tensor& target,
    const Tensor& weight,
    int64_t reduction,
    int64_t ignore_index) {
  return nll_forward(
      self, target, weight, reduction, ignore_index,
      nll2d_shape(self, target, weight));
}
Tensor nll_loss2d_backward_cpu(
    const Tensor& grad_output, const Tensor& self, const Tensor& target,
    const Tensor& weight, int64_t reduction, int64_t ignore_index,
    const Tensor& total_weight) {
  return nll_backward(
      grad_output, self, target, weight, reduction, ignore_index, total_weight,
      nll2d_shape(self, target, weight));
}

// ------------------------------------------------------------- compositions

Tensor nll_loss(
    const Tensor& self,
    const Tensor& target,
    const Tensor& weight,
    int64_t reduction,
    int64_t ignore_index) {
  return std::get<0>(
      at::nll_loss_forward(self, target, weight, reduction, ignore_index));
}

Tensor nll_loss2d(
    const Tensor& self,
    const Tensor& target,
    const Tensor& weight,
    int64_t reduction,
    int64_t ignore_index) {
  return std::get<0>(
      at::nll_loss2d_forward(self, target, weight, reduction, ignore_index));
}

Tensor nll_loss_nd(
    const Tensor& self,
    const Tensor& target,
    const Tensor& weight,
    int64_t reduction,
    int64_t ignore_index) {
  TORCH_CHECK_VALUE(
      self.dim() > 0, "Expected 1 or more dimensions (got ", self.dim(), ')');
  if (self.dim() > 1) {
    TORCH_CHECK_VALUE(
        target.dim() > 0 && self.sizes()[0] == target.sizes()[0],
        "Expected input batch_size (",
        self.sizes()[0],
        ") to match target batch_size (",
        target.dim() > 0 ? target.sizes()[0] : 0,
        ").");
  }
  if (self.dim() <= 2) {
    return at::nll_loss(self, target, weight, reduction, ignore_index);
  }
  if (self.dim() == 4) {
    return at::nll_loss2d(self, target, weight, reduction, ignore_index);
  }
  // Other numbers of dimensions are folded to (N, C, 1, positions).
  const int64_t n = self.sizes()[0];
  DimVector expected(self.sizes());
  expected.erase(expected.begin() + 1);
  TORCH_CHECK(
      target.sizes() == IntArrayRef(expected),
      "Expected target size ",
      expected,
      ", got ",
      target.sizes());
  const bool empty = self.numel() == 0;
  const Tensor input =
      self.contiguous().view({n, self.sizes()[1], empty ? 0 : 1, empty ? 0 : -1});
  const Tensor flat =
      target.contiguous().view({n, empty ? 0 : 1, empty ? 0 : -1});
  const Tensor loss =
      at::nll_loss2d(input, flat, weight, reduction, ignore_index);
  return reduction == kReductionNone ? loss.view(expected) : loss;
}

namespace {

int64_t class_dim(const Tensor& self) {
  return self.dim() == 1 ? 0 : 1;
}

void check_class_weight(const Tensor& self, const Tensor& weight) {
  const int64_t classes = self.sizes()[class_dim(self)];
  TORCH_CHECK(
      !weight.defined() || (weight.dim() == 1 && weight.numel() == classes),
      "cross_entropy: weight tensor should be defined either for all ",
      classes,
      " classes or no classes but got weight tensor of shape: ",
      weight.sizes());
}

// The weight along the class dimension of self.
Tensor broadcast_weight(const Tensor& self, const Tensor& weight) {
  DimVector shape(static_cast<size_t>(self.dim()), 1);
  shape[static_cast<size_t>(class_dim(self))] = weight.sizes()[0];
  return weight.view(shape);
}

// -sum over classes of target * log softmax(self), target a distribution.
Tensor cross_entropy_with_probabilities(
    const Tensor& self,
    const Tensor& target,
    const Tensor& weight,
    int64_t reduction,
    double label_smoothing) {
  const int64_t dim = class_dim(self);
  check_class_weight(self, weight);
  Tensor log_probs = at::log_softmax(self, dim, target.scalar_type());
  Tensor goal = target;
  if (label_smoothing > 0) {
    goal = at::add(
        at::mul(target, 1 - label_smoothing),
        label_smoothing / static_cast<double>(self.sizes()[dim]));
  }
  if (weight.defined()) {
    log_probs = at::mul(log_probs, broadcast_weight(self, weight));
  }
  const Tensor product = at::mul(log_probs, goal);
  switch (reduction) {
    case kReductionMean:
      if (self.numel() == 0) {
        return product.sum().neg().fill_(
            std::numeric_limits<double>::quiet_NaN());
      }
      return at::div(
          product.sum().neg(), self.numel() / self.sizes()[dim]);
    case kReductionSum:
      return product.sum().neg();
    default:
      return product.sum({dim}).neg();
  }
}

// (1 - eps) * nll + eps / C * (loss against the uniform distribution).
Tensor cross_entropy_smoothed(
    const Tensor& self, const Tensor& target, const Tensor& weight,
    int64_t reduction, int64_t ignore_index, double label_smoothing) {
  const int64_t dim = class_dim(self);
  check_class_weight(self, weight);
  const Tensor log_probs = at::log_softmax(self, dim);
  const Tensor nll =
      at::nll_loss_nd(log_probs, target, weight, reduction, ignore_index);
  Tensor uniform = weight.defined()
      ? at::mul(log_probs, broadcast_weight(self, weight)).sum({dim}).neg()
      : log_probs.sum({dim}).neg();
  const Tensor ignored = at::eq(target, ignore_index);
  uniform = uniform.masked_fill(ignored, 0.0);
  if (reduction == kReductionMean) {
    if (weight.defined()) {
      const Tensor used = at::mul(
          weight.index_select(
              0, target.masked_fill(ignored, 0).reshape({-1})),
          ignored.logical_not().reshape({-1}).to(weight.scalar_type()));
      uniform = at::div(uniform.sum(), used.sum());
    } else {
      uniform = at::div(uniform.sum(), ignored.logical_not().sum());
    }
  } else if (reduction == kReductionSum) {
    uniform = uniform.sum();
  }
  return at::add(
      at::mul(nll, 1 - label_smoothing),
      at::mul(
          uniform, label_smoothing / static_cast<double>(self.sizes()[dim])));
}

} // namespace

Tensor cross_entropy_loss(
    const Tensor& self, const Tensor& target, const Tensor& weight,
    int64_t reduction, int64_t ignore_index, double label_smoothing) {
  TORCH_CHECK(
      label_smoothing >= 0.0 && label_smoothing <= 1.0,
      "label_smoothing must be between 0.0 and 1.0. Got: ",
      label_smoothing);
  if (self.sizes() == target.sizes()) {
    TORCH_CHECK(
        target.is_floating_point(),
        "Expected floating point type for target with class probabilities, "
        "got ",
        target.scalar_type());
    TORCH_CHECK(
        ignore_index < 0,
        "ignore_index is not supported for floating point target");
    return cross_entropy_with_probabilities(
        self, target, weight, reduction, label_smoothing);
  }
  if (label_smoothing > 0) {
    return cross_entropy_smoothed(
        self, target, weight, reduction, ignore_index, label_smoothing);
  }
  return at::nll_loss_nd(
      at::log_softmax(self, class_dim(self)),
      target,
      weight,
      reduction,
      ignore_index);
}

} // namespace at::native
