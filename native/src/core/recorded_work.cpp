#include "core/recorded_work.h"

namespace skiptuning {
namespace {

Recorder cuda_recorder = nullptr;

}  // namespace

bool set_cuda_recorder(Recorder recorder) {
  cuda_recorder = recorder;
  return true;
}

std::unique_ptr<RecordedWork> record(c10::Device device, const std::function<void()>& work) {
  return device.is_cuda() && cuda_recorder != nullptr ? cuda_recorder(device, work) : nullptr;
}

}  // namespace skiptuning
