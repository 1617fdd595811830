#include "method/autograd.h"

#include <map>
#include <string>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

namespace skiptuning {

at::Tensor autograd_gradients(const FlatParameters& parameters, double loss_scale,
                              const std::function<at::Tensor(const TensorLookup& weights)>& loss) {
  const at::AutoGradMode with_gradients(true);
  std::map<std::string, at::Tensor> leaves;
  const auto weights = parameters.weights();
  for (const auto& entry : parameters.entries()) {
    leaves.emplace(entry.name, weights(entry.name).detach().clone().requires_grad_(true));
  }
  const auto value = loss([&](const std::string& name) {
    const auto leaf = leaves.find(name);
    return leaf != leaves.end() ? leaf->second : weights(name);
  });
  (value * loss_scale).backward();
  const at::NoGradGuard no_gradients;
  for (const auto& entry : parameters.entries()) {
    const auto& gradient = leaves.at(entry.name).grad();
    auto place = parameters.gradient(entry.name);
    if (gradient.defined()) {
      place.copy_(gradient);
    } else {
      place.zero_();
    }
  }
  return value.detach();
}

}  // namespace skiptuning
