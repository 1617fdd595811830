#pragma once

#include <functional>

#include <ATen/core/Tensor.h>

#include "train/flat_parameters.h"

namespace skiptuning {

// Runs `loss` on differentiable copies of the trained weights and writes loss_scale times their gradients into
// `parameters`. Returns the loss.
at::Tensor autograd_gradients(const FlatParameters& parameters, double loss_scale,
                              const std::function<at::Tensor(const TensorLookup& weights)>& loss);

}  // namespace skiptuning
