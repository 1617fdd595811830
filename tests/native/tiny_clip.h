#pragma once

#include <map>
#include <string>

#include <ATen/Context.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>

#include "clip/model.h"
#include "clip/parameters.h"
#include "train/trainer.h"

namespace skiptuning::test {

inline ClipConfiguration tiny_configuration(Activation activation = Activation::quick_gelu) {
  ClipConfiguration c{};
  c.embed_dim = 24;
  c.activation = activation;
  c.layer_norm_epsilon = 1e-5;
  c.end_of_text = -1;
  c.image = {4, 48, 3, 4 * 48};
  c.image_size = 24;
  c.patch_size = 8;
  c.text = {3, 32, 2, 4 * 32};
  c.context_length = 12;
  c.vocabulary_size = 60;
  return c;
}

inline std::map<std::string, at::Tensor> random_tensors(const ClipConfiguration& configuration, std::uint64_t seed) {
  at::manual_seed(seed);
  std::map<std::string, at::Tensor> tensors;
  for (const auto& spec : clip_parameters(configuration)) {
    auto tensor = at::randn(spec.shape) * (spec.shape.size() >= 2 ? 0.2 : 0.1);
    if (spec.name.find("ln_") != std::string::npos && spec.name.find("weight") != std::string::npos) {
      tensor = tensor + 1.0;
    }
    if (spec.name == "logit_scale") {
      tensor = at::full({}, 2.5);
    }
    tensors.emplace(spec.name, tensor);
  }
  return tensors;
}

inline Model tiny_model(std::uint64_t seed = 1, Activation activation = Activation::quick_gelu) {
  const auto configuration = tiny_configuration(activation);
  return Model(configuration, random_tensors(configuration, seed), at::kCPU);
}

// [count, context] ids: start 58, some words, end 59, zeros; of very different length.
inline at::Tensor random_tokens(const ClipConfiguration& configuration, std::int64_t count, std::uint64_t seed) {
  at::manual_seed(seed);
  auto tokens = at::zeros({count, configuration.context_length}, at::kLong);
  for (std::int64_t row = 0; row < count; ++row) {
    const auto words = row % (configuration.context_length - 2);
    tokens[row][0].fill_(58);
    for (std::int64_t word = 0; word < words; ++word) {
      tokens[row][1 + word].copy_(at::randint(1, 58, {}, at::kLong));
    }
    tokens[row][1 + words].fill_(59);
  }
  return tokens;
}

inline at::Tensor random_pixels(const ClipConfiguration& configuration, std::int64_t count, std::uint64_t seed) {
  at::manual_seed(seed);
  return at::randn({count, 3, configuration.image_size, configuration.image_size});
}

inline StepResult run_step(Trainer& trainer, const StepInput& input) {
  trainer.begin_step(input);
  return trainer.end_step();
}

// |a - b| / |b| over a whole tensor.
inline double relative_difference(const at::Tensor& a, const at::Tensor& b) {
  const auto wide_a = a.to(at::kDouble);
  const auto wide_b = b.to(at::kDouble);
  const double size = wide_b.norm().item<double>();
  return (wide_a - wide_b).norm().item<double>() / (size > 0 ? size : 1.0);
}

}  // namespace skiptuning::test
