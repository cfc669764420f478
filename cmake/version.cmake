# build/version.py: what torch.version tells. The PyTorch release whose API we
# follow comes first, since programs compare against it.
file(STRINGS version.txt POCKET_VERSION LIMIT_COUNT 1)
set(TORCH_API_VERSION 2.13.0)
execute_process(COMMAND git rev-parse HEAD
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
  OUTPUT_VARIABLE GIT_HASH OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT GIT_HASH)
  set(GIT_HASH Unknown)
endif()
set(VERSION_DEBUG False)
if(CMAKE_BUILD_TYPE STREQUAL Debug)
  set(VERSION_DEBUG True)
endif()
function(write_version cuda)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/version.py CONTENT
"# Written by the build.
__version__ = '${TORCH_API_VERSION}+pocket${POCKET_VERSION}'
pocket_version = '${POCKET_VERSION}'
debug = ${VERSION_DEBUG}
cuda = ${cuda}
git_version = '${GIT_HASH}'
hip = None
xpu = None
" @ONLY)
endfunction()
