#include "core/recorded_work.h"

#include "core/cuda_calls.h"

namespace skiptuning {

std::unique_ptr<RecordedWork> record(c10::Device device, const std::function<void()>& work,
                                     const RecordedWork* sharing) {
  const auto* cuda = cuda_calls();
  return device.is_cuda() && cuda != nullptr ? cuda->record(device, work, sharing) : nullptr;
}

}  // namespace skiptuning
