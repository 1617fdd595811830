#pragma once

#include <ATen/core/Tensor.h>

#include "layers/sequences.h"
#include "method/method.h"
#include "skip/cache.h"

namespace skiptuning {

// The cached input of a suffix: rows [R,D] and what they belong to.
struct SuffixInput {
  at::Tensor hidden;
  Sequences sequences;
};

// The pictures of a batch. A cache in a file stays in the host's memory; only the batch's rows travel to the device.
SuffixInput cached_images(const FeatureCache& cache, const Batch& batch, at::ScalarType precision);

}  // namespace skiptuning
