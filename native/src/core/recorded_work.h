#pragma once

#include <functional>
#include <memory>

#include <c10/core/Device.h>

namespace skiptuning {

// A device's work that was recorded once and runs again by one call: a CUDA graph. Its tensors keep their places.
class RecordedWork {
 public:
  virtual ~RecordedWork() = default;
  // On the current stream; does not wait.
  virtual void replay() = 0;
};

// Records what `work` launches on the device, without running it. Everything of it must have run once before, and
// nothing in it may wait for the device. Null where the device cannot record, or the core was built without CUDA's
// headers.
// Shares the memory of `sharing`, if that is not null: the two then may not run at the same time.
std::unique_ptr<RecordedWork> record(c10::Device device, const std::function<void()>& work,
                                     const RecordedWork* sharing = nullptr);

// Whether this thread is recording: nothing may be measured or compiled then.
bool is_recording();

}  // namespace skiptuning
