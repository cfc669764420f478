# COVERAGE=1: the sources of csrc count which of their lines run, for
# tools/coverage.py. Generated code is compiled as ever and not counted. Without
# the optimizer a counter tells the truth about its line.
if(NOT COVERAGE)
  return()
endif()
set_property(SOURCE ${TORCH_SOURCES} ${ISA_SOURCES} ${PYTHON_SOURCES}
  APPEND PROPERTY COMPILE_OPTIONS --coverage -O0)
target_link_options(torch PRIVATE --coverage)
if(BUILD_PYTHON)
  target_link_options(_C PRIVATE --coverage)
endif()
