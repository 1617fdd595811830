#include "layers/cosine_cross_entropy.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/ones.h>

#include "layers/product.h"

namespace skiptuning {
namespace {

// Through x / |x|: dx = (dn - n (n . dn)) / |x|
at::Tensor length_backward(const at::Tensor& d_unit, const at::Tensor& unit, const at::Tensor& lengths) {
  const auto along = (unit * d_unit).sum(at::IntArrayRef{1}, true);
  return (d_unit - unit * along) / lengths;
}

}  // namespace

at::Tensor cosine_logits_forward(const at::Tensor& image_features, const at::Tensor& text_features,
                                 const at::Tensor& logit_scale, CosineSaved* saved) {
  const auto images = image_features.to(at::kFloat);
  const auto texts = text_features.to(at::kFloat);
  CosineSaved parts;
  parts.image_lengths = at::linalg_vector_norm(images, 2, at::IntArrayRef{1}, true);
  parts.text_lengths = at::linalg_vector_norm(texts, 2, at::IntArrayRef{1}, true);
  parts.images = images / parts.image_lengths;
  parts.texts = texts / parts.text_lengths;
  auto logits = product(parts.images, parts.texts.t()).mul_(logit_scale.exp());
  if (saved != nullptr) {
    *saved = parts;
  }
  return logits;
}

CosineGradients cosine_logits_backward(const at::Tensor& d_logits, const at::Tensor& logit_scale,
                                       const CosineSaved& saved) {
  const auto scaled = d_logits * logit_scale.exp();
  return {length_backward(product(scaled, saved.texts), saved.images, saved.image_lengths),
          length_backward(product(scaled.t(), saved.images), saved.texts, saved.text_lengths)};
}

CrossEntropy cross_entropy(const at::Tensor& logits, const at::Tensor& targets) {
  const auto rows = logits.size(0);
  const auto columns = targets.view({-1, 1});
  const auto log_probabilities = at::log_softmax(logits, 1);
  const auto loss = log_probabilities.gather(1, columns).mean().neg();
  auto d_logits = log_probabilities.exp();
  d_logits.scatter_add_(1, columns, -at::ones(columns.sizes(), d_logits.options()));
  return {loss, d_logits.div_(static_cast<double>(rows))};
}

CrossEntropy contrastive_cross_entropy(const at::Tensor& logits, const at::Tensor& groups) {
  const auto rows = static_cast<double>(logits.size(0));
  const auto same = groups.view({-1, 1}).eq(groups.view({1, -1})).to(logits.scalar_type());
  // Symmetric, so its rows are the targets of both directions.
  const auto targets = same / same.sum(at::IntArrayRef{1}, true);
  const auto by_image = at::log_softmax(logits, 1);
  const auto by_text = at::log_softmax(logits, 0);
  const auto loss = (targets * (by_image + by_text)).sum().div(-2.0 * rows);
  const auto d_logits = (by_image.exp() + by_text.exp() - 2.0 * targets).div_(2.0 * rows);
  return {loss, d_logits};
}

}  // namespace skiptuning
