#pragma once

#include <ATen/core/Tensor.h>

namespace skiptuning {

// y [R,out] = x [R,in] . weight^T [in,out] + bias [out]
at::Tensor linear_forward(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);

// dx [R,in] = dy [R,out] . weight [out,in]
at::Tensor linear_backward_input(const at::Tensor& dy, const at::Tensor& weight);

// Writes (=, not +=): d_weight [out,in] = dy^T . x, d_bias [out] = sum of dy over rows.
void linear_backward_parameters(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& d_weight,
                                const at::Tensor& d_bias);

}  // namespace skiptuning
