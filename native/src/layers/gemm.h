#pragma once

#include <cstdint>

namespace skiptuning {

// A row-major matrix with `stride` numbers from row to row; `turned` stands for its transpose.
template <typename T>
struct TypedMatrixView {
  const T* data;
  std::int64_t stride;
  bool turned = false;
};
using MatrixView = TypedMatrixView<float>;

// C [m,n] = alpha A [m,k] B [k,n], by the BLAS that LibTorch brings, without a tensor's overhead. It stays on the
// calling thread where the BLAS has been told to (core/blas_threads.h) or sees that an OpenMP region is running.
void gemm(std::int64_t m, std::int64_t n, std::int64_t k, float alpha, MatrixView a, MatrixView b, float* c,
          std::int64_t c_stride);

// The same through tensors, where no BLAS can be called by its standard name.
void gemm_of_tensors(std::int64_t m, std::int64_t n, std::int64_t k, float alpha, MatrixView a, MatrixView b, float* c,
                     std::int64_t c_stride);

}  // namespace skiptuning
