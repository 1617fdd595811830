#include <utility>

#include <ATen/TensorOperators.h>

#include "clip/encoder.h"
#include "method/prompt_method.h"

namespace skiptuning {
namespace {

// KgCoOp (Yao et al., CVPR 2023, arXiv 2303.13283): CoOp whose texts are held to those of hand-written prompts,
// cross entropy + weight * (1 - mean cosine).
class KgCoop : public PromptMethod {
 public:
  KgCoop(const Model& model, std::shared_ptr<const FeatureCache> cache, const TrainerOptions& options)
      : PromptMethod(model, std::move(cache), options.prompt, /*with_image_vectors=*/false, options.trained_classes),
        teacher_(options.teacher) {
    this->cache().teacher_texts();
  }

  std::map<std::string, at::Tensor> own_parameters() const override { return {{kContext, first_context()}}; }

  TrainedVectors vectors(const TensorLookup& own, const at::Tensor&) const override {
    TrainedVectors vectors;
    vectors.texts.context = own(kContext);
    return vectors;
  }

  std::vector<at::Tensor> losses(const TowerFeatures& features, const Batch& batch,
                                 const TensorLookup&) const override {
    return {cross_entropy(features, batch) + distance_to_teacher(features.texts) * teacher_.text_weight};
  }

 private:
  TeacherOptions teacher_;
};

const RegisteredMethod<KgCoop> kRegistered("kgcoop");

}  // namespace
}  // namespace skiptuning
