# One copy of every native/cpu/*.cpp per instruction set; DispatchStub picks
# one at run time. Sets ISA_SOURCES.
file(GLOB KERNEL_SOURCES CONFIGURE_DEPENDS csrc/aten/native/cpu/*.cpp)
set(ISA_SOURCES)
# -fwrapv: sums and products of integers wrap around.
set(KERNEL_OPTIMIZATION -O3)
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  set(KERNEL_OPTIMIZATION -O0)
elseif(SANITIZE)
  set(KERNEL_OPTIMIZATION -O1) # keeps the sanitizers' build within minutes
endif()

function(add_isa_copy source capability)
  get_filename_component(stem ${source} NAME_WE)
  set(copy ${CMAKE_BINARY_DIR}/isa/${stem}.${capability}.cpp)
  file(CONFIGURE OUTPUT ${copy} CONTENT "#include \"${source}\"\n" @ONLY)
  set_source_files_properties(${copy} PROPERTIES
    COMPILE_OPTIONS "${KERNEL_OPTIMIZATION};-fwrapv;${ARGN}"
    COMPILE_DEFINITIONS
      "CPU_CAPABILITY=${capability};CPU_CAPABILITY_${capability}")
  set(ISA_SOURCES ${ISA_SOURCES} ${copy} PARENT_SCOPE)
endfunction()

foreach(source ${KERNEL_SOURCES})
  add_isa_copy(${source} DEFAULT)
  # A line of a kernel counts once: COVERAGE (coverage.cmake) builds one copy.
  if(NOT COVERAGE AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    add_isa_copy(${source} AVX2 -mavx2 -mfma -mf16c)
    add_isa_copy(${source} AVX512
      -march=skylake-avx512 -mprefer-vector-width=512)
  endif()
endforeach()
