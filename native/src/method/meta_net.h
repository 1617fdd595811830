#pragma once

#include <map>
#include <string>

#include <ATen/core/Tensor.h>

#include "clip/block.h"
#include "layers/activation.h"

namespace skiptuning {

// Uniform numbers in +-1/sqrt(inputs) from counters, as PyTorch's Linear begins; `stream` tells tensors apart.
at::Tensor drawn_uniform(std::uint64_t seed, std::uint64_t stream, at::IntArrayRef shape, std::int64_t inputs,
                         at::Device device);

// Two linear layers with biases, whose parameters are trained: NAME.0.weight [H,I], NAME.0.bias, NAME.2.weight [O,H],
// NAME.2.bias, named as in the public implementations.
struct MetaNet {
  std::string name;
  std::int64_t inputs, hidden, outputs;

  void add_parameters(std::uint64_t seed, at::Device device, std::map<std::string, at::Tensor>& own) const;
  // x [N,I] -> [N,O], in differentiable operations.
  at::Tensor forward(const at::Tensor& x, const TensorLookup& own, at::Tensor (*activation)(const at::Tensor&)) const;
};

}  // namespace skiptuning
