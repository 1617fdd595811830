#include <ATen/ops/_fused_sgd.h>
#include <ATen/ops/zeros_like.h>

#include "train/optimizer.h"

namespace skiptuning {
namespace {

// v = momentum v + (g + weight_decay w);  w -= rate v  (torch.optim.SGD without dampening or Nesterov).
// v starts at zero, which makes the first step the same as torch's special case v = g.
class Sgd : public Optimizer {
 public:
  Sgd(const FlatParameters& parameters, const OptimizerOptions& options)
      : options_(options), momentum_(at::zeros_like(parameters.masters())) {}

  void update(const FlatParameters& parameters, at::Tensor gradients, const std::vector<double>& rates,
              std::uint64_t) override {
    require_rates(rates, parameters.groups());
    for (std::size_t group = 0; group < rates.size(); ++group) {
      const std::vector<at::Tensor> weights = {parameters.group(parameters.masters(), group)};
      const std::vector<at::Tensor> steps = {parameters.group(gradients, group)};
      const std::vector<at::Tensor> velocities = {parameters.group(momentum_, group)};
      if (weights[0].numel() > 0) {
        at::_fused_sgd_(weights, steps, velocities, options_.weight_decay, options_.momentum, rates[group],
                        /*dampening=*/0.0, /*nesterov=*/false, /*maximize=*/false, /*is_first_step=*/false);
      }
    }
  }

  NamedTensors state() const override { return {{"momentum", momentum_}}; }

 private:
  OptimizerOptions options_;
  at::Tensor momentum_;
};

}  // namespace

std::unique_ptr<Optimizer> make_sgd(const FlatParameters& parameters, const OptimizerOptions& options) {
  return std::make_unique<Sgd>(parameters, options);
}

}  // namespace skiptuning
