#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "train/trainer.h"

namespace skiptuning {

// One step of AdamW with decoupled weight decay (Loshchilov and Hutter 2019), as torch.optim.AdamW computes it, on
// tensors of one shape: changes the weights and both moments. step counts from 0.
void adamw_step(at::Tensor weights, const at::Tensor& gradient, at::Tensor first, at::Tensor second,
                const OptimizerOptions& options, double rate, double weight_decay, std::uint64_t step);

}  // namespace skiptuning
