#include "layers/layer_norm.h"

#include <array>
#include <tuple>

#include <ATen/ops/native_layer_norm.h>
#include <ATen/ops/native_layer_norm_backward.h>

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
  auto [dx, dw, db] = at::native_layer_norm_backward(dy, x, {x.size(-1)}, saved.mean, saved.rstd, weight, bias,
                                                     std::array<bool, 3>{input_gradient, parameters, parameters});
  if (parameters) {
    d_weight.copy_(dw);
    d_bias.copy_(db);
  }
  return dx;
}

}  // namespace skiptuning
