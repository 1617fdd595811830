#include "layers/sequences.h"

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

std::int64_t Sequences::equal_length() const {
  const auto common = length(0);
  for (std::int64_t sequence = 1; sequence < count(); ++sequence) {
    if (length(sequence) != common) {
      return 0;
    }
  }
  return common;
}

at::Tensor Sequences::pooled_rows(at::Device device) const { return index_tensor(pooled, device); }

}  // namespace skiptuning
