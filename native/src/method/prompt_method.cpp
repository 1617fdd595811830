#include "method/prompt_method.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/empty.h>

#include "clip/encoder.h"
#include "clip/reference.h"
#include "core/counter_random.h"
#include "core/device_memory.h"
#include "core/error.h"
#include "method/draws.h"
#include "method/suffix_input.h"

namespace skiptuning {
namespace {

constexpr double kDeviation = 0.02;  // CoOp's, and that of the methods after it
constexpr double kTwoPi = 6.283185307179586;

TextVectors detached(const TextVectors& vectors) {
  TextVectors values;
  values.context = vectors.context.detach();
  for (const auto& deep : vectors.deep) {
    values.deep.push_back(deep.detach());
  }
  values.of_classes = vectors.of_classes.defined() ? vectors.of_classes.detach() : at::Tensor();
  values.class_block = vectors.class_block;
  return values;
}

ImageVectors detached(const ImageVectors& vectors) {
  ImageVectors values;
  values.context = vectors.context.detach();
  for (const auto& deep : vectors.deep) {
    values.deep.push_back(deep.detach());
  }
  return values;
}

// A number whose gradient leads each vector's to what the vector was made of.
void add_along(at::Tensor& sum, const at::Tensor& vector, const at::Tensor& gradient) {
  if (vector.defined() && vector.requires_grad()) {
    const auto part = (vector * gradient).sum();
    sum = sum.defined() ? sum + part : part;
  }
}

at::Tensor along(const TextVectors& vectors, const TextVectors& gradients, at::Tensor sum) {
  add_along(sum, vectors.context, gradients.context);
  for (std::size_t depth = 0; depth < vectors.deep.size(); ++depth) {
    add_along(sum, vectors.deep[depth], gradients.deep[depth]);
  }
  add_along(sum, vectors.of_classes, gradients.of_classes);
  return sum;
}

at::Tensor along(const ImageVectors& vectors, const ImageVectors& gradients, at::Tensor sum) {
  add_along(sum, vectors.context, gradients.context);
  for (std::size_t depth = 0; depth < vectors.deep.size(); ++depth) {
    add_along(sum, vectors.deep[depth], gradients.deep[depth]);
  }
  return sum;
}

}  // namespace

PromptMethod::PromptMethod(const Model& model, std::shared_ptr<const FeatureCache> cache, const PromptOptions& prompt,
                           bool with_image_vectors, std::int64_t trained_classes)
    : model_(&model),
      cache_(std::move(cache)),
      prompt_(prompt),
      with_image_vectors_(with_image_vectors),
      texts_(model, cache_, prompt),
      images_(model) {
  if (prompt.of_each_class && trained_classes > 0) {
    throw InvalidArgument("vectors of each class know only the classes that they were trained on");
  }
  if (with_image_vectors ? cache_->options().image_start != 0 : !cache_->holds_features()) {
    throw InvalidArgument(with_image_vectors ? "this method trains vectors at the image tower's input: an image start "
                                               "layer of 0"
                                             : "this method trains on image features: an image start layer at the "
                                               "tower's end");
  }
}

std::vector<std::vector<std::string>> PromptMethod::groups() const {
  std::vector<std::string> names;
  for (const auto& [name, first_values] : own_parameters()) {
    names.push_back(name);
  }
  return {names, {}};
}

// One way through both towers and back.
class PromptMethod::Pass {
 public:
  Pass(const PromptMethod& method, const TrainedVectors& vectors, const Batch& batch, at::ScalarType precision)
      : method_(&method), with_images_(vectors.images.context.defined()) {
    const at::NoGradGuard no_gradients;
    features_.texts = method.texts_.forward(detached(vectors.texts), precision, &text_).to(at::kFloat);
    features_.images = with_images_ ? method.images_
                                          .forward(cached_images(*method.cache_, batch, precision).hidden,
                                                   detached(vectors.images), &image_)
                                          .to(at::kFloat)
                                    : method.cached_features(batch);
    features_.texts.requires_grad_(true);
    features_.images.requires_grad_(with_images_);
  }

  const TowerFeatures& features() const { return features_; }

