#pragma once

#include <functional>
#include <string>

#include <ATen/core/Tensor.h>

#include "clip/configuration.h"
#include "clip/low_rank_attention.h"
#include "layers/attention.h"
#include "layers/layer_norm.h"

namespace skiptuning {

// The twelve tensors of a residual block: weights in the precision of the computation (LayerNorm's in fp32 or that), or
// the places where their gradients are written; undefined in a block that is not trained.
struct BlockTensors {
  at::Tensor ln_1_weight, ln_1_bias;
  at::Tensor in_proj_weight, in_proj_bias;    // [3D,D], [3D]
  at::Tensor out_proj_weight, out_proj_bias;  // [D,D], [D]
  at::Tensor ln_2_weight, ln_2_bias;
  at::Tensor c_fc_weight, c_fc_bias;      // [4D,D], [4D]
  at::Tensor c_proj_weight, c_proj_bias;  // [D,4D], [D]
  LowRankTensors low_rank = {};           // of in_proj, where a use asks for it
};

using TensorLookup = std::function<at::Tensor(const std::string& name)>;

BlockTensors block_tensors(const std::string& prefix, const TensorLookup& lookup);

struct BlockShape {
  std::int64_t heads;
  Activation activation;
  double epsilon;
  bool causal;
};

// Which part of a block's work a tower needs.
struct BlockUse {
  Queries queries;      // pooled in the last block: only those rows go on
  bool input_gradient;  // not where everything before the block is frozen
  bool trained = true;  // else its parameters get no gradients
  const LowRankUse* low_rank = nullptr;
  std::int64_t number = 0;  // of the block, counted from the tower's first that is used
};

// What the backward needs of a forward. R rows come in; Q go on: all of them, or one of each sequence.
struct BlockSaved {
  at::Tensor input;  // [R,D]
  LayerNormSaved ln_1;
  at::Tensor normalised_1;  // [R,D], before ln_1's weight and bias where a trained block's input gets no gradient
  LowRankSaved low_rank;
  AttentionInput attention;
  AttentionSaved attention_saved;
  at::Tensor attended;  // [Q,D]
  at::Tensor middle;    // [Q,D], after the attention's residual
  LayerNormSaved ln_2;
  at::Tensor normalised_2;    // [Q,D]
  at::Tensor pre_activation;  // [Q,4D], as activation_backward wants it
  at::Tensor activated;       // [Q,4D], unless the backward makes it again
};

// x [R,D] -> [Q,D]:  m = x + out_proj(attention(in_proj(ln_1(x))));  m + c_proj(act(c_fc(ln_2(m))))
// in_proj with its low-rank additions, if there are any.
at::Tensor block_forward(const at::Tensor& x, const Sequences& sequences, const BlockTensors& weights,
                         const BlockShape& shape, const BlockUse& use, BlockSaved* saved);

// dy [Q,D] -> dx [R,D] (undefined without input_gradient); writes every gradient (=). Takes over what was saved.
at::Tensor block_backward(const at::Tensor& dy, const Sequences& sequences, const BlockTensors& weights,
                          const BlockShape& shape, const BlockUse& use, const BlockSaved& saved,
                          const BlockTensors& gradients);

}  // namespace skiptuning
