#include "layers/activation.h"

#include <algorithm>

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/gelu_backward.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/silu_backward.h>

#include "kernels/card_kernels.h"
#include "kernels/dispatch.h"
#include "layers/linear.h"
#include "layers/product.h"
#include "layers/tile_product.h"

namespace skiptuning {
namespace {

constexpr double kQuickGeluSlope = 1.702;
// Numbers that a thread takes at a time.
constexpr std::int64_t kGrain = 1 << 14;

bool has_kernel(Activation activation, const at::Tensor& x) {
  return activation == Activation::quick_gelu && x.device().is_cpu() && x.is_contiguous();
}

}  // namespace

at::Tensor activation_forward(Activation activation, at::Tensor& x, const at::Tensor& bias) {
  if (!has_kernel(activation, x)) {
    x.add_(bias);
    return activation == Activation::gelu ? at::gelu(x) : at::sigmoid(x * kQuickGeluSlope).mul_(x);
  }
  auto y = at::empty_like(x);
  const auto width = x.size(1);
  kernels::for_type(x.scalar_type(), [&](auto type) {
    using T = decltype(type);
    const auto quick_gelu = kernels::typed<T>().quick_gelu;
    at::parallel_for(0, x.size(0), std::max<std::int64_t>(1, kGrain / width),
                     [&](std::int64_t begin, std::int64_t end) {
                       quick_gelu(kernels::data<T>(x) + begin * width, kernels::data<T>(bias),
                                  kernels::data<T>(y) + begin * width, end - begin, width);
                     });
  });
  return y;
}

at::Tensor linear_activation_forward(Activation activation, const at::Tensor& x, const at::Tensor& weight,
                                     const at::Tensor& bias, at::Tensor& saved) {
  if (activation == Activation::quick_gelu && is_tiled(x, weight.t())) {
    saved = at::empty({x.size(0), weight.size(0)}, x.options());
    auto y = at::empty_like(saved);
    tile_product(y, x, weight.t(), {bias, {}, saved});
    return y;
  }
  if (x.device().is_cpu()) {
    saved = product(x, weight.t());
    return activation_forward(activation, saved, bias);
  }
  if (activation == Activation::gelu) {
    saved = at::addmm(bias, x, weight.t());
    return at::gelu(saved);
  }
  if (const auto* kernels = card_kernels(x); kernels != nullptr && bias.size(0) % 4 == 0) {
    saved = at::addmm(bias, x, weight.t());
    auto y = at::empty_like(saved);
    kernels->quick_gelu(saved, y);
    return y;
  }
  // With s = 1.702 x, x sigmoid(1.702 x) is silu(s) / 1.702 and its derivative that of silu at s: a kernel each.
  saved = at::addmm(bias * kQuickGeluSlope, x, weight.t(), /*beta=*/1.0, /*alpha=*/kQuickGeluSlope);
  return at::silu(saved).mul_(1.0 / kQuickGeluSlope);
}

at::Tensor linear_activation_backward(Activation activation, const at::Tensor& dy, const at::Tensor& weight,
                                      const at::Tensor& x, at::Tensor* activated) {
  if (activation == Activation::quick_gelu && x.is_contiguous() && is_tiled(dy, weight)) {
    auto dx = at::empty_like(x);
    tile_product(dx, dy, weight, {{}, {}, x, /*backward=*/true});
    if (activated != nullptr && !activated->defined()) {
      *activated = x;
    }
    return dx;
  }
  return activation_backward(activation, linear_backward_input(dy, weight), x, activated);
}

at::Tensor activation_backward(Activation activation, at::Tensor dy, const at::Tensor& x, at::Tensor* activated) {
  const bool wanted = activated != nullptr && !activated->defined();
  if (activation == Activation::gelu) {
    if (wanted) {
      *activated = at::gelu(x);
    }
    return at::gelu_backward(dy, x);
  }
  if (!x.device().is_cpu()) {
    const auto* kernels = card_kernels(x);
    if (kernels == nullptr || x.size(1) % 4 != 0) {
      return at::silu_backward(dy, x);
    }
    dy = dy.contiguous();
    kernels->quick_gelu_backward(dy, x);
    return dy;
  }
  if (!has_kernel(activation, x) || !dy.is_contiguous()) {
    const auto share = at::sigmoid(x * kQuickGeluSlope);
    if (wanted) {
      *activated = x * share;
    }
    return dy.mul_(share).mul_(x.mul(kQuickGeluSlope).mul_(1.0 - share).add_(1.0));
  }
  kernels::for_type(x.scalar_type(), [&](auto type) {
    using T = decltype(type);
    const auto backward = kernels::typed<T>().quick_gelu_backward;
    at::parallel_for(0, x.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
      backward(kernels::data<T>(dy) + begin, kernels::data<T>(x) + begin, end - begin);
    });
  });
  if (wanted) {
    *activated = x;
  }
  return dy;
}

}  // namespace skiptuning
