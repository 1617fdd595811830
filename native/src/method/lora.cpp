#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/searchsorted.h>
#include <ATen/ops/zeros.h>

#include "clip/encoder.h"
#include "clip/reference.h"
#include "clip/text_rows.h"
#include "clip/tower.h"
#include "core/counter_random.h"
#include "core/device_memory.h"
#include "core/error.h"
#include "core/side_by_side.h"
#include "layers/cosine_cross_entropy.h"
#include "method/autograd.h"
#include "method/kept_classes.h"
#include "method/method.h"
#include "method/suffix_input.h"

namespace skiptuning {
namespace {

constexpr TowerKind kTowers[] = {TowerKind::text, TowerKind::image};

// The places of the draws of a tower begin here, those of its blocks behind each other.
std::uint64_t first_place(TowerKind kind, std::int64_t start) {
  return (kind == TowerKind::image ? 0 : std::uint64_t{1} << 32U) + static_cast<std::uint64_t>(kLowRankPlaces * start);
}

std::string a_name(const std::string& block_prefix) { return block_prefix + "attn.in_proj_lora_a"; }
std::string b_name(const std::string& block_prefix) { return block_prefix + "attn.in_proj_lora_b"; }

// CLIP-LoRA (Zanella and Ben Ayed, CVPR Workshops 2024, arXiv 2405.18541): additions of low rank to the queries, keys
// and values of each block of both towers are trained, and nothing else. Cross entropy over all classes, whose prompts
// are encoded in every step, or over those that CSkip keeps. Blocks before the cache's start layers have none.
class Lora : public Method {
 public:
  Lora(const Model& model, std::shared_ptr<const FeatureCache> cache, const TrainerOptions& options)
      : model_(&model), cache_(std::move(cache)), low_rank_(options.low_rank), selection_(options.selection) {
    if (!cache_ || !cache_->has_texts()) {
      throw InvalidState("put the class prompts into the cache before a trainer is made");
    }
    if (cache_->holds_features()) {
      throw InvalidArgument(
          "LoRA trains blocks of both towers: give the cache an image start layer before the end, 0 "
          "for all blocks");
    }
    sure_classes(selection_, cache_->options().texts);
    const auto& c = model.configuration();
    const auto widest = std::min(c.image.width, c.text.width);
    if (low_rank_.rank < 1 || low_rank_.rank > widest) {
      throw InvalidArgument("LoRA's rank is " + std::to_string(low_rank_.rank) + ": use 1 to " +
                            std::to_string(widest) + ", the width of the narrower tower");
    }
    if (!(low_rank_.alpha > 0.0)) {
      throw InvalidArgument("LoRA's alpha is " + std::to_string(low_rank_.alpha) + ": use a number above 0");
    }
    if (!(low_rank_.dropout >= 0.0 && low_rank_.dropout < 1.0)) {
      throw InvalidArgument("LoRA's dropout is " + std::to_string(low_rank_.dropout) +
                            ": use a share from 0 to below 1");
    }
  }

  std::vector<std::vector<std::string>> groups() const override {
    std::vector<std::vector<std::string>> groups;
    for (const auto kind : kTowers) {
      auto& names = groups.emplace_back();
      for (auto block = start(kind); block < tower_configuration(model_->configuration(), kind).layers; ++block) {
        names.push_back(a_name(block_prefix(kind, block)));
        names.push_back(b_name(block_prefix(kind, block)));
      }
    }
    return groups;
  }

  // A [3r,D], those of queries, keys and values one behind the other, and B [3D,r], which begins as zero.
  std::map<std::string, at::Tensor> own_parameters() const override {
    std::map<std::string, at::Tensor> own;
    for (const auto kind : kTowers) {
      const auto& tower = tower_configuration(model_->configuration(), kind);
      for (auto block = start(kind); block < tower.layers; ++block) {
        own.emplace(a_name(block_prefix(kind, block)), drawn(first_place(kind, block), tower.width));
        own.emplace(b_name(block_prefix(kind, block)),
                    at::zeros({kLowRankPlaces * tower.width, low_rank_.rank},
                              at::TensorOptions().dtype(at::kFloat).device(model_->device())));
      }
    }
    return own;
  }

