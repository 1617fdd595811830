#pragma once

#include <ATen/core/Tensor.h>

namespace skiptuning {

struct LayerNormSaved {
  at::Tensor mean;  // [R,1] fp32
  at::Tensor rstd;  // [R,1] fp32
};

// y [R,D] = (x - mean) / sqrt(variance + epsilon) * weight + bias; weight and bias [D] in x's type or fp32.
at::Tensor layer_norm_forward(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double epsilon,
                              LayerNormSaved* saved);

// Returns dx [R,D]; writes d_weight and d_bias [D] (=), where they are defined.
at::Tensor layer_norm_backward(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& weight,
                               const at::Tensor& bias, const LayerNormSaved& saved, const at::Tensor& d_weight,
                               const at::Tensor& d_bias);

// The two halves of the forward: z = (x - mean) / sqrt(variance + epsilon), and z * weight + bias in z's type.
at::Tensor normalise(const at::Tensor& x, double epsilon);
at::Tensor scale_and_shift(const at::Tensor& z, const at::Tensor& weight, const at::Tensor& bias);

}  // namespace skiptuning
