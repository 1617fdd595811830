#include <cstdint>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linalg_eigvalsh.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include "clip/encoder.h"
#include "method/draws.h"
#include "method/feature_method.h"
#include "method/meta_net.h"

namespace skiptuning {
namespace {

constexpr const char* kWeight = "probe.weight";
constexpr const char* kBias = "probe.bias";
constexpr const char* kAlpha = "probe.alpha";
constexpr double kMomentum = 0.9;
constexpr double kFirstAlpha = 250.0;
constexpr std::uint64_t kStepsOfAlpha = 10;  // between two of its updates

// LP++ (Huang et al., CVPR 2024, arXiv 2404.02285): a linear probe whose logits add the texts' similarities, each
// class's weighed by a learnt alpha. The whole data are one batch, and rates come from bounds of the loss's curvature:
// 4N / lambda_max(F'F) for weights and biases, N / (4 * max_k sum_i s_ik^2) for alpha.
class LpPlusPlus : public ProbeMethod {
 public:
  LpPlusPlus(const Model& model, std::shared_ptr<const FeatureCache> cache, const TrainerOptions& options)
      : ProbeMethod(model, std::move(cache), options),
        summed_alpha_(options.probe.summed_alpha),
        seed_(options.probe.seed),
        best_accuracy_(at::full({1}, -1.0, at::kDouble)) {
    for (const auto& [name, values] : own_parameters()) {
      best_.emplace(name, at::zeros_like(values));
      momentum_.emplace(name, at::zeros_like(values));
    }
  }

  std::map<std::string, at::Tensor> own_parameters() const override {
    const auto width = model().configuration().embed_dim;
    const auto options = at::TensorOptions().dtype(at::kFloat).device(model().device());
    return {{kWeight, at::zeros({classes(), width}, options)},
            {kBias, drawn_uniform(seed_, draws::kProbeBias, {classes()}, width, model().device())},
            {kAlpha, at::zeros({classes()}, options)}};
  }

  void prepare(const at::Tensor& features, const at::Tensor& labels, const FlatParameters& parameters) override {
    show(normalised(features.flatten(0, 1)).view(features.sizes()), labels);
    const auto& [all, all_labels] = shown();
    const auto similarities = at::linear(all, cache().teacher_texts());
    const auto count = static_cast<double>(all_labels.size(0));
    weight_rate_ = 4.0 * count / at::linalg_eigvalsh(all.t().matmul(all)).max().item<double>();
    alpha_rate_ = count / (4.0 * similarities.square().sum(at::IntArrayRef{0}).max().item<double>());

    // The sum of a class's features, not their mean, as published.
    const auto sums = at::zeros({classes(), all.size(1)}, all.options()).index_add_(0, all_labels, all);
    const auto own = similarities.gather(1, all_labels.unsqueeze(1)).squeeze(1);
    const auto pictures = at::zeros({classes()}, all.options()).index_add_(0, all_labels, at::full_like(own, 1.0));
    const auto seen = pictures.gt(0);
    const auto means = at::zeros({classes()}, all.options()).index_add_(0, all_labels, own) / pictures.clamp_min(1.0);
    const double alpha = kFirstAlpha * means.masked_select(seen).mean().item<double>();
    parameters.master(kWeight).copy_(sums);
    parameters.master(kAlpha).fill_(alpha);
  }

  // Momentum for weights and biases in each step, plain descent for alpha in each tenth.
  bool update(const FlatParameters& parameters, double gradient_factor, std::uint64_t step) override {
    for (const auto* name : {kWeight, kBias}) {
      auto& velocity = momentum_.at(name);
      velocity.mul_(kMomentum).add_(FlatParameters::wide(parameters.gradient(name), gradient_factor));
      parameters.master(name).sub_(velocity, weight_rate_);
    }
    auto& of_alpha = momentum_.at(kAlpha);
    const auto gradient = FlatParameters::wide(parameters.gradient(kAlpha), gradient_factor);
    summed_alpha_ ? of_alpha.add_(gradient) : of_alpha.copy_(gradient);
    if ((step + 1) % kStepsOfAlpha == 0) {
      parameters.master(kAlpha).sub_(of_alpha, alpha_rate_);
    }
    return true;
  }

  // Keeps the best weights there were; of equals the last.
  void validate(const at::Tensor& features, const at::Tensor& labels, const FlatParameters& parameters) override {
    require_labels(features, labels, classes());
    shown();
    const auto right = of(features, own_values(parameters)).argmax(1).eq(labels).to(at::kDouble).mean().item<double>();
    auto& best = best_accuracy_.data_ptr<double>()[0];
    if (right >= best) {
      best = right;
      for (auto& [name, values] : best_) {
        values.copy_(parameters.master(name));
      }
    }
  }

  NamedTensors kept() const override {
    NamedTensors all{{"best.accuracy", best_accuracy_}};
    for (const auto& [name, values] : best_) {
      all.emplace_back("best." + name, values);
      all.emplace_back("momentum." + name, momentum_.at(name));
    }
    return all;
  }

 protected:
  at::Tensor predicted(const at::Tensor& features, const FlatParameters& parameters) const override {
    return of(features, best_accuracy_.item<double>() < 0 ? own_values(parameters) : best());
  }

  at::Tensor logits(const at::Tensor& features, const TensorLookup& own) const override { return of(features, own); }

 private:
  at::Tensor of(const at::Tensor& features, const TensorLookup& own) const {
    const auto unit = normalised(features);
    return at::linear(unit, own(kWeight), own(kBias)) + at::linear(unit, cache().teacher_texts()) * own(kAlpha);
  }

  TensorLookup best() const {
    return [this](const std::string& name) { return best_.at(name); };
  }

  bool summed_alpha_;
  std::uint64_t seed_;
  double weight_rate_ = 0, alpha_rate_ = 0;
  std::map<std::string, at::Tensor> momentum_;  // of alpha: its gradients' sum
  std::map<std::string, at::Tensor> best_;
  at::Tensor best_accuracy_;  // [1] fp64 on the host; -1 before the first validation
};

const RegisteredMethod<LpPlusPlus> kRegistered("lp++");

}  // namespace
}  // namespace skiptuning