  bool draws_each_step() const override { return low_rank_.dropout > 0; }

  BatchLoss gradients(const Batch& batch, const FlatParameters& parameters, double loss_scale) const override {
    const auto precision = parameters.precision();
    const auto& logit_scale = model_->parameter("logit_scale");
    const HeldMemory held(model_->device());
    Tower image(*this, TowerKind::image, cached_images(*cache_, batch, precision), parameters, batch.step);
    const auto image_features = image.forward();
    const auto selected = select_for(*cache_, batch, selection_, normalised(image_features));
    Tower text(*this, TowerKind::text, texts(selected.classes, precision), parameters, batch.step);
    const auto text_features = text.forward();
    CosineSaved cosine;
    const auto logits = cosine_logits_forward(image_features, text_features, logit_scale, &cosine);
    auto [loss, d_logits] = cross_entropy(of_kept(logits, selected), at::searchsorted(selected.classes, batch.labels));
    const auto d_features = cosine_logits_backward(d_logits.mul_(loss_scale), logit_scale, cosine);
    const auto d_image = d_features.image_features.to(precision);
    const auto d_text = d_features.text_features.to(precision);
    const auto held_bytes = held.bytes();
    side_by_side(d_image.device(), [&] { image.backward(d_image); }, [&] { text.backward(d_text); });
    return {loss, told(selected), held_bytes};
  }

  BatchLoss reference_gradients(const Batch& batch, const FlatParameters& parameters,
                                double loss_scale) const override {
    const auto precision = parameters.precision();
    at::Tensor kept;
    const auto loss = autograd_gradients(parameters, loss_scale, [&](const TensorLookup& weights) {
      const auto features = [&](TowerKind kind, const SuffixInput& input) {
        const auto hidden = unpacked(input.hidden, input.sequences);
        const auto rows = Sequences::of_images(hidden.size(0), hidden.size(1));
        const auto low_rank = use(kind, rows, batch.step);
        return reference::suffix(hidden, input.sequences.pooled_places(hidden.device()), suffix(kind, weights, weights),
                                 block_shape(model_->configuration(), kind), &low_rank);
      };
      const auto image_features = features(TowerKind::image, cached_images(*cache_, batch, precision));
      kept = select_classes(normalised(image_features.detach()), cache_->prototypes(), batch.labels, selection_,
                            batch.step);
      const auto text_features = features(TowerKind::text, texts(kept, precision));
      const auto logits = reference::cosine_logits(image_features, text_features, model_->parameter("logit_scale"));
      return at::cross_entropy_loss(logits, at::searchsorted(kept, batch.labels));
    });
    return {loss, kept, 0};
  }

  // W + alpha / sqrt(r) * B A of queries, keys and values.
  std::map<std::string, at::Tensor> merged_tensors(const FlatParameters& parameters) const override {
    std::map<std::string, at::Tensor> merged;
    const double scale = low_rank_.alpha / std::sqrt(static_cast<double>(low_rank_.rank));
    for (const auto kind : kTowers) {
      for (auto block = start(kind); block < tower_configuration(model_->configuration(), kind).layers; ++block) {
        const auto prefix = block_prefix(kind, block);
        const auto name = prefix + "attn.in_proj_weight";
        const auto a = parameters.master(a_name(prefix)).split(low_rank_.rank);
        const auto b = parameters.master(b_name(prefix)).chunk(kLowRankPlaces);
        std::vector<at::Tensor> additions;
        for (std::size_t place = 0; place < a.size(); ++place) {
          additions.push_back(b[place].matmul(a[place]));
        }
        merged.emplace(name, model_->parameter(name).to(at::kFloat) + at::cat(additions) * scale);
      }
    }
    return merged;
  }

