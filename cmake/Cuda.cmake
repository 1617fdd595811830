# Target cuda_headers: CUDA's own headers, for the one folder that calls CUDA by name. CUDA_INCLUDE names the folder of
# cuda_runtime_api.h; else a toolkit's is taken, or they are fetched.
include("${CMAKE_CURRENT_LIST_DIR}/Fetch.cmake")

set(CUDA_INCLUDE "" CACHE PATH "folder with cuda_runtime_api.h; empty: a toolkit's, or fetched with pip")

function(fetch_cuda_headers runtime compiler)
  fetch_with_pip(
    RESULT runtime_folder
    WHAT "CUDA's runtime headers"
    NAME nvidia_cuda_runtime-13.0.96
    REQUIREMENT nvidia-cuda-runtime==13.0.96
    FILE nvidia_cuda_runtime-13.0.96-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
    SHA256 7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548
    SIZE "2.2 MB"
    PIP_OPTIONS --only-binary=:all: --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64
    PATTERNS "nvidia/cu13/include/*")
  fetch_with_pip(
    RESULT compiler_folder
    WHAT "CUDA's compiler headers"
    NAME nvidia_cuda_crt-13.0.88
    REQUIREMENT nvidia-cuda-crt==13.0.88
    FILE nvidia_cuda_crt-13.0.88-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
    SHA256 2c8043c7c9e02492716426e9919fc78d2c5b3b2a7a768a88e952676b08aa55a4
    SIZE "0.1 MB"
    PIP_OPTIONS --only-binary=:all: --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64
    PATTERNS "nvidia/cu13/include/*")
  set(${runtime} "${runtime_folder}/nvidia/cu13/include" PARENT_SCOPE)
  set(${compiler} "${compiler_folder}/nvidia/cu13/include" PARENT_SCOPE)
endfunction()

if(CUDA_INCLUDE)
  set(cuda_include "${CUDA_INCLUDE}")
else()
  find_path(found_cuda_include cuda_runtime_api.h HINTS ENV CUDA_HOME ENV CUDA_PATH PATHS /usr/local/cuda PATH_SUFFIXES include)
  if(found_cuda_include AND EXISTS "${found_cuda_include}/crt/host_defines.h")
    set(cuda_include "${found_cuda_include}")
  else()
    fetch_cuda_headers(cuda_runtime_include cuda_compiler_include)
    set(cuda_include "${cuda_runtime_include}" "${cuda_compiler_include}")
  endif()
endif()

add_library(cuda_headers INTERFACE)
target_include_directories(cuda_headers SYSTEM INTERFACE ${cuda_include})
# LibTorch without CUDA lacks one generated header of its own.
if(NOT EXISTS "${LIBTORCH_HEADERS}/c10/cuda/impl/cuda_cmake_macros.h")
  file(WRITE "${CMAKE_BINARY_DIR}/generated/c10/cuda/impl/cuda_cmake_macros.h" "#pragma once\n#define C10_CUDA_BUILD_SHARED_LIBS\n")
  target_include_directories(cuda_headers SYSTEM INTERFACE "${CMAKE_BINARY_DIR}/generated")
endif()
