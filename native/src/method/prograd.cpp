#include <ATen/TensorOperators.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/where.h>

#include "method/context_method.h"

namespace skiptuning {
namespace {

// ProGrad (Zhu et al., ICCV 2023, arXiv 2205.14865): CoOp whose gradient gives up what runs against that of the
// divergence from the untouched model's predictions. The divergence itself is not descended.
class ProGrad : public TaughtContextMethod {
 public:
  using TaughtContextMethod::TaughtContextMethod;

  std::vector<at::Tensor> losses(const TowerFeatures& features, const Batch& batch,
                                 const TensorLookup&) const override {
    const auto expected =
        at::softmax(cosine_logits({features.images, cache().teacher_texts()}) / teacher().temperature, 1);
    const auto found = at::log_softmax(cosine_logits(features) / teacher().temperature, 1);
    const auto divergence = (expected * found).sum(at::IntArrayRef{1}).mean().neg();
    return {cross_entropy(features, batch), divergence * (teacher().temperature * teacher().temperature)};
  }

  // G - weight (G . g) g where G . g < 0, with g the divergence's gradient by its length.
  at::Tensor merged(const std::vector<at::Tensor>& gradients) const override {
    const auto& of_loss = gradients[0];
    const auto general = gradients[1] / gradients[1].norm();
    const auto along = (of_loss * general).sum();
    return at::where(along.lt(0), of_loss - along * general * teacher().logit_weight, of_loss);
  }
};

const RegisteredMethod<ProGrad> kRegistered("prograd");

}  // namespace
}  // namespace skiptuning
