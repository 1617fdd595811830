#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include "method/cost_search.h"
#include "method/feature_method.h"
#include "method/logistic_regression.h"

namespace skiptuning {
namespace {

constexpr const char* kWeight = "probe.weight";
constexpr const char* kBias = "probe.bias";

// The linear probe of CoOp's experiments: logistic regression on features as they are, not normalised. A step is a
// whole fit; with a search the validation after it says which cost comes next.
class LinearProbe : public ProbeMethod {
 public:
  LinearProbe(const Model& model, std::shared_ptr<const FeatureCache> cache, const TrainerOptions& options)
      : ProbeMethod(model, std::move(cache), options), options_(options.probe) {
    for (auto* ends : {&left_, &right_}) {
      for (const auto& [name, values] : own_parameters()) {
        ends->emplace(name, at::zeros_like(values));
      }
    }
  }

  std::map<std::string, at::Tensor> own_parameters() const override {
    const auto options = at::TensorOptions().dtype(at::kFloat).device(model().device());
    return {{kWeight, at::zeros({classes(), model().configuration().embed_dim}, options)},
            {kBias, at::zeros({classes()}, options)}};
  }

  void prepare(const at::Tensor& features, const at::Tensor& labels, const FlatParameters&) override {
    show(features, labels);
  }

  bool update(const FlatParameters& parameters, double, std::uint64_t) override {
    if (options_.search && search_.is_done()) {
      return true;
    }
    const auto cost = options_.search ? search_.next() : options_.cost;
    const auto fit = logistic_regression(shown().features, shown().labels, classes(), cost);
    parameters.master(kWeight).copy_(fit.weight);
    parameters.master(kBias).copy_(fit.bias);
    return true;
  }

  void validate(const at::Tensor& features, const at::Tensor& labels, const FlatParameters& parameters) override {
    require_labels(features, labels, classes());
    shown();
    if (!options_.search || search_.is_done()) {
      return;
    }
    const auto right =
        logits(features, own_values(parameters)).argmax(1).eq(labels).to(at::kDouble).mean().item<double>();
    const auto end = search_.record(right);
    if (end != CostSearch::End::none) {
      for (auto& [name, values] : end == CostSearch::End::left ? left_ : right_) {
        values.copy_(parameters.master(name));
      }
    }
    if (search_.is_done()) {
      for (const auto& [name, values] : search_.chosen() == CostSearch::End::left ? left_ : right_) {
        parameters.master(name).copy_(values);
      }
    }
  }

  void check_kept() override {
    if (options_.search) {
      search_.check();
    }
  }

  NamedTensors kept() const override {
    if (!options_.search) {
      return {};
    }
    NamedTensors all{{"search", search_.state()}};
    for (const auto& [name, values] : left_) {
      all.emplace_back("left." + name, values);
      all.emplace_back("right." + name, right_.at(name));
    }
    return all;
  }

 protected:
  at::Tensor logits(const at::Tensor& features, const TensorLookup& own) const override {
    return at::linear(features, own(kWeight), own(kBias));
  }

 private:
  ProbeOptions options_;
  CostSearch search_;
  std::map<std::string, at::Tensor> left_, right_;  // the fits at the interval's ends
};

const RegisteredMethod<LinearProbe> kRegistered("linear");

}  // namespace
}  // namespace skiptuning
