# The target torch_cuda: libtorch_cuda.so from csrc/aten/cuda,
# csrc/aten/native/cuda and generated/cuda. It links the CUDA runtime
# statically; cuBLAS and cuDNN lend their headers only and are opened at run
# time (aten/cuda/Libraries.h). Included by cuda.cmake where CUDA is ON.
set(CUDA_ARCHITECTURES "80;90" CACHE STRING
  "GPU architectures, 90 for sm_90; the last one also as PTX")

if(NOT CMAKE_CUDA_COMPILER AND NVCC)
  set(CMAKE_CUDA_COMPILER ${NVCC})
endif()
set(CMAKE_CUDA_ARCHITECTURES OFF) # the flags below name them
set(CMAKE_CUDA_STANDARD 17)
set(CMAKE_CUDA_STANDARD_REQUIRED ON)
set(CMAKE_CUDA_VISIBILITY_PRESET hidden)
set(CMAKE_CUDA_RUNTIME_LIBRARY Static)
set(CMAKE_CUDA_FLAGS_RELEASE "-O3 -DNDEBUG")
enable_language(CUDA)
find_package(CUDAToolkit REQUIRED)

set(CUDA_FLAGS --expt-relaxed-constexpr --extended-lambda
  -Werror=all-warnings -Xcompiler=-Wall,-Werror)
# A third of the size; kernels are unpacked when they are first used.
include(CheckCompilerFlag)
check_compiler_flag(CUDA --compress-mode=size CUDA_COMPRESSES)
if(CUDA_COMPRESSES)
  list(APPEND CUDA_FLAGS --compress-mode=size)
endif()
set(CUDA_ARCH_FLAGS "")
foreach(arch ${CUDA_ARCHITECTURES})
  list(APPEND CUDA_FLAGS -gencode=arch=compute_${arch},code=sm_${arch})
  string(APPEND CUDA_ARCH_FLAGS "sm_${arch} ")
endforeach()
list(GET CUDA_ARCHITECTURES -1 arch)
list(APPEND CUDA_FLAGS -gencode=arch=compute_${arch},code=compute_${arch})
string(APPEND CUDA_ARCH_FLAGS "compute_${arch}")
set_source_files_properties(csrc/aten/cuda/Hooks.cpp PROPERTIES
  COMPILE_DEFINITIONS "TORCH_CUDA_ARCH_FLAGS=\"${CUDA_ARCH_FLAGS}\"")

# Headers of a library: the toolkit's, else those of NVIDIA's pip packages.
# Defines USE_<NAME> for the target where they are found.
function(find_cuda_headers name header pip_name)
  find_pip_package(${pip_name} pip_folder)
  find_path(${name}_INCLUDE ${header}
    HINTS ${CUDAToolkit_INCLUDE_DIRS} ${pip_folder})
  if(${name}_INCLUDE)
    target_compile_definitions(torch_cuda PRIVATE USE_${name})
    target_include_directories(torch_cuda SYSTEM PRIVATE ${${name}_INCLUDE})
  endif()
  message(STATUS "  ${name} headers: ${${name}_INCLUDE}")
endfunction()

add_library(torch_cuda SHARED ${CUDA_SOURCES} ${GENERATED_CUDA_SOURCES})
add_dependencies(torch_cuda generated)
target_compile_options(torch_cuda PRIVATE
  $<$<COMPILE_LANGUAGE:CUDA>:${CUDA_FLAGS}>
  $<$<COMPILE_LANGUAGE:CXX>:${TORCH_WARNINGS} -Werror>)
target_link_libraries(torch_cuda PRIVATE torch CUDA::cudart_static
  ${CMAKE_DL_LIBS})
target_link_options(torch_cuda PRIVATE -Wl,--exclude-libs,ALL
  -Wl,--no-undefined -Wl,--gc-sections)
set_target_properties(torch_cuda PROPERTIES
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/torch/lib
  BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN")
install(TARGETS torch_cuda LIBRARY DESTINATION torch/lib)

find_cuda_headers(CUBLAS cublas_v2.h cublas)
find_cuda_headers(CUDNN cudnn.h cudnn)

string(REGEX MATCH "^[0-9]+\\.[0-9]+" CUDA_VERSION
  "${CMAKE_CUDA_COMPILER_VERSION}")
write_version("'${CUDA_VERSION}'")
