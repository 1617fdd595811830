#include "skip/class_selection.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <ATen/ops/arange.h>
#include <ATen/ops/ones.h>

#include "core/counter_random.h"
#include "core/error.h"
#include "layers/product.h"

namespace skiptuning {

std::int64_t sure_classes(const SelectionOptions& options, std::int64_t classes) {
  if (!(options.top_ratio > 0)) {
    throw InvalidArgument("the top ratio must be above 0");
  }
  const auto all = static_cast<double>(classes);
  auto count = static_cast<std::int64_t>(options.top_ratio > 1 ? std::min(options.top_ratio, all)
                                                               : std::ceil(options.top_ratio * all));
  if (options.max_classes > 0) {
    count = std::min(count, options.max_classes);
  }
  return std::clamp<std::int64_t>(count, 1, classes);
}

std::vector<double> tail_probabilities(std::int64_t remaining, double lambda) {
  std::vector<double> probabilities(static_cast<std::size_t>(std::max<std::int64_t>(remaining, 0)), 0.0);
  if (remaining < 2 || lambda <= 0) {
    return probabilities;
  }
  // The density's factor 1/lambda cancels in the normalisation. Its minimum lies at 5, its maximum 1 at 0.
  const double least = std::exp(-5.0 / lambda);
  for (std::int64_t rank = 0; rank < remaining; ++rank) {
    const double point = 5.0 * static_cast<double>(rank) / static_cast<double>(remaining - 1);
    probabilities[static_cast<std::size_t>(rank)] = (std::exp(-point / lambda) - least) / (1.0 - least);
  }
  return probabilities;
}

std::vector<std::uint8_t> rank_mask(const SelectionOptions& options, std::int64_t remaining, std::uint64_t step) {
  const auto probabilities = tail_probabilities(remaining, options.lambda);
  const std::uint64_t key = options.mask == MaskPolicy::run ? 0 : step;
  std::vector<std::uint8_t> kept(probabilities.size());
  for (std::size_t rank = 0; rank < kept.size(); ++rank) {
    kept[rank] = counter_uniform(options.seed, key, rank) < probabilities[rank] ? 1 : 0;
  }
  return kept;
}

RankChoice rank_choice(const SelectionOptions& options, std::int64_t classes, std::int64_t batch, std::uint64_t step) {
  const auto sure = sure_classes(options, classes);
  const auto mask = rank_mask(options, classes - sure, step);
  RankChoice choice;
  for (std::int64_t rank = 0; rank < classes; ++rank) {
    const bool certain = rank < sure || mask[static_cast<std::size_t>(rank - sure)] != 0;
    // Labels come first in the ranking, as many as there are pictures at most.
    if (certain || rank < batch) {
      choice.ranks.push_back(rank);
      choice.certain.push_back(certain ? 1 : 0);
    }
  }
  return choice;
}

at::Tensor select_classes(const at::Tensor& image_features, const at::Tensor& prototypes, const at::Tensor& labels,
                          const SelectionOptions& options, std::uint64_t step) {
  const auto classes = prototypes.size(0);
  const auto sure = sure_classes(options, classes);
  if (sure == classes) {
    return at::arange(classes, labels.options());
  }
  auto closest = std::get<0>(product(image_features, prototypes.t()).max(0));
  // After the maximum, which is NaN where a feature is: a label stays among the kept whatever the features are.
  closest.index_fill_(0, labels, std::numeric_limits<float>::infinity());
  const auto [values, ranked] = closest.sort(/*stable=*/true, /*dim=*/0, /*descending=*/true);
  const auto mask = rank_mask(options, classes - sure, step);
  auto keep = at::ones({classes}, at::TensorOptions().dtype(at::kBool));
  auto* flags = keep.data_ptr<bool>();
  for (std::size_t rank = 0; rank < mask.size(); ++rank) {
    flags[static_cast<std::size_t>(sure) + rank] = mask[rank] != 0;
  }
  // A batch of more classes than K still keeps each of them.
  const auto kept = ranked.masked_select(keep.to(ranked.device()).logical_or_(values.isinf()));
  return std::get<0>(kept.sort());
}

RankedClasses select_ranked(const at::Tensor& image_features, const at::Tensor& prototypes, const at::Tensor& labels,
                            const at::Tensor& ranks, const at::Tensor& certain) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  auto closest = std::get<0>(product(image_features, prototypes.t()).max(0));
  // Behind the labels even where it is NaN: each label must be among the ranks.
  closest.nan_to_num_(-kInfinity);
  closest.index_fill_(0, labels, kInfinity);
  const auto [values, ranked] = closest.sort(/*stable=*/true, /*dim=*/0, /*descending=*/true);
  const auto is_label = values.index_select(0, ranks).eq(kInfinity);
  const auto [classes, order] = ranked.index_select(0, ranks).sort();
  return {classes, is_label.logical_or_(certain).index_select(0, order)};
}

}  // namespace skiptuning