  // Leads the features' gradients to what the vectors were made of; `again` where another loss follows.
  void backward(const TrainedVectors& vectors, bool again) const {
    TextVectors of_texts;
    ImageVectors of_images;
    {
      const at::NoGradGuard no_gradients;
      of_texts = method_->texts_.backward(features_.texts.grad(), text_);
      if (with_images_) {
        of_images = method_->images_.backward(features_.images.grad(), image_);
      }
    }
    auto sum = along(vectors.texts, of_texts, {});
    if (with_images_) {
      sum = along(vectors.images, of_images, sum);
    }
    sum.backward({}, again);
  }

 private:
  const PromptMethod* method_;
  bool with_images_;
  PromptedTexts::Pass text_;
  PromptedImages::Pass image_;
  TowerFeatures features_;
};

BatchLoss PromptMethod::gradients(const Batch& batch, const FlatParameters& parameters, double loss_scale) const {
  return run(batch, parameters, [&](const Batch& part, const TrainedVectors& vectors, Leaves& own, double scale) {
    std::vector<at::Tensor> losses;
    std::size_t index = 0;
    // A backward takes over what its forward kept, so that each loss goes its own way.
    do {
      const HeldMemory held(model_->device());
      const Pass pass(*this, vectors, part, parameters.precision());
      losses = this->losses(pass.features(), part, own.lookup());
      own.note_held(held.bytes());
      (losses[index] * (loss_scale * scale)).backward();
      pass.backward(vectors, /*again=*/index + 1 < losses.size());
      own.take(index);
    } while (++index < losses.size());
    return losses[0].detach();
  });
}

BatchLoss PromptMethod::reference_gradients(const Batch& batch, const FlatParameters& parameters,
                                            double loss_scale) const {
  const auto precision = parameters.precision();
  return run(batch, parameters, [&](const Batch& part, const TrainedVectors& vectors, Leaves& own, double scale) {
    const auto images = vectors.images.context.defined()
                            ? images_.reference(cached_images(*cache_, part, precision).hidden, vectors.images)
                            : cached_features(part);
    const TowerFeatures features{images.to(at::kFloat), texts_.reference(vectors.texts, precision).to(at::kFloat)};
    const auto losses = this->losses(features, part, own.lookup());
    for (std::size_t index = 0; index < losses.size(); ++index) {
      (losses[index] * (loss_scale * scale)).backward({}, /*retain_graph=*/index + 1 < losses.size());
      own.take(index);
    }
    return losses[0].detach();
  });
}

// The batch whole, or picture by picture where each has vectors of its own.
BatchLoss PromptMethod::run(const Batch& batch, const FlatParameters& parameters, const PartOfBatch& of_part) const {
  const at::AutoGradMode with_gradients(true);
  Leaves own(parameters);
  const auto parts = has_vectors_of_each_picture() ? batch.labels.size(0) : 1;
  const auto size = batch.labels.size(0) / parts;
  const double share = 1.0 / static_cast<double>(parts);
  at::Tensor loss;
  for (std::int64_t index = 0; index < parts; ++index) {
    auto part = batch;
    part.image_rows = batch.image_rows.narrow(0, index * size, size);
    part.labels = batch.labels.narrow(0, index * size, size);
    const auto of_this =
        of_part(part, vectors(own.lookup(), has_vectors_of_each_picture() ? cached_features(part) : at::Tensor()), own,
                share) *
        share;
    loss = loss.defined() ? loss + of_this : of_this;
  }
  const at::NoGradGuard no_gradients;
  for (const auto& [name, gradients] : own.gradients()) {
    parameters.gradient(name).copy_(merged(gradients));
  }
  return {loss, cache_->all_classes(), own.held_bytes()};
}

at::Tensor PromptMethod::predict(const at::Tensor& pixels, const FlatParameters& parameters) const {
  const at::NoGradGuard no_gradients;
  const auto precision = parameters.precision();
  if (!with_image_vectors_) {
    return predict_features(model_->image_features(pixels, precision), parameters);
  }
  const auto own = own_values(parameters);
  const auto vectors = this->vectors(own, {});
  const auto images =
      images_.forward(image_prefix(*model_, pixels, 0, precision), vectors.images, nullptr).to(at::kFloat);
  return predicted({images, predicted_texts(vectors, parameters)}, own);
}

at::Tensor PromptMethod::predict_features(const at::Tensor& features, const FlatParameters& parameters) const {
  if (with_image_vectors_) {
    return Method::predict_features(features, parameters);
  }
  const at::NoGradGuard no_gradients;
  const auto own = own_values(parameters);
  if (!has_vectors_of_each_picture()) {
    return predicted({features, predicted_texts(vectors(own, {}), parameters)}, own);
  }
  std::vector<at::Tensor> rows;
  for (const auto& image : features.split(1)) {
    const auto texts = texts_.forward(vectors(own, image).texts, parameters.precision(), nullptr).to(at::kFloat);
    rows.push_back(predicted({image, texts}, own));
  }
  return at::cat(rows);
}

at::Tensor PromptMethod::predicted_texts(const TrainedVectors& vectors, const FlatParameters& parameters) const {
  const std::pair<std::uint64_t, std::uint64_t> versions{parameters.version(), cache_->teacher_version()};
  if (!last_texts_.defined() || texts_of_ != versions) {
    last_texts_ = texts_.forward(vectors.texts, parameters.precision(), nullptr).to(at::kFloat);
    texts_of_ = versions;
  }
  return last_texts_;
}

std::vector<at::Tensor> PromptMethod::losses(const TowerFeatures& features, const Batch& batch,
                                             const TensorLookup&) const {
  return {cross_entropy(features, batch)};
}

at::Tensor PromptMethod::cosine_logits(const TowerFeatures& features) const {
  return reference::cosine_logits(features.images, features.texts, model_->parameter("logit_scale"));
}

at::Tensor PromptMethod::cross_entropy(const TowerFeatures& features, const Batch& batch) const {
  return at::cross_entropy_loss(cosine_logits(features), batch.labels);
}

at::Tensor PromptMethod::cached_features(const Batch& batch) const {
  return cache_->images().index_select(0, batch.image_rows).flatten(0, 1).to(batch.labels.device(), at::kFloat);
}

at::Tensor PromptMethod::distance_to_teacher(const at::Tensor& texts) const {
  return 1.0 - (normalised(texts) * cache_->teacher_texts()).sum(at::IntArrayRef{1}).mean();
}

at::Tensor PromptMethod::untouched_features(const Batch& batch) const {
  const at::NoGradGuard no_gradients;
  const auto precision = cache_->options().precision;
  const auto images = cached_images(*cache_, batch, precision);
  const auto& configuration = model_->configuration();
  return suffix_forward(images.hidden, images.sequences,
                        suffix_tensors(configuration, TowerKind::image, 0, frozen_lookup(*model_, precision)),
                        block_shape(configuration, TowerKind::image), {/*input_gradient=*/false, /*trained=*/false},
                        nullptr)
      .to(at::kFloat);
}

at::Tensor PromptMethod::behind_ln_pre(const at::Tensor& vectors) const {
  return reference::layer_norm(vectors, model_->parameter("visual.ln_pre.weight"),
                               model_->parameter("visual.ln_pre.bias"), model_->configuration().layer_norm_epsilon);
}

void PromptMethod::require_depth(const char* method) const {
  const auto most = std::min(model_->configuration().image.layers, model_->configuration().text.layers);
  if (prompt_.depth < 1 || prompt_.depth > most) {
    throw InvalidArgument(std::string(method) + " has vectors for " + std::to_string(prompt_.depth) +
                          " blocks: this model's towers take 1 to " + std::to_string(most));
  }
}

at::Tensor PromptMethod::first_context() const {
  if (prompt_.initial == InitialContext::random) {
    return drawn(draws::kContext, {texts_.vectors(), model_->configuration().text.width});
  }
  auto context = texts_.embedded();
  if (prompt_.initial == InitialContext::zero) {
    context.view({-1, prompt_.tokens, context.size(1)}).narrow(1, 0, prompt_.tokens - prompt_.words).zero_();
  }
  return context;
}

// Box and Muller's.
at::Tensor PromptMethod::drawn(std::uint64_t stream, at::IntArrayRef shape) const {
  auto values = at::empty(shape, at::kFloat);
  auto* first = values.data_ptr<float>();
  for (std::int64_t index = 0; index < values.numel(); ++index) {
    const auto place = static_cast<std::uint64_t>(index);
    const double radius = std::sqrt(-2.0 * std::log(1.0 - counter_uniform(prompt_.seed, 2 * place, stream)));
    first[index] = static_cast<float>(kDeviation * radius *
                                      std::cos(kTwoPi * counter_uniform(prompt_.seed, 2 * place + 1, stream)));
  }
  return values.to(model_->device());
}

}  // namespace skiptuning
