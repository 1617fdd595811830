# SKIP_TUNING_SANITIZE, e.g. address,undefined: instruments the core and its tests.
set(SKIP_TUNING_SANITIZE "" CACHE STRING "sanitizers to build with, separated by commas")

add_library(sanitizers INTERFACE)
if(SKIP_TUNING_SANITIZE)
  target_compile_options(sanitizers INTERFACE -fsanitize=${SKIP_TUNING_SANITIZE} -fno-omit-frame-pointer -g)
  target_link_options(sanitizers INTERFACE -fsanitize=${SKIP_TUNING_SANITIZE})
endif()
