#pragma once

#include <string>

#include <ATen/core/Tensor.h>

namespace skiptuning {

// A tensor over a new file whose space is taken from the disk at once, so that a full disk is an error here and not a
// signal later. The name goes away at once, the space with the tensor. std::system_error says why it cannot be.
at::Tensor file_tensor(const std::string& file, at::IntArrayRef shape, at::ScalarType type);

}  // namespace skiptuning
