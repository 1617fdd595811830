#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include "core/error.h"
#include "method/draws.h"
#include "method/meta_net.h"
#include "method/prompt_method.h"

namespace skiptuning {
namespace {

// DePT (Zhang et al., CVPR 2024, arXiv 2309.07439): a prompt method beside which a linear head learns, from scaled and
// shifted features, what is the trained classes' own; its share of the loss is weighed against the cross entropy.
class Dept : public PromptMethod {
 public:
  Dept(const Model& model, const std::shared_ptr<const FeatureCache>& cache, const TrainerOptions& options)
      : PromptMethod(model, cache, options.prompt, options.decoupling.base == "maple", options.trained_classes),
        decoupling_(options.decoupling),
        knows_classes_(options.trained_classes == 0),
        classes_(knows_classes_ ? texts().classes() : options.trained_classes) {
    auto base_options = options;
    base_options.method = decoupling_.base;
    auto made = make_method(model, cache, base_options);
    auto* const prompt_method = dynamic_cast<PromptMethod*>(made.get());
    if (prompt_method == nullptr || prompt_method->has_vectors_of_each_picture()) {
      throw InvalidArgument("DePT goes with coop, kgcoop or maple, not with " + decoupling_.base);
    }
    made.release();
    base_.reset(prompt_method);
  }

  std::vector<std::vector<std::string>> groups() const override {
    return {base_->groups().front(), {kHeadBias, kHeadWeight, kImageBias, kImageScale, kTextBias, kTextScale}};
  }

  std::map<std::string, at::Tensor> own_parameters() const override {
    auto own = base_->own_parameters();
    const auto width = model().configuration().embed_dim;
    const auto options = at::TensorOptions().dtype(at::kFloat).device(model().device());
    for (const auto* name : {kImageScale, kTextScale}) {
      own.emplace(name, at::ones({width}, options));
    }
    for (const auto* name : {kImageBias, kTextBias}) {
      own.emplace(name, at::zeros({width}, options));
    }
    own.emplace(kHeadWeight, drawn_uniform(prompt().seed, draws::kHead, {classes_, width}, width, model().device()));
    own.emplace(kHeadBias, drawn_uniform(prompt().seed, draws::kHead + 1, {classes_}, width, model().device()));
    return own;
  }

  TrainedVectors vectors(const TensorLookup& own, const at::Tensor& image_features) const override {
    return base_->vectors(own, image_features);
  }

  // (1 - weight) * cross entropy + weight * that of the head + what else the base has.
  std::vector<at::Tensor> losses(const TowerFeatures& features, const Batch& batch,
                                 const TensorLookup& own) const override {
    const auto of_texts = features.texts.index_select(0, batch.labels) * own(kTextScale) + own(kTextBias);
    const auto both = head(at::cat({of_texts, image_side(features, own)}), own);
    const auto of_head = at::cross_entropy_loss(both, at::cat({batch.labels, batch.labels}));
    return {base_->losses(features, batch, own).front() +
            (of_head - cross_entropy(features, batch)) * decoupling_.weight};
  }

 protected:
  // The head knows the classes that it was trained on.
  at::Tensor predicted(const TowerFeatures& features, const TensorLookup& own) const override {
    const auto logits = cosine_logits(features);
    if (!knows_classes_) {
      return logits;
    }
    return logits * (1.0 - decoupling_.weight) + head(image_side(features, own), own) * decoupling_.weight;
  }

 private:
  static constexpr const char* kImageScale = "film_image.scale";
  static constexpr const char* kImageBias = "film_image.bias";
  static constexpr const char* kTextScale = "film_text.scale";
  static constexpr const char* kTextBias = "film_text.bias";
  static constexpr const char* kHeadWeight = "head.weight";
  static constexpr const char* kHeadBias = "head.bias";

  static at::Tensor image_side(const TowerFeatures& features, const TensorLookup& own) {
    return features.images * own(kImageScale) + own(kImageBias);
  }
  static at::Tensor head(const at::Tensor& features, const TensorLookup& own) {
    return at::linear(features, own(kHeadWeight), own(kHeadBias));
  }

  DecouplingOptions decoupling_;
  bool knows_classes_;
  std::int64_t classes_;
  std::unique_ptr<PromptMethod> base_;
};

const RegisteredMethod<Dept> kRegistered("dept");

}  // namespace
}  // namespace skiptuning
