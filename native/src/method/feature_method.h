#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "method/leaves.h"
#include "method/method.h"

namespace skiptuning {

// A method that trains on what the untouched towers make of pictures, and says in differentiable operations what it
// makes of that. Texts are the teacher's of the cache.
class FeatureMethod : public Method {
 public:
  FeatureMethod(const Model& model, std::shared_ptr<const FeatureCache> cache);

  // All its own; nothing for the image tower's rate.
  std::vector<std::vector<std::string>> groups() const override;
  // No tower is passed, so that autograd is the way there is.
  BatchLoss gradients(const Batch& batch, const FlatParameters& parameters, double loss_scale) const override;
  BatchLoss reference_gradients(const Batch& batch, const FlatParameters& parameters, double loss_scale) const override;
  at::Tensor predict(const at::Tensor& pixels, const FlatParameters& parameters) const override;
  at::Tensor predict_features(const at::Tensor& features, const FlatParameters& parameters) const override;
  bool is_recordable() const override { return false; }

 protected:
  struct Pictures {
    at::Tensor features;  // [B,E] fp32, not normalised
    at::Tensor labels;    // [B] int64
  };

  // What a step trains on: the batch's, from the cache.
  virtual Pictures training_pictures(const Batch& batch) const;
  // features [B,E] fp32, not normalised -> [B,M]
  virtual at::Tensor logits(const at::Tensor& features, const TensorLookup& own) const = 0;

  const Model& model() const { return *model_; }
  const FeatureCache& cache() const { return *cache_; }
  // exp(logit_scale) * cosine with the teacher's texts
  at::Tensor zero_shot_logits(const at::Tensor& features) const;

 private:
  const Model* model_;
  std::shared_ptr<const FeatureCache> cache_;
};

// A probe: it knows the classes that it was trained on alone, and each step looks at all pictures it was shown.
class ProbeMethod : public FeatureMethod {
 public:
  ProbeMethod(const Model& model, std::shared_ptr<const FeatureCache> cache, const TrainerOptions& options);

  at::Tensor predict_features(const at::Tensor& features, const FlatParameters& parameters) const final;
  bool looks_at_batches() const override { return false; }

 protected:
  std::int64_t classes() const { return classes_; }
  // Throws unless there is a label of a known class for each of the features [V,N,E].
  void show(const at::Tensor& features, const at::Tensor& labels);
  // What was shown, V*N of them; throws InvalidState before.
  const Pictures& shown() const;
  Pictures training_pictures(const Batch&) const override { return shown(); }
  virtual at::Tensor predicted(const at::Tensor& features, const FlatParameters& parameters) const;

 private:
  bool knows_classes_;
  std::int64_t classes_;
  Pictures shown_;
};

// Throws unless there are as many labels as pictures, all below `classes`.
void require_labels(const at::Tensor& features, const at::Tensor& labels, std::int64_t classes);

}  // namespace skiptuning
