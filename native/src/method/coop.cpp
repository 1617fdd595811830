#include <cmath>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/empty.h>

#include "clip/embedding.h"
#include "clip/encoder.h"
#include "clip/reference.h"
#include "clip/tower.h"
#include "core/counter_random.h"
#include "core/device_memory.h"
#include "core/error.h"
#include "core/index_tensor.h"
#include "layers/cosine_cross_entropy.h"
#include "method/autograd.h"
#include "method/method.h"

namespace skiptuning {
namespace {

constexpr const char* kContext = "context";
constexpr double kDeviation = 0.02;
constexpr double kTwoPi = 6.283185307179586;
// Both towers stay as they are; the text tower leads the gradient back to its input.
constexpr SuffixUse kFrozen{/*input_gradient=*/true, /*trained=*/false};

// CoOp (Zhou et al., IJCV 2022, arXiv 2109.01134): n trained vectors, the same for every class, stand behind the start
// of each prompt, where the prompts given to the cache hold placeholders. Cross entropy over all classes. The prompts
// share the start and the vectors, which are computed once a step.
class Coop : public Method {
 public:
  Coop(const Model& model, std::shared_ptr<const FeatureCache> cache, const PromptOptions& prompt)
      : model_(&model), cache_(std::move(cache)), prompt_(prompt) {
    if (!cache_ || !cache_->has_texts()) {
      throw InvalidState("put the class prompts into the cache before a trainer is made");
    }
    if (cache_->options().text_start != 0 || !cache_->holds_features()) {
      throw InvalidArgument(
          "CoOp trains on image features and prompts' embeddings: start layers at the image tower's end and 0");
    }
    const auto& sequences = cache_->text_sequences();
    const auto behind_start = 1 + prompt_.tokens;
    if (sequences.shared < behind_start && sequences.shared > 0) {
      throw InvalidArgument("the prompts do not share " + std::to_string(prompt_.tokens) +
                            " placeholders behind their start");
    }
    // In packed rows they stand once, else in each text.
    std::vector<std::int64_t> rows;
    const auto copies = sequences.shared > 0 ? 1 : sequences.count();
    for (std::int64_t copy = 0; copy < copies; ++copy) {
      if (sequences.shared == 0 && sequences.length(copy) <= behind_start) {
        throw InvalidArgument("a prompt is shorter than its placeholders");
      }
      const auto first = sequences.shared > 0 ? 0 : sequences.first(copy);
      for (std::int64_t token = 1; token <= prompt_.tokens; ++token) {
        rows.push_back(first + token);
      }
    }
    rows_ = index_tensor(rows, model.device());
    places_ = model.parameter("positional_embedding").narrow(0, 1, prompt_.tokens);
  }

  // All its own; nothing for the image tower's rate.
  std::vector<std::vector<std::string>> groups() const override { return {{kContext}, {}}; }

  std::map<std::string, at::Tensor> own_parameters() const override {
    return {{kContext, prompt_.from_prompt ? embedded_placeholders() : drawn()}};
  }

  BatchLoss gradients(const Batch& batch, const FlatParameters& parameters, double loss_scale) const override {
    const auto precision = parameters.precision();
    const auto weights = suffix_tensors(model_->configuration(), TowerKind::text, 0, parameters.weights());
    const auto shape = block_shape(model_->configuration(), TowerKind::text);
    const auto& sequences = cache_->text_sequences();
    const auto context = parameters.master(kContext) + places_;
    auto hidden = cache_->texts().to(precision, /*non_blocking=*/false, /*copy=*/true);
    hidden.index_copy_(0, rows_, context.to(precision).repeat({copies(), 1}));

    const HeldMemory held(model_->device());
    SuffixSaved saved;
    const auto text_features = suffix_forward(hidden, sequences, weights, shape, kFrozen, &saved);
    CosineSaved cosine;
    const auto& logit_scale = model_->parameter("logit_scale");
    const auto logits = cosine_logits_forward(image_features(batch), text_features, logit_scale, &cosine);
    auto [loss, d_logits] = cross_entropy(logits, batch.labels);
    const auto d_features = cosine_logits_backward(d_logits.mul_(loss_scale), logit_scale, cosine);
    const auto held_bytes = held.bytes();
    const auto d_hidden = suffix_backward(d_features.text_features.to(precision), sequences, weights, shape, kFrozen,
                                          saved, no_gradients(weights));
    const auto d_context = d_hidden.index_select(0, rows_).view({copies(), prompt_.tokens, -1}).to(at::kFloat);
    parameters.gradient(kContext).copy_(d_context.sum(at::IntArrayRef{0}));
    return {loss, cache_->all_classes(), held_bytes};
  }

