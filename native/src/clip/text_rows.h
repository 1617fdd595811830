#pragma once

#include <cstdint>
#include <limits>
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

// Packed rows are the fewest. Equal ones, as many of each text as of the longest and no shared ones, let kernels take
// all texts at once, and a choice of texts has a shape that only their number decides.
enum class TextLayout { packed, equal };

TextLayout text_layout(at::Device device);

// tokens [M,L] int64 of any device, end_positions [M] int64. Of what all begin with, packed rows share `most_shared`.
TextRows text_rows(const at::Tensor& tokens, const at::Tensor& end_positions, at::Device device, TextLayout layout,
                   std::int64_t most_shared = std::numeric_limits<std::int64_t>::max());

// Some of the sequences, in the order given, and which rows they are.
struct SequenceChoice {
  Sequences sequences;
  at::Tensor rows;  // [R] int64
};

SequenceChoice choose(const Sequences& sequences, const std::vector<std::int64_t>& chosen, at::Device device);

// The same of equal rows for `chosen` [K] int64 on their device; `places` [M] int64 says where each text is pooled.
SequenceChoice choose_equal(const at::Tensor& chosen, const at::Tensor& places, std::int64_t length);

// All of them, each with what all begin with as rows of its own.
SequenceChoice unshared(const Sequences& sequences, at::Device device);

// Packed rows [R,D] -> [S,longest,D] with zeros behind each sequence's end.
at::Tensor unpacked(const at::Tensor& rows, const Sequences& sequences);

}  // namespace skiptuning
