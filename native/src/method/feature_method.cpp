#include "method/feature_method.h"

#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cross_entropy_loss.h>

#include "clip/reference.h"
#include "core/error.h"

namespace skiptuning {

FeatureMethod::FeatureMethod(const Model& model, std::shared_ptr<const FeatureCache> cache)
    : model_(&model), cache_(std::move(cache)) {
  if (!cache_ || !cache_->has_texts()) {
    throw InvalidState("put the class prompts into the cache before a trainer is made");
  }
  if (!cache_->holds_features()) {
    throw InvalidArgument("this method trains on image features: an image start layer at the tower's end");
  }
  cache_->teacher_texts();
}

std::vector<std::vector<std::string>> FeatureMethod::groups() const {
  std::vector<std::string> names;
  for (const auto& [name, first_values] : own_parameters()) {
    names.push_back(name);
  }
  return {names, {}};
}

BatchLoss FeatureMethod::gradients(const Batch& batch, const FlatParameters& parameters, double loss_scale) const {
  const at::AutoGradMode with_gradients(true);
  Leaves own(parameters);
  const auto pictures = training_pictures(batch);
  const auto loss = at::cross_entropy_loss(logits(pictures.features, own.lookup()), pictures.labels);
  (loss * loss_scale).backward();
  own.take(0);
  const at::NoGradGuard no_gradients;
  for (const auto& [name, gradients] : own.gradients()) {
    parameters.gradient(name).copy_(gradients.front());
  }
  return {loss.detach(), cache_->all_classes(), 0};
}

BatchLoss FeatureMethod::reference_gradients(const Batch& batch, const FlatParameters& parameters,
                                             double loss_scale) const {
  return gradients(batch, parameters, loss_scale);
}

FeatureMethod::Pictures FeatureMethod::training_pictures(const Batch& batch) const {
  return {cache_->images().index_select(0, batch.image_rows).flatten(0, 1).to(batch.labels.device(), at::kFloat),
          batch.labels};
}

at::Tensor FeatureMethod::predict(const at::Tensor& pixels, const FlatParameters& parameters) const {
  const at::NoGradGuard no_gradients;
  return predict_features(model_->image_features(pixels, parameters.precision()), parameters);
}

at::Tensor FeatureMethod::predict_features(const at::Tensor& features, const FlatParameters& parameters) const {
  const at::NoGradGuard no_gradients;
  return logits(features, own_values(parameters));
}

at::Tensor FeatureMethod::zero_shot_logits(const at::Tensor& features) const {
  return reference::cosine_logits(features, cache_->teacher_texts(), model_->parameter("logit_scale"));
}

ProbeMethod::ProbeMethod(const Model& model, std::shared_ptr<const FeatureCache> cache, const TrainerOptions& options)
    : FeatureMethod(model, std::move(cache)),
      knows_classes_(options.trained_classes == 0),
      classes_(knows_classes_ ? this->cache().options().texts : options.trained_classes) {}

at::Tensor ProbeMethod::predict_features(const at::Tensor& features, const FlatParameters& parameters) const {
  if (!knows_classes_) {
    throw InvalidArgument("a linear probe knows only the classes that it was trained on");
  }
  return predicted(features, parameters);
}

at::Tensor ProbeMethod::predicted(const at::Tensor& features, const FlatParameters& parameters) const {
  const at::NoGradGuard no_gradients;
  return logits(features, own_values(parameters));
}

void ProbeMethod::show(const at::Tensor& features, const at::Tensor& labels) {
  require_labels(features, labels, classes_);
  shown_ = {features.flatten(0, 1), labels.repeat({features.size(0)})};
}

const FeatureMethod::Pictures& ProbeMethod::shown() const {
  if (!shown_.features.defined()) {
    throw InvalidState("show this method its pictures before the first step");
  }
  return shown_;
}

void require_labels(const at::Tensor& features, const at::Tensor& labels, std::int64_t classes) {
  if (labels.dim() != 1 || labels.size(0) < 1 || features.size(-2) != labels.size(0)) {
    throw InvalidArgument("as many labels as pictures are needed, at least one");
  }
  if (labels.min().item<std::int64_t>() < 0 || labels.max().item<std::int64_t>() >= classes) {
    throw InvalidArgument("a label is not among the " + std::to_string(classes) + " classes");
  }
}

}  // namespace skiptuning
