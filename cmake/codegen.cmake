# Runs tools/codegen over csrc/aten/ops. Defines the target `generated` and
# GENERATED_SOURCES (libtorch.so), GENERATED_PYTHON_SOURCES (_C),
# GENERATED_CUDA_SOURCES (libtorch_cuda.so). Files whose text does not change
# keep their time stamp, so that only what an edit touches is recompiled.
set(GENERATED_DIR ${CMAKE_BINARY_DIR}/generated)
file(GLOB CODEGEN_INPUTS CONFIGURE_DEPENDS
  csrc/aten/ops/*.yaml tools/codegen/*.py
  tools/codegen/stubs/*.pyi torch/_docs/*.md)
# A new topic or body may change the list of outputs.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CODEGEN_INPUTS})

set(CODEGEN ${CMAKE_COMMAND} -E env PYTHONDONTWRITEBYTECODE=1
  ${Python_EXECUTABLE} -m tools.codegen)

function(codegen_outputs kind variable)
  execute_process(
    COMMAND ${CODEGEN} list-outputs --kind ${kind}
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    OUTPUT_VARIABLE names ERROR_VARIABLE problem RESULT_VARIABLE failed
    OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(failed)
    message(FATAL_ERROR "tools/codegen failed (does ${Python_EXECUTABLE} have "
      "PyYAML?):\n${problem}")
  endif()
  string(REPLACE "\n" ";" names "${names}")
  list(TRANSFORM names PREPEND ${GENERATED_DIR}/)
  set(${variable} ${names} PARENT_SCOPE)
endfunction()

codegen_outputs(all GENERATED_FILES)
codegen_outputs(cpu GENERATED_SOURCES)
codegen_outputs(python GENERATED_PYTHON_SOURCES)
codegen_outputs(cuda GENERATED_CUDA_SOURCES)

add_custom_command(
  OUTPUT ${GENERATED_DIR}/stamp
  BYPRODUCTS ${GENERATED_FILES}
  COMMAND ${CODEGEN} generate --out ${GENERATED_DIR}
  COMMAND ${CMAKE_COMMAND} -E touch ${GENERATED_DIR}/stamp
  # The Python files: what they define needs no docstring from torch/_docs.
  DEPENDS ${CODEGEN_INPUTS} torch/functional.py torch/_predicates.py
    torch/_tensor.py torch/nn/functional.py
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
  COMMENT "Generating operators")
add_custom_target(generated DEPENDS ${GENERATED_DIR}/stamp)
set_source_files_properties(${GENERATED_FILES} PROPERTIES GENERATED TRUE)
