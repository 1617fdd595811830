#include "clip/reference.h"

#include <cmath>
#include <limits>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/full.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/triu.h>

#include "core/counter_random.h"
#include "layers/dropout.h"

namespace skiptuning::reference {

at::Tensor layer_norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double epsilon) {
  return at::layer_norm(x.to(at::kFloat), {x.size(-1)}, weight.to(at::kFloat), bias.to(at::kFloat), epsilon)
      .to(x.scalar_type());
}

namespace {

// scale * drop(x) A^T B^T, side by side for queries, keys and values: [S,L,D] -> [S,L,3D]
at::Tensor low_rank_addition(const at::Tensor& x, const LowRankTensors& w, const LowRankUse& use, std::int64_t block) {
  const auto a = w.a.chunk(kLowRankPlaces, 0);
  const auto b = w.b.chunk(kLowRankPlaces, 0);
  std::vector<at::Tensor> additions;
  for (std::int64_t projection = 0; projection < kLowRankPlaces; ++projection) {
    const auto key = counter_bits(use.seed, use.step,
                                  use.first_place + static_cast<std::uint64_t>(kLowRankPlaces * block + projection));
    auto input = x;
    if (use.dropout > 0) {
      input =
          x * dropout_factors(dropout_of(use.dropout, key), use.names, x.size(2)).view(x.sizes()).to(x.scalar_type());
    }
    const auto place = static_cast<std::size_t>(projection);
    additions.push_back(at::linear(at::linear(input, a[place]), b[place]) * use.scale);
  }
  return at::cat(additions, -1);
}

at::Tensor attention(const at::Tensor& x, const BlockTensors& w, const BlockShape& shape, const LowRankUse* low_rank,
                     std::int64_t number) {
  const auto sequences = x.size(0);
  const auto length = x.size(1);
  const auto width = x.size(2);
  const auto head_width = width / shape.heads;
  auto projections = at::linear(x, w.in_proj_weight, w.in_proj_bias);
  if (low_rank != nullptr) {
    projections = projections + low_rank_addition(x, w.low_rank, *low_rank, number);
  }
  const auto qkv = projections.chunk(3, -1);
  const auto heads = [&](const at::Tensor& t) {
    return t.view({sequences, length, shape.heads, head_width}).transpose(1, 2);
  };
  auto scores = at::matmul(heads(qkv[0]), heads(qkv[1]).transpose(-2, -1)) / std::sqrt(static_cast<double>(head_width));
  if (shape.causal) {
    scores =
        scores + at::triu(at::full({length, length}, -std::numeric_limits<float>::infinity(), scores.options()), 1);
  }
  const auto out = at::matmul(at::softmax(scores, -1), heads(qkv[2]));
  return at::linear(out.transpose(1, 2).reshape({sequences, length, width}), w.out_proj_weight, w.out_proj_bias);
}

}  // namespace

at::Tensor block(const at::Tensor& x, const BlockTensors& w, const BlockShape& shape, const LowRankUse* low_rank,
                 std::int64_t number) {
  const auto middle =
      x + attention(layer_norm(x, w.ln_1_weight, w.ln_1_bias, shape.epsilon), w, shape, low_rank, number);
  const auto hidden =
      at::linear(layer_norm(middle, w.ln_2_weight, w.ln_2_bias, shape.epsilon), w.c_fc_weight, w.c_fc_bias);
  const auto activated = shape.activation == Activation::gelu ? at::gelu(hidden) : hidden * at::sigmoid(hidden * 1.702);
  return middle + at::linear(activated, w.c_proj_weight, w.c_proj_bias);
}

at::Tensor suffix(const at::Tensor& x, const at::Tensor& positions, const SuffixTensors& weights,
                  const BlockShape& shape, const LowRankUse* low_rank, const std::vector<Insertion>& insertions) {
  auto hidden = x;
  std::int64_t number = 0;
  for (const auto& tensors : weights.blocks) {
    for (const auto& insertion : insertions) {
      if (insertion.block == number) {
        hidden = hidden.reshape({-1, x.size(2)}).index_copy(0, insertion.rows, insertion.values).view(x.sizes());
      }
    }
    hidden = block(hidden, tensors, shape, low_rank, number++);
  }
  const auto rows = at::arange(x.size(0), positions.options()) * x.size(1) + positions;
  const auto pooled = hidden.reshape({-1, x.size(2)}).index_select(0, rows);
  return at::matmul(layer_norm(pooled, weights.ln_weight, weights.ln_bias, shape.epsilon), weights.projection);
}

at::Tensor image_embedding(const at::Tensor& pixels, const TensorLookup& lookup, double epsilon) {
  const auto convolution = lookup("visual.conv1.weight");
  const auto patch = convolution.size(2);
  const auto width = convolution.size(0);
  const auto grid = at::conv2d(pixels.to(convolution.scalar_type()), convolution, {}, at::IntArrayRef{patch, patch});
  const auto tokens = grid.flatten(2).transpose(1, 2);
  const auto class_token = lookup("visual.class_embedding").view({1, 1, width}).expand({pixels.size(0), 1, width});
  const auto embedded = at::cat({class_token, tokens}, 1) + lookup("visual.positional_embedding");
  return layer_norm(embedded, lookup("visual.ln_pre.weight"), lookup("visual.ln_pre.bias"), epsilon);
}

at::Tensor text_embedding(const at::Tensor& tokens, const TensorLookup& lookup) {
  return at::embedding(lookup("token_embedding.weight"), tokens) +
         lookup("positional_embedding").narrow(0, 0, tokens.size(1));
}

at::Tensor cosine_logits(const at::Tensor& image_features, const at::Tensor& text_features,
                         const at::Tensor& logit_scale) {
  const auto images = image_features.to(at::kFloat);
  const auto texts = text_features.to(at::kFloat);
  const auto unit_images = images / images.norm(2, at::IntArrayRef{1}, true);
  const auto unit_texts = texts / texts.norm(2, at::IntArrayRef{1}, true);
  return at::matmul(unit_images, unit_texts.t()) * logit_scale.exp();
}

}  // namespace skiptuning::reference
