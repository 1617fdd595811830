#include "clip/block.h"

#include "layers/activation.h"
#include "layers/linear.h"

namespace skiptuning {

BlockTensors block_tensors(const std::string& prefix, const TensorLookup& lookup) {
  return {
      lookup(prefix + "ln_1.weight"),          lookup(prefix + "ln_1.bias"),
      lookup(prefix + "attn.in_proj_weight"),  lookup(prefix + "attn.in_proj_bias"),
      lookup(prefix + "attn.out_proj.weight"), lookup(prefix + "attn.out_proj.bias"),
      lookup(prefix + "ln_2.weight"),          lookup(prefix + "ln_2.bias"),
      lookup(prefix + "mlp.c_fc.weight"),      lookup(prefix + "mlp.c_fc.bias"),
      lookup(prefix + "mlp.c_proj.weight"),    lookup(prefix + "mlp.c_proj.bias"),
  };
}

at::Tensor block_forward(const at::Tensor& x, const Sequences& sequences, const BlockTensors& w,
                         const BlockShape& shape, BlockSaved* saved) {
  const auto n1 =
      layer_norm_forward(x, w.ln_1_weight, w.ln_1_bias, shape.epsilon, saved != nullptr ? &saved->ln_1 : nullptr);
  const auto qkv = linear_forward(n1, w.in_proj_weight, w.in_proj_bias);
  const auto attended =
      attention_forward(qkv, sequences, shape.heads, shape.causal, saved != nullptr ? &saved->attention : nullptr);
  auto middle = linear_forward(attended, w.out_proj_weight, w.out_proj_bias).add_(x);
  const auto n2 =
      layer_norm_forward(middle, w.ln_2_weight, w.ln_2_bias, shape.epsilon, saved != nullptr ? &saved->ln_2 : nullptr);
  const auto activated = activation_forward(shape.activation, linear_forward(n2, w.c_fc_weight, w.c_fc_bias),
                                            saved != nullptr ? &saved->pre_activation : nullptr);
  auto y = linear_forward(activated, w.c_proj_weight, w.c_proj_bias).add_(middle);
  if (saved != nullptr) {
    saved->input = x;
    saved->normalised_1 = n1;
    saved->attended = attended;
    saved->middle = middle;
    saved->normalised_2 = n2;
    saved->activated = activated;
  }
  return y;
}

at::Tensor block_backward(const at::Tensor& dy, const Sequences& sequences, const BlockTensors& w,
                          const BlockShape& shape, const BlockSaved& saved, const BlockTensors& g,
                          bool input_gradient) {
  linear_backward_parameters(dy, saved.activated, g.c_proj_weight, g.c_proj_bias);
  const auto d_hidden =
      activation_backward(shape.activation, linear_backward_input(dy, w.c_proj_weight), saved.pre_activation);
  linear_backward_parameters(d_hidden, saved.normalised_2, g.c_fc_weight, g.c_fc_bias);
  auto d_middle = layer_norm_backward(linear_backward_input(d_hidden, w.c_fc_weight), saved.middle, w.ln_2_weight,
                                      w.ln_2_bias, saved.ln_2, g.ln_2_weight, g.ln_2_bias, true);
  d_middle.add_(dy);
  linear_backward_parameters(d_middle, saved.attended, g.out_proj_weight, g.out_proj_bias);
  const auto d_qkv =
      attention_backward(linear_backward_input(d_middle, w.out_proj_weight), saved.attention, sequences, shape.heads);
  linear_backward_parameters(d_qkv, saved.normalised_1, g.in_proj_weight, g.in_proj_bias);
  auto dx = layer_norm_backward(linear_backward_input(d_qkv, w.in_proj_weight), saved.input, w.ln_1_weight, w.ln_1_bias,
                                saved.ln_1, g.ln_1_weight, g.ln_1_bias, input_gradient);
  if (input_gradient) {
    dx.add_(d_middle);
  }
  return dx;
}

}  // namespace skiptuning
