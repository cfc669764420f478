// Products of tensors, for the bodies of both devices: out = alpha a b + beta
// out for matrices, batches of them, a matrix and a vector. No operand is
// copied that BLAS can read where it lies: rows or columns with any leading
// dimension. The CPU goes on to blas::gemm, which chooses a provider, CUDA to
// its kernel of the stubs in BuiltinGemm.h.
//
// Read first: native/blas/Gemm.h.
#pragma once

#include "aten/native/blas/BuiltinGemm.h"

namespace at {
class Tensor;
}

namespace at::native {

// a and b: matrices, or batches of matrices. Where beta is zero out is not
// read. `out` may alias the operands.
C10_API void multiply_into(
    const Tensor& out,
    const Tensor& a,
    const Tensor& b,
    const Scalar& beta,
    const Scalar& alpha);
C10_API void multiply_vector(
    const Tensor& out,
    const Tensor& mat,
    const Tensor& vec,
    const Scalar& beta,
    const Scalar& alpha);
// out = self, broadcast; nothing where beta is zero or out is self.
C10_API void copy_added(
    const Tensor& out,
    const Tensor& self,
    const Scalar& beta);
// out, 0-d: the sum of self * other, self conjugated where asked.
C10_API void dot_into(
    const Tensor& self,
    const Tensor& other,
    bool conjugate,
    const Tensor& out);

C10_API void check_matrix_dtypes(const Tensor& a, const Tensor& b);
C10_API void check_batch_dtypes(const Tensor& a, const Tensor& b);
// NotImplementedError "name" not implemented for 'Bool'
C10_API void check_no_bool(ScalarType dtype, const char* name);

} // namespace at::native
