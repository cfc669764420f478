# MKL and oneDNN, as pip packages of the building interpreter.
# Sets mkl_FOUND, dnnl_FOUND and the targets mkl_static, dnnl.
function(find_pip_package name result)
  execute_process(
    COMMAND ${Python_EXECUTABLE}
      ${CMAKE_SOURCE_DIR}/tools/setup_helpers/locate.py ${name}
    OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(${result} "${found}" PARENT_SCOPE)
endfunction()

set(mkl_FOUND OFF)
set(dnnl_FOUND OFF)
if(USE_MKL)
  find_pip_package(mkl MKL_PATHS)
  if(MKL_PATHS)
    list(GET MKL_PATHS 0 MKL_LIB)
    list(GET MKL_PATHS 1 MKL_INCLUDE)
    add_library(mkl_static INTERFACE)
    target_include_directories(mkl_static SYSTEM INTERFACE ${MKL_INCLUDE})
    target_link_libraries(mkl_static INTERFACE
      -Wl,--start-group ${MKL_LIB}/libmkl_intel_lp64.a
      ${MKL_LIB}/libmkl_gnu_thread.a ${MKL_LIB}/libmkl_core.a -Wl,--end-group
      OpenMP::OpenMP_CXX pthread m dl)
    set(mkl_FOUND ON)
  endif()
endif()
if(USE_ONEDNN)
  find_pip_package(onednn DNNL_PATHS)
  if(DNNL_PATHS)
    list(GET DNNL_PATHS 0 DNNL_SO)
    list(GET DNNL_PATHS 1 DNNL_INCLUDE)
    add_library(dnnl SHARED IMPORTED)
    set_target_properties(dnnl PROPERTIES
      IMPORTED_LOCATION ${DNNL_SO}
      INTERFACE_INCLUDE_DIRECTORIES ${DNNL_INCLUDE})
    install(FILES ${DNNL_SO} DESTINATION torch/lib)
    # Beside libtorch.so in the build tree too, where $ORIGIN finds it.
    file(COPY ${DNNL_SO} DESTINATION ${CMAKE_BINARY_DIR}/torch/lib)
    set(dnnl_FOUND ON)
  endif()
endif()
