#include "layers/linear.h"

#include <ATen/ops/addmm.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/sum.h>

namespace skiptuning {

at::Tensor linear_forward(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  return at::addmm(bias, x, weight.t());
}

at::Tensor linear_backward_input(const at::Tensor& dy, const at::Tensor& weight) { return at::mm(dy, weight); }

void linear_backward_parameters(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& d_weight,
                                const at::Tensor& d_bias) {
  auto weight_out = d_weight;
  auto bias_out = d_bias;
  at::mm_out(weight_out, dy.t(), x);
  at::sum_out(bias_out, dy, at::IntArrayRef{0});
}

}  // namespace skiptuning
