#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "layers/attention.h"
#include "layers/low_rank.h"

namespace skiptuning {

// What additions to the queries, keys and values of a tower's blocks do in one step.
struct LowRankUse {
  double scale;
  double dropout;  // share; queries, keys and values of each block have draws of their own
  std::uint64_t seed, step;
  std::uint64_t first_place;  // of the tower's first block among the places that the draws tell apart
  at::Tensor names;           // [R] int64: of the rows; undefined without dropout
};

// An attention has a place for each of queries, keys and values.
constexpr std::int64_t kLowRankPlaces = 3;

// u [R,r] of each, or [S,r] where only pooled rows have queries.
struct LowRankSaved {
  at::Tensor q, k, v;
};

// Adds to the projections of n [R,D]. The tensors are those of all three, one behind the other: A [3r,D], B [3D,r];
// `pooled` [S] int64 is undefined where every row has a query; `block` is counted from the tower's first.
LowRankSaved add_low_rank(const at::Tensor& n, const at::Tensor& pooled, const LowRankTensors& weights,
                          const LowRankUse& use, std::int64_t block, const AttentionInput& projections);

// From the projections' gradients: writes those of A and B (=), and adds to dn [R,D] (+=), if that is defined.
void add_low_rank_backward(const AttentionInput& d_projections, const at::Tensor& n, const at::Tensor& pooled,
                           const LowRankTensors& weights, const LowRankUse& use, std::int64_t block,
                           const LowRankSaved& saved, const LowRankTensors& gradients, const at::Tensor& dn);

}  // namespace skiptuning
