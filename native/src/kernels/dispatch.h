#pragma once

#include <type_traits>

#include <ATen/core/Tensor.h>

#include "core/error.h"
#include "kernels/kernels.h"

namespace skiptuning::kernels {

// Calls body with a value of the memory type of a precision: float, Bfloat16 or Half.
template <class Body>
void for_type(at::ScalarType type, const Body& body) {
  switch (type) {
    case at::kFloat:
      return body(float{});
    case at::kBFloat16:
      return body(Bfloat16{});
    case at::kHalf:
      return body(Half{});
    default:
      throw InvalidArgument("no computation in this precision");
  }
}

template <typename T>
const TypedKernels<T>& typed() {
  if constexpr (std::is_same_v<T, float>) {
    return in_use().fp32;
  } else if constexpr (std::is_same_v<T, Bfloat16>) {
    return in_use().bf16;
  } else {
    return in_use().fp16;
  }
}

// The numbers of a tensor of that type, whose rows are dense.
template <typename T>
T* data(const at::Tensor& tensor) {
  constexpr auto type = std::is_same_v<T, float> ? at::kFloat : std::is_same_v<T, Bfloat16> ? at::kBFloat16 : at::kHalf;
  if (tensor.scalar_type() != type || (tensor.dim() > 0 && tensor.size(-1) > 1 && tensor.stride(-1) != 1)) {
    throw InvalidState("a kernel was given a tensor of another type or layout");
  }
  return static_cast<T*>(tensor.data_ptr());
}

}  // namespace skiptuning::kernels
