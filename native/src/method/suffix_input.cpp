#include "method/suffix_input.h"

#include <ATen/ops/zeros.h>

namespace skiptuning {

SuffixInput cached_images(const FeatureCache& cache, const Batch& batch, at::ScalarType precision) {
  const auto& images = cache.images();
  const auto count = batch.image_rows.size(0);
  return {images.index_select(0, batch.image_rows).view({-1, images.size(2)}).to(batch.labels.device(), precision),
          batch.ranks.defined() ? Sequences::of_places(at::zeros({count}, batch.labels.options()), images.size(1))
                                : Sequences::of_images(count, images.size(1))};
}

}  // namespace skiptuning
