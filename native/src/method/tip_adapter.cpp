#include <cstdint>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/one_hot.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "clip/encoder.h"
#include "core/error.h"
#include "method/feature_method.h"

namespace skiptuning {
namespace {

constexpr const char* kKeys = "cache.keys";

// The grid that a validation searches, as published: sharpness outside, share inside.
constexpr int kBetas = 200;
constexpr int kAlphas = 20;
constexpr double kLeast = 0.1;

// Tip-Adapter (Zhang et al., ECCV 2022, arXiv 2207.09519): the training pictures' features are keys, their labels
// values; logits = zero-shot's + alpha * exp(-beta * (1 - cosine with each key)) * its label. Tip-Adapter-F trains the
// keys. Classes without pictures are left to the texts.
class TipAdapter : public FeatureMethod {
 public:
  TipAdapter(const Model& model, std::shared_ptr<const FeatureCache> cache, const TrainerOptions& options)
      : FeatureMethod(model, std::move(cache)),
        options_(options.picture_cache),
        knows_classes_(options.trained_classes == 0),
        labels_(at::zeros({options_.pictures}, at::TensorOptions().dtype(at::kLong).device(model.device()))),
        shares_(at::tensor({options_.alpha, options_.beta}, at::kDouble)) {
    if (options_.pictures < 1) {
      throw InvalidArgument("Tip-Adapter keeps pictures: say how many");
    }
    if (!options_.trained) {
      keys_ = no_keys();
    }
  }

  std::vector<std::vector<std::string>> groups() const override {
    return {options_.trained ? std::vector<std::string>{kKeys} : std::vector<std::string>{}, {}};
  }

  std::map<std::string, at::Tensor> own_parameters() const override {
    return options_.trained ? std::map<std::string, at::Tensor>{{kKeys, no_keys()}}
                            : std::map<std::string, at::Tensor>{};
  }

  // Keys: the mean of a picture's views, then of length 1.
  void prepare(const at::Tensor& features, const at::Tensor& labels, const FlatParameters& parameters) override {
    require_labels(features, labels, cache().options().texts);
    if (labels.size(0) != options_.pictures) {
      throw InvalidArgument("Tip-Adapter was made for " + std::to_string(options_.pictures) + " pictures, not " +
                            std::to_string(labels.size(0)));
    }
    (options_.trained ? parameters.master(kKeys) : keys_).copy_(normalised(features.mean(at::IntArrayRef{0})));
    labels_.copy_(labels);
    has_pictures_ = true;
  }

  BatchLoss gradients(const Batch& batch, const FlatParameters& parameters, double loss_scale) const override {
    if (!options_.trained) {
      throw InvalidState("Tip-Adapter without trained keys takes no steps");
    }
    require_pictures();
    return FeatureMethod::gradients(batch, parameters, loss_scale);
  }

  // The best share and sharpness of the grid; of equals the first.
  void validate(const at::Tensor& features, const at::Tensor& labels, const FlatParameters& parameters) override {
    require_labels(features, labels, cache().options().texts);
    require_pictures();
    const auto zero_shot = zero_shot_logits(features);
    const auto cosines = at::linear(normalised(features), keys(own_values(parameters)));
    std::int64_t most = -1;
    for (int beta_step = 0; beta_step < kBetas; ++beta_step) {
      const double beta = kLeast + beta_step * (options_.most_beta - kLeast) / kBetas;
      const auto of_cache = affinity(cosines, beta);
      for (int alpha_step = 0; alpha_step < kAlphas; ++alpha_step) {
        const double alpha = kLeast + alpha_step * (options_.most_alpha - kLeast) / kAlphas;
        const auto right = (zero_shot + of_cache * alpha).argmax(1).eq(labels).sum().item<std::int64_t>();
        if (right > most) {
          most = right;
          shares_.data_ptr<double>()[0] = alpha;
          shares_.data_ptr<double>()[1] = beta;
        }
      }
    }
  }

  void check_kept() override {
    if (knows_classes_ &&
        (labels_.min().item<std::int64_t>() < 0 || labels_.max().item<std::int64_t>() >= cache().options().texts)) {
      throw BadInput("the saved state's labels are not those of the classes");
    }
    if (shares_.min().item<double>() < 0.0) {
      throw BadInput("the saved state's alpha or beta is below 0");
    }
    has_pictures_ = true;
  }

  NamedTensors kept() const override {
    NamedTensors all{{"cache.labels", labels_}, {"cache.alpha_beta", shares_}};
    if (!options_.trained) {
      all.emplace_back(kKeys, keys_);
    }
    return all;
  }

 protected:
  at::Tensor logits(const at::Tensor& features, const TensorLookup& own) const override {
    const auto zero_shot = zero_shot_logits(features);
    if (!knows_classes_) {
      return zero_shot;
    }
    require_pictures();
    const auto* shares = shares_.const_data_ptr<double>();
    return zero_shot + affinity(at::linear(normalised(features), keys(own)), shares[1]) * shares[0];
  }

 private:
  void require_pictures() const {
    if (!has_pictures_) {
      throw InvalidState("show Tip-Adapter its pictures before it is asked or trained");
    }
  }

  at::Tensor no_keys() const {
    return at::zeros({options_.pictures, model().configuration().embed_dim},
                     at::TensorOptions().dtype(at::kFloat).device(model().device()));
  }

  at::Tensor keys(const TensorLookup& own) const { return options_.trained ? own(kKeys) : keys_; }

  // [B,N] -> [B,M]
  at::Tensor affinity(const at::Tensor& cosines, double beta) const {
    const auto values = at::one_hot(labels_, cache().options().texts).to(at::kFloat);
    return ((cosines - 1.0) * beta).exp().matmul(values);
  }

  PictureCacheOptions options_;
  bool knows_classes_;
  bool has_pictures_ = false;
  at::Tensor labels_;  // [N] int64
  at::Tensor shares_;  // [2] fp64 on the host: alpha, beta
  at::Tensor keys_;    // [N,E] fp32, unless they are parameters
};

const RegisteredMethod<TipAdapter> kRegistered("tip-adapter");

}  // namespace
}  // namespace skiptuning
