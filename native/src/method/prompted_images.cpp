#include "method/prompted_images.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

#include "clip/encoder.h"
#include "clip/reference.h"

namespace skiptuning {
namespace {

// The rows of n vectors that end each of `count` sequences of `length`: [count*n].
at::Tensor last_rows(std::int64_t count, std::int64_t length, std::int64_t vectors, at::Device device) {
  const auto options = at::TensorOptions().dtype(at::kLong).device(device);
  const auto first = at::arange(count, options).view({-1, 1}) * length + (length - vectors);
  return (first + at::arange(vectors, options)).flatten();
}

std::vector<Insertion> insertions_of(const ImageVectors& vectors, const at::Tensor& rows, std::int64_t count,
                                     at::ScalarType precision) {
  std::vector<Insertion> insertions;
  for (std::size_t depth = 0; depth < vectors.deep.size(); ++depth) {
    insertions.push_back(
        {static_cast<std::int64_t>(depth) + 1, rows, vectors.deep[depth].repeat({count, 1}).to(precision)});
  }
  return insertions;
}

SuffixUse frozen_with(const std::vector<Insertion>& insertions) {
  return {/*input_gradient=*/true, /*trained=*/false, /*low_rank=*/nullptr, &insertions};
}

// [B*n,D] -> [n,D] fp32
at::Tensor sum_of_pictures(const at::Tensor& rows, std::int64_t vectors) {
  return rows.to(at::kFloat).view({-1, vectors, rows.size(1)}).sum(at::IntArrayRef{0});
}

}  // namespace

// [B*L,D] -> [B,L+n,D]
at::Tensor PromptedImages::with_context(const at::Tensor& hidden, const at::Tensor& context) const {
  const auto pictures = hidden.view({-1, model_->configuration().image_tokens(), hidden.size(1)});
  return at::cat({pictures, context.to(hidden.scalar_type()).unsqueeze(0).expand({pictures.size(0), -1, -1})}, 1);
}

at::Tensor PromptedImages::forward(const at::Tensor& hidden, const ImageVectors& vectors, Pass* pass) const {
  const auto& configuration = model_->configuration();
  const auto precision = hidden.scalar_type();
  const auto x = with_context(hidden, vectors.context);
  Pass passing;
  auto& p = pass != nullptr ? *pass : passing;
  p.vectors = vectors.context.size(0);
  p.weights = suffix_tensors(configuration, TowerKind::image, 0, frozen_lookup(*model_, precision));
  p.sequences = Sequences::of_images(x.size(0), x.size(1));
  p.insertions = insertions_of(vectors, last_rows(x.size(0), x.size(1), p.vectors, x.device()), x.size(0), precision);
  return suffix_forward(x.view({-1, x.size(2)}), p.sequences, p.weights, block_shape(configuration, TowerKind::image),
                        frozen_with(p.insertions), pass != nullptr ? &p.saved : nullptr);
}

ImageVectors PromptedImages::backward(const at::Tensor& d_features, const Pass& pass) const {
  ImageVectors gradients;
  std::vector<at::Tensor> d_insertions;
  const auto d_hidden =
      suffix_backward(d_features.to(pass.weights.projection.scalar_type()), pass.sequences, pass.weights,
                      block_shape(model_->configuration(), TowerKind::image), frozen_with(pass.insertions), pass.saved,
                      no_gradients(pass.weights), &d_insertions);
  const auto rows = last_rows(pass.sequences.count(), pass.sequences.length(0), pass.vectors, d_hidden.device());
  gradients.context = sum_of_pictures(d_hidden.index_select(0, rows), pass.vectors);
  for (const auto& d_values : d_insertions) {
    gradients.deep.push_back(sum_of_pictures(d_values, pass.vectors));
  }
  return gradients;
}

at::Tensor PromptedImages::reference(const at::Tensor& hidden, const ImageVectors& vectors) const {
  const auto& configuration = model_->configuration();
  const auto precision = hidden.scalar_type();
  const auto x = with_context(hidden, vectors.context);
  const auto rows = last_rows(x.size(0), x.size(1), vectors.context.size(0), x.device());
  return reference::suffix(x, at::zeros({x.size(0)}, rows.options()),
                           suffix_tensors(configuration, TowerKind::image, 0, frozen_lookup(*model_, precision)),
                           block_shape(configuration, TowerKind::image), nullptr,
                           insertions_of(vectors, rows, x.size(0), precision));
}

}  // namespace skiptuning
