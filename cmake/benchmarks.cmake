# C++ micro-benchmarks: benchmarks/cpp/<name>.cpp makes bin/<name>_benchmark.
if(NOT BUILD_TESTING)
  return()
endif()
file(GLOB CPP_BENCHMARKS CONFIGURE_DEPENDS benchmarks/cpp/*.cpp)
foreach(source ${CPP_BENCHMARKS})
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name}_benchmark ${source})
  add_dependencies(${name}_benchmark generated)
  target_link_libraries(${name}_benchmark PRIVATE torch)
  set_target_properties(${name}_benchmark PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
  # That it runs; times are for a quiet machine.
  add_test(NAME ${name}_benchmark COMMAND ${name}_benchmark 0.001)
endforeach()
