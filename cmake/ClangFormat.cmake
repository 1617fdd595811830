# cmake -DMODE=check|apply -P ClangFormat.cmake: the C and C++ sources against .clang-format.
include("${CMAKE_CURRENT_LIST_DIR}/Fetch.cmake")
get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}" DIRECTORY)

fetch_with_pip(
  RESULT clang_format
  NAME clang_format-20.1.7
  REQUIREMENT clang-format==20.1.7
  FILE clang_format-20.1.7-py2.py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl
  SHA256 99cbfb99dab836027498190f55e543bed51bae33ae6dc256861e7aa91368de98
  SIZE "2 MB"
  PIP_OPTIONS --only-binary=:all: --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64
  PATTERNS "clang_format/data/bin/clang-format")

file(GLOB_RECURSE sources
  "${root}/native/*.h" "${root}/native/*.cpp" "${root}/native/*.cu" "${root}/tests/native/*.h" "${root}/tests/native/*.cpp" "${root}/tests/native/*.c"
  "${root}/tests/gpu/*.cpp" "${root}/tests/toy/*.cpp")
if(MODE STREQUAL "apply")
  set(options -i)
else()
  set(options --dry-run -Werror)
endif()
execute_process(
  COMMAND "${clang_format}/clang_format/data/bin/clang-format" ${options} --style=file ${sources} RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  stop("The sources named above are not formatted: run `cmake -DMODE=apply -P cmake/ClangFormat.cmake`.")
endif()
