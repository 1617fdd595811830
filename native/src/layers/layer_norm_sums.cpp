#include "layers/layer_norm_sums.h"

#include <algorithm>
#include <array>

#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>

namespace skiptuning {
namespace {

// Columns that are summed together: their two rows of sums stay in registers and the first-level cache.
constexpr std::int64_t kColumns = 64;

template <typename T>
void sum_columns(const T* dy, const T* x, const float* mean, const float* rstd, std::int64_t rows, std::int64_t width,
                 std::int64_t first, T* d_weight, T* d_bias) {
  std::array<float, kColumns> weight_sums{};
  std::array<float, kColumns> bias_sums{};
  const auto count = std::min(kColumns, width - first);
  for (std::int64_t row = 0; row < rows; ++row) {
    const T* dy_row = dy + row * width + first;
    const T* x_row = x + row * width + first;
    const float row_mean = mean[row];
    const float row_rstd = rstd[row];
    for (std::int64_t column = 0; column < count; ++column) {
      const auto gradient = static_cast<float>(dy_row[column]);
      weight_sums[column] += gradient * (static_cast<float>(x_row[column]) - row_mean) * row_rstd;
      bias_sums[column] += gradient;
    }
  }
  for (std::int64_t column = 0; column < count; ++column) {
    d_weight[first + column] = static_cast<T>(weight_sums[column]);
    d_bias[first + column] = static_cast<T>(bias_sums[column]);
  }
}

}  // namespace

void layer_norm_parameter_sums(const at::Tensor& dy, const at::Tensor& x, const LayerNormSaved& saved,
                               const at::Tensor& d_weight, const at::Tensor& d_bias) {
  const auto rows = x.size(0);
  const auto width = x.size(1);
  const auto gradient = dy.contiguous();
  const auto input = x.contiguous();
  AT_DISPATCH_FLOATING_TYPES_AND2(at::kHalf, at::kBFloat16, input.scalar_type(), "layer_norm_parameter_sums", [&] {
    const auto* dy_data = gradient.const_data_ptr<scalar_t>();
    const auto* x_data = input.const_data_ptr<scalar_t>();
    const auto* mean = saved.mean.const_data_ptr<float>();
    const auto* rstd = saved.rstd.const_data_ptr<float>();
    auto* weight_data = d_weight.mutable_data_ptr<scalar_t>();
    auto* bias_data = d_bias.mutable_data_ptr<scalar_t>();
    at::parallel_for(0, (width + kColumns - 1) / kColumns, 1, [&](std::int64_t begin, std::int64_t end) {
      for (auto block = begin; block < end; ++block) {
        sum_columns(dy_data, x_data, mean, rstd, rows, width, block * kColumns, weight_data, bias_data);
      }
    });
  });
}

}  // namespace skiptuning
