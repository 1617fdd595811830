#pragma once

#include <array>
#include <cstdint>

namespace skiptuning {

// Channel by channel: (value / 255 - mean) / deviation, in fp32 and in this order.
struct Normalisation {
  std::array<float, 3> mean;
  std::array<float, 3> deviation;

  float apply(float value, int channel) const { return (value / 255.0f - mean[channel]) / deviation[channel]; }
};

// window [size,size,3] bytes -> output [3,size,size]
void normalise(const std::uint8_t* window, std::int32_t size, const Normalisation& normalisation, float* output);

}  // namespace skiptuning
