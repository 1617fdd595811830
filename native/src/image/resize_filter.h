#pragma once

#include <cstdint>
#include <vector>

#include "image/resize.h"

namespace skiptuning {

// Fixed-point weights have 22 bits after the point: 32 less 8 for the pixel and 2 for sums outside of [0, 1].
constexpr int kWeightBits = 32 - 8 - 2;

// How the samples of one axis are made: output sample i is the sum of `count` input samples from `start` on, times
// the weights from `weights[i * taps]` on.
struct ResizeAxis {
  struct Reach {
    std::int32_t start;
    std::int32_t count;
  };
  std::int32_t taps;
  std::vector<Reach> reach;
  std::vector<std::int32_t> weights;
};

// Of output samples first .. first+count-1, when `in` samples are resized to `out`.
ResizeAxis resize_axis(std::int32_t in, std::int32_t out, ResizeFilter filter, std::int32_t first, std::int32_t count);

}  // namespace skiptuning
