#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "clip/block.h"
#include "clip/configuration.h"
#include "clip/parameters.h"

namespace skiptuning {

// The last blocks of a tower and its head, from block `start` to the feature: what Skip Tuning trains.
struct SuffixTensors {
  std::vector<BlockTensors> blocks;
  at::Tensor ln_weight, ln_bias;  // ln_post or ln_final [D]
  at::Tensor projection;          // [D,E]
};

SuffixTensors suffix_tensors(const ClipConfiguration& configuration, TowerKind kind, std::int64_t start,
                             const TensorLookup& lookup);

// Names of all parameters of a suffix, block by block, then the head.
std::vector<std::string> suffix_names(const ClipConfiguration& configuration, TowerKind kind, std::int64_t start);

BlockShape block_shape(const ClipConfiguration& configuration, TowerKind kind);
const TowerConfiguration& tower_configuration(const ClipConfiguration& configuration, TowerKind kind);

struct SuffixSaved {
  std::vector<BlockSaved> blocks;
  at::Tensor pooled;  // [S,D]
  LayerNormSaved ln;
  at::Tensor normalised;  // [S,D]
};

// Trained rows that take the place of others before a block, deeper in than the suffix's input.
struct Insertion {
  std::int64_t block;  // counted from the suffix's first; above 0
  at::Tensor rows;     // [P] int64
  at::Tensor values;   // [P,D]
};

// Which gradients a suffix makes, told to its forward and its backward alike.
struct SuffixUse {
  bool input_gradient;                   // not where everything before the first block is frozen
  bool trained = true;                   // else its parameters get none, and nothing is kept for them
  const LowRankUse* low_rank = nullptr;  // of all its blocks, whose additions are trained
  const std::vector<Insertion>* insertions = nullptr;
};

// x [R,D] -> features [S,E], not normalised. Of the last block only the pooled rows are computed.
at::Tensor suffix_forward(const at::Tensor& x, const Sequences& sequences, const SuffixTensors& weights,
                          const BlockShape& shape, const SuffixUse& use, SuffixSaved* saved);

// d_features [S,E] -> dx [R,D] (undefined unless input_gradient); writes every gradient (=) of a trained suffix, and
// into d_insertions [P,D] each.
at::Tensor suffix_backward(const at::Tensor& d_features, const Sequences& sequences, const SuffixTensors& weights,
                           const BlockShape& shape, const SuffixUse& use, const SuffixSaved& saved,
                           const SuffixTensors& gradients, std::vector<at::Tensor>* d_insertions = nullptr);

// The same of some frozen blocks that lead to no feature: x [R,D] -> [R,D], all rows of which go on, and back.
at::Tensor blocks_forward(const at::Tensor& x, const Sequences& sequences, const std::vector<BlockTensors>& blocks,
                          const BlockShape& shape, std::vector<BlockSaved>* saved);
at::Tensor blocks_backward(const at::Tensor& dy, const Sequences& sequences, const std::vector<BlockTensors>& blocks,
                           const BlockShape& shape, const std::vector<BlockSaved>& saved);

// Places for no gradients at all, of a suffix with as many blocks.
SuffixTensors no_gradients(const SuffixTensors& suffix);

}  // namespace skiptuning
