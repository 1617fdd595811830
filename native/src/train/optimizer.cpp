#include "train/optimizer.h"

#include "core/error.h"

namespace skiptuning {

void Optimizer::update_on_device(const FlatParameters&, const at::Tensor&) {
  throw InvalidState("this optimizer takes its rates from the host");
}

void require_rates(const std::vector<double>& rates, std::size_t groups) {
  if (rates.size() != groups) {
    throw InvalidArgument(std::to_string(rates.size()) + " learning rates for " + std::to_string(groups) +
                          " groups of parameters");
  }
}

std::unique_ptr<Optimizer> make_optimizer(const FlatParameters& parameters, const OptimizerOptions& options) {
  if (options.name == "sgd") {
    return make_sgd(parameters, options);
  }
  if (options.name == "adamw") {
    return make_adamw(parameters, options);
  }
  if (options.name == "adam") {
    return make_adam(parameters, options);
  }
  if (options.name == "muon") {
    return make_muon(parameters, options);
  }
  throw InvalidArgument("unknown optimizer " + options.name + "; there are sgd, adam, adamw and muon");
}

}  // namespace skiptuning
