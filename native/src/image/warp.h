#pragma once

#include <array>
#include <cstdint>

#include "image/normalise.h"

namespace skiptuning {

// A picture, a map from output to source, and colour factors; see st_warp.
struct WarpView {
  const std::uint8_t* rgb;
  std::int64_t row_bytes;
  std::int32_t width, height;
  std::array<float, 6> map;
  float brightness, contrast, saturation;
  bool greyscale;
  std::array<std::uint8_t, 3> background;
};

// output [3,size,size]
void warp(const WarpView& picture, std::int32_t size, const Normalisation& normalisation, float* output);

}  // namespace skiptuning
