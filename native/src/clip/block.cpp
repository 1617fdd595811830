#include "clip/block.h"

#include <type_traits>

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>

#include "layers/activation.h"
#include "layers/linear.h"
#include "layers/scaled_projection.h"

namespace skiptuning {
namespace {

AttentionShape attention_shape(const BlockShape& shape, const BlockUse& use) {
  return {shape.heads, shape.causal, use.queries};
}

// The rows of in_proj that make queries, or keys and values.
at::Tensor query_part(const at::Tensor& in_proj) { return in_proj.narrow(0, 0, in_proj.size(0) / 3); }
at::Tensor key_value_part(const at::Tensor& in_proj) {
  const auto width = in_proj.size(0) / 3;
  return in_proj.narrow(0, width, 2 * width);
}

// n [R,D] -> queries, keys and values, views of one buffer or, for pooled queries, of two.
AttentionInput project(const at::Tensor& n, const at::Tensor& pooled, const BlockTensors& w, const BlockUse& use) {
  const auto width = n.size(1);
  if (use.queries == Queries::all) {
    const auto qkv = linear_forward(n, w.in_proj_weight, w.in_proj_bias);
    return {qkv.narrow(1, 0, width), qkv.narrow(1, width, width), qkv.narrow(1, 2 * width, width)};
  }
  const auto kv = linear_forward(n, key_value_part(w.in_proj_weight), key_value_part(w.in_proj_bias));
  return {linear_forward(n.index_select(0, pooled), query_part(w.in_proj_weight), query_part(w.in_proj_bias)),
          kv.narrow(1, 0, width), kv.narrow(1, width, width)};
}

// Gradients of `project`'s outputs with the buffers that they are views of.
struct ProjectionGradients {
  AttentionInput views;
  at::Tensor all;      // [R,3D], or
  at::Tensor queries;  // [S,D] and
  at::Tensor keys_values;
};

ProjectionGradients room_like(const AttentionInput& input, const BlockUse& use) {
  const auto rows = input.k.size(0);
  const auto width = input.k.size(1);
  ProjectionGradients room;
  if (use.queries == Queries::all) {
    room.all = at::empty({rows, 3 * width}, input.k.options());
    room.views = {room.all.narrow(1, 0, width), room.all.narrow(1, width, width), room.all.narrow(1, 2 * width, width),
                  room.all};
  } else {
    room.queries = at::empty(input.q.sizes(), input.q.options());
    room.keys_values = at::empty({rows, 2 * width}, input.k.options());
    room.views = {room.queries, room.keys_values.narrow(1, 0, width), room.keys_values.narrow(1, width, width),
                  room.keys_values};
  }
  return room;
}

void project_backward_parameters(const ProjectionGradients& d, const at::Tensor& n, const at::Tensor& pooled,
                                 const at::Tensor& d_weight, const at::Tensor& d_bias) {
  if (!d_weight.defined()) {
    return;
  }
  if (d.all.defined()) {
    linear_backward_parameters(d.all, n, d_weight, d_bias);
    return;
  }
  linear_backward_parameters(d.queries, n.index_select(0, pooled), query_part(d_weight), query_part(d_bias));
  linear_backward_parameters(d.keys_values, n, key_value_part(d_weight), key_value_part(d_bias));
}

at::Tensor project_backward_input(const ProjectionGradients& d, const at::Tensor& pooled, const at::Tensor& weight) {
  if (d.all.defined()) {
    return linear_backward_input(d.all, weight);
  }
  auto dn = linear_backward_input(d.keys_values, key_value_part(weight));
  dn.index_add_(0, pooled, linear_backward_input(d.queries, query_part(weight)));
  return dn;
}

// A processor makes it in the pass that its derivative takes anyway.
bool makes_activation_again(const at::Tensor& rows) { return rows.device().is_cpu(); }

// Where the product that scaled_projection_gradients spares costs more than its passes over the weights.
bool splits_layer_norm(const at::Tensor& rows, const BlockUse& use) {
  return !use.input_gradient && use.trained && rows.device().is_cpu();
}

}  // namespace

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
                         const BlockShape& shape, const BlockUse& use, BlockSaved* saved) {
  // Without a backward each part goes as soon as the next is made of it.
  BlockSaved passing;
  auto& s = saved != nullptr ? *saved : passing;
  const auto drop = [saved](auto&... parts) {
    if (saved == nullptr) {
      ((parts = std::decay_t<decltype(parts)>()), ...);
    }
  };
  // Only the parameters' gradients want what went into a product.
  const auto drop_unless_trained = [saved, &use](at::Tensor& part) {
    if (saved == nullptr || !use.trained) {
      part.reset();
    }
  };
  const bool all = use.queries == Queries::all;
  const auto pooled = all ? at::Tensor() : sequences.pooled_rows(x.device());
  const bool frozen_input = saved != nullptr && splits_layer_norm(x, use);
  at::Tensor n1;
  if (frozen_input) {
    s.normalised_1 = normalise(x, shape.epsilon);
    n1 = scale_and_shift(s.normalised_1, w.ln_1_weight, w.ln_1_bias);
  } else {
    s.normalised_1 = n1 = layer_norm_forward(x, w.ln_1_weight, w.ln_1_bias, shape.epsilon, &s.ln_1);
  }
  s.attention = project(n1, pooled, w, use);
  if (use.low_rank != nullptr) {
    s.low_rank = add_low_rank(n1, pooled, w.low_rank, *use.low_rank, use.number, s.attention);
  } else {
    drop_unless_trained(s.normalised_1);
  }
  n1.reset();
  s.attended = attention_forward(s.attention, sequences, attention_shape(shape, use),
                                 saved != nullptr ? &s.attention_saved : nullptr);
  drop(s.attention);
  s.middle = linear_forward(s.attended, w.out_proj_weight, w.out_proj_bias, all ? x : x.index_select(0, pooled));
  drop_unless_trained(s.attended);
  s.normalised_2 = layer_norm_forward(s.middle, w.ln_2_weight, w.ln_2_bias, shape.epsilon, &s.ln_2);
  s.activated =
      linear_activation_forward(shape.activation, s.normalised_2, w.c_fc_weight, w.c_fc_bias, s.pre_activation);
  drop_unless_trained(s.normalised_2);
  drop(s.pre_activation);
  auto y = linear_forward(s.activated, w.c_proj_weight, w.c_proj_bias, s.middle);
  if (!use.trained || makes_activation_again(x)) {
    s.activated.reset();
  }
  s.input = x;
  return y;
}

