#include "layers/layer_norm.h"

#include <array>
#include <tuple>

#include <ATen/ops/addcmul.h>
#include <ATen/ops/native_layer_norm.h>
#include <ATen/ops/native_layer_norm_backward.h>

#include "kernels/card_kernels.h"
#include "layers/layer_norm_sums.h"

namespace skiptuning {

at::Tensor layer_norm_forward(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double epsilon,
                              LayerNormSaved* saved) {
  auto [y, mean, rstd] = at::native_layer_norm(x, {x.size(-1)}, weight, bias, epsilon);
  if (saved != nullptr) {
    saved->mean = mean;
    saved->rstd = rstd;
  }
  return y;
}

at::Tensor layer_norm_backward(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& weight,
                               const at::Tensor& bias, const LayerNormSaved& saved, const at::Tensor& d_weight,
                               const at::Tensor& d_bias) {
  const bool wanted = d_weight.defined();
  const auto* kernels = dy.is_contiguous() && x.is_contiguous() ? card_kernels(dy) : nullptr;
  const bool from_aten = wanted && !x.device().is_cpu() && kernels == nullptr;
  if (wanted && kernels != nullptr) {
    kernels->layer_norm_sums(dy, x, saved.mean, saved.rstd, d_weight, d_bias);
  } else if (wanted && !from_aten) {
    layer_norm_parameter_sums(dy, x, saved, d_weight, d_bias);
  }
  auto [dx, dw, db] = at::native_layer_norm_backward(dy, x, {x.size(-1)}, saved.mean, saved.rstd, weight, bias,
                                                     std::array<bool, 3>{true, from_aten, from_aten});
  if (from_aten) {
    d_weight.copy_(dw);
    d_bias.copy_(db);
  }
  return dx;
}

at::Tensor normalise(const at::Tensor& x, double epsilon) {
  return std::get<0>(at::native_layer_norm(x, {x.size(-1)}, {}, {}, epsilon));
}

at::Tensor scale_and_shift(const at::Tensor& z, const at::Tensor& weight, const at::Tensor& bias) {
  return at::addcmul(bias, z, weight).to(z.scalar_type());
}

}  // namespace skiptuning
