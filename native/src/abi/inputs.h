#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "abi/handles.h"

namespace skiptuning::abi {

// The caller's buffers as tensors on the model's device, checked as far as their contents can be wrong.

// pixels [count,3,S,S] fp32, count >= 1
at::Tensor pixel_input(const ModelState& model, const float* pixels, std::int64_t count);

// tokens [count,length] int64, count >= 1, ids inside of the vocabulary
at::Tensor token_input(const ModelState& model, const std::int64_t* tokens, std::int64_t count, std::int64_t length);

// Throws InvalidArgument unless all of the indices are in 0..limit-1; `what` names them.
void require_indices(const std::int64_t* indices, std::int64_t count, std::int64_t limit, const char* what);

}  // namespace skiptuning::abi
