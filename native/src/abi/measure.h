#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include "layers/product.h"

namespace skiptuning::abi {

struct GemmRate {
  std::string precision;
  std::int64_t m, n, k;
  double gflops;  // 2mnk operations a product
};

struct DeviceRates {
  std::vector<GemmRate> gemm;
  double bandwidth_gbs;  // bytes read and written by an addition of two long vectors
};

// Multiplies a little with each in fp32 and tells which is the fastest: in doubt tiles, then oneDNN. Leaves the choice
// as it was.
GemmBackEnd fastest_gemm();

enum class Product { forward, input_gradient, weight_gradient };

// Of one [m,k] by [k,n] product, with the operands laid out as a linear layer has them.
double gemm_rate(Product product, at::ScalarType type, std::int64_t m, std::int64_t n, std::int64_t k,
                 c10::Device device);

// Takes about a second.
DeviceRates measure(c10::Device device);

}  // namespace skiptuning::abi
