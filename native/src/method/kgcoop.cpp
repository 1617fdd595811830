#include <ATen/TensorOperators.h>

#include "clip/encoder.h"
#include "method/context_method.h"

namespace skiptuning {
namespace {

// KgCoOp (Yao et al., CVPR 2023, arXiv 2303.13283): CoOp whose texts are held to those of hand-written prompts,
// cross entropy + weight * (1 - mean cosine).
class KgCoop : public TaughtContextMethod {
 public:
  using TaughtContextMethod::TaughtContextMethod;

  std::vector<at::Tensor> losses(const TowerFeatures& features, const Batch& batch,
                                 const TensorLookup&) const override {
    return {cross_entropy(features, batch) + distance_to_teacher(features.texts) * teacher().text_weight};
  }
};

const RegisteredMethod<KgCoop> kRegistered("kgcoop");

}  // namespace
}  // namespace skiptuning
