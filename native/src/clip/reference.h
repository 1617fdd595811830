#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

#include "clip/tower.h"

namespace skiptuning::reference {

// The plain computation in ATen's differentiable operations, for autograd: what every fast path must equal.

// x [S,L,D] -> [S,L,D]. With low-rank additions, if given; their names are those of S*L rows.
at::Tensor block(const at::Tensor& x, const BlockTensors& weights, const BlockShape& shape,
                 const LowRankUse* low_rank = nullptr, std::int64_t number = 0);

// x [S,L,D], positions [S] -> features [S,E], not normalised. The rows of an insertion are those of [S*L,D].
at::Tensor suffix(const at::Tensor& x, const at::Tensor& positions, const SuffixTensors& weights,
                  const BlockShape& shape, const LowRankUse* low_rank = nullptr,
                  const std::vector<Insertion>& insertions = {});

at::Tensor layer_norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double epsilon);

// pixels [B,3,S,S] -> [B,L,D] after ln_pre; tokens [M,L] -> [M,L,D].
at::Tensor image_embedding(const at::Tensor& pixels, const TensorLookup& lookup, double epsilon);
at::Tensor text_embedding(const at::Tensor& tokens, const TensorLookup& lookup);

// exp(logit_scale) * cosine, [B,E], [K,E] -> [B,K]
at::Tensor cosine_logits(const at::Tensor& image_features, const at::Tensor& text_features,
                         const at::Tensor& logit_scale);

}  // namespace skiptuning::reference
