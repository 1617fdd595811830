#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "layers/dropout.h"

namespace skiptuning {

// LoRA's addition to a linear layer (Hu et al. 2022, arXiv 2106.09685): y += scale * drop(x) A^T B^T. Where the rank r
// is small, products of such matrices are slower than loops over rows, which draw the dropout on their way, once in the
// forward and again in the backward.

// Weights of an addition to layers of as many outputs each, one behind the other, or places for their gradients.
struct LowRankTensors {
  at::Tensor a;  // [r,D]; weights in fp32
  at::Tensor b;  // [N,r]
};

struct LowRankRule {
  double scale;
  Dropout dropout;
  at::Tensor names;  // [R] int64: of the rows, in the draws of dropout; undefined where nothing is dropped
};

// x [R,D] dense, y [R,N] whose rows may lie apart -> u = drop(x) A^T [R,r], which the backward wants.
at::Tensor low_rank_forward(const at::Tensor& x, const LowRankTensors& weights, const LowRankRule& rule,
                            const at::Tensor& y);

// dy as y -> gradients of A and B, written (=); dx [R,D] dense, if defined, gets its part added (+=).
void low_rank_backward(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& u, const LowRankTensors& weights,
                       const LowRankRule& rule, const LowRankTensors& gradients, const at::Tensor& dx);

// The same in LibTorch's operations, on any device.
at::Tensor plain_low_rank_forward(const at::Tensor& x, const LowRankTensors& weights, const LowRankRule& rule,
                                  const at::Tensor& y);
void plain_low_rank_backward(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& u,
                             const LowRankTensors& weights, const LowRankRule& rule, const LowRankTensors& gradients,
                             const at::Tensor& dx);

}  // namespace skiptuning
