#include "clip/embedding.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/embedding_dense_backward.h>
#include <ATen/ops/sum.h>

#include "layers/product.h"

namespace skiptuning {
namespace {

// [B,3,S,S] -> [B*(S/P)^2, 3*P*P], each row one patch in the order of the convolution's kernel.
at::Tensor unfold_patches(const at::Tensor& pixels, std::int64_t patch) {
  const auto batch = pixels.size(0);
  const auto grid = pixels.size(2) / patch;
  return pixels.view({batch, 3, grid, patch, grid, patch})
      .permute({0, 2, 4, 1, 3, 5})
      .reshape({batch * grid * grid, 3 * patch * patch});
}

}  // namespace

ImageEmbeddingTensors image_embedding_tensors(const TensorLookup& lookup) {
  return {lookup("visual.conv1.weight"), lookup("visual.class_embedding"), lookup("visual.positional_embedding"),
          lookup("visual.ln_pre.weight"), lookup("visual.ln_pre.bias")};
}

TextEmbeddingTensors text_embedding_tensors(const TensorLookup& lookup) {
  return {lookup("token_embedding.weight"), lookup("positional_embedding")};
}

at::Tensor image_embedding_forward(const at::Tensor& pixels, const ImageEmbeddingTensors& w, double epsilon,
                                   ImageEmbeddingSaved* saved) {
  const auto width = w.convolution.size(0);
  const auto batch = pixels.size(0);
  const auto patches = unfold_patches(pixels.to(w.convolution.scalar_type()), w.convolution.size(2));
  const auto tokens = product(patches, w.convolution.view({width, -1}).t()).view({batch, -1, width});
  const auto with_class = at::cat({w.class_token.view({1, 1, width}).expand({batch, 1, width}), tokens}, 1);
  const auto embedded = with_class.add(w.position).view({-1, width});
  if (saved != nullptr) {
    saved->patches = patches;
    saved->embedded = embedded;
  }
  return layer_norm_forward(embedded, w.ln_weight, w.ln_bias, epsilon, saved != nullptr ? &saved->ln : nullptr);
}

void image_embedding_backward(const at::Tensor& dy, const ImageEmbeddingTensors& w, const ImageEmbeddingSaved& saved,
                              const ImageEmbeddingTensors& g) {
  const auto width = w.convolution.size(0);
  const auto length = w.position.size(0);
  const auto d_embedded =
      layer_norm_backward(dy, saved.embedded, w.ln_weight, w.ln_bias, saved.ln, g.ln_weight, g.ln_bias)
          .view({-1, length, width});
  auto d_position = g.position;
  at::sum_out(d_position, d_embedded, at::IntArrayRef{0});
  auto d_class = g.class_token;
  at::sum_out(d_class, d_embedded.select(1, 0), at::IntArrayRef{0});
  const auto d_tokens = d_embedded.narrow(1, 1, length - 1).reshape({-1, width});
  product_out(g.convolution.view({width, -1}), d_tokens.t(), saved.patches);
}

at::Tensor text_embedding_forward(const TextRows& rows, const TextEmbeddingTensors& w) {
  return at::embedding(w.token, rows.tokens).add_(w.position.index_select(0, rows.places));
}

void text_embedding_backward(const at::Tensor& dy, const TextRows& rows, const TextEmbeddingTensors& g) {
  // In fp32: many rows add to one place, and a sum in 16 bits stops growing after a few hundred of them.
  const auto wide = dy.to(at::kFloat);
  g.token.copy_(at::embedding_dense_backward(wide, rows.tokens, g.token.size(0), -1, false));
  g.position.copy_(at::embedding_dense_backward(wide, rows.places, g.position.size(0), -1, false));
}

at::Tensor end_of_text_positions(const at::Tensor& tokens, std::int64_t end_of_text) {
  return end_of_text < 0 ? tokens.argmax(1) : tokens.eq(end_of_text).to(at::kInt).argmax(1);
}

}  // namespace skiptuning
