#pragma once

#include <cstdint>
#include <string>
#include <vector>

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

// Multiplies a little with each and tells which is faster; BLAS only where that shows clearly. Leaves the choice as it
// was.
GemmBackEnd fastest_gemm();

// Takes about a second.
DeviceRates measure(c10::Device device);

}  // namespace skiptuning::abi
