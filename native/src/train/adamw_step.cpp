#include "train/adamw_step.h"

#include <cmath>

#include <ATen/TensorOperators.h>

namespace skiptuning {

void adamw_step(at::Tensor weights, const at::Tensor& gradient, at::Tensor first, at::Tensor second,
                const OptimizerOptions& options, double rate, double weight_decay, std::uint64_t step) {
  const auto count = static_cast<double>(step + 1);
  const double correction1 = 1.0 - std::pow(options.beta1, count);
  const double correction2 = 1.0 - std::pow(options.beta2, count);
  if (weight_decay != 0.0) {
    weights.mul_(1.0 - rate * weight_decay);
  }
  first.lerp_(gradient, 1.0 - options.beta1);
  second.mul_(options.beta2).addcmul_(gradient, gradient, 1.0 - options.beta2);
  const auto denominator = (second.sqrt() / std::sqrt(correction2)).add_(options.epsilon);
  weights.addcdiv_(first, denominator, -rate / correction1);
}

}  // namespace skiptuning
