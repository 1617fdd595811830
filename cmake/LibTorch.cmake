# Target libtorch: LibTorch's headers and libraries, from one of
#   LIBTORCH        a folder with include/ and lib/: an installed LibTorch, or PyTorch's package folder (from 2.10 on);
#                   LIBTORCH_INCLUDE and LIBTORCH_LIB replace its halves
#   LIBTORCH_JARS   the bytedeco jars of LibTorch and OpenBLAS, which hold libraries but no headers: unpacked beside each
#                   other, and the headers of the same version are fetched from PyTorch's wheel
# Sets LIBTORCH_HEADERS, LIBTORCH_LIBRARIES to the folder of the libraries, which is also what a run needs, and
# LIBTORCH_HAS_CUDA.
include("${CMAKE_CURRENT_LIST_DIR}/Fetch.cmake")

set(LIBTORCH "" CACHE PATH "folder with LibTorch's include/ and lib/")
set(LIBTORCH_INCLUDE "" CACHE PATH "LibTorch's headers, if not LIBTORCH's include/")
set(LIBTORCH_LIB "" CACHE PATH "LibTorch's libraries, if not LIBTORCH's lib/")
set(LIBTORCH_JARS "" CACHE STRING "jars with LibTorch's libraries, separated by semicolons")

# The aarch64 wheel, though its libraries are never used: of the wheels it is the one whose ATen configuration (no MKL)
# is that of the bytedeco build.
function(fetch_libtorch_headers result)
  fetch_with_pip(
    RESULT folder
    WHAT "PyTorch's C++ headers"
    NAME torch-2.10.0-headers
    REQUIREMENT torch==2.10.0
    FILE torch-2.10.0-cp311-cp311-manylinux_2_28_aarch64.whl
    SHA256 3282d9febd1e4e476630a099692b44fdc214ee9bf8ee5377732d9d9dfe5712e4
    SIZE "146 MB"
    PIP_OPTIONS --only-binary=:all: --platform manylinux_2_28_aarch64 --python-version 3.11
    PATTERNS "torch/include/ATen/*" "torch/include/c10/*" "torch/include/torch/*")
  set(${result} "${folder}/torch/include" PARENT_SCOPE)
endfunction()

# The sums of the jars that are fetched by default.
set(sha256_of_pytorch-2.10.0-1.5.13-linux-x86_64 67e9b5b7c2caf2e6ed0e81947f1ff712c9a0755faeff6a0c3436d4432a25cc06)
set(sha256_of_openblas-0.3.31-1.5.13-linux-x86_64 7a5e1494e0565b6e06a5d93f8b29993c9ed33239cb9ffab84909360f245b4688)

# Unpacks the shared libraries of the jars into one folder, named after the jars.
function(unpack_libtorch_jars result)
  set(names "")
  foreach(jar IN LISTS LIBTORCH_JARS)
    get_filename_component(name "${jar}" NAME_WLE)
    string(APPEND names "+${name}")
  endforeach()
  string(SUBSTRING "${names}" 1 -1 names)
  set(folder "${FETCH_CACHE}/${names}")
  set(${result} "${folder}" PARENT_SCOPE)
  if(EXISTS "${folder}")
    return()
  endif()
  message(STATUS "Unpacking LibTorch's libraries into ${folder}")
  string(RANDOM LENGTH 8 suffix)
  set(temporary "${FETCH_CACHE}/.libtorch.${suffix}")
  make_in_cache("${temporary}/lib")
  foreach(jar IN LISTS LIBTORCH_JARS)
    get_filename_component(name "${jar}" NAME_WLE)
    if(DEFINED sha256_of_${name})
      check_sha256("${jar}" "${sha256_of_${name}}")
    endif()
    file(ARCHIVE_EXTRACT INPUT "${jar}" DESTINATION "${temporary}/jars" PATTERNS "*.so" "*.so.*")
  endforeach()
  file(GLOB_RECURSE libraries "${temporary}/jars/*.so" "${temporary}/jars/*.so.*")
  # Bindings of JavaCPP's own: nothing here calls them, and they are large.
  list(FILTER libraries EXCLUDE REGEX "/libjni[^/]*$")
  foreach(library IN LISTS libraries)
    get_filename_component(name "${library}" NAME)
    file(RENAME "${library}" "${temporary}/lib/${name}")
  endforeach()
  publish_folder("${temporary}/lib" "${folder}")
  file(REMOVE_RECURSE "${temporary}")
endfunction()

if(LIBTORCH_INCLUDE)
  set(libtorch_include "${LIBTORCH_INCLUDE}")
elseif(LIBTORCH)
  set(libtorch_include "${LIBTORCH}/include")
else()
  fetch_libtorch_headers(libtorch_include)
endif()

if(LIBTORCH_LIB)
  set(LIBTORCH_LIBRARIES "${LIBTORCH_LIB}")
elseif(LIBTORCH)
  set(LIBTORCH_LIBRARIES "${LIBTORCH}/lib")
elseif(LIBTORCH_JARS)
  unpack_libtorch_jars(LIBTORCH_LIBRARIES)
else()
  stop("No LibTorch: pass -DLIBTORCH=<folder with include/ and lib/>, or build with Maven, which brings one.")
endif()

if(NOT EXISTS "${libtorch_include}/ATen/core/Tensor.h")
  stop("No ATen headers in ${libtorch_include}: -DLIBTORCH needs a folder with include/ and lib/, "
                      "e.g. the folder that `python3 -c \"import torch; print(torch.__path__[0])\"` prints.")
endif()
if(NOT EXISTS "${LIBTORCH_LIBRARIES}/libtorch_cpu.so")
  stop("No libtorch_cpu.so in ${LIBTORCH_LIBRARIES}: -DLIBTORCH needs a folder with include/ and lib/.")
endif()

set(LIBTORCH_HEADERS "${libtorch_include}")

add_library(libtorch INTERFACE)
target_include_directories(libtorch SYSTEM INTERFACE "${libtorch_include}")
target_link_directories(libtorch INTERFACE "${LIBTORCH_LIBRARIES}")
target_link_libraries(libtorch INTERFACE torch torch_cpu c10)
# What the libraries themselves need lies beside them.
target_link_options(libtorch INTERFACE "LINKER:-rpath-link,${LIBTORCH_LIBRARIES}" "LINKER:--allow-shlib-undefined")
# Without --no-as-needed the linker drops them, since no symbol of theirs is used directly, and CUDA looks absent.
set(LIBTORCH_HAS_CUDA OFF)
if(EXISTS "${LIBTORCH_LIBRARIES}/libtorch_cuda.so")
  set(LIBTORCH_HAS_CUDA ON)
  target_link_libraries(libtorch INTERFACE -Wl,--no-as-needed torch_cuda c10_cuda -Wl,--as-needed)
endif()
