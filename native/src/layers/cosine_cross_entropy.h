#pragma once

#include <ATen/core/Tensor.h>

namespace skiptuning {

struct CosineSaved {
  at::Tensor image_lengths, text_lengths;  // [B,1], [K,1] fp32
  at::Tensor images, texts;                // [B,E], [K,E] fp32, of length 1
};

// exp(logit_scale) * cos(image, text): features [B,E], [K,E] of any length -> logits [B,K] fp32.
at::Tensor cosine_logits_forward(const at::Tensor& image_features, const at::Tensor& text_features,
                                 const at::Tensor& logit_scale, CosineSaved* saved);

struct CosineGradients {
  at::Tensor image_features, text_features;  // fp32
};

CosineGradients cosine_logits_backward(const at::Tensor& d_logits, const at::Tensor& logit_scale,
                                       const CosineSaved& saved);

struct CrossEntropy {
  at::Tensor loss;      // [] fp32, mean over rows
  at::Tensor d_logits;  // [B,K]
};

// targets [B] int64: columns.
CrossEntropy cross_entropy(const at::Tensor& logits, const at::Tensor& targets);

// The mean of image-to-text and text-to-image cross entropy. groups [B] int64: pairs of one group are positives of each
// other and share the target evenly.
CrossEntropy contrastive_cross_entropy(const at::Tensor& logits, const at::Tensor& groups);

}  // namespace skiptuning
