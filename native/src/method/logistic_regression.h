#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace skiptuning {

struct LinearModel {
  at::Tensor weight;  // [C,E] fp64
  at::Tensor bias;    // [C] fp64
};

// The minimum of |weight|^2 / 2 + cost * (the sum of the pictures' cross entropies), by L-BFGS from zero in fp64; the
// bias is free. features [N,E], labels [N].
LinearModel logistic_regression(const at::Tensor& features, const at::Tensor& labels, std::int64_t classes,
                                double cost);

}  // namespace skiptuning
