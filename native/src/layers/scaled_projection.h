#pragma once

#include <ATen/core/Tensor.h>

namespace skiptuning {

// A projection p = (z * scale + shift) W^T + bias whose input's gradient nobody wants, so that the larger product dp W
// isn't made. Given d_weight [O,D] = dp^T z and d_bias [O] = sum of dp over its rows, with z [R,D]:
//   d_weight = dp^T (z * scale + shift) = d_weight * scale + d_bias shift^T
//   d_scale [D] = sum over O of W * (dp^T z)
//   d_shift [D] = W^T d_bias
// On the CPU; all of one type, the gradients dense.
void scaled_projection_gradients(const at::Tensor& weight, const at::Tensor& scale, const at::Tensor& shift,
                                 const at::Tensor& d_weight, const at::Tensor& d_bias, const at::Tensor& d_scale,
                                 const at::Tensor& d_shift);

}  // namespace skiptuning
