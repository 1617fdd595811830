#pragma once

#include <functional>

#include <ATen/core/Tensor.h>

#include "clip/model.h"
#include "clip/text_rows.h"
#include "clip/tower.h"

namespace skiptuning {

// Looks parameters up in the precision of a computation. LayerNorm's stay fp32 where the device's kernel takes them
// beside a lower input (CPU); the others are cast.
TensorLookup frozen_lookup(const Model& model, at::ScalarType precision);
// The same for a pass that fills a cache, beside which casting the weights is little work: on the CPU the casts, half
// as large as the weights, don't stay.
TensorLookup passing_lookup(const Model& model, at::ScalarType precision);

// Hidden states after blocks [0, blocks): pixels [B,3,S,S] -> [B*L,D], texts -> [R,D].
at::Tensor image_prefix(const Model& model, const at::Tensor& pixels, std::int64_t blocks, at::ScalarType precision);
at::Tensor text_prefix(const Model& model, const TextRows& rows, std::int64_t blocks, at::ScalarType precision);

// Rows divided by their length, in fp32: [N,E] -> [N,E].
at::Tensor normalised(const at::Tensor& features);

}  // namespace skiptuning
