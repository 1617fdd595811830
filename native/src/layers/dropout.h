#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "kernels/kernels.h"

namespace skiptuning {

// Numbers of a row [D] are dropped by draws of 16 bits that four quarters of its columns share: with Q = ceil(D / 4),
// of scramble(key ^ (name * Q + j)) column j of quarter q has the bits 16 q to 16 q + 15. A draw below 65536 times the
// share drops the number; the others grow by the inverse of what share is kept. The name of a row is its own, whatever
// rows lie beside it, so that every device and every packing draws the same.
using kernels::Dropout;

// share is at least 0 and below 1, and is rounded to 1/65536.
Dropout dropout_of(double share, std::uint64_t key);

// names [R] int64 -> [R,width] fp32: 0 or the factor of what is kept. In LibTorch's operations, on the names' device.
at::Tensor dropout_factors(const Dropout& dropout, const at::Tensor& names, std::int64_t width);

}  // namespace skiptuning
