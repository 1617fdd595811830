#include "layers/layer_norm.h"

#include <array>
#include <tuple>

#include <ATen/ops/native_layer_norm.h>
#include <ATen/ops/native_layer_norm_backward.h>

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
                               const at::Tensor& d_bias, bool input_gradient) {
  const bool parameters = d_weight.defined();
  const bool own_sums = parameters && x.device().is_cpu();
  if (own_sums) {
    layer_norm_parameter_sums(dy, x, saved, d_weight, d_bias);
  }
  const bool from_aten = parameters && !own_sums;
  if (!input_gradient && !from_aten) {
    return {};
  }
  auto [dx, dw, db] = at::native_layer_norm_backward(dy, x, {x.size(-1)}, saved.mean, saved.rstd, weight, bias,
                                                     std::array<bool, 3>{input_gradient, from_aten, from_aten});
  if (from_aten) {
    d_weight.copy_(dw);
    d_bias.copy_(db);
  }
  return dx;
}

}  // namespace skiptuning
