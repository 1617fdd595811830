#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

#include "clip/model.h"
#include "clip/tower.h"
#include "skip/cache.h"
#include "train/trainer.h"

namespace skiptuning {

// The vectors of prompts, or their gradients; fp32. V is n, or M*n where each class has its own.
struct TextVectors {
  at::Tensor context;            // [V,D], at the input, without the places' embeddings
  std::vector<at::Tensor> deep;  // [n,D] each: take the context's place before block 1, 2, ...
  at::Tensor of_classes;         // [M*n,D] or undefined: take it before `class_block`, which then has no deep ones
  std::int64_t class_block = 0;
};

// A cache's class prompts in a frozen text tower, with vectors in the place of their placeholders. What the prompts
// begin with, vectors included, is computed once.
class PromptedTexts {
 public:
  // Throws InvalidArgument unless the prompts hold the placeholders.
  PromptedTexts(const Model& model, std::shared_ptr<const FeatureCache> cache, const PromptOptions& options);

  std::int64_t vectors() const { return of_each_class_ ? tokens_ * classes() : tokens_; }
  std::int64_t classes() const { return cache_->options().texts; }
  // What stands in the placeholders' place as the prompts were given, [V,D] fp32.
  at::Tensor embedded() const;

  // What a backward needs of a forward.
  struct Pass {
    std::vector<BlockTensors> first_blocks;  // before the classes' own vectors
    std::vector<BlockSaved> first_saved;
    SuffixTensors weights;
    SuffixSaved saved;
    std::vector<Insertion> insertions;
    Sequences sequences;  // of what follows the classes' own vectors
    at::Tensor copied;    // [R'] int64: the rows that these were made of
  };

  // Features [M,E], not normalised. pass may be null.
  at::Tensor forward(const TextVectors& vectors, at::ScalarType precision, Pass* pass) const;
  TextVectors backward(const at::Tensor& d_features, const Pass& pass) const;
  // The same in differentiable operations.
  at::Tensor reference(const TextVectors& vectors, at::ScalarType precision) const;

 private:
  std::int64_t place(std::int64_t text, std::int64_t token) const;
  // Throws InvalidState if other prompts were put since.
  void require_same_prompts() const;
  at::Tensor sum_of_each(const at::Tensor& of_rows, const at::Tensor& vectors, std::int64_t count) const;

  const Model* model_;
  std::shared_ptr<const FeatureCache> cache_;
  std::int64_t tokens_;
  bool of_each_class_;
  ContextPosition position_;
  std::vector<std::int64_t> name_lengths_;
  std::uint64_t version_;  // of the prompts that the rows below are of
  at::Tensor rows_;        // [P] int64: of the cache's rows, those that hold placeholders
  at::Tensor vectors_;     // [P] int64: the vector that stands there
  at::Tensor places_;      // [P,D] fp32: the embedding of its place
  at::Tensor all_rows_;    // [M*n] int64: the same of each text for itself, in [M*L] rows
};

}  // namespace skiptuning
