#include "method/leaves.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros_like.h>

namespace skiptuning {

Leaves::Leaves(const FlatParameters& parameters) {
  for (const auto& entry : parameters.entries()) {
    leaves_.emplace(entry.name, parameters.master(entry.name).detach().clone().requires_grad_(true));
  }
}

TensorLookup Leaves::lookup() const {
  return [this](const std::string& name) { return leaves_.at(name); };
}

void Leaves::take(std::size_t index) {
  for (auto& [name, leaf] : leaves_) {
    const auto found = leaf.grad().defined() ? leaf.grad() : at::zeros_like(leaf);
    auto& all = gradients_[name];
    if (index < all.size()) {
      all[index] = all[index] + found;
    } else {
      all.push_back(found);
    }
    leaf.mutable_grad().reset();
  }
}

TensorLookup own_values(const FlatParameters& parameters) {
  return [&parameters](const std::string& name) { return parameters.master(name); };
}

}  // namespace skiptuning
