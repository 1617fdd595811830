#include <ATen/ops/zeros_like.h>

#include "train/adamw_step.h"
#include "train/optimizer.h"

namespace skiptuning {
namespace {

class AdamW : public Optimizer {
 public:
  AdamW(const FlatParameters& parameters, const OptimizerOptions& options)
      : options_(options),
        first_(at::zeros_like(parameters.masters())),
        second_(at::zeros_like(parameters.masters())) {}

  void update(const FlatParameters& parameters, double gradient_factor, const std::vector<double>& rates,
              std::uint64_t step) override {
    require_rates(rates, parameters.groups());
    const auto gradients = FlatParameters::wide(parameters.gradients(), gradient_factor);
    for (std::size_t group = 0; group < rates.size(); ++group) {
      adamw_step(parameters.group(parameters.masters(), group), parameters.group(gradients, group),
                 parameters.group(first_, group), parameters.group(second_, group), options_, rates[group],
                 options_.weight_decay, step);
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
