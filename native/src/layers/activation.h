#pragma once

#include <ATen/core/Tensor.h>

#include "clip/configuration.h"

namespace skiptuning {

// y = gelu(x + bias) with the error function, or x sigmoid(1.702 x) of the sum for quick_gelu. x [R,N] is taken over as
// the sum, which the backward wants.
at::Tensor activation_forward(Activation activation, at::Tensor& x, const at::Tensor& bias);

// dx from dy [R,N], which is taken over; x is the sum of the forward.
at::Tensor activation_backward(Activation activation, at::Tensor dy, const at::Tensor& x);

}  // namespace skiptuning
