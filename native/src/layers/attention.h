#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace skiptuning {

// Rows of equally long sequences: row s*length+t is token t of sequence s.
struct Sequences {
  std::int64_t count;   // S
  std::int64_t length;  // L
  std::int64_t rows() const { return count * length; }
};

struct AttentionSaved {
  at::Tensor q, k, v;        // [S*H, L, d]
  at::Tensor probabilities;  // [S*H, L, L]
};

// qkv [S*L, 3*D] (q, k, v side by side, heads of d = D/H inside each) -> [S*L, D]:
// softmax(q k^T / sqrt(d) + mask) v, the mask hiding later tokens when causal.
at::Tensor attention_forward(const at::Tensor& qkv, const Sequences& sequences, std::int64_t heads, bool causal,
                             AttentionSaved* saved);

// d_output [S*L, D] -> d_qkv [S*L, 3*D]
at::Tensor attention_backward(const at::Tensor& d_output, const AttentionSaved& saved, const Sequences& sequences,
                              std::int64_t heads);

}  // namespace skiptuning
