#include "layers/scaled_projection.h"

#include <algorithm>

#include <ATen/Parallel.h>
#include <ATen/ops/zeros.h>

#include "kernels/dispatch.h"

namespace skiptuning {
namespace {

// Rows of W whose sums are made together; by the shape alone, so that any number of threads gives the same bits.
constexpr std::int64_t kRows = 64;

}  // namespace

void scaled_projection_gradients(const at::Tensor& weight, const at::Tensor& scale, const at::Tensor& shift,
                                 const at::Tensor& d_weight, const at::Tensor& d_bias, const at::Tensor& d_scale,
                                 const at::Tensor& d_shift) {
  const auto rows = weight.size(0);
  const auto width = weight.size(1);
  const auto blocks = (rows + kRows - 1) / kRows;
  const auto scales = scale.to(at::kFloat).contiguous();
  const auto shifts = shift.to(at::kFloat).contiguous();
  const auto sums = at::zeros({2, blocks, width}, at::kFloat);
  const auto of_scale = sums.select(0, 0);
  const auto of_shift = sums.select(0, 1);
  kernels::for_type(weight.scalar_type(), [&](auto type) {
    using T = decltype(type);
    const auto gradients = kernels::typed<T>().scaled_weight_gradients;
    at::parallel_for(0, blocks, 1, [&](std::int64_t begin, std::int64_t end) {
      for (auto block = begin; block < end; ++block) {
        const auto first = block * kRows;
        gradients(kernels::data<T>(weight) + first * width, kernels::data<T>(d_weight) + first * width,
                  kernels::data<T>(d_bias) + first, kernels::data<float>(scales), kernels::data<float>(shifts),
                  std::min(kRows, rows - first), width, kernels::data<float>(of_scale) + block * width,
                  kernels::data<float>(of_shift) + block * width);
      }
    });
  });
  d_scale.copy_(of_scale.sum(at::IntArrayRef{0}));
  d_shift.copy_(of_shift.sum(at::IntArrayRef{0}));
}

}  // namespace skiptuning
