#include "core/recorded_work.h"

#include "core/cuda_calls.h"

namespace skiptuning {
namespace {

thread_local bool recording = false;

class Recording {
 public:
  Recording() { recording = true; }
  ~Recording() { recording = false; }
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
};

}  // namespace

bool is_recording() { return recording; }

std::unique_ptr<RecordedWork> record(c10::Device device, const std::function<void()>& work,
                                     const RecordedWork* sharing) {
  const auto* cuda = cuda_calls();
  if (!device.is_cuda() || cuda == nullptr) {
    return nullptr;
  }
  const Recording now;
  return cuda->record(device, work, sharing);
}

}  // namespace skiptuning
