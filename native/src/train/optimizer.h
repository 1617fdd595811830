#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "train/flat_parameters.h"
#include "train/trainer.h"

namespace skiptuning {

// Changes the masters by the gradients. Rates are given per group of FlatParameters.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  // gradients [P] fp32 (scratch: may be overwritten). step counts from 0.
  virtual void update(const FlatParameters& parameters, at::Tensor gradients, const std::vector<double>& rates,
                      std::uint64_t step) = 0;
  virtual NamedTensors state() const = 0;
};

std::unique_ptr<Optimizer> make_sgd(const FlatParameters& parameters, const OptimizerOptions& options);
std::unique_ptr<Optimizer> make_adamw(const FlatParameters& parameters, const OptimizerOptions& options);
// Muon for the matrices of the blocks at rates[0], AdamW for all the rest at rates[1].
std::unique_ptr<Optimizer> make_muon(const FlatParameters& parameters, const OptimizerOptions& options);

std::unique_ptr<Optimizer> make_optimizer(const FlatParameters& parameters, const OptimizerOptions& options);

}  // namespace skiptuning
