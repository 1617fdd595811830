#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace skiptuning {

// How the rows of a packed [R,D] buffer form sequences. Rows [0, shared) are what all sequences begin with, kept once:
// in a causal tower nothing that follows can change them. Then come the own rows of sequence 0, 1, ...; each attends
// to the shared rows and to its own.
struct Sequences {
  std::int64_t shared = 0;
  std::vector<std::int64_t> starts;  // [S+1]: first own row of each, and the number of rows in all
  std::vector<std::int64_t> pooled;  // [S]: the row of each that becomes its feature
  // [S] int64: the same where only the device knows it, which leaves `pooled` empty. Such sequences share nothing and
  // have one length, so that their shapes are the same in every step.
  at::Tensor device_pooled;

  // Sequences of one length that share nothing and are pooled at their first row, as pictures are.
  static Sequences of_images(std::int64_t count, std::int64_t length);
  // Sequences of one length that share nothing, pooled where `places` [S] int64 says, counted from the first of each.
  static Sequences of_places(const at::Tensor& places, std::int64_t length);

  std::int64_t count() const { return static_cast<std::int64_t>(starts.size()) - 1; }
  std::int64_t rows() const { return starts.back(); }
  std::int64_t first(std::int64_t sequence) const { return starts[static_cast<std::size_t>(sequence)]; }
  std::int64_t length(std::int64_t sequence) const { return first(sequence + 1) - first(sequence); }
  // The pooled row of a sequence, counted from its first own row.
  std::int64_t pooled_place(std::int64_t sequence) const {
    return pooled[static_cast<std::size_t>(sequence)] - first(sequence);
  }
  // The own rows of each, where all have as many; else 0.
  std::int64_t equal_length() const;
  at::Tensor pooled_rows(at::Device device) const;    // [S] int64
  at::Tensor pooled_places(at::Device device) const;  // [S] int64: counted from the first row that each begins with
  // [R] int64: a name for each row that doesn't change with the other sequences' lengths, its place in its sequence
  // plus `most` times the sequence's number; `most` is a bound of the lengths. Of sequences that share nothing.
  at::Tensor row_names(std::int64_t most, at::Device device) const;
};

}  // namespace skiptuning
