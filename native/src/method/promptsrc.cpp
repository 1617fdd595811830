#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/log_softmax.h>

#include "clip/encoder.h"
#include "method/draws.h"
#include "method/prompt_method.h"

namespace skiptuning {
namespace {

std::string text_name(std::int64_t depth) { return "context." + std::to_string(depth); }
std::string image_name(std::int64_t depth) { return "image_context." + std::to_string(depth); }

// PromptSRC (Khattak et al., ICCV 2023, arXiv 2307.06948): vectors of their own in both towers, before each of the
// first blocks, held to the untouched model's texts, pictures and predictions.
class PromptSrc : public PromptMethod {
 public:
  PromptSrc(const Model& model, std::shared_ptr<const FeatureCache> cache, const TrainerOptions& options)
      : PromptMethod(model, std::move(cache), options.prompt, /*with_image_vectors=*/true, options.trained_classes),
        teacher_(options.teacher) {
    require_depth("PromptSRC");
    this->cache().teacher_texts();
  }

  std::map<std::string, at::Tensor> own_parameters() const override {
    const auto& configuration = model().configuration();
    std::map<std::string, at::Tensor> own{{kContext, first_context()}};
    for (std::int64_t depth = 0; depth < prompt().depth; ++depth) {
      const auto place = static_cast<std::uint64_t>(depth);
      if (depth > 0) {
        own.emplace(text_name(depth), drawn(draws::kDeepTexts + place, {prompt().tokens, configuration.text.width}));
      }
      own.emplace(image_name(depth), drawn(draws::kDeepImages + place, {prompt().tokens, configuration.image.width}));
    }
    return own;
  }

  TrainedVectors vectors(const TensorLookup& own, const at::Tensor&) const override {
    TrainedVectors vectors;
    vectors.texts.context = own(kContext);
    vectors.images.context = behind_ln_pre(own(image_name(0)));
    for (std::int64_t depth = 1; depth < prompt().depth; ++depth) {
      vectors.texts.deep.push_back(own(text_name(depth)));
      vectors.images.deep.push_back(own(image_name(depth)));
    }
    return vectors;
  }

  std::vector<at::Tensor> losses(const TowerFeatures& features, const Batch& batch,
                                 const TensorLookup&) const override {
    const auto& texts = cache().teacher_texts();
    const auto images = normalised(untouched_features(batch));
    const auto to_texts = (normalised(features.texts) - texts).abs().mean();
    const auto to_images = (normalised(features.images) - images).abs().mean();
    const auto expected = at::log_softmax(cosine_logits({images, texts}), 1);
    const auto found = at::log_softmax(cosine_logits(features), 1);
    // Over pictures and classes alike, as published.
    const auto divergence = (expected.exp() * (expected - found)).mean();
    return {cross_entropy(features, batch) + to_texts * teacher_.text_weight + to_images * teacher_.image_weight +
            divergence * teacher_.logit_weight};
  }

 private:
  TeacherOptions teacher_;
};

const RegisteredMethod<PromptSrc> kRegistered("promptsrc");

}  // namespace
}  // namespace skiptuning
