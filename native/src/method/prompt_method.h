#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "method/leaves.h"
#include "method/method.h"
#include "method/prompted_images.h"
#include "method/prompted_texts.h"

namespace skiptuning {

// What the towers make of a batch and of all classes; fp32, not normalised.
struct TowerFeatures {
  at::Tensor images;  // [B,E]
  at::Tensor texts;   // [M,E]
};

// All vectors of a method; images.context is undefined where pictures get none.
struct TrainedVectors {
  TextVectors texts;
  ImageVectors images;
};

// A method that trains vectors in the towers' inputs while the towers stay as they are. It says, in differentiable
// operations, what its vectors are and what its loss is of the features; the way through the towers and back is here.
class PromptMethod : public Method {
 public:
  PromptMethod(const Model& model, std::shared_ptr<const FeatureCache> cache, const PromptOptions& prompt,
               bool with_image_vectors, std::int64_t trained_classes);

  // All its own; nothing for the image tower's rate.
  std::vector<std::vector<std::string>> groups() const override;
  BatchLoss gradients(const Batch& batch, const FlatParameters& parameters, double loss_scale) const override;
  BatchLoss reference_gradients(const Batch& batch, const FlatParameters& parameters, double loss_scale) const override;
  at::Tensor predict(const at::Tensor& pixels, const FlatParameters& parameters) const override;
  at::Tensor predict_features(const at::Tensor& features, const FlatParameters& parameters) const override;
  // Autograd's part of a step has not been recorded on a card yet.
  bool is_recordable() const override { return false; }

  // Of the method's own parameters, fp32. image_features [1,E] are those of the picture that has them, else undefined.
  virtual TrainedVectors vectors(const TensorLookup& own, const at::Tensor& image_features) const = 0;
  // The loss that is told first; a method with several says in `merged` what becomes of their gradients.
  virtual std::vector<at::Tensor> losses(const TowerFeatures& features, const Batch& batch,
                                         const TensorLookup& own) const;
  // Whether the vectors hang on the picture, so that a batch is computed picture by picture.
  virtual bool has_vectors_of_each_picture() const { return false; }

 protected:
  static constexpr const char* kContext = "context";

  // What it predicts of features, [B,M].
  virtual at::Tensor predicted(const TowerFeatures& features, const TensorLookup&) const {
    return cosine_logits(features);
  }
  // One gradient of a parameter from those of each loss.
  virtual at::Tensor merged(const std::vector<at::Tensor>& gradients) const { return gradients.front(); }

  const Model& model() const { return *model_; }
  const FeatureCache& cache() const { return *cache_; }
  const PromptedTexts& texts() const { return texts_; }
  const PromptOptions& prompt() const { return prompt_; }
  // exp(logit_scale) * cosine and the mean cross entropy of it.
  at::Tensor cosine_logits(const TowerFeatures& features) const;
  at::Tensor cross_entropy(const TowerFeatures& features, const Batch& batch) const;
  // 1 - the mean cosine of texts and the teacher's.
  at::Tensor distance_to_teacher(const at::Tensor& texts) const;
  // The batch's features from the cache, of pictures without vectors.
  at::Tensor cached_features(const Batch& batch) const;
  // The same from a cache of the image tower's input: what the untouched model makes of it. Without gradient.
  at::Tensor untouched_features(const Batch& batch) const;
  // Vectors for the image tower's input through its first LayerNorm: [n,D] -> [n,D].
  at::Tensor behind_ln_pre(const at::Tensor& vectors) const;
  // Throws unless both towers have as many blocks as there are vectors for.
  void require_depth(const char* method) const;
  // The context's first values: [V,D] fp32.
  at::Tensor first_context() const;
  // Normal numbers of CoOp's deviation from counters, the same on every device; `stream` tells tensors apart.
  at::Tensor drawn(std::uint64_t stream, at::IntArrayRef shape) const;

 private:
  class Pass;
  // The loss of a part of a batch, whose gradients by its share come to the leaves.
  using PartOfBatch =
      std::function<at::Tensor(const Batch& part, const TrainedVectors& vectors, Leaves& own, double share)>;

  // Of all classes, computed anew when the parameters or the prompts have changed. Not for vectors of each picture.
  at::Tensor predicted_texts(const TrainedVectors& vectors, const FlatParameters& parameters) const;
  BatchLoss run(const Batch& batch, const FlatParameters& parameters, const PartOfBatch& of_part) const;

  const Model* model_;
  std::shared_ptr<const FeatureCache> cache_;
  PromptOptions prompt_;
  bool with_image_vectors_;
  PromptedTexts texts_;
  PromptedImages images_;
  mutable std::pair<std::uint64_t, std::uint64_t> texts_of_{0, 0};  // versions of parameters and teacher
  mutable at::Tensor last_texts_;                                   // [M,E]
};

}  // namespace skiptuning
