#include "layers/layer_norm.h"

#include <array>
#include <tuple>

#include <ATen/ops/addcmul.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/native_layer_norm.h>
#include <ATen/ops/native_layer_norm_backward.h>

#include "kernels/card_kernels.h"
#include "layers/layer_norm_sums.h"
#include "layers/linear.h"

namespace skiptuning {

namespace {

// Null where there are none, or they don't take these rows.
const CardKernels* kernels_for(const at::Tensor& x, const at::Tensor& weight) {
  const bool fits = x.dim() == 2 && x.is_contiguous() && weight.scalar_type() == x.scalar_type() &&
                    CardKernels::takes_rows(x.size(1));
  return fits ? card_kernels(x) : nullptr;
}

// x += residual, where that is defined, then as layer_norm_forward.
at::Tensor normalised_by(const CardKernels& kernels, const at::Tensor& x, const at::Tensor& residual,
                         const at::Tensor& weight, const at::Tensor& bias, double epsilon, LayerNormSaved* saved) {
  const auto y = at::empty_like(x);
  const auto statistics = at::empty({2, x.size(0), 1}, x.options().dtype(at::kFloat));
  const auto mean = statistics.select(0, 0);
  const auto rstd = statistics.select(0, 1);
  kernels.layer_norm(x, residual, weight, bias, epsilon, y, mean, rstd);
  if (saved != nullptr) {
    *saved = {mean, rstd};
  }
  return y;
}

}  // namespace

at::Tensor layer_norm_forward(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double epsilon,
                              LayerNormSaved* saved) {
  if (const auto* kernels = kernels_for(x, weight)) {
    return normalised_by(*kernels, x, {}, weight, bias, epsilon, saved);
  }
  auto [y, mean, rstd] = at::native_layer_norm(x, {x.size(-1)}, weight, bias, epsilon);
  if (saved != nullptr) {
    saved->mean = mean;
    saved->rstd = rstd;
  }
  return y;
}

Projected linear_layer_norm_forward(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                                    const at::Tensor& residual, const at::Tensor& ln_weight, const at::Tensor& ln_bias,
                                    double epsilon, LayerNormSaved* saved) {
  if (card_kernels(x) != nullptr) {
    const auto sum = linear_forward(x, weight, bias);
    if (const auto* kernels = kernels_for(sum, ln_weight)) {
      return {sum, normalised_by(*kernels, sum, residual.contiguous(), ln_weight, ln_bias, epsilon, saved)};
    }
    sum.add_(residual);
    return {sum, layer_norm_forward(sum, ln_weight, ln_bias, epsilon, saved)};
  }
  const auto sum = linear_forward(x, weight, bias, residual);
  return {sum, layer_norm_forward(sum, ln_weight, ln_bias, epsilon, saved)};
}

at::Tensor layer_norm_backward(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& weight,
                               const at::Tensor& bias, const LayerNormSaved& saved, const at::Tensor& more,
                               const at::Tensor& d_weight, const at::Tensor& d_bias) {
  if (const auto* kernels = dy.is_contiguous() ? kernels_for(x, weight) : nullptr) {
    const auto dx = at::empty_like(x);
    kernels->layer_norm_sums(dy, x, saved.mean, saved.rstd, d_weight, d_bias);
    kernels->layer_norm_backward(dy, x, weight, saved.mean, saved.rstd, more.defined() ? more.contiguous() : more, dx);
    return dx;
  }
  const bool from_aten = !x.device().is_cpu();
  if (!from_aten) {
    layer_norm_parameter_sums(dy, x, saved, d_weight, d_bias);
  }
  auto [dx, dw, db] = at::native_layer_norm_backward(dy, x, {x.size(-1)}, saved.mean, saved.rstd, weight, bias,
                                                     std::array<bool, 3>{true, from_aten, from_aten});
  if (from_aten) {
    d_weight.copy_(dw);
    d_bias.copy_(db);
  }
  return more.defined() ? dx.add_(more) : dx;
}

at::Tensor normalise(const at::Tensor& x, double epsilon) {
  return std::get<0>(at::native_layer_norm(x, {x.size(-1)}, {}, {}, epsilon));
}

at::Tensor scale_and_shift(const at::Tensor& z, const at::Tensor& weight, const at::Tensor& bias) {
  return at::addcmul(bias, z, weight).to(z.scalar_type());
}

}  // namespace skiptuning
