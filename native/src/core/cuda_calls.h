#pragma once

#include <functional>
#include <memory>

#include <c10/core/Device.h>

#include "core/recorded_work.h"

namespace skiptuning {

// What ATen has no word for that is not CUDA's own; see cuda/calls.cpp.
struct CudaCalls {
  std::unique_ptr<RecordedWork> (*record)(c10::Device device, const std::function<void()>& work,
                                          const RecordedWork* sharing);
  void* (*current_stream)(c10::Device device);  // a cudaStream_t
};

// Null where the core was built without CUDA.
const CudaCalls* cuda_calls();
// Before main.
bool set_cuda_calls(const CudaCalls& calls);

}  // namespace skiptuning
