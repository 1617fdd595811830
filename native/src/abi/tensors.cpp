#include "abi/tensors.h"

#include <algorithm>
#include <limits>

#include <ATen/ops/from_blob.h>

#include "abi/status.h"
#include "core/error.h"

namespace skiptuning::abi {

namespace {

st_dtype dtype_of(const std::string& name, at::ScalarType type) {
  switch (type) {
    case at::kFloat:
      return ST_FLOAT32;
    case at::kHalf:
      return ST_FLOAT16;
    case at::kBFloat16:
      return ST_BFLOAT16;
    case at::kLong:
      return ST_INT64;
    case at::kByte:
      return ST_UINT8;
    case at::kDouble:
      return ST_FLOAT64;
    case at::kInt:
      return ST_INT32;
    default:
      throw Unsupported("The tensor " + name + " has a type that has no name in the interface");
  }
}

// Bytes from the first to the last element; at most 2^63.
uint64_t bytes_reached(const std::string& name, const st_tensor& tensor, std::size_t element_bytes) {
  std::uint64_t elements = 1;
  std::uint64_t last = 0;
  bool overflow = false;
  for (int axis = 0; axis < tensor.rank; ++axis) {
    const auto size = tensor.shape[axis];
    const auto stride = tensor.strides[axis];
    require(size >= 0 && stride >= 0, "The tensor " + name + " has a negative size or stride");
    std::uint64_t reach = 0;
    overflow |= __builtin_mul_overflow(elements, static_cast<std::uint64_t>(size), &elements);
    overflow |= __builtin_mul_overflow(static_cast<std::uint64_t>(std::max<std::int64_t>(size, 1) - 1),
                                       static_cast<std::uint64_t>(stride), &reach);
    overflow |= __builtin_add_overflow(last, reach, &last);
  }
  std::uint64_t bytes = 0;
  overflow |= __builtin_mul_overflow(last + 1, element_bytes, &bytes);
  require(!overflow && bytes <= std::numeric_limits<std::int64_t>::max(),
          "The shape of the tensor " + name + " is too large");
  return elements == 0 ? 0 : bytes;
}

at::Tensor view_of(const st_tensor& tensor, const std::string& name) {
  const auto type = scalar_type_of(tensor.dtype);
  require(tensor.rank >= 0 && tensor.rank <= ST_MAX_RANK, "The tensor " + name + " has an impossible rank");
  const auto bytes = bytes_reached(name, tensor, c10::elementSize(type));
  require(bytes <= tensor.bytes,
          "The tensor " + name + " reaches beyond its " + std::to_string(tensor.bytes) + " bytes");
  require(bytes == 0 || tensor.data != nullptr, "The tensor " + name + " has no data");
  const at::IntArrayRef shape(tensor.shape, tensor.rank);
  const at::IntArrayRef strides(tensor.strides, tensor.rank);
  return at::from_blob(tensor.data, shape, strides, at::TensorOptions().dtype(type));
}

}  // namespace

at::ScalarType scalar_type_of(st_dtype dtype) {
  constexpr at::ScalarType types[] = {at::kFloat, at::kHalf,   at::kBFloat16, at::kLong,
                                      at::kByte,  at::kDouble, at::kInt};
  require(dtype >= ST_FLOAT32 && dtype <= ST_INT32, "dtype " + std::to_string(dtype) + " is unknown");
  return types[dtype];
}

NamedTensors views_of(const st_tensor* tensors, uint64_t count) {
  require(tensors != nullptr || count == 0, "tensors is null");
  NamedTensors views;
  for (uint64_t index = 0; index < count; ++index) {
    const auto& tensor = checked_struct(tensors + index, "a tensor");
    const std::string name = &dereference(tensor.name, "a tensor's name");
    views.emplace_back(name, view_of(tensor, name));
  }
  return views;
}

std::map<std::string, at::Tensor> views_by_name(const st_tensor* tensors, uint64_t count) {
  std::map<std::string, at::Tensor> by_name;
  for (auto& [name, view] : views_of(tensors, count)) {
    if (!by_name.emplace(name, view).second) {
      throw BadInput("the tensor " + name + " occurs twice");
    }
  }
  return by_name;
}

void describe(const std::string& name, const at::Tensor& tensor, st_tensor& description) {
  const bool in_host_memory = tensor.device().is_cpu();
  require(tensor.dim() <= ST_MAX_RANK, "The tensor " + name + " has too many dimensions");
  description.dtype = dtype_of(name, tensor.scalar_type());
  description.name = name.c_str();
  description.data = in_host_memory ? tensor.data_ptr() : nullptr;
  description.bytes = in_host_memory ? tensor.storage().nbytes() - tensor.storage_offset() * tensor.element_size() : 0;
  description.rank = static_cast<int32_t>(tensor.dim());
  description.reserved = 0;
  std::copy(tensor.sizes().begin(), tensor.sizes().end(), description.shape);
  std::copy(tensor.strides().begin(), tensor.strides().end(), description.strides);
}

void copy_to_host(const std::string& name, const at::Tensor& tensor, at::ScalarType type, void* data, uint64_t bytes) {
  const uint64_t needed = tensor.numel() * c10::elementSize(type);
  require(bytes == needed,
          "The tensor " + name + " needs " + std::to_string(needed) + " bytes, not " + std::to_string(bytes));
  require(data != nullptr || bytes == 0, "data is null");
  at::from_blob(data, tensor.sizes(), at::TensorOptions().dtype(type)).copy_(tensor);
}

}  // namespace skiptuning::abi
