#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "layers/sequences.h"

namespace skiptuning {

// Which rows ask: all of them, or of each sequence the pooled one, which is all that the last block needs.
enum class Queries { all, pooled };

struct AttentionShape {
  std::int64_t heads;
  bool causal;  // a row sees no later row of its sequence
  Queries queries;
};

// Heads of d = D/H lie side by side in each row; rows may be parts of a wider buffer.
struct AttentionInput {
  at::Tensor q;            // [R,D], or [S,D] of the pooled rows
  at::Tensor k, v;         // [R,D]
  at::Tensor packed = {};  // undefined, or the dense buffer whose columns are q, k and v, or k and v
};

// Kernels that keep no probabilities, as LibTorch brings them for CUDA.
enum class FusedAttention { none, flash, cudnn };

// What the backward wants of a forward: the probabilities, or of a fused kernel, which computes them again, its output
// and the logarithms of its sums.
struct AttentionSaved {
  at::Tensor probabilities;
  FusedAttention kernel = FusedAttention::none;
  at::Tensor output, log_sums, seed, offset;
};

// [R,D], or [S,D] for pooled queries: softmax(q k^T / sqrt(d)) v over what each query may see. `saved` may be null.
at::Tensor attention_forward(const AttentionInput& input, const Sequences& sequences, const AttentionShape& shape,
                             AttentionSaved* saved);

// d_output as the output -> gradients written into `gradients`, laid out as `input` is.
void attention_backward(const at::Tensor& d_output, const AttentionInput& input, const AttentionSaved& saved,
                        const Sequences& sequences, const AttentionShape& shape, const AttentionInput& gradients);

// The same in ATen's operations, on any device; its sequences have as many own rows each.
at::Tensor plain_attention_forward(const AttentionInput& input, const Sequences& sequences, const AttentionShape& shape,
                                   at::Tensor* probabilities);
void plain_attention_backward(const at::Tensor& d_output, const AttentionInput& input, const at::Tensor& probabilities,
                              const Sequences& sequences, const AttentionShape& shape, const AttentionInput& gradients);

}  // namespace skiptuning
