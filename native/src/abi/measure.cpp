#include "abi/measure.h"

#include <algorithm>
#include <chrono>
#include <functional>

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/add.h>
#include <ATen/ops/full.h>

#include "layers/product.h"

namespace skiptuning::abi {

namespace {

constexpr double kSecondsEach = 0.1;
// What a shape may cost before it is left to the smaller one.
constexpr double kSecondsLimit = 0.25;

struct Shape {
  std::int64_t m, n, k;
};
// A few class prompts through a projection, and a batch of eight pictures through the first half of a ViT-B's MLP.
constexpr Shape kShapes[] = {{160, 512, 512}, {1576, 3072, 768}};

struct Precision {
  const char* name;
  at::ScalarType type;
};
constexpr Precision kPrecisions[] = {{"fp32", at::kFloat}, {"bf16", at::kBFloat16}, {"fp16", at::kHalf}};

// Seconds of the fastest run after a first that isn't counted. Reading one element back waits for a device that works
// asynchronously; there several runs are timed together, or the waiting would be most of a short one.
double fastest(const at::Tensor& result, const std::function<void()>& run) {
  using Clock = std::chrono::steady_clock;
  const int together = result.device().is_cpu() ? 1 : 50;
  const auto timed = [&] {
    const auto start = Clock::now();
    for (int each = 0; each < together; ++each) {
      run();
    }
    result.view({-1}).narrow(0, 0, 1).to(at::kCPU);
    return std::chrono::duration<double>(Clock::now() - start).count() / together;
  };
  timed();
  double best = timed();
  double spent = best * together;
  for (int repeat = 0; repeat < 2 || spent < kSecondsEach; ++repeat) {
    const double seconds = timed();
    spent += seconds * together;
    best = std::min(best, seconds);
  }
  return best;
}

double operations(std::int64_t m, std::int64_t n, std::int64_t k) {
  return 2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
}

// Puts the choice back whatever happens.
class ChoiceKept {
 public:
  ChoiceKept() = default;
  ~ChoiceKept() { choose_gemm(before_); }
  ChoiceKept(const ChoiceKept&) = delete;
  ChoiceKept& operator=(const ChoiceKept&) = delete;

 private:
  GemmBackEnd before_ = gemm_in_use();
};

double bandwidth(c10::Device device) {
  // Far beyond what a cache holds, and a card's caches are the larger.
  const std::int64_t elements = std::int64_t{1} << (device.is_cpu() ? 23 : 25);
  const auto options = at::TensorOptions().dtype(at::kFloat).device(device);
  const auto left = at::full({elements}, 1.0, options);
  const auto right = at::full({elements}, 2.0, options);
  auto result = at::full({elements}, 0.0, options);
  const double seconds = fastest(result, [&] { at::add_out(result, left, right); });
  return 3.0 * static_cast<double>(elements) * sizeof(float) / seconds / 1e9;
}

}  // namespace

double gemm_rate(Product product, at::ScalarType type, std::int64_t m, std::int64_t n, std::int64_t k,
                 c10::Device device) {
  const at::NoGradGuard no_gradients;
  const auto filled = [&](std::int64_t rows, std::int64_t columns) {
    return at::full({rows, columns}, 0.01, at::TensorOptions().dtype(type).device(device));
  };
  const auto left = product == Product::weight_gradient ? filled(k, m).t() : filled(m, k);
  const auto right = product == Product::forward ? filled(n, k).t() : filled(k, n);
  const auto result = filled(m, n);
  return operations(m, n, k) / fastest(result, [&] { product_out(result, left, right); }) / 1e9;
}

GemmBackEnd fastest_gemm() {
  const ChoiceKept choice_kept;
  const auto rate = [](GemmBackEnd back_end) {
    try {
      // Two pictures through the first half of a ViT-B's MLP.
      choose_gemm(back_end);
      return gemm_rate(Product::forward, at::kFloat, 394, 3072, 768, at::kCPU);
    } catch (const c10::Error&) {
      return 0.0;
    }
  };
  // The BLAS gets a product in pieces; the others share it among threads themselves, and win in doubt.
  constexpr double kClearly = 1.05;
  auto fastest = GemmBackEnd::blas;
  double best = 0.0;
  for (const auto back_end : {GemmBackEnd::tiles, GemmBackEnd::onednn, GemmBackEnd::blas}) {
    const double found = has_gemm(back_end) ? rate(back_end) : 0.0;
    if (found > kClearly * best) {
      best = found;
      fastest = back_end;
    }
  }
  return fastest;
}

DeviceRates measure(c10::Device device) {
  const at::NoGradGuard no_gradients;
  DeviceRates rates{};
  for (const auto& precision : kPrecisions) {
    double seconds_per_operation = 0.0;
    for (const auto& shape : kShapes) {
      const double count = operations(shape.m, shape.n, shape.k);
      if (seconds_per_operation * count > kSecondsLimit) {
        continue;
      }
      try {
        const double rate = gemm_rate(Product::input_gradient, precision.type, shape.m, shape.n, shape.k, device);
        seconds_per_operation = 1.0 / (1e9 * rate);
        rates.gemm.push_back({precision.name, shape.m, shape.n, shape.k, rate});
      } catch (const c10::NotImplementedError&) {
        break;  // a precision that the device cannot multiply
      }
    }
  }
  rates.bandwidth_gbs = bandwidth(device);
  return rates;
}

}  // namespace skiptuning::abi
