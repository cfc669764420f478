// Products on CUDA: cuBLAS where it is there and has the dtype, else a tiled
// kernel of ours; dot products. What is multiplied, and where an operand must
// be copied first, is decided in native/blas/Products.cpp for both devices.
#include <algorithm>
#include <climits>

#include "aten/Dispatch.h"
#include "aten/core/Tensor.h"
#include "aten/cuda/Libraries.h"
#include "aten/native/blas/Products.h"
#include "aten/native/cuda/Launch.cuh"
#include "generated/native/LinearAlgebra.h"

namespace at::native {
namespace {

using blas::GemmCall;
using blas::GemvCall;
using blas::Matrix;

// ------------------------------------------------------------ the kernel

constexpr int kTile = 16;

// Element (i, j) lies at i * row + j * col.
template <typename T>
struct View {
  const T* data;
  int64_t row, col;
};

template <typename T>
View<T> view_of(const Matrix& m) {
  const auto* data = static_cast<const T*>(m.data);
  return m.transposed ? View<T>{data, 1, m.ld} : View<T>{data, m.ld, 1};
}

template <typename T>
struct Product {
  int64_t m, n, k, batch;
  View<T> a, b;
  T* c;
  int64_t ldc;
  int64_t a_stride, b_stride, c_stride;
};

// A tile of kTile rows and columns of the view into shared memory, zero
// outside its `rows` x `cols`.
template <typename T, typename Acc>
__device__ void load_tile(
    Acc (&tile)[kTile][kTile + 1],
    const View<T>& v,
    int64_t row0,
    int64_t col0,
    int64_t rows,
    int64_t cols) {
  const int64_t i = row0 + threadIdx.y;
  const int64_t j = col0 + threadIdx.x;
  tile[threadIdx.y][threadIdx.x] = i < rows && j < cols
      ? static_cast<Acc>(v.data[i * v.row + j * v.col])
      : Acc(0);
}

// One element of c per thread. Tiles beyond the grid are walked, so that no
// size meets the grid's limits.
template <typename T, typename Acc>
__global__ void __launch_bounds__(kTile* kTile)
    gemm_kernel(const Product<T> p, const Acc alpha, const Acc beta, bool add) {
  __shared__ Acc left[kTile][kTile + 1];
  __shared__ Acc right[kTile][kTile + 1];
  for (int64_t z = blockIdx.z; z < p.batch; z += gridDim.z) {
    const View<T> a{p.a.data + z * p.a_stride, p.a.row, p.a.col};
    const View<T> b{p.b.data + z * p.b_stride, p.b.row, p.b.col};
    T* const c = p.c + z * p.c_stride;
    for (int64_t i0 = int64_t{blockIdx.y} * kTile; i0 < p.m;
         i0 += int64_t{gridDim.y} * kTile) {
      for (int64_t j0 = int64_t{blockIdx.x} * kTile; j0 < p.n;
           j0 += int64_t{gridDim.x} * kTile) {
        Acc sum(0);
        for (int64_t k0 = 0; k0 < p.k; k0 += kTile) {
          load_tile(left, a, i0, k0, p.m, p.k);
          load_tile(right, b, k0, j0, p.k, p.n);
          __syncthreads();
#pragma unroll
          for (int k = 0; k < kTile; ++k) {
            sum += left[threadIdx.y][k] * right[k][threadIdx.x];
          }
          __syncthreads();
        }
        const int64_t i = i0 + threadIdx.y;
        const int64_t j = j0 + threadIdx.x;
        if (i < p.m && j < p.n) {
          T* const to = c + i * p.ldc + j;
          Acc result = alpha * sum;
          if (add) {
            result += beta * static_cast<Acc>(*to);
          }
          *to = static_cast<T>(result);
        }
      }
    }
  }
}

void tiled_gemm(const GemmCall& call) {
  dispatch_all_types_and_complex(call.dtype, "addmm_cuda", [&](auto type) {
    using T = decltype(type);
    using Acc = opmath_type<T>;
    const Product<T> product{
        call.m, call.n, call.k, call.batch, view_of<T>(call.a),
        view_of<T>(call.b), static_cast<T*>(call.c), call.ldc, call.a_stride,
        call.b_stride, call.c_stride};
    const auto tiles = [](int64_t size, int64_t most) {
      return static_cast<unsigned>(
          std::min((size + kTile - 1) / kTile, most));
    };
    const dim3 grid(
        tiles(call.n, 65535),
        tiles(call.m, 65535),
        static_cast<unsigned>(std::min<int64_t>(call.batch, 65535)));
    launch(
        gemm_kernel<T, Acc>, grid, dim3(kTile, kTile), product,
        call.alpha.to<Acc>(), call.beta.to<Acc>(), !call.beta.equal(0));
  });
}

// --------------------------------------------------------------- cuBLAS

#ifdef USE_CUBLAS
struct CublasTypes {
  cudaDataType data;
  cublasComputeType_t compute;
};

// False for dtypes that cuBLAS does not multiply.
bool find_types(ScalarType dtype, CublasTypes& types) {
  const bool tf32 = at::cuda::cuda_settings().matmul_allow_tf32;
  const cublasComputeType_t single =
      tf32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F;
  switch (dtype) {
    case ScalarType::Float:
      types = {CUDA_R_32F, single};
      return true;
    case ScalarType::Double:
      types = {CUDA_R_64F, CUBLAS_COMPUTE_64F};
      return true;
    case ScalarType::Half:
      types = {CUDA_R_16F, CUBLAS_COMPUTE_32F};
      return true;
    case ScalarType::BFloat16:
      types = {CUDA_R_16BF, CUBLAS_COMPUTE_32F};
      return true;
    case ScalarType::ComplexFloat:
      types = {CUDA_C_32F, single};
      return true;
    case ScalarType::ComplexDouble:
      types = {CUDA_C_64F, CUBLAS_COMPUTE_64F};
      return true;
    default:
      return false;
  }
}

// A factor in the precision of the computation.
struct Factor {
  alignas(16) char bytes[16];

