#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/ops/relu.h>

#include "clip/encoder.h"
#include "method/meta_net.h"
#include "method/prompt_method.h"

namespace skiptuning {
namespace {

// The width between a meta net's layers is a 16th of the features', as published.
constexpr std::int64_t kNarrower = 16;

// CoCoOp (Zhou et al., CVPR 2022, arXiv 2203.05557): CoOp whose vectors a small net shifts for each picture, by its
// features. Every picture has prompts of its own.
class CoCoop : public PromptMethod {
 public:
  CoCoop(const Model& model, std::shared_ptr<const FeatureCache> cache, const TrainerOptions& options)
      : PromptMethod(model, std::move(cache), options.prompt, /*with_image_vectors=*/false, options.trained_classes) {
    const auto& configuration = model.configuration();
    const auto hidden = options.prompt.hidden > 0 ? options.prompt.hidden
                                                  : std::max<std::int64_t>(1, configuration.embed_dim / kNarrower);
    net_ = {"meta_net", configuration.embed_dim, hidden, configuration.text.width};
  }

  std::map<std::string, at::Tensor> own_parameters() const override {
    std::map<std::string, at::Tensor> own{{kContext, first_context()}};
    net_.add_parameters(prompt().seed, model().device(), own);
    return own;
  }

  bool has_vectors_of_each_picture() const override { return true; }

  TrainedVectors vectors(const TensorLookup& own, const at::Tensor& image_features) const override {
    TrainedVectors vectors;
    const auto shift = net_.forward(normalised(image_features), own, at::relu);
    vectors.texts.context = own(kContext) + shift;
    return vectors;
  }

 private:
  MetaNet net_;
};

const RegisteredMethod<CoCoop> kRegistered("cocoop");

}  // namespace
}  // namespace skiptuning