  BatchLoss reference_gradients(const Batch& batch, const FlatParameters& parameters,
                                double loss_scale) const override {
    const auto& sequences = cache_->text_sequences();
    const auto fixed = unpacked(cache_->texts().to(parameters.precision()), sequences);
    const auto behind = fixed.size(1) - 1 - prompt_.tokens;
    const auto loss = autograd_gradients(parameters, loss_scale, [&](const TensorLookup& weights) {
      const auto context = (weights(kContext).to(at::kFloat) + places_).to(fixed.scalar_type());
      const auto hidden =
          at::cat({fixed.narrow(1, 0, 1), context.unsqueeze(0).expand({fixed.size(0), prompt_.tokens, context.size(1)}),
                   fixed.narrow(1, 1 + prompt_.tokens, behind)},
                  1);
      const auto text_features = reference::suffix(hidden, sequences.pooled_places(hidden.device()),
                                                   suffix_tensors(model_->configuration(), TowerKind::text, 0, weights),
                                                   block_shape(model_->configuration(), TowerKind::text));
      const auto logits =
          reference::cosine_logits(image_features(batch), text_features, model_->parameter("logit_scale"));
      return at::cross_entropy_loss(logits, batch.labels);
    });
    return {loss, cache_->all_classes(), 0};
  }

 private:
  std::int64_t copies() const { return rows_.size(0) / prompt_.tokens; }

  at::Tensor image_features(const Batch& batch) const {
    const auto& images = cache_->images();
    return images.index_select(0, batch.image_rows).flatten(0, 1).to(batch.labels.device(), at::kFloat);
  }

  // What stands in the first prompt now, without its places.
  at::Tensor embedded_placeholders() const {
    return cache_->texts().index_select(0, rows_.narrow(0, 0, prompt_.tokens)).to(at::kFloat) - places_;
  }

  // Box and Muller's normal numbers from counters, the same on every device.
  at::Tensor drawn() const {
    auto values = at::empty({prompt_.tokens, model_->configuration().text.width}, at::kFloat);
    auto* first = values.data_ptr<float>();
    for (std::int64_t index = 0; index < values.numel(); ++index) {
      const auto place = static_cast<std::uint64_t>(index);
      const double radius = std::sqrt(-2.0 * std::log(1.0 - counter_uniform(prompt_.seed, 2 * place, 0)));
      first[index] =
          static_cast<float>(kDeviation * radius * std::cos(kTwoPi * counter_uniform(prompt_.seed, 2 * place + 1, 0)));
    }
    return values.to(model_->device());
  }

  const Model* model_;
  std::shared_ptr<const FeatureCache> cache_;
  PromptOptions prompt_;
  at::Tensor rows_;    // [copies * n] int64: of the texts' rows, those that hold placeholders
  at::Tensor places_;  // [n,D] fp32
};

}  // namespace

std::unique_ptr<Method> make_coop(const Model& model, std::shared_ptr<const FeatureCache> cache,
                                  const PromptOptions& prompt) {
  return std::make_unique<Coop>(model, std::move(cache), prompt);
}

}  // namespace skiptuning
