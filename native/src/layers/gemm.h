#pragma once

#include <cstdint>

namespace skiptuning {

// A row-major fp32 matrix with `stride` numbers from row to row; `turned` stands for its transpose.
struct MatrixView {
  const float* data;
  std::int64_t stride;
  bool turned = false;
};

// C [m,n] = alpha A [m,k] B [k,n] + beta C on the calling thread alone: the BLAS that LibTorch brings, without a
// tensor's overhead.
void gemm(std::int64_t m, std::int64_t n, std::int64_t k, float alpha, MatrixView a, MatrixView b, float beta, float* c,
          std::int64_t c_stride);

}  // namespace skiptuning
