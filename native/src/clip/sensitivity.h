#pragma once

#include <ATen/core/Tensor.h>

#include "clip/model.h"

namespace skiptuning {

// How far what each block makes of an input is from what the same block of another model makes of it: Euclidean
// distances over all tokens, and the lengths of the first model's outputs. Both [blocks, inputs] fp32 on the host.
struct BlockDistances {
  at::Tensor distances;
  at::Tensor lengths;
};

// pixels [B,3,S,S]; models of one shape on one device.
BlockDistances image_distances(const Model& before, const Model& after, const at::Tensor& pixels,
                               at::ScalarType precision);
// tokens [M,L] int64: of each text what comes up to end-of-text.
BlockDistances text_distances(const Model& before, const Model& after, const at::Tensor& tokens,
                              at::ScalarType precision);

}  // namespace skiptuning
