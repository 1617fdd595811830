#include <utility>

#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/searchsorted.h>
#include <ATen/ops/zeros.h>

#include "clip/encoder.h"
#include "clip/reference.h"
#include "clip/tower.h"
#include "core/error.h"
#include "layers/cosine_cross_entropy.h"
#include "method/autograd.h"
#include "method/method.h"
#include "skip/class_selection.h"

namespace skiptuning {
namespace {

// Skip Tuning (CVPR 2025, arXiv 2412.11509): LSkip trains both suffixes on cached hidden states, CSkip narrows the
// classes of each step. With start layers 0 and a top ratio of 1 it is full fine-tuning of all blocks.
class SkipTuning : public Method {
 public:
  SkipTuning(const Model& model, std::shared_ptr<const FeatureCache> cache, const SelectionOptions& selection)
      : model_(&model), cache_(std::move(cache)), selection_(selection) {
    if (!cache_ || !cache_->texts().defined()) {
      throw InvalidState("put the class prompts into the cache before a trainer is made");
    }
    sure_classes(selection_, cache_->options().texts);
  }

  std::vector<std::vector<std::string>> groups() const override {
    return {suffix_names(model_->configuration(), TowerKind::text, cache_->options().text_start),
            suffix_names(model_->configuration(), TowerKind::image, cache_->options().image_start)};
  }

  BatchLoss gradients(const Batch& batch, const FlatParameters& parameters, double loss_scale) const override {
    const auto& configuration = model_->configuration();
    const auto precision = parameters.precision();
    const auto weights = parameters.weights();
    const auto places = parameters.gradient_places();
    const auto& logit_scale = model_->parameter("logit_scale");

    const auto image = image_side(batch, precision);
    const auto image_weights = suffix(TowerKind::image, weights);
    const auto image_shape = block_shape(configuration, TowerKind::image);
    SuffixSaved image_saved;
    const auto image_features =
        suffix_forward(image.hidden, image.sequences, image.positions, image_weights, image_shape, &image_saved);

    const auto kept =
        select_classes(normalised(image_features), cache_->prototypes(), batch.labels, selection_, batch.step);
    const auto text = text_side(kept, precision);
    const auto text_weights = suffix(TowerKind::text, weights);
    const auto text_shape = block_shape(configuration, TowerKind::text);
    SuffixSaved text_saved;
    const auto text_features =
        suffix_forward(text.hidden, text.sequences, text.positions, text_weights, text_shape, &text_saved);

    CosineSaved cosine;
    const auto logits = cosine_logits_forward(image_features, text_features, logit_scale, &cosine);
    auto [loss, d_logits] = cross_entropy(logits, at::searchsorted(kept, batch.labels));
    const auto d_features = cosine_logits_backward(d_logits.mul_(loss_scale), logit_scale, cosine);

    suffix_backward(d_features.image_features.to(precision), image.sequences, image_weights, image_shape, image_saved,
                    suffix(TowerKind::image, places), /*input_gradient=*/false);
    suffix_backward(d_features.text_features.to(precision), text.sequences, text_weights, text_shape, text_saved,
                    suffix(TowerKind::text, places), /*input_gradient=*/false);
    return {loss, kept};
  }

  BatchLoss reference_gradients(const Batch& batch, const FlatParameters& parameters,
                                double loss_scale) const override {
    at::Tensor kept;
    const auto loss = autograd_gradients(parameters, loss_scale, [&](const TensorLookup& weights) {
      const auto features = [&](const Side& side, TowerKind kind) {
        return reference::suffix(side.hidden.view({side.sequences.count, side.sequences.length, -1}), side.positions,
                                 suffix(kind, weights), block_shape(model_->configuration(), kind));
      };
      const auto image_features = features(image_side(batch, parameters.precision()), TowerKind::image);
      kept = select_classes(normalised(image_features.detach()), cache_->prototypes(), batch.labels, selection_,
                            batch.step);
      const auto text_features = features(text_side(kept, parameters.precision()), TowerKind::text);
      const auto logits = reference::cosine_logits(image_features, text_features, model_->parameter("logit_scale"));
      return at::cross_entropy_loss(logits, at::searchsorted(kept, batch.labels));
    });
    return {loss, kept};
  }

 private:
  // The cached input of a suffix: rows [S*L,D] and the token that is pooled in each sequence.
  struct Side {
    at::Tensor hidden;
    Sequences sequences;
    at::Tensor positions;
  };

  Side image_side(const Batch& batch, at::ScalarType precision) const {
    // A cache in a file stays in the host's memory; only the batch's rows travel to the device.
    const auto& images = cache_->images();
    const auto count = batch.image_rows.size(0);
    return {images.index_select(0, batch.image_rows).view({-1, images.size(2)}).to(batch.labels.device(), precision),
            {count, images.size(1)},
            at::zeros({count}, batch.labels.options())};
  }

  Side text_side(const at::Tensor& kept, at::ScalarType precision) const {
    const auto& texts = cache_->texts();
    return {texts.index_select(0, kept).view({-1, texts.size(2)}).to(precision),
            {kept.size(0), texts.size(1)},
            cache_->end_positions().index_select(0, kept)};
  }

  SuffixTensors suffix(TowerKind kind, const TensorLookup& lookup) const {
    const auto start = kind == TowerKind::image ? cache_->options().image_start : cache_->options().text_start;
    return suffix_tensors(model_->configuration(), kind, start, lookup);
  }

  const Model* model_;
  std::shared_ptr<const FeatureCache> cache_;
  SelectionOptions selection_;
};

}  // namespace

std::unique_ptr<Method> make_skip_tuning(const Model& model, std::shared_ptr<const FeatureCache> cache,
                                         const SelectionOptions& selection) {
  return std::make_unique<SkipTuning>(model, std::move(cache), selection);
}

}  // namespace skiptuning
