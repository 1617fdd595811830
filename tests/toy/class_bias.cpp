#include <memory>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros.h>

#include "method/feature_method.h"

namespace skiptuning {
namespace {

constexpr const char* kBias = "bias";

// A toy, to show what a method is: one trained number a class is added to its zero-shot logit.
class ClassBias : public FeatureMethod {
 public:
  ClassBias(const Model& model, std::shared_ptr<const FeatureCache> cache, const TrainerOptions&)
      : FeatureMethod(model, std::move(cache)) {}

  std::map<std::string, at::Tensor> own_parameters() const override {
    return {
        {kBias, at::zeros({cache().options().texts}, at::TensorOptions().dtype(at::kFloat).device(model().device()))}};
  }

 protected:
  // features [B,E] -> [B,M]
  at::Tensor logits(const at::Tensor& features, const TensorLookup& own) const override {
    return zero_shot_logits(features) + own(kBias);
  }
};

const RegisteredMethod<ClassBias> kRegistered("class-bias");

}  // namespace
}  // namespace skiptuning
