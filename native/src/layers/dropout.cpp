#include "layers/dropout.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/ones.h>

namespace skiptuning {
namespace {

constexpr double kDraws = 65536.0;
constexpr std::int64_t kDrawBits = 16;

// Bits x >> count of an unsigned number; LibTorch's shift fills with the sign.
at::Tensor shifted(const at::Tensor& x, std::int64_t count) {
  return x.bitwise_right_shift(count).bitwise_and((std::int64_t{1} << (64 - count)) - 1);
}

// scramble of core/counter_random.h; integers of 64 bits wrap around.
at::Tensor scrambled(at::Tensor x) {
  x = x + static_cast<std::int64_t>(0x9E3779B97F4A7C15ULL);
  x = x.bitwise_xor(shifted(x, 30)) * static_cast<std::int64_t>(0xBF58476D1CE4E5B9ULL);
  x = x.bitwise_xor(shifted(x, 27)) * static_cast<std::int64_t>(0x94D049BB133111EBULL);
  return x.bitwise_xor(shifted(x, 31));
}

}  // namespace

Dropout dropout_of(double share, std::uint64_t key) {
  const double below = std::min(std::round(share * kDraws), kDraws - 1);
  return {key, static_cast<std::uint32_t>(below), static_cast<float>(kDraws / (kDraws - below))};
}

at::Tensor dropout_factors(const Dropout& dropout, const at::Tensor& names, std::int64_t width) {
  if (dropout.below == 0) {
    return at::ones({names.size(0), width}, names.options().dtype(at::kFloat));
  }
  const auto quarter = (width + 3) / 4;
  const auto places = names.view({-1, 1}) * quarter + at::arange(quarter, names.options());
  const auto bits = scrambled(places.bitwise_xor(static_cast<std::int64_t>(dropout.key)));
  std::vector<at::Tensor> draws;
  for (std::int64_t q = 0; q < 4; ++q) {
    draws.push_back(bits.bitwise_right_shift(kDrawBits * q).bitwise_and((std::int64_t{1} << kDrawBits) - 1));
  }
  const auto kept = at::cat(draws, 1).narrow(1, 0, width) >= static_cast<std::int64_t>(dropout.below);
  return kept.to(at::kFloat) * dropout.factor;
}

}  // namespace skiptuning
