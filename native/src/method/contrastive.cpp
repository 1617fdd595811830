#include <algorithm>
#include <cmath>

#include <ATen/TensorOperators.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/zeros.h>

#include "clip/embedding.h"
#include "clip/encoder.h"
#include "clip/parameters.h"
#include "clip/reference.h"
#include "clip/tower.h"
#include "layers/cosine_cross_entropy.h"
#include "method/autograd.h"
#include "method/method.h"

namespace skiptuning {
namespace {

// The embeddings before the first blocks are trained, too.
constexpr SuffixUse kInputGradient{/*input_gradient=*/true};

// CLIP's own training (Radford et al. 2021): both towers whole, symmetric cross entropy over the pairs of a batch.
class Contrastive : public Method {
 public:
  Contrastive(const Model& model, const std::shared_ptr<const FeatureCache>&, const TrainerOptions&) : model_(&model) {}

  // One list; the optimizer that pre-trains tells matrices of blocks from the rest itself.
  std::vector<std::vector<std::string>> groups() const override {
    std::vector<std::string> names;
    for (const auto& spec : clip_parameters(model_->configuration())) {
      names.push_back(spec.name);
    }
    return {names};
  }

  BatchLoss gradients(const Batch& batch, const FlatParameters& parameters, double loss_scale) const override {
    const auto& c = model_->configuration();
    const auto precision = parameters.precision();
    const auto weights = parameters.weights();
    const auto places = parameters.gradient_places();
    const auto logit_scale = parameters.master("logit_scale");

    const auto image_sequences = Sequences::of_images(batch.pixels.size(0), c.image_tokens());
    const auto image_embedding = image_embedding_tensors(weights);
    ImageEmbeddingSaved embedding_saved;
    const auto image_hidden =
        image_embedding_forward(batch.pixels, image_embedding, c.layer_norm_epsilon, &embedding_saved);
    const auto image_weights = suffix_tensors(c, TowerKind::image, 0, weights);
    const auto image_shape = block_shape(c, TowerKind::image);
    SuffixSaved image_saved;
    const auto image_features =
        suffix_forward(image_hidden, image_sequences, image_weights, image_shape, kInputGradient, &image_saved);

    const auto texts = text_rows(batch.tokens, end_of_text_positions(batch.tokens, c.end_of_text),
                                 batch.pixels.device(), text_layout(batch.pixels.device()));
    const auto text_weights = suffix_tensors(c, TowerKind::text, 0, weights);
    const auto text_shape = block_shape(c, TowerKind::text);
    SuffixSaved text_saved;
    const auto text_features = suffix_forward(text_embedding_forward(texts, text_embedding_tensors(weights)),
                                              texts.sequences, text_weights, text_shape, kInputGradient, &text_saved);

    CosineSaved cosine;
    const auto logits = cosine_logits_forward(image_features, text_features, logit_scale, &cosine);
    auto [loss, d_logits] = contrastive_cross_entropy(logits, batch.groups);
    d_logits.mul_(loss_scale);
    // logits = exp(s) * cosine, so d s = sum of d_logits * logits.
    parameters.gradient("logit_scale").copy_((d_logits * logits).sum());
    const auto d_features = cosine_logits_backward(d_logits, logit_scale, cosine);

    const auto d_image =
        suffix_backward(d_features.image_features.to(precision), image_sequences, image_weights, image_shape,
                        kInputGradient, image_saved, suffix_tensors(c, TowerKind::image, 0, places));
    image_embedding_backward(d_image, image_embedding, embedding_saved, image_embedding_tensors(places));
    const auto d_text =
        suffix_backward(d_features.text_features.to(precision), texts.sequences, text_weights, text_shape,
                        kInputGradient, text_saved, suffix_tensors(c, TowerKind::text, 0, places));
    text_embedding_backward(d_text, texts, text_embedding_tensors(places));
    return {loss, {}, 0};
  }

  BatchLoss reference_gradients(const Batch& batch, const FlatParameters& parameters,
                                double loss_scale) const override {
    const auto& c = model_->configuration();
    const auto loss = autograd_gradients(parameters, loss_scale, [&](const TensorLookup& weights) {
      const auto image_features = reference::suffix(
          reference::image_embedding(batch.pixels, weights, c.layer_norm_epsilon), class_token_positions(batch),
          suffix_tensors(c, TowerKind::image, 0, weights), block_shape(c, TowerKind::image));
      const auto text_features = reference::suffix(
          reference::text_embedding(batch.tokens, weights), end_of_text_positions(batch.tokens, c.end_of_text),
          suffix_tensors(c, TowerKind::text, 0, weights), block_shape(c, TowerKind::text));
      const auto logits = reference::cosine_logits(image_features, text_features, weights("logit_scale"));
      const auto same = batch.groups.view({-1, 1}).eq(batch.groups.view({1, -1})).to(at::kFloat);
      const auto targets = same / same.sum(at::IntArrayRef{1}, true);
      const auto both = at::log_softmax(logits, 1) + at::log_softmax(logits.t(), 1);
      return -(targets * both).sum() / (2.0 * static_cast<double>(logits.size(0)));
    });
    return {loss, {}, 0};
  }

  // CLIP keeps the temperature at 100 or below.
  bool constrain(const FlatParameters& parameters) const override {
    parameters.master("logit_scale").clamp_max_(std::log(100.0));
    return true;
  }

 private:
  static at::Tensor class_token_positions(const Batch& batch) {
    return at::zeros({batch.pixels.size(0)}, batch.tokens.options());
  }

  const Model* model_;
};

const RegisteredMethod<Contrastive> kRegistered("contrastive");

}  // namespace
}  // namespace skiptuning
