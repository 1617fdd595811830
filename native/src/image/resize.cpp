#include "image/resize.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "image/resize_filter.h"

namespace skiptuning {

namespace {

constexpr std::int64_t kChannels = 3;
constexpr std::int32_t kHalf = 1 << (kWeightBits - 1);

std::uint8_t to_byte(std::int32_t sum) { return static_cast<std::uint8_t>(std::clamp(sum >> kWeightBits, 0, 255)); }

const std::uint8_t* box_row(const PictureView& picture, std::int32_t row) {
  return picture.rgb + (picture.box_top + static_cast<std::int64_t>(row)) * picture.row_bytes +
         picture.box_left * kChannels;
}

void resize_row(const std::uint8_t* source, const ResizeAxis& axis, std::uint8_t* target) {
  for (std::size_t column = 0; column < axis.reach.size(); ++column) {
    const std::uint8_t* pixel = source + axis.reach[column].start * kChannels;
    const std::int32_t* weights = axis.weights.data() + column * axis.taps;
    std::int32_t red = kHalf, green = kHalf, blue = kHalf;
    for (std::int32_t tap = 0; tap < axis.reach[column].count; ++tap, pixel += kChannels) {
      red += pixel[0] * weights[tap];
      green += pixel[1] * weights[tap];
      blue += pixel[2] * weights[tap];
    }
    target[0] = to_byte(red);
    target[1] = to_byte(green);
    target[2] = to_byte(blue);
    target += kChannels;
  }
}

// The box's rows first_row .. first_row+rows-1, each as the window's columns: [rows, size, 3].
std::vector<std::uint8_t> horizontal_pass(const PictureView& picture, std::int32_t size, std::int32_t first_row,
                                          std::int32_t rows) {
  const std::int64_t bytes = size * kChannels;
  std::vector<std::uint8_t> result(rows * bytes);
  if (picture.box_width == picture.resized_width) {
    for (std::int32_t row = 0; row < rows; ++row) {
      std::memcpy(result.data() + row * bytes, box_row(picture, first_row + row) + picture.window_left * kChannels,
                  bytes);
    }
    return result;
  }
  const auto axis = resize_axis(picture.box_width, picture.resized_width, picture.filter, picture.window_left, size);
  for (std::int32_t row = 0; row < rows; ++row) {
    resize_row(box_row(picture, first_row + row), axis, result.data() + row * bytes);
  }
  return result;
}

// Of row_bytes bytes of the rows at `source`, which are `stride` bytes apart and begin with first_row.
void vertical_pass(const std::uint8_t* source, std::int64_t stride, std::int32_t first_row, const ResizeAxis& axis,
                   std::int64_t row_bytes, std::uint8_t* output) {
  std::vector<std::int32_t> sums(row_bytes);
  for (std::size_t row = 0; row < axis.reach.size(); ++row) {
    std::fill(sums.begin(), sums.end(), kHalf);
    for (std::int32_t tap = 0; tap < axis.reach[row].count; ++tap) {
      const std::int32_t weight = axis.weights[row * axis.taps + tap];
      const std::uint8_t* line = source + (axis.reach[row].start + tap - first_row) * stride;
      for (std::int64_t index = 0; index < row_bytes; ++index) {
        sums[index] += line[index] * weight;
      }
    }
    std::transform(sums.begin(), sums.end(), output + row * row_bytes, to_byte);
  }
}

// Pillow (from 13 on) resizes the height first where it shrinks by more than twice what the width does; as each pass
// rounds to bytes, the order shows in the result.
bool height_comes_first(const PictureView& picture) {
  const std::int64_t shrinks = picture.box_height - picture.resized_height;
  const std::int64_t width_shrinks = picture.box_width - picture.resized_width;
  return shrinks > 0 && width_shrinks != 0 && shrinks > 2 * width_shrinks;
}

void resize_height_first(const PictureView& picture, std::int32_t size, std::uint8_t* output) {
  auto columns = resize_axis(picture.box_width, picture.resized_width, picture.filter, picture.window_left, size);
  const auto rows = resize_axis(picture.box_height, picture.resized_height, picture.filter, picture.window_top, size);
  const std::int32_t first_column = columns.reach.front().start;
  const std::int64_t row_bytes = (columns.reach.back().start + columns.reach.back().count - first_column) * kChannels;
  std::vector<std::uint8_t> shrunk(size * row_bytes);
  vertical_pass(box_row(picture, 0) + first_column * kChannels, picture.row_bytes, 0, rows, row_bytes, shrunk.data());
  for (auto& reach : columns.reach) {
    reach.start -= first_column;
  }
  for (std::int32_t row = 0; row < size; ++row) {
    resize_row(shrunk.data() + row * row_bytes, columns, output + row * size * kChannels);
  }
}

void mirror_rows(std::int32_t size, std::uint8_t* output) {
  for (std::int32_t row = 0; row < size; ++row) {
    std::uint8_t* left = output + row * size * kChannels;
    std::uint8_t* right = left + (size - 1) * kChannels;
    for (; left < right; left += kChannels, right -= kChannels) {
      std::swap_ranges(left, left + kChannels, right);
    }
  }
}

}  // namespace

void resize_window(const PictureView& picture, std::int32_t size, std::uint8_t* output) {
  const std::int64_t row_bytes = size * kChannels;
  if (height_comes_first(picture)) {
    resize_height_first(picture, size, output);
  } else if (picture.box_height == picture.resized_height) {
    const auto rows = horizontal_pass(picture, size, picture.window_top, size);
    std::copy(rows.begin(), rows.end(), output);
  } else {
    const auto axis = resize_axis(picture.box_height, picture.resized_height, picture.filter, picture.window_top, size);
    const std::int32_t first_row = axis.reach.front().start;
    const std::int32_t end_row = axis.reach.back().start + axis.reach.back().count;
    const auto rows = horizontal_pass(picture, size, first_row, end_row - first_row);
    vertical_pass(rows.data(), row_bytes, first_row, axis, row_bytes, output);
  }
  if (picture.flip) {
    mirror_rows(size, output);
  }
}

}  // namespace skiptuning
