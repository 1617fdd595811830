#pragma once

#include <cstdint>

namespace skiptuning {

enum class ResizeFilter { bicubic, bilinear };

// One picture and the part of it that becomes a size x size window; see st_picture.
struct PictureView {
  const std::uint8_t* rgb;
  std::int64_t row_bytes;
  std::int32_t width, height;
  std::int32_t box_left, box_top, box_width, box_height;
  std::int32_t resized_width, resized_height;
  std::int32_t window_left, window_top;
  bool flip;
  ResizeFilter filter;
};

// Antialiased, in two 8-bit passes as Pillow 13 does it: equal to it, byte for byte. The bicubic has a = -0.5.
// The view must be valid. Output: size x size x 3 bytes.
void resize_window(const PictureView& picture, std::int32_t size, std::uint8_t* output);

}  // namespace skiptuning
