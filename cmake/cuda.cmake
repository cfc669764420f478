# libtorch_cuda.so: the second device, loaded on first use.
set(TORCH_CUDA OFF)
find_program(NVCC nvcc)
if(CUDA STREQUAL "AUTO")
  if(NVCC)
    set(TORCH_CUDA ON)
  endif()
elseif(CUDA)
  set(TORCH_CUDA ON)
endif()
file(GLOB CUDA_SOURCES CONFIGURE_DEPENDS
  csrc/aten/cuda/*.cu csrc/aten/cuda/*.cpp csrc/aten/native/cuda/*.cu
  csrc/aten/native/cuda/*.cpp)
if(TORCH_CUDA AND CUDA_SOURCES)
  include(cmake/cuda_targets.cmake)
else()
  set(TORCH_CUDA OFF)
  write_version(None)
endif()
