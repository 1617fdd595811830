#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "layers/sequences.h"

namespace skiptuning {

// Prompts as rows: what all begin with once, then of each its own tokens up to end-of-text, which is pooled. The text
// tower is causal, so nothing after end-of-text reaches a feature.
struct TextRows {
  Sequences sequences;
  at::Tensor tokens;  // [R] int64
  at::Tensor places;  // [R] int64: place of the token in its text
};

// tokens [M,L] int64 of any device, end_positions [M] int64. On a device other than the CPU all texts get as many rows
// as the longest, so that a batch of them can be computed at once.
TextRows text_rows(const at::Tensor& tokens, const at::Tensor& end_positions, at::Device device);

// Some of the sequences, in the order given, and which rows they are.
struct SequenceChoice {
  Sequences sequences;
  at::Tensor rows;  // [R] int64
};

SequenceChoice choose(const Sequences& sequences, const std::vector<std::int64_t>& chosen, at::Device device);

// Packed rows [R,D] -> [S,longest,D] with zeros behind each sequence's end.
at::Tensor unpacked(const at::Tensor& rows, const Sequences& sequences);
// The pooled row's place in its unpacked sequence, [S] int64.
at::Tensor unpacked_places(const Sequences& sequences, at::Device device);

}  // namespace skiptuning
