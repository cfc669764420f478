// cuBLAS and cuDNN, opened by name when first asked for. Each is optional
// twice: built in where its header was found (USE_CUBLAS, USE_CUDNN), there
// where the library is installed: on the loader's path, or as NVIDIA's pip
// package beside torch.
#pragma once

#include "c10/macros/Macros.h"

#ifdef USE_CUBLAS
#include <cublas_v2.h>
#endif
#ifdef USE_CUDNN
#include <cudnn.h>
#endif

namespace at::cuda {

// Zero where the library is not built in or cannot be opened.
int cublas_version();
int cudnn_version();

#ifdef USE_CUBLAS
// The functions in use, under their own names.
struct Cublas {
#define AT_FORALL_CUBLAS(_)                                              \
  _(cublasCreate_v2)                                                     \
  _(cublasSetStream_v2)                                                  \
  _(cublasSetWorkspace_v2)                                               \
  _(cublasSetMathMode)                                                   \
  _(cublasGetVersion_v2)                                                 \
  _(cublasGetStatusName)
#define AT_DECLARE(name) decltype(&::name) name;
  AT_FORALL_CUBLAS(AT_DECLARE)
#undef AT_DECLARE
  // Its header overloads this name, so the type is spelled out.
  cublasStatus_t (*cublasGemmStridedBatchedEx)(
      cublasHandle_t handle,
      cublasOperation_t transa,
      cublasOperation_t transb,
      int m,
      int n,
      int k,
      const void* alpha,
      const void* a,
      cudaDataType a_type,
      int lda,
      long long stride_a,
      const void* b,
      cudaDataType b_type,
      int ldb,
      long long stride_b,
      const void* beta,
      void* c,
      cudaDataType c_type,
      int ldc,
      long long stride_c,
      int batch,
      cublasComputeType_t compute,
      cublasGemmAlgo_t algorithm);
};
// Null where it cannot be opened.
const Cublas* cublas();
// Of the calling thread and the current device, set to the current stream.
cublasHandle_t cublas_handle();
// RuntimeError for anything but success.
void check_cublas(cublasStatus_t status, const char* call);
#endif

#ifdef USE_CUDNN
struct Cudnn {
#define AT_FORALL_CUDNN(_)                                               \
  _(cudnnCreate)                                                         \
  _(cudnnSetStream)                                                      \
  _(cudnnGetVersion)                                                     \
  _(cudnnGetErrorString)                                                 \
  _(cudnnCreateTensorDescriptor)                                         \
  _(cudnnDestroyTensorDescriptor)                                        \
  _(cudnnSetTensorNdDescriptor)                                          \
  _(cudnnCreateFilterDescriptor)                                         \
  _(cudnnDestroyFilterDescriptor)                                        \
  _(cudnnSetFilterNdDescriptor)                                          \
  _(cudnnCreateConvolutionDescriptor)                                    \
  _(cudnnDestroyConvolutionDescriptor)                                   \
  _(cudnnSetConvolutionNdDescriptor)                                     \
  _(cudnnSetConvolutionGroupCount)                                       \
  _(cudnnSetConvolutionMathType)                                         \
  _(cudnnGetConvolutionForwardAlgorithm_v7)                              \
  _(cudnnGetConvolutionBackwardDataAlgorithm_v7)                         \
  _(cudnnGetConvolutionBackwardFilterAlgorithm_v7)                       \
  _(cudnnGetConvolutionForwardWorkspaceSize)                             \
  _(cudnnGetConvolutionBackwardDataWorkspaceSize)                        \
  _(cudnnGetConvolutionBackwardFilterWorkspaceSize)                      \
  _(cudnnConvolutionForward)                                             \
  _(cudnnConvolutionBackwardData)                                        \
  _(cudnnConvolutionBackwardFilter)
#define AT_DECLARE(name) decltype(&::name) name;
  AT_FORALL_CUDNN(AT_DECLARE)
#undef AT_DECLARE
};
const Cudnn* cudnn();
cudnnHandle_t cudnn_handle();
void check_cudnn(cudnnStatus_t status, const char* call);
#endif

} // namespace at::cuda

#define C10_CUBLAS_CHECK(call, ...)                                      \
  ::at::cuda::check_cublas(::at::cuda::cublas()->call(__VA_ARGS__), #call)
#define C10_CUDNN_CHECK(call, ...)                                       \
  ::at::cuda::check_cudnn(::at::cuda::cudnn()->call(__VA_ARGS__), #call)
