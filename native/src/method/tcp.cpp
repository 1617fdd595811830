#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/ops/sigmoid.h>

#include "core/error.h"
#include "method/meta_net.h"
#include "method/prompt_method.h"

namespace skiptuning {
namespace {

// The width between a meta net's layers is a quarter of the features', as published.
constexpr std::int64_t kNarrower = 4;

at::Tensor quick_gelu(const at::Tensor& x) { return x * at::sigmoid(x * 1.702); }

// TCP (Yao et al., CVPR 2024, arXiv 2311.18231): CoOp whose vectors give way, before a block in the middle, to vectors
// of each class that a small net makes of the class's text features. Held to those as KgCoOp is.
class Tcp : public PromptMethod {
 public:
  Tcp(const Model& model, std::shared_ptr<const FeatureCache> cache, const TrainerOptions& options)
      : PromptMethod(model, std::move(cache), options.prompt, /*with_image_vectors=*/false, options.trained_classes),
        teacher_(options.teacher) {
    const auto& configuration = model.configuration();
    const auto layers = configuration.text.layers;
    if (options.prompt.depth < 2 || options.prompt.depth > layers) {
      throw InvalidArgument("TCP's vectors of classes stand before block " + std::to_string(options.prompt.depth) +
                            " of the text tower's " + std::to_string(layers) + ": use 2 to " + std::to_string(layers));
    }
    this->cache().teacher_texts();
    const auto hidden = options.prompt.hidden > 0 ? options.prompt.hidden
                                                  : std::max<std::int64_t>(1, configuration.embed_dim / kNarrower);
    net_ = {"meta_net", configuration.embed_dim, hidden, options.prompt.tokens * configuration.text.width};
  }

  std::map<std::string, at::Tensor> own_parameters() const override {
    std::map<std::string, at::Tensor> own{{kContext, first_context()}};
    net_.add_parameters(prompt().seed, model().device(), own);
    return own;
  }

  TrainedVectors vectors(const TensorLookup& own, const at::Tensor&) const override {
    TrainedVectors vectors;
    vectors.texts.context = own(kContext);
    vectors.texts.of_classes =
        net_.forward(cache().teacher_texts(), own, quick_gelu).view({-1, model().configuration().text.width});
    vectors.texts.class_block = prompt().depth - 1;
    return vectors;
  }

  std::vector<at::Tensor> losses(const TowerFeatures& features, const Batch& batch,
                                 const TensorLookup&) const override {
    return {cross_entropy(features, batch) + distance_to_teacher(features.texts) * teacher_.text_weight};
  }

 private:
  TeacherOptions teacher_;
  MetaNet net_;
};

const RegisteredMethod<Tcp> kRegistered("tcp");

}  // namespace
}  // namespace skiptuning
