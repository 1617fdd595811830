#pragma once

#include <cstdint>

#include <c10/core/Device.h>

#include "core/cpu_memory.h"

namespace skiptuning {

// Of what LibTorch allocates there.
MemoryFigures memory_of(c10::Device device);
void reset_peak_of(c10::Device device);

// What is allocated more than when this was made, by all threads.
class HeldMemory {
 public:
  explicit HeldMemory(c10::Device device) : device_(device), before_(memory_of(device).allocated) {}

  std::uint64_t bytes() const {
    const auto now = memory_of(device_).allocated;
    return now > before_ ? now - before_ : 0;
  }

 private:
  c10::Device device_;
  std::uint64_t before_;
};

}  // namespace skiptuning