  Factor(ScalarType dtype, const Scalar& value) {
    dispatch_floating_and_complex_types(dtype, "addmm_cuda", [&](auto type) {
      const auto number = value.to<opmath_type<decltype(type)>>();
      memcpy(bytes, &number, sizeof number);
    });
  }
};

bool fits_int(const GemmCall& call) {
  const int64_t largest = std::max(
      {call.m, call.n, call.k, call.a.ld, call.b.ld, call.ldc, call.batch});
  return largest <= INT_MAX;
}

// cuBLAS is column-major: c's transpose is b's transpose times a's.
bool cublas_gemm(const GemmCall& call) {
  CublasTypes types;
  if (!find_types(call.dtype, types) || call.k == 0 || !fits_int(call) ||
      at::cuda::cublas() == nullptr) {
    return false;
  }
  const Factor alpha(call.dtype, call.alpha);
  const Factor beta(call.dtype, call.beta);
  const auto operation = [](const Matrix& m) {
    return m.transposed ? CUBLAS_OP_T : CUBLAS_OP_N;
  };
  C10_CUBLAS_CHECK(
      cublasGemmStridedBatchedEx, at::cuda::cublas_handle(),
      operation(call.b), operation(call.a), static_cast<int>(call.n),
      static_cast<int>(call.m), static_cast<int>(call.k), alpha.bytes,
      call.b.data, types.data, static_cast<int>(call.b.ld), call.b_stride,
      call.a.data, types.data, static_cast<int>(call.a.ld), call.a_stride,
      beta.bytes, call.c, types.data, static_cast<int>(call.ldc),
      call.c_stride, static_cast<int>(call.batch), types.compute,
      CUBLAS_GEMM_DEFAULT);
  return true;
}
#else
bool cublas_gemm(const GemmCall&) { return false; }
#endif

void multiply_on_cuda(const GemmCall& call) {
  if (call.m == 0 || call.n == 0 || call.batch == 0) {
    return;
  }
  if (!cublas_gemm(call)) {
    tiled_gemm(call);
  }
}

// A vector is a matrix of one column.
void multiply_vector_on_cuda(const GemvCall& v) {
  GemmCall call;
  call.dtype = v.dtype;
  call.m = v.m;
  call.n = 1;
  call.k = v.n;
  call.a = v.a;
  call.b = Matrix{v.x, v.incx, false};
  call.c = v.y;
  call.ldc = v.incy;
  call.alpha = v.alpha;
  call.beta = v.beta;
  multiply_on_cuda(call);
}

// -------------------------------------------------------------------- dot

// Blocks of the first pass; one block adds their sums, in a fixed order.
constexpr int kDotBlocks = 128;

// The sum over the block, in thread 0.
template <typename Acc>
__device__ Acc sum_block(Acc value) {
  __shared__ Acc sums[kThreads];
  sums[threadIdx.x] = value;
  __syncthreads();
  for (int half = kThreads / 2; half > 0; half /= 2) {
    if (threadIdx.x < half) {
      sums[threadIdx.x] += sums[threadIdx.x + half];
    }
    __syncthreads();
  }
  return sums[0];
}

template <typename T>
__device__ T conjugated(T x) {
  if constexpr (c10::is_complex<T>::value) {
    return T(x.real(), -x.imag());
  } else {
    return x;
  }
}

template <typename T, typename Acc>
__global__ void __launch_bounds__(kThreads) dot_kernel(
    const T* x,
    int64_t incx,
    const T* y,
    int64_t incy,
    int64_t n,
    bool conjugate,
    Acc* partial) {
  Acc sum(0);
  for (int64_t i = global_thread(); i < n; i += global_threads()) {
    const Acc a = static_cast<Acc>(x[i * incx]);
    sum += (conjugate ? conjugated(a) : a) * static_cast<Acc>(y[i * incy]);
  }
  sum = sum_block(sum);
  if (threadIdx.x == 0) {
    partial[blockIdx.x] = sum;
  }
}

template <typename T, typename Acc>
__global__ void __launch_bounds__(kThreads)
    add_partials_kernel(const Acc* partial, int count, T* out) {
  const Acc mine =
      static_cast<int>(threadIdx.x) < count ? partial[threadIdx.x] : Acc(0);
  const Acc sum = sum_block(mine);
  if (threadIdx.x == 0) {
    *out = static_cast<T>(sum);
  }
}

void dot(
    ScalarType dtype,
    int64_t n,
    const void* x,
    int64_t incx,
    const void* y,
    int64_t incy,
    bool conjugate_x,
    void* out) {
  static_assert(kDotBlocks <= kThreads, "one block adds the partial sums");
  dispatch_all_types_and_complex(dtype, "dot", [&](auto type) {
    using T = decltype(type);
    using Acc = opmath_type<T>;
    const int blocks = static_cast<int>(std::clamp<int64_t>(
        (n + kThreads - 1) / kThreads, 1, kDotBlocks));
    const c10::DataPtr partial = at::cuda::scratch(blocks * sizeof(Acc));
    auto* const sums = static_cast<Acc*>(partial.get());
    launch(
        dot_kernel<T, Acc>, static_cast<uint32_t>(blocks), kThreads,
        static_cast<const T*>(x), incx, static_cast<const T*>(y), incy, n,
        conjugate_x, sums);
    launch(
        add_partials_kernel<T, Acc>, 1, kThreads, sums, blocks,
        static_cast<T*>(out));
  });
}

} // namespace

REGISTER_DISPATCH(gemm_stub, multiply_on_cuda);
REGISTER_DISPATCH(gemv_stub, multiply_vector_on_cuda);
REGISTER_DISPATCH(dot_stub, dot);

// ---------------------------------------------------------------- operators

void mm_cuda_out(const Tensor& self, const Tensor& mat2, const Tensor& out) {
  check_matrix_dtypes(self, mat2);
  check_no_bool(self.scalar_type(), "addmm_cuda");
  multiply_into(out, self, mat2, 0, 1);
}

void addmm_cuda_out(
    const Tensor& self, const Tensor& mat1, const Tensor& mat2,
    const Scalar& beta, const Scalar& alpha, const Tensor& out) {
  check_matrix_dtypes(mat1, mat2);
  check_no_bool(self.scalar_type(), "addmm_cuda");
  copy_added(out, self, beta);
  multiply_into(out, mat1, mat2, beta, alpha);
}

void bmm_cuda_out(const Tensor& self, const Tensor& mat2, const Tensor& out) {
  check_batch_dtypes(self, mat2);
  check_no_bool(self.scalar_type(), "baddbmm_cuda");
  multiply_into(out, self, mat2, 0, 1);
}

void baddbmm_cuda_out(
    const Tensor& self, const Tensor& batch1, const Tensor& batch2,
    const Scalar& beta, const Scalar& alpha, const Tensor& out) {
  check_batch_dtypes(batch1, batch2);
  check_no_bool(self.scalar_type(), "baddbmm_cuda");
  copy_added(out, self, beta);
  multiply_into(out, batch1, batch2, beta, alpha);
}

void mv_cuda_out(const Tensor& self, const Tensor& vec, const Tensor& out) {
  check_no_bool(out.scalar_type(), "addmv_impl_cuda");
  multiply_vector(out, self, vec, 0, 1);
}

void addmv_cuda_out(
    const Tensor& self, const Tensor& mat, const Tensor& vec,
    const Scalar& beta, const Scalar& alpha, const Tensor& out) {
  check_no_bool(out.scalar_type(), "addmv_impl_cuda");
  copy_added(out, self, beta);
  multiply_vector(out, mat, vec, beta, alpha);
}

void dot_cuda_out(const Tensor& self, const Tensor& tensor, const Tensor& out) {
  dot_into(self, tensor, false, out);
}

void vdot_cuda_out(const Tensor& self, const Tensor& other, const Tensor& out) {
  dot_into(self, other, true, out);
}

} // namespace at::native
