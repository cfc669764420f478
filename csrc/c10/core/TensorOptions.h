// TensorOptions: dtype, layout, device, pinned memory and requires_grad of a
// tensor to be made; each may be left open.
#pragma once

#include <optional>

#include "c10/core/Device.h"
#include "c10/core/Layout.h"
#include "c10/core/ScalarType.h"

namespace c10 {

C10_API ScalarType get_default_dtype();
// Only floating dtypes; TypeError otherwise.
C10_API void set_default_dtype(ScalarType dtype);

class TensorOptions {
 public:
  TensorOptions() = default;
  TensorOptions(ScalarType dtype) : dtype_(dtype), has_dtype_(true) {}
  TensorOptions(Device device) : device_(device), has_device_(true) {}

  TensorOptions dtype(ScalarType t) const {
    TensorOptions r = *this;
    r.dtype_ = t;
    r.has_dtype_ = true;
    return r;
  }
  TensorOptions dtype(std::optional<ScalarType> t) const {
    return t ? dtype(*t) : *this;
  }
  TensorOptions device(Device d) const {
    TensorOptions r = *this;
    r.device_ = d;
    r.has_device_ = true;
    return r;
  }
  TensorOptions device(std::optional<Device> d) const {
    return d ? device(*d) : *this;
  }
  TensorOptions layout(std::optional<Layout> l) const {
    TensorOptions r = *this;
    if (l) {
      r.layout_ = *l;
      r.has_layout_ = true;
    }
    return r;
  }
  TensorOptions pinned_memory(std::optional<bool> pinned) const {
    TensorOptions r = *this;
    r.pinned_ = pinned.value_or(false);
    return r;
  }
  TensorOptions requires_grad(bool value) const {
    TensorOptions r = *this;
    r.requires_grad_ = value;
    return r;
  }
  // What `over` leaves open is taken from this.
  TensorOptions merge(const TensorOptions& over) const {
    TensorOptions r = over;
    if (!r.has_dtype_ && has_dtype_) {
      r = r.dtype(dtype_);
    }
    if (!r.has_device_ && has_device_) {
      r = r.device(device_);
    }
    return r;
  }

  bool has_dtype() const { return has_dtype_; }
  bool has_device() const { return has_device_; }
  bool has_layout() const { return has_layout_; }
  ScalarType dtype() const { return has_dtype_ ? dtype_ : get_default_dtype(); }
  std::optional<ScalarType> dtype_opt() const {
    return has_dtype_ ? std::optional<ScalarType>(dtype_) : std::nullopt;
  }
  Device device() const { return device_; }
  std::optional<Device> device_opt() const {
    return has_device_ ? std::optional<Device>(device_) : std::nullopt;
  }
  Layout layout() const { return layout_; }
  bool pinned_memory() const { return pinned_; }
  bool requires_grad() const { return requires_grad_; }

 private:
  ScalarType dtype_ = ScalarType::Float;
  Device device_;
  Layout layout_ = Layout::Strided;
  bool has_dtype_ = false;
  bool has_device_ = false;
  bool has_layout_ = false;
  bool pinned_ = false;
  bool requires_grad_ = false;
};

inline TensorOptions dtype(ScalarType t) { return TensorOptions(t); }
inline TensorOptions device(Device d) { return TensorOptions(d); }

} // namespace c10

namespace at {
using c10::TensorOptions;
}
