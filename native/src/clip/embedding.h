#pragma once

#include <ATen/core/Tensor.h>

#include "clip/block.h"
#include "clip/configuration.h"
#include "clip/text_rows.h"
#include "layers/layer_norm.h"

namespace skiptuning {

// Weights of the image tower before its first block, or places for their gradients.
struct ImageEmbeddingTensors {
  at::Tensor convolution;  // [D,3,P,P]
  at::Tensor class_token;  // [D]
  at::Tensor position;     // [L,D]
  at::Tensor ln_weight, ln_bias;
};

struct TextEmbeddingTensors {
  at::Tensor token;     // [V,D]
  at::Tensor position;  // [context,D]
};

ImageEmbeddingTensors image_embedding_tensors(const TensorLookup& lookup);
TextEmbeddingTensors text_embedding_tensors(const TensorLookup& lookup);

struct ImageEmbeddingSaved {
  at::Tensor patches;   // [B*patches, 3*P*P]
  at::Tensor embedded;  // [B*L, D], before ln_pre
  LayerNormSaved ln;
};

// pixels [B,3,S,S] -> [B*L,D] in the weights' type: class token and patches, plus positions, through ln_pre.
at::Tensor image_embedding_forward(const at::Tensor& pixels, const ImageEmbeddingTensors& weights, double epsilon,
                                   ImageEmbeddingSaved* saved);
// Writes every gradient (=).
void image_embedding_backward(const at::Tensor& d_embedded, const ImageEmbeddingTensors& weights,
                              const ImageEmbeddingSaved& saved, const ImageEmbeddingTensors& gradients);

// [R,D]: for each row its token and its place.
at::Tensor text_embedding_forward(const TextRows& rows, const TextEmbeddingTensors& weights);
void text_embedding_backward(const at::Tensor& d_embedded, const TextRows& rows, const TextEmbeddingTensors& gradients);

// Place of the token that is pooled, [M] int64; see ClipConfiguration::end_of_text.
at::Tensor end_of_text_positions(const at::Tensor& tokens, std::int64_t end_of_text);

}  // namespace skiptuning
