#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/relu.h>

#include "method/draws.h"
#include "method/feature_method.h"
#include "method/meta_net.h"

namespace skiptuning {
namespace {

constexpr const char* kFirst = "adapter.0.weight";
constexpr const char* kSecond = "adapter.2.weight";

// CLIP-Adapter (Gao et al., IJCV 2023, arXiv 2110.04544): two linear layers on a picture's features, a share of whose
// result is added. ReLU behind both, as in the public implementation.
class ClipAdapter : public FeatureMethod {
 public:
  ClipAdapter(const Model& model, std::shared_ptr<const FeatureCache> cache, const TrainerOptions& options)
      : FeatureMethod(model, std::move(cache)), adapter_(options.adapter) {}

  std::map<std::string, at::Tensor> own_parameters() const override {
    const auto width = model().configuration().embed_dim;
    const auto inner = std::max<std::int64_t>(1, width / adapter_.reduction);
    return {{kFirst, drawn_uniform(adapter_.seed, draws::kAdapter, {inner, width}, width, model().device())},
            {kSecond, drawn_uniform(adapter_.seed, draws::kAdapter + 1, {width, inner}, inner, model().device())}};
  }

 protected:
  at::Tensor logits(const at::Tensor& features, const TensorLookup& own) const override {
    const auto adapted = at::relu(at::linear(at::relu(at::linear(features, own(kFirst))), own(kSecond)));
    return zero_shot_logits(adapted * adapter_.share + features * (1.0 - adapter_.share));
  }

 private:
  AdapterOptions adapter_;
};

const RegisteredMethod<ClipAdapter> kRegistered("clip-adapter");

}  // namespace
}  // namespace skiptuning
