#pragma once

#include <ATen/core/Tensor.h>

#include "clip/configuration.h"

namespace skiptuning {

// gelu: x * Phi(x), exact. quick_gelu: x * sigmoid(1.702 x) (openai/CLIP, model.py: QuickGELU).
// `pre` is what the backward needs; it may overwrite x.
at::Tensor activation_forward(Activation activation, at::Tensor x, at::Tensor* pre);
at::Tensor activation_backward(Activation activation, const at::Tensor& dy, const at::Tensor& pre);

}  // namespace skiptuning
