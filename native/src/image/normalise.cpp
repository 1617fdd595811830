#include "image/normalise.h"

namespace skiptuning {

void normalise(const std::uint8_t* window, std::int32_t size, const Normalisation& normalisation, float* output) {
  const std::int64_t pixels = static_cast<std::int64_t>(size) * size;
  for (int channel = 0; channel < 3; ++channel) {
    std::array<float, 256> values;
    for (int value = 0; value < 256; ++value) {
      values[value] = normalisation.apply(static_cast<float>(value), channel);
    }
    for (std::int64_t pixel = 0; pixel < pixels; ++pixel) {
      output[channel * pixels + pixel] = values[window[pixel * 3 + channel]];
    }
  }
}

}  // namespace skiptuning
