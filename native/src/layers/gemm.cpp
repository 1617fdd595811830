#include "layers/gemm.h"

#include <algorithm>
#include <array>
#include <limits>

#include <dlfcn.h>

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/mm.h>

#include "core/error.h"

namespace skiptuning {
namespace {

// The BLAS standard's own entry, column-major; OpenBLAS and MKL both have it.
using Sgemm = void (*)(const char* turn_a, const char* turn_b, const int* m, const int* n, const int* k,
                       const float* alpha, const float* a, const int* a_stride, const float* b, const int* b_stride,
                       const float* beta, float* c, const int* c_stride);

at::Tensor tensor_of(const MatrixView& matrix, std::int64_t rows, std::int64_t columns) {
  const auto strides =
      matrix.turned ? std::array<std::int64_t, 2>{1, matrix.stride} : std::array<std::int64_t, 2>{matrix.stride, 1};
  return at::from_blob(const_cast<float*>(matrix.data), {rows, columns}, strides, at::kFloat);
}

}  // namespace

void gemm(std::int64_t m, std::int64_t n, std::int64_t k, float alpha, MatrixView a, MatrixView b, float* c,
          std::int64_t c_stride) {
  static const auto sgemm = reinterpret_cast<Sgemm>(dlsym(RTLD_DEFAULT, "sgemm_"));
  if (sgemm == nullptr) {
    gemm_of_tensors(m, n, k, alpha, a, b, c, c_stride);
    return;
  }
  if (std::max({m, n, k, a.stride, b.stride, c_stride}) > std::numeric_limits<int>::max()) {
    throw InvalidArgument("a matrix is too large for the BLAS");
  }
  // Row-major C = A B is column-major C^T = B^T A^T.
  const char turn_a = a.turned ? 'T' : 'N';
  const char turn_b = b.turned ? 'T' : 'N';
  const auto rows = static_cast<int>(n);
  const auto columns = static_cast<int>(m);
  const auto depth = static_cast<int>(k);
  const auto a_stride = static_cast<int>(a.stride);
  const auto b_stride = static_cast<int>(b.stride);
  const auto result_stride = static_cast<int>(c_stride);
  constexpr float kOverwrite = 0.0F;
  sgemm(&turn_b, &turn_a, &rows, &columns, &depth, &alpha, b.data, &b_stride, a.data, &a_stride, &kOverwrite, c,
        &result_stride);
}

void gemm_of_tensors(std::int64_t m, std::int64_t n, std::int64_t k, float alpha, MatrixView a, MatrixView b, float* c,
                     std::int64_t c_stride) {
  const at::NoGradGuard no_gradients;
  tensor_of({c, c_stride}, m, n).copy_(at::mm(tensor_of(a, m, k), tensor_of(b, k, n)).mul_(alpha));
}

}  // namespace skiptuning
