#include <cmath>
#include <string>
#include <vector>

#include "abi/status.h"
#include "image/normalise.h"
#include "image/parallel.h"
#include "image/resize.h"
#include "image/warp.h"

using namespace skiptuning::abi;

namespace {

using skiptuning::Normalisation;
using skiptuning::PictureView;
using skiptuning::ResizeFilter;
using skiptuning::WarpView;

constexpr std::int32_t kLargestWindow = 1 << 14;
constexpr std::int32_t kLargestSide = 1 << 24;

bool within(std::int32_t first, std::int32_t count, std::int32_t size) {
  return first >= 0 && count >= 1 && count <= size && first <= size - count;
}

void require_pixels(const std::uint8_t* rgb, std::int64_t row_bytes, std::int32_t width, std::int32_t height) {
  require(rgb != nullptr, "rgb is null");
  require(width >= 1 && height >= 1 && width <= kLargestSide && height <= kLargestSide, "A picture of impossible size");
  require(row_bytes >= std::int64_t{3} * width && row_bytes < (std::int64_t{1} << 32),
          "row_bytes does not fit the picture's width");
}

PictureView view_of(const st_picture& picture, std::int32_t size) {
  require_pixels(picture.rgb, picture.row_bytes, picture.width, picture.height);
  require(within(picture.box_left, picture.box_width, picture.width) &&
              within(picture.box_top, picture.box_height, picture.height),
          "The box is not inside of the picture");
  require(picture.resized_width <= kLargestSide && picture.resized_height <= kLargestSide &&
              within(picture.window_left, size, picture.resized_width) &&
              within(picture.window_top, size, picture.resized_height),
          "The window is not inside of the resized picture");
  require(picture.filter == ST_FILTER_BICUBIC || picture.filter == ST_FILTER_BILINEAR, "filter is unknown");
  return {picture.rgb,           picture.row_bytes,
          picture.width,         picture.height,
          picture.box_left,      picture.box_top,
          picture.box_width,     picture.box_height,
          picture.resized_width, picture.resized_height,
          picture.window_left,   picture.window_top,
          picture.flip != 0,     picture.filter == ST_FILTER_BICUBIC ? ResizeFilter::bicubic : ResizeFilter::bilinear};
}

WarpView view_of(const st_warp& picture) {
  require_pixels(picture.rgb, picture.row_bytes, picture.width, picture.height);
  WarpView view{picture.rgb,
                picture.row_bytes,
                picture.width,
                picture.height,
                {},
                picture.brightness,
                picture.contrast,
                picture.saturation,
                picture.greyscale != 0,
                {picture.background[0], picture.background[1], picture.background[2]}};
  for (std::size_t index = 0; index < view.map.size(); ++index) {
    view.map[index] = picture.map[index];
    require(std::isfinite(picture.map[index]), "A number of the map is not finite");
  }
  for (const float factor : {picture.brightness, picture.contrast, picture.saturation}) {
    require(std::isfinite(factor) && factor >= 0.0f, "A colour factor is negative or not finite");
  }
  return view;
}

Normalisation normalisation(const float mean[3], const float deviation[3]) {
  require(mean != nullptr && deviation != nullptr, "mean or deviation is null");
  Normalisation result{};
  for (int channel = 0; channel < 3; ++channel) {
    require(std::isfinite(mean[channel]) && std::isfinite(deviation[channel]) && deviation[channel] > 0.0f,
            "mean must be finite and deviation above 0");
    result.mean[channel] = mean[channel];
    result.deviation[channel] = deviation[channel];
  }
  return result;
}

void require_window(std::int32_t size) {
  require(size >= 1 && size <= kLargestWindow, "size must be from 1 to " + std::to_string(kLargestWindow));
}

std::int64_t checked_count(uint64_t count, std::int32_t threads) {
  require(count <= (uint64_t{1} << 32), "count is too large");
  require(threads >= 0, "threads is negative");
  return static_cast<std::int64_t>(count);
}

}  // namespace

st_status st_image_prepare(const st_picture* pictures, uint64_t count, int32_t size, const float mean[3],
                           const float deviation[3], int32_t threads, float* output) noexcept {
  return guarded([&] {
    require_window(size);
    const auto normal = normalisation(mean, deviation);
    std::vector<PictureView> views;
    for (std::int64_t index = 0; index < checked_count(count, threads); ++index) {
      views.push_back(view_of(checked_struct(pictures + index, "a picture"), size));
    }
    require(output != nullptr || views.empty(), "output is null");
    const std::int64_t values = std::int64_t{3} * size * size;
    skiptuning::parallel_for(static_cast<std::int64_t>(views.size()), threads, [&](std::int64_t index) {
      std::vector<std::uint8_t> window(values);
      skiptuning::resize_window(views[index], size, window.data());
      skiptuning::normalise(window.data(), size, normal, output + index * values);
    });
  });
}

st_status st_image_resize(const st_picture* picture, int32_t size, uint8_t* output) noexcept {
  return guarded([&] {
    require_window(size);
    const auto view = view_of(checked_struct(picture, "picture"), size);
    skiptuning::resize_window(view, size, &dereference(output, "output"));
  });
}

st_status st_image_warp(const st_warp* pictures, uint64_t count, int32_t size, const float mean[3],
                        const float deviation[3], int32_t threads, float* output) noexcept {
  return guarded([&] {
    require_window(size);
    const auto normal = normalisation(mean, deviation);
    std::vector<WarpView> views;
    for (std::int64_t index = 0; index < checked_count(count, threads); ++index) {
      views.push_back(view_of(checked_struct(pictures + index, "a picture")));
    }
    require(output != nullptr || views.empty(), "output is null");
    const std::int64_t values = std::int64_t{3} * size * size;
    skiptuning::parallel_for(static_cast<std::int64_t>(views.size()), threads, [&](std::int64_t index) {
      skiptuning::warp(views[index], size, normal, output + index * values);
    });
  });
}
