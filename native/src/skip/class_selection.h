#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace skiptuning {

enum class MaskPolicy { run, step };

struct SelectionOptions {
  double top_ratio = 1.0;        // r; above 1 it is a count
  std::int64_t max_classes = 0;  // caps K; 0: no cap
  double lambda = 0.0;           // scale of the exponential tail; 0: no tail
  MaskPolicy mask = MaskPolicy::run;
  std::uint64_t seed = 1;
};

// K = ceil(r * M), or r itself above 1, capped at max_classes and at M.
std::int64_t sure_classes(const SelectionOptions& options, std::int64_t classes);

// p(t) for t = 0..remaining-1: exp(-x/lambda) at even points x of [0,5], min-max normalised; one remaining class: 0.
std::vector<double> tail_probabilities(std::int64_t remaining, double lambda);

// Which of the remaining ranks stay. The uniform draw of rank t is a function of (seed, step, t); under
// MaskPolicy::run the step counts as 0.
std::vector<std::uint8_t> rank_mask(const SelectionOptions& options, std::int64_t remaining, std::uint64_t step);

// The places of the ranking that a step may keep. Their number hangs on nothing but the options, the mask and the batch
// size, so that the step's shapes are known before any feature is.
struct RankChoice {
  std::vector<std::int64_t> ranks;  // [C], ascending
  std::vector<std::int64_t>
      certain;  // [C]: 1 where the class of that rank stays, 0 where only a label of the batch does
};

RankChoice rank_choice(const SelectionOptions& options, std::int64_t classes, std::int64_t batch, std::uint64_t step);

// CSkip. image_features [B,E] of length 1, prototypes [M,E], labels [B] -> kept classes [K'] int64, ascending, on the
// features' device. Ties in the ranking go to the smaller class index.
at::Tensor select_classes(const at::Tensor& image_features, const at::Tensor& prototypes, const at::Tensor& labels,
                          const SelectionOptions& options, std::uint64_t step);

struct RankedClasses {
  at::Tensor classes;  // [C] int64, ascending
  at::Tensor kept;     // [C] bool: the classes that select_classes keeps
};

// The same with shapes that no number decides and nothing that waits for the device. ranks, certain [C] int64: those of
// a RankChoice.
RankedClasses select_ranked(const at::Tensor& image_features, const at::Tensor& prototypes, const at::Tensor& labels,
                            const at::Tensor& ranks, const at::Tensor& certain);

}  // namespace skiptuning
