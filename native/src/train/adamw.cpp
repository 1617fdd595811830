#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros_like.h>

#include "train/adamw_step.h"
#include "train/optimizer.h"

namespace skiptuning {
namespace {

enum class Decay { of_weights, of_gradients };

// Adam (Kingma and Ba, arXiv 1412.6980), its decay added to the gradients, or taken from the weights (Loshchilov and
// Hutter, arXiv 1711.05101).
class Adam : public Optimizer {
 public:
  Adam(const FlatParameters& parameters, const OptimizerOptions& options, Decay decay)
      : options_(options),
        decay_(decay),
        first_(at::zeros_like(parameters.masters())),
        second_(at::zeros_like(parameters.masters())) {}

  void update(const FlatParameters& parameters, double gradient_factor, const std::vector<double>& rates,
              std::uint64_t step) override {
    require_rates(rates, parameters.groups());
    auto gradients = FlatParameters::wide(parameters.gradients(), gradient_factor);
    if (decay_ == Decay::of_gradients) {
      gradients = gradients.add(parameters.masters(), options_.weight_decay);
    }
    for (std::size_t group = 0; group < rates.size(); ++group) {
      adamw_step(parameters.group(parameters.masters(), group), parameters.group(gradients, group),
                 parameters.group(first_, group), parameters.group(second_, group), options_, rates[group],
                 decay_ == Decay::of_weights ? options_.weight_decay : 0.0, step);
    }
  }

  NamedTensors state() const override { return {{"first_moment", first_}, {"second_moment", second_}}; }

 private:
  OptimizerOptions options_;
  Decay decay_;
  at::Tensor first_, second_;
};

}  // namespace

std::unique_ptr<Optimizer> make_adam(const FlatParameters& parameters, const OptimizerOptions& options) {
  return std::make_unique<Adam>(parameters, options, Decay::of_gradients);
}

std::unique_ptr<Optimizer> make_adamw(const FlatParameters& parameters, const OptimizerOptions& options) {
  return std::make_unique<Adam>(parameters, options, Decay::of_weights);
}

}  // namespace skiptuning
