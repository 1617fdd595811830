#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <c10/core/Device.h>

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

// Takes about a second.
DeviceRates measure(c10::Device device);

}  // namespace skiptuning::abi
