#include "method/kept_classes.h"

#include <limits>
#include <utility>

#include <ATen/TensorOperators.h>

#include "clip/text_rows.h"

namespace skiptuning {

RankedClasses select_for(const FeatureCache& cache, const Batch& batch, const SelectionOptions& selection,
                         const at::Tensor& image_features) {
  const auto classes = cache.options().texts;
  if (!batch.ranks.defined()) {
    return {select_classes(image_features, cache.prototypes(), batch.labels, selection, batch.step), {}};
  }
  if (sure_classes(selection, classes) == classes) {
    return {cache.all_classes(), {}};
  }
  return select_ranked(image_features, cache.prototypes(), batch.labels, batch.ranks, batch.certain);
}

SuffixInput chosen_texts(const FeatureCache& cache, const at::Tensor& classes, at::ScalarType precision) {
  const auto& texts = cache.texts();
  if (cache.options().text_layout == TextLayout::equal) {
    auto [sequences, rows] = choose_equal(classes, cache.text_places(), cache.text_sequences().equal_length());
    return {texts.index_select(0, rows).to(precision), std::move(sequences)};
  }
  const auto on_host = classes.to(at::kCPU).contiguous();
  const auto* first = on_host.const_data_ptr<std::int64_t>();
  auto [sequences, rows] = choose(cache.text_sequences(), {first, first + on_host.numel()}, classes.device());
  return {texts.index_select(0, rows).to(precision), std::move(sequences)};
}

at::Tensor of_kept(const at::Tensor& logits, const RankedClasses& selected) {
  return selected.kept.defined()
             ? logits.masked_fill(selected.kept.logical_not(), -std::numeric_limits<float>::infinity())
             : logits;
}

at::Tensor told(const RankedClasses& selected) {
  return selected.kept.defined() ? selected.classes.masked_fill(selected.kept.logical_not(), -1) : selected.classes;
}

}  // namespace skiptuning