 private:
  // One tower's way through a step.
  class Tower {
   public:
    Tower(const Lora& lora, TowerKind kind, SuffixInput input, const FlatParameters& parameters, std::uint64_t step)
        : input_(std::move(input)),
          // The loops take A and B in fp32, also where the towers compute in less.
          weights_(lora.suffix(kind, parameters.weights(),
                               [&](const std::string& name) { return parameters.master(name); })),
          gradients_(no_gradients(weights_)),
          shape_(block_shape(lora.model_->configuration(), kind)),
          low_rank_(lora.use(kind, input_.sequences, step)) {
      lora.put_low_rank(kind, parameters.gradient_places(), gradients_);
    }
    Tower(const Tower&) = delete;
    Tower& operator=(const Tower&) = delete;

    at::Tensor forward() {
      return suffix_forward(input_.hidden, input_.sequences, weights_, shape_, suffix_use(), &saved_);
    }

    void backward(const at::Tensor& d_features) const {
      suffix_backward(d_features, input_.sequences, weights_, shape_, suffix_use(), saved_, gradients_);
    }

   private:
    SuffixUse suffix_use() const { return {/*input_gradient=*/false, /*trained=*/false, &low_rank_}; }

    SuffixInput input_;
    SuffixTensors weights_, gradients_;
    BlockShape shape_;
    LowRankUse low_rank_;
    SuffixSaved saved_;
  };

  std::int64_t start(TowerKind kind) const {
    return kind == TowerKind::image ? cache_->options().image_start : cache_->options().text_start;
  }

  LowRankUse use(TowerKind kind, const Sequences& sequences, std::uint64_t step) const {
    const auto& c = model_->configuration();
    const auto most = kind == TowerKind::image ? c.image_tokens() : c.context_length;
    return {low_rank_.alpha / std::sqrt(static_cast<double>(low_rank_.rank)),
            low_rank_.dropout,
            low_rank_.seed,
            step,
            first_place(kind, start(kind)),
            low_rank_.dropout > 0 ? sequences.row_names(most, model_->device()) : at::Tensor()};
  }

  // Towers' weights by one lookup, those of the additions by another.
  SuffixTensors suffix(TowerKind kind, const TensorLookup& frozen, const TensorLookup& own) const {
    auto tensors = suffix_tensors(model_->configuration(), kind, start(kind), frozen);
    put_low_rank(kind, own, tensors);
    return tensors;
  }

  void put_low_rank(TowerKind kind, const TensorLookup& own, SuffixTensors& tensors) const {
    auto block = start(kind);
    for (auto& place : tensors.blocks) {
      const auto prefix = block_prefix(kind, block++);
      place.low_rank = {own(a_name(prefix)), own(b_name(prefix))};
    }
  }

  // With dropout each prompt has draws of its own, so that not even what all begin with is the same.
  SuffixInput texts(const at::Tensor& classes, at::ScalarType precision) const {
    auto chosen = chosen_texts(*cache_, classes, precision);
    if (low_rank_.dropout > 0 && chosen.sequences.shared > 0) {
      auto [own_rows, rows] = unshared(chosen.sequences, chosen.hidden.device());
      return {chosen.hidden.index_select(0, rows), std::move(own_rows)};
    }
    return chosen;
  }

  // Uniform in +-1/sqrt(D), from counters.
  at::Tensor drawn(std::uint64_t place, std::int64_t width) const {
    auto values = at::empty({kLowRankPlaces * low_rank_.rank, width}, at::kFloat);
    auto* first = values.data_ptr<float>();
    const double bound = 1.0 / std::sqrt(static_cast<double>(width));
    for (std::int64_t index = 0; index < values.numel(); ++index) {
      const auto number = counter_uniform(low_rank_.seed, place, static_cast<std::uint64_t>(index));
      first[index] = static_cast<float>(bound * (2.0 * number - 1.0));
    }
    return values.to(model_->device());
  }

  const Model* model_;
  std::shared_ptr<const FeatureCache> cache_;
  LowRankOptions low_rank_;
  SelectionOptions selection_;
};

const RegisteredMethod<Lora> kRegistered("lora");

}  // namespace
}  // namespace skiptuning
