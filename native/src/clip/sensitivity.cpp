#include "clip/sensitivity.h"

#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/stack.h>

#include "clip/embedding.h"
#include "clip/encoder.h"
#include "clip/parameters.h"

namespace skiptuning {
namespace {

// Rows [R,D] of sequences -> [S]: the length of each sequence's rows as one vector.
at::Tensor lengths_of(const at::Tensor& rows, const Sequences& sequences) {
  return at::linalg_vector_norm(unpacked(rows.to(at::kFloat), sequences), 2, at::IntArrayRef{1, 2});
}

// The same input through both models, block by block.
BlockDistances distances(const Model& before, const Model& after, at::Tensor first, at::Tensor second,
                         const Sequences& sequences, TowerKind kind, at::ScalarType precision) {
  const auto& configuration = before.configuration();
  const auto shape = block_shape(configuration, kind);
  const auto before_lookup = passing_lookup(before, precision);
  const auto after_lookup = passing_lookup(after, precision);
  std::vector<at::Tensor> apart, lengths;
  for (std::int64_t block = 0; block < tower_configuration(configuration, kind).layers; ++block) {
    const auto prefix = block_prefix(kind, block);
    const BlockUse use{Queries::all, false};
    first = block_forward(first, sequences, block_tensors(prefix, before_lookup), shape, use, nullptr);
    second = block_forward(second, sequences, block_tensors(prefix, after_lookup), shape, use, nullptr);
    apart.push_back(lengths_of(second.to(at::kFloat) - first.to(at::kFloat), sequences));
    lengths.push_back(lengths_of(first, sequences));
  }
  return {at::stack(apart).to(at::kCPU), at::stack(lengths).to(at::kCPU)};
}

}  // namespace

BlockDistances image_distances(const Model& before, const Model& after, const at::Tensor& pixels,
                               at::ScalarType precision) {
  const auto sequences = Sequences::of_images(pixels.size(0), before.configuration().image_tokens());
  return distances(before, after, image_prefix(before, pixels, 0, precision), image_prefix(after, pixels, 0, precision),
                   sequences, TowerKind::image, precision);
}

BlockDistances text_distances(const Model& before, const Model& after, const at::Tensor& tokens,
                              at::ScalarType precision) {
  const auto places = end_of_text_positions(tokens, before.configuration().end_of_text);
  // Shared rows would count in no text, and equal ones have some behind the end.
  const auto rows = text_rows(tokens, places, before.device(), TextLayout::packed, 0);
  return distances(before, after, text_prefix(before, rows, 0, precision), text_prefix(after, rows, 0, precision),
                   rows.sequences, TowerKind::text, precision);
}

}  // namespace skiptuning
