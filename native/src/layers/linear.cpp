#include "layers/linear.h"

#include <ATen/ops/sum.h>

#include "layers/product.h"

namespace skiptuning {

at::Tensor linear_forward(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  return product_with_bias(x, weight.t(), bias);
}

at::Tensor linear_backward_input(const at::Tensor& dy, const at::Tensor& weight) { return product(dy, weight); }

void linear_backward_parameters(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& d_weight,
                                const at::Tensor& d_bias) {
  auto bias_out = d_bias;
  product_out(d_weight, dy.t(), x);
  at::sum_out(bias_out, dy, at::IntArrayRef{0});
}

}  // namespace skiptuning
