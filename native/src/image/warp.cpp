#include "image/warp.h"

#include <algorithm>
#include <cmath>

namespace skiptuning {

namespace {

using Colour = std::array<float, 3>;

Colour pixel_at(const WarpView& picture, std::int64_t column, std::int64_t row) {
  if (column < 0 || row < 0 || column >= picture.width || row >= picture.height) {
    return {static_cast<float>(picture.background[0]), static_cast<float>(picture.background[1]),
            static_cast<float>(picture.background[2])};
  }
  const std::uint8_t* pixel = picture.rgb + row * picture.row_bytes + column * 3;
  return {static_cast<float>(pixel[0]), static_cast<float>(pixel[1]), static_cast<float>(pixel[2])};
}

// Far outside, and at NaN, there is background only; the bounds keep the conversion to integers defined.
float near_picture(float place, std::int32_t size) { return place >= -2.0f ? std::min(place, size + 1.0f) : -2.0f; }

// The colour at (u, v), between the four nearest pixel centres.
Colour sample(const WarpView& picture, float u, float v) {
  const float x = near_picture(u - 0.5f, picture.width);
  const float y = near_picture(v - 0.5f, picture.height);
  const float left = std::floor(x);
  const float top = std::floor(y);
  const float right_share = x - left;
  const float bottom_share = y - top;
  const auto column = static_cast<std::int64_t>(left);
  const auto row = static_cast<std::int64_t>(top);
  const Colour corners[4] = {pixel_at(picture, column, row), pixel_at(picture, column + 1, row),
                             pixel_at(picture, column, row + 1), pixel_at(picture, column + 1, row + 1)};
  Colour result;
  for (int channel = 0; channel < 3; ++channel) {
    const float above = corners[0][channel] + right_share * (corners[1][channel] - corners[0][channel]);
    const float below = corners[2][channel] + right_share * (corners[3][channel] - corners[2][channel]);
    result[channel] = above + bottom_share * (below - above);
  }
  return result;
}

float grey(float red, float green, float blue) { return 0.299f * red + 0.587f * green + 0.114f * blue; }

float clamp_value(float value) { return std::clamp(value, 0.0f, 255.0f); }

// planes [3,pixels], values 0..255
void recolour(const WarpView& picture, std::int64_t pixels, float* planes) {
  float* red = planes;
  float* green = planes + pixels;
  float* blue = planes + 2 * pixels;
  if (picture.brightness != 1.0f) {
    for (std::int64_t index = 0; index < 3 * pixels; ++index) {
      planes[index] = clamp_value(picture.brightness * planes[index]);
    }
  }
  if (picture.contrast != 1.0f) {
    double sum = 0.0;
    for (std::int64_t index = 0; index < pixels; ++index) {
      sum += grey(red[index], green[index], blue[index]);
    }
    const auto offset = static_cast<float>((1.0 - picture.contrast) * sum / static_cast<double>(pixels));
    for (std::int64_t index = 0; index < 3 * pixels; ++index) {
      planes[index] = clamp_value(picture.contrast * planes[index] + offset);
    }
  }
  if (picture.saturation != 1.0f || picture.greyscale) {
    const float saturation = picture.greyscale ? 0.0f : picture.saturation;
    for (std::int64_t index = 0; index < pixels; ++index) {
      const float offset = (1.0f - saturation) * grey(red[index], green[index], blue[index]);
      red[index] = clamp_value(saturation * red[index] + offset);
      green[index] = clamp_value(saturation * green[index] + offset);
      blue[index] = clamp_value(saturation * blue[index] + offset);
    }
  }
}

}  // namespace

void warp(const WarpView& picture, std::int32_t size, const Normalisation& normalisation, float* output) {
  const std::int64_t pixels = static_cast<std::int64_t>(size) * size;
  for (std::int32_t row = 0; row < size; ++row) {
    for (std::int32_t column = 0; column < size; ++column) {
      const float x = column + 0.5f;
      const float y = row + 0.5f;
      const auto& map = picture.map;
      const Colour colour = sample(picture, map[0] * x + map[1] * y + map[2], map[3] * x + map[4] * y + map[5]);
      for (int channel = 0; channel < 3; ++channel) {
        output[channel * pixels + static_cast<std::int64_t>(row) * size + column] = colour[channel];
      }
    }
  }
  recolour(picture, pixels, output);
  for (int channel = 0; channel < 3; ++channel) {
    std::transform(output + channel * pixels, output + (channel + 1) * pixels, output + channel * pixels,
                   [&](float value) { return normalisation.apply(value, channel); });
  }
}

}  // namespace skiptuning
