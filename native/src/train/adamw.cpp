#include <cmath>

#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros_like.h>

#include "train/optimizer.h"

namespace skiptuning {
namespace {

// Decoupled weight decay (Loshchilov and Hutter 2019), as torch.optim.AdamW computes it.
class AdamW : public Optimizer {
 public:
  AdamW(const FlatParameters& parameters, const OptimizerOptions& options)
      : options_(options),
        first_(at::zeros_like(parameters.masters())),
        second_(at::zeros_like(parameters.masters())) {}

  void update(const FlatParameters& parameters, at::Tensor gradients, const std::vector<double>& rates,
              std::uint64_t step) override {
    const auto count = static_cast<double>(step + 1);
    const double correction1 = 1.0 - std::pow(options_.beta1, count);
    const double correction2 = 1.0 - std::pow(options_.beta2, count);
    for (std::size_t group = 0; group < rates.size(); ++group) {
      auto weights = parameters.group(parameters.masters(), group);
      const auto gradient = parameters.group(gradients, group);
      auto first = parameters.group(first_, group);
      auto second = parameters.group(second_, group);
      weights.mul_(1.0 - rates[group] * options_.weight_decay);
      first.lerp_(gradient, 1.0 - options_.beta1);
      second.mul_(options_.beta2).addcmul_(gradient, gradient, 1.0 - options_.beta2);
      const auto denominator = (second.sqrt() / std::sqrt(correction2)).add_(options_.epsilon);
      weights.addcdiv_(first, denominator, -rates[group] / correction1);
    }
  }

  NamedTensors state() const override { return {{"first_moment", first_}, {"second_moment", second_}}; }

 private:
  OptimizerOptions options_;
  at::Tensor first_, second_;
};

}  // namespace

std::unique_ptr<Optimizer> make_adamw(const FlatParameters& parameters, const OptimizerOptions& options) {
  return std::make_unique<AdamW>(parameters, options);
}

}  // namespace skiptuning
