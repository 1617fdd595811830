#pragma once

#include <map>
#include <string>

#include <ATen/core/Tensor.h>

#include "skiptuning.h"
#include "train/trainer.h"

namespace skiptuning::abi {

at::ScalarType scalar_type_of(st_dtype dtype);

// Views of described buffers in the order given. An InvalidArgument names the tensor that reaches beyond its memory.
NamedTensors views_of(const st_tensor* tensors, uint64_t count);

// The same by name. BadInput if a name occurs twice.
std::map<std::string, at::Tensor> views_by_name(const st_tensor* tensors, uint64_t count);

// Describes a tensor; the name must live as long as the description. Data is null when it isn't in host memory.
void describe(const std::string& name, const at::Tensor& tensor, st_tensor& description);

// Copies a tensor to dense host memory of another type.
void copy_to_host(const std::string& name, const at::Tensor& tensor, at::ScalarType type, void* data, uint64_t bytes);

}  // namespace skiptuning::abi
