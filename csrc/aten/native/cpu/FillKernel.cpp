// fill_ on the CPU.
#include "aten/native/Fill.h"

#include <algorithm>

#include "aten/Dispatch.h"

namespace at::native {
namespace {

void fill_kernel(TensorIterator& iter, const Scalar& value) {
  dispatch_every_type(iter.dtype(0), "fill_cpu", [&](auto type) {
    using T = decltype(type);
    const T element = value.to<T>();
    iter.for_each([element](
                      char** data,
                      const int64_t* strides,
                      int64_t n,
                      int64_t rows) {
      for (int64_t r = 0; r < rows; ++r) {
        char* out = data[0] + r * strides[1];
        if (strides[0] == sizeof(T)) {
          std::fill_n(reinterpret_cast<T*>(out), n, element);
        } else {
          for (int64_t i = 0; i < n; ++i) {
            *reinterpret_cast<T*>(out + i * strides[0]) = element;
          }
        }
      }
    });
  });
}

} // namespace

REGISTER_DISPATCH(fill_stub, fill_kernel);

} // namespace at::native
