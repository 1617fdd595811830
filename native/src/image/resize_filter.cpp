#include "image/resize_filter.h"

#include <algorithm>
#include <cmath>

namespace skiptuning {

namespace {

// The order of the operations is Pillow's, so that the weights round alike.
double bicubic(double x) {
  constexpr double a = -0.5;
  x = std::fabs(x);
  if (x < 1.0) {
    return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
  }
  if (x < 2.0) {
    return (((x - 5) * x + 8) * x - 4) * a;
  }
  return 0.0;
}

double bilinear(double x) {
  x = std::fabs(x);
  return x < 1.0 ? 1.0 - x : 0.0;
}

std::int32_t to_fixed_point(double weight) {
  const double scaled = weight * (1 << kWeightBits);
  return static_cast<std::int32_t>(weight < 0 ? scaled - 0.5 : scaled + 0.5);
}

}  // namespace

ResizeAxis resize_axis(std::int32_t in, std::int32_t out, ResizeFilter filter, std::int32_t first, std::int32_t count) {
  const double scale = static_cast<double>(in) / out;
  // Shrinking widens the filter to all the samples that one output sample stands for: that is the antialiasing.
  const double stretch = std::max(scale, 1.0);
  const double support = (filter == ResizeFilter::bicubic ? 2.0 : 1.0) * stretch;
  const double squeeze = 1.0 / stretch;

  ResizeAxis axis;
  axis.taps = static_cast<std::int32_t>(std::ceil(support)) * 2 + 1;
  axis.reach.resize(count);
  axis.weights.resize(static_cast<std::size_t>(count) * axis.taps);
  std::vector<double> exact(axis.taps);
  for (std::int32_t index = 0; index < count; ++index) {
    const double center = (first + index + 0.5) * scale;
    const auto start = std::max(static_cast<std::int32_t>(center - support + 0.5), 0);
    const auto end = std::min(static_cast<std::int32_t>(center + support + 0.5), in);
    double sum = 0.0;
    for (std::int32_t tap = 0; tap < end - start; ++tap) {
      const double x = (tap + start - center + 0.5) * squeeze;
      exact[tap] = filter == ResizeFilter::bicubic ? bicubic(x) : bilinear(x);
      sum += exact[tap];
    }
    axis.reach[index] = {start, end - start};
    for (std::int32_t tap = 0; tap < end - start; ++tap) {
      const double weight = sum != 0.0 ? exact[tap] / sum : exact[tap];
      axis.weights[static_cast<std::size_t>(index) * axis.taps + tap] = to_fixed_point(weight);
    }
  }
  return axis;
}

}  // namespace skiptuning
