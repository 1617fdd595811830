#include "layers/linear.h"

#include <algorithm>

#include <ATen/Parallel.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/sum.h>

#include "kernels/card_kernels.h"
#include "kernels/dispatch.h"
#include "layers/product.h"
#include "layers/tile_product.h"

namespace skiptuning {
namespace {

// Numbers that a thread takes at a time.
constexpr std::int64_t kGrain = 1 << 15;

void add_rows(const at::Tensor& y, const at::Tensor& bias, const at::Tensor& residual) {
  const auto width = y.size(1);
  kernels::for_type(y.scalar_type(), [&](auto type) {
    using T = decltype(type);
    const auto add = kernels::typed<T>().add;
    const T* const residuals = residual.defined() ? kernels::data<T>(residual) : nullptr;
    at::parallel_for(0, y.size(0), std::max<std::int64_t>(1, kGrain / width),
                     [&](std::int64_t begin, std::int64_t end) {
                       add(kernels::data<T>(y) + begin * width, kernels::data<T>(bias),
                           residuals == nullptr ? nullptr : residuals + begin * width, end - begin, width);
                     });
  });
}

void sum_rows(const at::Tensor& x, const at::Tensor& sums) {
  const auto width = x.size(1);
  kernels::for_type(x.scalar_type(), [&](auto type) {
    using T = decltype(type);
    const auto sum_columns = kernels::typed<T>().sum_columns;
    at::parallel_for(0, (width + kernels::kMostColumns - 1) / kernels::kMostColumns, 1,
                     [&](std::int64_t begin, std::int64_t end) {
                       for (auto block = begin; block < end; ++block) {
                         const auto first = block * kernels::kMostColumns;
                         sum_columns(kernels::data<T>(x), x.size(0), width, first,
                                     std::min(kernels::kMostColumns, width - first), kernels::data<T>(sums));
                       }
                     });
  });
}

}  // namespace

at::Tensor linear_forward(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  return linear_forward(x, weight, bias, {});
}

at::Tensor linear_forward(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                          const at::Tensor& residual) {
  if (!x.device().is_cpu()) {
    auto y = at::addmm(bias, x, weight.t());  // cuBLASLt adds the bias as it writes the product
    return residual.defined() ? y.add_(residual) : y;
  }
  const auto turned = weight.t();
  if (is_tiled(x, turned)) {
    auto y = at::empty({x.size(0), weight.size(0)}, x.options());
    tile_product(y, x, turned, {bias, residual.defined() ? residual.contiguous() : residual});
    return y;
  }
  auto y = product(x, turned);
  add_rows(y, bias, residual.defined() ? residual.contiguous() : residual);
  return y;
}

at::Tensor linear_backward_input(const at::Tensor& dy, const at::Tensor& weight) { return product(dy, weight); }

void linear_backward_parameters(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& d_weight,
                                const at::Tensor& d_bias) {
  if (!d_weight.defined()) {
    return;
  }
  product_out(d_weight, dy.t(), x);
  if (dy.device().is_cpu()) {
    sum_rows(dy.contiguous(), d_bias);
  } else if (const auto* kernels = card_kernels(dy); kernels != nullptr && dy.stride(1) == 1) {
    kernels->column_sums(dy, d_bias);
  } else {
    auto sums = d_bias;
    at::sum_out(sums, dy, at::IntArrayRef{0});
  }
}

}  // namespace skiptuning
