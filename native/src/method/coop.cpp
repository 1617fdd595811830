#include <ATen/TensorOperators.h>

#include "core/device_memory.h"
#include "layers/cosine_cross_entropy.h"
#include "method/context_method.h"

namespace skiptuning {
namespace {

// CoOp (Zhou et al., IJCV 2022, arXiv 2109.01134): trained vectors stand in every prompt, the same for all classes or
// of each class. Cross entropy over all classes.
class Coop : public ContextMethod {
 public:
  using ContextMethod::ContextMethod;

  // By hand throughout, which a card can record.
  BatchLoss gradients(const Batch& batch, const FlatParameters& parameters, double loss_scale) const override {
    const HeldMemory held(model().device());
    PromptedTexts::Pass pass;
    TextVectors vectors;
    vectors.context = parameters.master(kContext);
    const auto text_features = texts().forward(vectors, parameters.precision(), &pass);
    CosineSaved cosine;
    const auto& logit_scale = model().parameter("logit_scale");
    const auto logits = cosine_logits_forward(cached_features(batch), text_features, logit_scale, &cosine);
    auto [loss, d_logits] = skiptuning::cross_entropy(logits, batch.labels);
    const auto d_features = cosine_logits_backward(d_logits.mul_(loss_scale), logit_scale, cosine);
    const auto held_bytes = held.bytes();
    parameters.gradient(kContext).copy_(texts().backward(d_features.text_features, pass).context);
    return {loss, cache().all_classes(), held_bytes};
  }

  bool is_recordable() const override { return true; }
};

const RegisteredMethod<Coop> kRegistered("coop");

}  // namespace
}  // namespace skiptuning
