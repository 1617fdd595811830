#include "layers/attention.h"

#include <cmath>
#include <limits>

#include <ATen/ops/_softmax.h>
#include <ATen/ops/_softmax_backward_data.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/triu.h>

#include "layers/product.h"

namespace skiptuning {
namespace {

at::Tensor causal_mask(std::int64_t length, const at::TensorOptions& options) {
  return at::triu(at::full({length, length}, -std::numeric_limits<float>::infinity(), options), 1);
}

}  // namespace

at::Tensor attention_forward(const at::Tensor& qkv, const Sequences& sequences, std::int64_t heads, bool causal,
                             AttentionSaved* saved) {
  const auto [count, length] = sequences;
  const auto width = qkv.size(1) / 3;
  const auto head_width = width / heads;
  // [S*L, 3*D] -> [3, S*H, L, d]
  const auto split = qkv.view({count, length, 3, heads, head_width})
                         .permute({2, 0, 3, 1, 4})
                         .contiguous()
                         .view({3, count * heads, length, head_width});
  // The factor 1/sqrt(d) goes onto q: L*d numbers instead of L*L.
  const auto q = split.select(0, 0).mul_(1.0 / std::sqrt(static_cast<double>(head_width)));
  const auto k = split.select(0, 1);
  const auto v = split.select(0, 2);
  auto scores = batched_product(q, k.transpose(1, 2));
  if (causal) {
    scores.add_(causal_mask(length, scores.options()));
  }
  auto probabilities = at::_softmax(scores, -1, false);
  const auto heads_out = batched_product(probabilities, v);
  if (saved != nullptr) {
    *saved = {q, k, v, probabilities};
  }
  return heads_out.view({count, heads, length, head_width}).transpose(1, 2).reshape({count * length, width});
}

at::Tensor attention_backward(const at::Tensor& d_output, const AttentionSaved& saved, const Sequences& sequences,
                              std::int64_t heads) {
  const auto [count, length] = sequences;
  const auto width = d_output.size(1);
  const auto head_width = width / heads;
  const auto d_heads =
      d_output.view({count, length, heads, head_width}).transpose(1, 2).reshape({count * heads, length, head_width});
  auto d_split = at::empty({3, count * heads, length, head_width}, d_output.options());
  auto d_q = d_split.select(0, 0);
  auto d_k = d_split.select(0, 1);
  auto d_v = d_split.select(0, 2);
  batched_product_out(d_v, saved.probabilities.transpose(1, 2), d_heads);
  const auto d_probabilities = batched_product(d_heads, saved.v.transpose(1, 2));
  // Masked scores have probability 0, so their gradient is 0 without a mask here.
  const auto d_scores =
      at::_softmax_backward_data(d_probabilities, saved.probabilities, -1, saved.probabilities.scalar_type());
  batched_product_out(d_q, d_scores, saved.k);
  d_q.mul_(1.0 / std::sqrt(static_cast<double>(head_width)));
  batched_product_out(d_k, d_scores.transpose(1, 2), saved.q);  // saved.q already carries 1/sqrt(d)
  return d_split.view({3, count, heads, length, head_width})
      .permute({1, 3, 0, 2, 4})
      .reshape({count * length, 3 * width});
}

}  // namespace skiptuning
