#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "clip/block.h"
#include "train/flat_parameters.h"

namespace skiptuning {

// Differentiable fp32 copies of a method's own parameters, and the gradients that have come together for each: one for
// every loss.
class Leaves {
 public:
  explicit Leaves(const FlatParameters& parameters);

  TensorLookup lookup() const;
  // Adds what a backward left to the gradients of loss `index`, so that those of another begin anew.
  void take(std::size_t index);
  const std::map<std::string, std::vector<at::Tensor>>& gradients() const { return gradients_; }

  void note_held(std::uint64_t bytes) { held_bytes_ = std::max(held_bytes_, bytes); }
  std::uint64_t held_bytes() const { return held_bytes_; }

 private:
  std::map<std::string, at::Tensor> leaves_;
  std::map<std::string, std::vector<at::Tensor>> gradients_;
  std::uint64_t held_bytes_ = 0;
};

// The parameters themselves, fp32, for a computation without gradients.
TensorLookup own_values(const FlatParameters& parameters);

}  // namespace skiptuning
