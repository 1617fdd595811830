#include "layers/sequences.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>

#include "core/index_tensor.h"

namespace skiptuning {

Sequences Sequences::of_images(std::int64_t count, std::int64_t length) {
  Sequences sequences;
  for (std::int64_t sequence = 0; sequence < count; ++sequence) {
    sequences.starts.push_back(sequence * length);
    sequences.pooled.push_back(sequence * length);
  }
  sequences.starts.push_back(count * length);
  return sequences;
}

Sequences Sequences::of_places(const at::Tensor& places, std::int64_t length) {
  Sequences sequences;
  for (std::int64_t sequence = 0; sequence <= places.size(0); ++sequence) {
    sequences.starts.push_back(sequence * length);
  }
  sequences.device_pooled = places + at::arange(0, places.size(0) * length, length, places.options());
  return sequences;
}

std::int64_t Sequences::equal_length() const {
  const auto common = length(0);
  for (std::int64_t sequence = 1; sequence < count(); ++sequence) {
    if (length(sequence) != common) {
      return 0;
    }
  }
  return common;
}

at::Tensor Sequences::pooled_rows(at::Device device) const {
  return device_pooled.defined() ? device_pooled : index_tensor(pooled, device);
}

at::Tensor Sequences::pooled_places(at::Device device) const {
  if (device_pooled.defined()) {
    return device_pooled - at::arange(0, starts.back(), length(0), device_pooled.options());
  }
  std::vector<std::int64_t> places;
  for (std::int64_t sequence = 0; sequence < count(); ++sequence) {
    places.push_back(shared + pooled_place(sequence));
  }
  return index_tensor(places, device);
}

at::Tensor Sequences::row_names(std::int64_t most, at::Device device) const {
  std::vector<std::int64_t> names;
  names.reserve(static_cast<std::size_t>(rows()));
  for (std::int64_t sequence = 0; sequence < count(); ++sequence) {
    for (std::int64_t place = 0; place < length(sequence); ++place) {
      names.push_back(sequence * most + place);
    }
  }
  return index_tensor(names, device);
}

}  // namespace skiptuning
