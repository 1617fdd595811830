#include "clip/encoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/clamp_min.h>
#include <ATen/ops/linalg_vector_norm.h>

#include "clip/embedding.h"
#include "clip/parameters.h"

namespace skiptuning {
namespace {

at::Tensor run_blocks(at::Tensor hidden, const Sequences& sequences, const ClipConfiguration& configuration,
                      TowerKind kind, std::int64_t blocks, const TensorLookup& lookup) {
  const auto shape = block_shape(configuration, kind);
  for (std::int64_t block = 0; block < blocks; ++block) {
    hidden = block_forward(hidden, sequences, block_tensors(block_prefix(kind, block), lookup), shape,
                           {Queries::all, false}, nullptr);
  }
  return hidden;
}

}  // namespace

TensorLookup frozen_lookup(const Model& model, at::ScalarType precision) {
  const bool mixed_layer_norm = model.device().is_cpu();
  return [&model, precision, mixed_layer_norm](const std::string& name) {
    return mixed_layer_norm && is_layer_norm(name) ? model.parameter(name) : model.parameter(name, precision);
  };
}

TensorLookup passing_lookup(const Model& model, at::ScalarType precision) {
  if (!model.device().is_cpu()) {
    return frozen_lookup(model, precision);
  }
  return [&model, precision](const std::string& name) {
    return is_layer_norm(name) ? model.parameter(name) : model.passing_parameter(name, precision);
  };
}

at::Tensor image_prefix(const Model& model, const at::Tensor& pixels, std::int64_t blocks, at::ScalarType precision) {
  const auto& configuration = model.configuration();
  const auto lookup = passing_lookup(model, precision);
  const auto embedded =
      image_embedding_forward(pixels, image_embedding_tensors(lookup), configuration.layer_norm_epsilon, nullptr);
  return run_blocks(embedded, Sequences::of_images(pixels.size(0), configuration.image_tokens()), configuration,
                    TowerKind::image, blocks, lookup);
}

at::Tensor text_prefix(const Model& model, const TextRows& rows, std::int64_t blocks, at::ScalarType precision) {
  const auto lookup = passing_lookup(model, precision);
  // The table stays fp32: a cast of it would be the largest of all, for a few rows.
  const auto embedded =
      text_embedding_forward(rows, text_embedding_tensors([&model](const auto& name) { return model.parameter(name); }))
          .to(precision);
  return run_blocks(embedded, rows.sequences, model.configuration(), TowerKind::text, blocks, lookup);
}

at::Tensor normalised(const at::Tensor& features) {
  const auto wide = features.to(at::kFloat);
  return wide / at::linalg_vector_norm(wide, 2, at::IntArrayRef{1}, true);
}

}  // namespace skiptuning
