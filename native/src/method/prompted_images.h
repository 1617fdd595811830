#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

#include "clip/model.h"
#include "clip/tower.h"
#include "method/suffix_input.h"

namespace skiptuning {

// The vectors behind a picture's patches, or their gradients; fp32.
struct ImageVectors {
  at::Tensor context;            // [n,D], at the input, behind ln_pre
  std::vector<at::Tensor> deep;  // [n,D] each: take the context's place before block 1, 2, ...
};

// Pictures in a frozen image tower, with vectors behind the patches of each.
class PromptedImages {
 public:
  explicit PromptedImages(const Model& model) : model_(&model) {}

  struct Pass {
    SuffixTensors weights;
    SuffixSaved saved;
    std::vector<Insertion> insertions;
    Sequences sequences;
    std::int64_t vectors;
  };

  // hidden [B*L,D] behind ln_pre -> features [B,E], not normalised. pass may be null.
  at::Tensor forward(const at::Tensor& hidden, const ImageVectors& vectors, Pass* pass) const;
  ImageVectors backward(const at::Tensor& d_features, const Pass& pass) const;
  // The same in differentiable operations.
  at::Tensor reference(const at::Tensor& hidden, const ImageVectors& vectors) const;

 private:
  at::Tensor with_context(const at::Tensor& hidden, const at::Tensor& context) const;

  const Model* model_;
};

}  // namespace skiptuning
