# Warnings, sanitizers, and the floating-point rules every kernel relies on.
set(TORCH_WARNINGS -Wall -Wextra -Wno-unused-parameter)

# -ffp-contract=off: a product and a sum are fused only where the source says
# fma, so that every ISA copy and every compiler gives the same digits.
set(TORCH_FLOAT_FLAGS -fno-math-errno -fno-trapping-math -ffp-contract=off)

if(SANITIZE)
  set(CMAKE_CXX_FLAGS_RELEASE "-O1")
  add_compile_options(-fsanitize=${SANITIZE} -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${SANITIZE})
endif()
add_compile_options(-ffunction-sections -fdata-sections)
