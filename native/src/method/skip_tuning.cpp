#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/searchsorted.h>

#include "clip/encoder.h"
#include "clip/reference.h"
#include "clip/tower.h"
#include "core/device_memory.h"
#include "core/error.h"
#include "core/side_by_side.h"
#include "layers/cosine_cross_entropy.h"
#include "method/autograd.h"
#include "method/kept_classes.h"
#include "method/method.h"

namespace skiptuning {
namespace {

// Nothing before a suffix is trained, so its input needs no gradient.
constexpr SuffixUse kFrozenBefore{/*input_gradient=*/false};

// Skip Tuning (CVPR 2025, arXiv 2412.11509): LSkip trains both suffixes on cached hidden states, CSkip narrows the
// classes of each step. With start layers 0 and a top ratio of 1 it is full fine-tuning of all blocks.
class SkipTuning : public Method {
 public:
  SkipTuning(const Model& model, std::shared_ptr<const FeatureCache> cache, const TrainerOptions& options)
      : model_(&model), cache_(std::move(cache)), selection_(options.selection) {
    if (!cache_ || !cache_->has_texts()) {
      throw InvalidState("put the class prompts into the cache before a trainer is made");
    }
    if (cache_->holds_features()) {
      throw InvalidArgument("Skip Tuning needs a start layer before the image tower's end");
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
    const HeldMemory held(model_->device());

    const auto image = cached_images(*cache_, batch, precision);
    const auto image_weights = suffix(TowerKind::image, weights);
    const auto image_shape = block_shape(configuration, TowerKind::image);
    SuffixSaved image_saved;
    const auto image_features =
        suffix_forward(image.hidden, image.sequences, image_weights, image_shape, kFrozenBefore, &image_saved);

    const auto selected = select_for(*cache_, batch, selection_, normalised(image_features));
    const auto text = chosen_texts(*cache_, selected.classes, precision);
    const auto text_weights = suffix(TowerKind::text, weights);
    const auto text_shape = block_shape(configuration, TowerKind::text);
    SuffixSaved text_saved;
    const auto text_features =
        suffix_forward(text.hidden, text.sequences, text_weights, text_shape, kFrozenBefore, &text_saved);

    CosineSaved cosine;
    const auto logits = cosine_logits_forward(image_features, text_features, logit_scale, &cosine);
    auto [loss, d_logits] = cross_entropy(of_kept(logits, selected), at::searchsorted(selected.classes, batch.labels));
    const auto d_features = cosine_logits_backward(d_logits.mul_(loss_scale), logit_scale, cosine);

    const auto d_image = d_features.image_features.to(precision);
    const auto d_text = d_features.text_features.to(precision);
    const auto held_bytes = held.bytes();
    const auto image_places = suffix(TowerKind::image, places);
    const auto text_places = suffix(TowerKind::text, places);
    side_by_side(
        d_image.device(),
        [&] {
          suffix_backward(d_image, image.sequences, image_weights, image_shape, kFrozenBefore, image_saved,
                          image_places);
        },
        [&] {
          suffix_backward(d_text, text.sequences, text_weights, text_shape, kFrozenBefore, text_saved, text_places);
        });
    return {loss, told(selected), held_bytes};
  }

  BatchLoss reference_gradients(const Batch& batch, const FlatParameters& parameters,
                                double loss_scale) const override {
    at::Tensor kept;
    const auto loss = autograd_gradients(parameters, loss_scale, [&](const TensorLookup& weights) {
      const auto features = [&](const SuffixInput& side, TowerKind kind) {
        return reference::suffix(unpacked(side.hidden, side.sequences),
                                 side.sequences.pooled_places(side.hidden.device()), suffix(kind, weights),
                                 block_shape(model_->configuration(), kind));
      };
      const auto image_features = features(cached_images(*cache_, batch, parameters.precision()), TowerKind::image);
      kept = select_classes(normalised(image_features.detach()), cache_->prototypes(), batch.labels, selection_,
                            batch.step);
      const auto text_features = features(chosen_texts(*cache_, kept, parameters.precision()), TowerKind::text);
      const auto logits = reference::cosine_logits(image_features, text_features, model_->parameter("logit_scale"));
      return at::cross_entropy_loss(logits, at::searchsorted(kept, batch.labels));
    });
    return {loss, kept, 0};
  }

 private:
  SuffixTensors suffix(TowerKind kind, const TensorLookup& lookup) const {
    const auto start = kind == TowerKind::image ? cache_->options().image_start : cache_->options().text_start;
    return suffix_tensors(model_->configuration(), kind, start, lookup);
  }

  const Model* model_;
  std::shared_ptr<const FeatureCache> cache_;
  SelectionOptions selection_;
};

const RegisteredMethod<SkipTuning> kRegistered("skip");

}  // namespace
}  // namespace skiptuning
