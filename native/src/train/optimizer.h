#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "train/flat_parameters.h"
#include "train/trainer.h"

namespace skiptuning {

// Changes the masters by the gradients.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  // The gradients are those of `parameters` times the factor; a rate for each group of FlatParameters, if the optimizer
  // has no groups of its own. step counts from 0. The copy in the computation's precision is left behind, unless
  // `keeps_copy`.
  virtual void update(const FlatParameters& parameters, double gradient_factor, const std::vector<double>& rates,
                      std::uint64_t step) = 0;
  virtual bool keeps_copy() const { return false; }
  // The same by rates [groups] fp32 on the parameters' device, without a wait for it; where `takes_device_rates`.
  virtual void update_on_device(const FlatParameters& parameters, const at::Tensor& rates);
  virtual bool takes_device_rates() const { return false; }
  virtual NamedTensors state() const = 0;
};

std::unique_ptr<Optimizer> make_sgd(const FlatParameters& parameters, const OptimizerOptions& options);
// The same with the decay added to the gradient.
std::unique_ptr<Optimizer> make_adam(const FlatParameters& parameters, const OptimizerOptions& options);
std::unique_ptr<Optimizer> make_adamw(const FlatParameters& parameters, const OptimizerOptions& options);
// Muon for the matrices of the blocks at rates[0], AdamW for all the rest at rates[1].
std::unique_ptr<Optimizer> make_muon(const FlatParameters& parameters, const OptimizerOptions& options);

// Throws unless there are as many rates as an optimizer has groups.
void require_rates(const std::vector<double>& rates, std::size_t groups);

std::unique_ptr<Optimizer> make_optimizer(const FlatParameters& parameters, const OptimizerOptions& options);

}  // namespace skiptuning
