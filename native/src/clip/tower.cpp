#include "clip/tower.h"

#include "clip/parameters.h"
#include "layers/product.h"

namespace skiptuning {
namespace {

struct HeadNames {
  std::string ln_weight, ln_bias, projection;
};

HeadNames head_names(TowerKind kind) {
  return kind == TowerKind::image ? HeadNames{"visual.ln_post.weight", "visual.ln_post.bias", "visual.proj"}
                                  : HeadNames{"ln_final.weight", "ln_final.bias", "text_projection"};
}

BlockUse use_of(std::size_t block, const SuffixTensors& suffix, const SuffixUse& use) {
  const bool last = block + 1 == suffix.blocks.size();
  return {last ? Queries::pooled : Queries::all, block > 0 || use.input_gradient, use.trained, use.low_rank,
          static_cast<std::int64_t>(block)};
}

// Puts the rows of an insertion before this block in their place; hidden belongs to nobody else.
void insert(const SuffixUse& use, std::size_t block, at::Tensor& hidden) {
  if (use.insertions == nullptr) {
    return;
  }
  for (const auto& insertion : *use.insertions) {
    if (insertion.block == static_cast<std::int64_t>(block)) {
      hidden.index_copy_(0, insertion.rows, insertion.values);
    }
  }
}

// What came to these rows stays with the insertion: what they replaced gets none of it.
void take_insertions(const SuffixUse& use, std::size_t block, at::Tensor& d_hidden,
                     std::vector<at::Tensor>* d_insertions) {
  if (use.insertions == nullptr) {
    return;
  }
  for (std::size_t index = 0; index < use.insertions->size(); ++index) {
    const auto& insertion = (*use.insertions)[index];
    if (insertion.block == static_cast<std::int64_t>(block)) {
      if (d_insertions != nullptr) {
        (*d_insertions)[index] = d_hidden.index_select(0, insertion.rows);
      }
      d_hidden.index_fill_(0, insertion.rows, 0);
    }
  }
}

constexpr BlockUse kPassed{Queries::all, /*input_gradient=*/true, /*trained=*/false};

}  // namespace

const TowerConfiguration& tower_configuration(const ClipConfiguration& configuration, TowerKind kind) {
  return kind == TowerKind::image ? configuration.image : configuration.text;
}

BlockShape block_shape(const ClipConfiguration& configuration, TowerKind kind) {
  return {tower_configuration(configuration, kind).heads, configuration.activation, configuration.layer_norm_epsilon,
          kind == TowerKind::text};
}

SuffixTensors suffix_tensors(const ClipConfiguration& configuration, TowerKind kind, std::int64_t start,
                             const TensorLookup& lookup) {
  SuffixTensors tensors;
  const auto layers = tower_configuration(configuration, kind).layers;
  for (auto block = start; block < layers; ++block) {
    tensors.blocks.push_back(block_tensors(block_prefix(kind, block), lookup));
  }
  const auto names = head_names(kind);
  tensors.ln_weight = lookup(names.ln_weight);
  tensors.ln_bias = lookup(names.ln_bias);
  tensors.projection = lookup(names.projection);
  return tensors;
}

std::vector<std::string> suffix_names(const ClipConfiguration& configuration, TowerKind kind, std::int64_t start) {
  std::vector<std::string> names;
  const auto& tower = tower_configuration(configuration, kind);
  for (auto block = start; block < tower.layers; ++block) {
    for (const auto& spec : block_parameters(block_prefix(kind, block), tower)) {
      names.push_back(spec.name);
    }
  }
  const auto head = head_names(kind);
  names.insert(names.end(), {head.ln_weight, head.ln_bias, head.projection});
  return names;
}

at::Tensor suffix_forward(const at::Tensor& x, const Sequences& sequences, const SuffixTensors& weights,
                          const BlockShape& shape, const SuffixUse& use, SuffixSaved* saved) {
  if (saved != nullptr) {
    saved->blocks.assign(weights.blocks.size(), BlockSaved{});
  }
  auto hidden = x;
  for (std::size_t block = 0; block < weights.blocks.size(); ++block) {
    insert(use, block, hidden);
    hidden = block_forward(hidden, sequences, weights.blocks[block], shape, use_of(block, weights, use),
                           saved != nullptr ? &saved->blocks[block] : nullptr);
  }
  const auto normalised = layer_norm_forward(hidden, weights.ln_weight, weights.ln_bias, shape.epsilon,
                                             saved != nullptr ? &saved->ln : nullptr);
  if (saved != nullptr) {
    saved->pooled = hidden;
    saved->normalised = normalised;
  }
  return product(normalised, weights.projection);
}

at::Tensor suffix_backward(const at::Tensor& d_features, const Sequences& sequences, const SuffixTensors& weights,
                           const BlockShape& shape, const SuffixUse& use, const SuffixSaved& saved,
                           const SuffixTensors& gradients, std::vector<at::Tensor>* d_insertions) {
  if (d_insertions != nullptr) {
    d_insertions->resize(use.insertions == nullptr ? 0 : use.insertions->size());
  }
  if (use.trained) {
    product_out(gradients.projection, saved.normalised.t(), d_features);
  }
  auto d_hidden = layer_norm_backward(product(d_features, weights.projection.t()), saved.pooled, weights.ln_weight,
                                      weights.ln_bias, saved.ln, gradients.ln_weight, gradients.ln_bias);
  for (std::size_t block = weights.blocks.size(); block-- > 0;) {
    d_hidden = block_backward(d_hidden, sequences, weights.blocks[block], shape, use_of(block, weights, use),
                              saved.blocks[block], gradients.blocks[block]);
    take_insertions(use, block, d_hidden, d_insertions);
  }
  return d_hidden;
}

at::Tensor blocks_forward(const at::Tensor& x, const Sequences& sequences, const std::vector<BlockTensors>& blocks,
                          const BlockShape& shape, std::vector<BlockSaved>* saved) {
  if (saved != nullptr) {
    saved->assign(blocks.size(), BlockSaved{});
  }
  auto hidden = x;
  for (std::size_t block = 0; block < blocks.size(); ++block) {
    hidden =
        block_forward(hidden, sequences, blocks[block], shape, kPassed, saved != nullptr ? &(*saved)[block] : nullptr);
  }
  return hidden;
}

at::Tensor blocks_backward(const at::Tensor& dy, const Sequences& sequences, const std::vector<BlockTensors>& blocks,
                           const BlockShape& shape, const std::vector<BlockSaved>& saved) {
  auto d_hidden = dy;
  for (std::size_t block = blocks.size(); block-- > 0;) {
    d_hidden = block_backward(d_hidden, sequences, blocks[block], shape, kPassed, saved[block], BlockTensors{});
  }
  return d_hidden;
}

SuffixTensors no_gradients(const SuffixTensors& suffix) {
  SuffixTensors none;
  none.blocks.resize(suffix.blocks.size());
  return none;
}

}  // namespace skiptuning
