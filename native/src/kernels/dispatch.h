#pragma once

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
T* data(const at::Tensor& tensor) {
  return static_cast<T*>(tensor.data_ptr());
}

}  // namespace skiptuning::kernels
