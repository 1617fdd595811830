#pragma once

#include <ATen/core/Tensor.h>

namespace skiptuning {

// y [R,N] = x [R,K] . weight [N,K]^T + bias [N]
at::Tensor linear_forward(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);
// The same with a residual [R,N] added.
at::Tensor linear_forward(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                          const at::Tensor& residual);

// dx [R,K] = dy [R,N] . weight
at::Tensor linear_backward_input(const at::Tensor& dy, const at::Tensor& weight);
// d_weight [N,K] = dy^T . x and d_bias [N] = sum over rows of dy, written (=), where they are defined.
void linear_backward_parameters(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& d_weight,
                                const at::Tensor& d_bias);

}  // namespace skiptuning