at::Tensor block_backward(const at::Tensor& dy, const Sequences& sequences, const BlockTensors& w,
                          const BlockShape& shape, const BlockUse& use, const BlockSaved& saved,
                          const BlockTensors& g) {
  auto activated = saved.activated;
  const auto d_hidden = linear_activation_backward(shape.activation, dy, w.c_proj_weight, saved.pre_activation,
                                                   use.trained ? &activated : nullptr);
  linear_backward_parameters(dy, activated, g.c_proj_weight, g.c_proj_bias);
  activated.reset();
  linear_backward_parameters(d_hidden, saved.normalised_2, g.c_fc_weight, g.c_fc_bias);
  auto d_middle = layer_norm_backward(linear_backward_input(d_hidden, w.c_fc_weight), saved.middle, w.ln_2_weight,
                                      w.ln_2_bias, saved.ln_2, g.ln_2_weight, g.ln_2_bias);
  d_middle.add_(dy);
  linear_backward_parameters(d_middle, saved.attended, g.out_proj_weight, g.out_proj_bias);
  const auto room = room_like(saved.attention, use);
  attention_backward(linear_backward_input(d_middle, w.out_proj_weight), saved.attention, saved.attention_saved,
                     sequences, attention_shape(shape, use), room.views);
  const bool all = use.queries == Queries::all;
  const auto pooled = all ? at::Tensor() : sequences.pooled_rows(dy.device());
  project_backward_parameters(room, saved.normalised_1, pooled, g.in_proj_weight, g.in_proj_bias);
  if (splits_layer_norm(dy, use)) {
    scaled_projection_gradients(w.in_proj_weight, w.ln_1_weight, w.ln_1_bias, g.in_proj_weight, g.in_proj_bias,
                                g.ln_1_weight, g.ln_1_bias);
    return {};
  }
  const bool needs_input = use.input_gradient || use.trained;  // the latter for ln_1
  const auto dn = needs_input ? project_backward_input(room, pooled, w.in_proj_weight) : at::Tensor();
  if (use.low_rank != nullptr) {
    add_low_rank_backward(room.views, saved.normalised_1, pooled, w.low_rank, *use.low_rank, use.number, saved.low_rank,
                          g.low_rank, dn);
  }
  if (!needs_input) {
    return {};
  }
  auto dx = layer_norm_backward(dn, saved.input, w.ln_1_weight, w.ln_1_bias, saved.ln_1, g.ln_1_weight, g.ln_1_bias);
  if (!use.input_gradient) {
    return {};
  }
  if (all) {
    dx.add_(d_middle);
  } else {
    dx.index_add_(0, pooled, d_middle);
  }
  return dx;
}

}  // namespace skiptuning
