#pragma once

#include <cstdint>

#include <c10/core/Device.h>

namespace skiptuning::abi {

struct MemoryFigures {
  std::uint64_t allocated;
  std::uint64_t peak;
};

// Begins to count what LibTorch allocates on the CPU, which it doesn't by itself. May be called again.
void count_cpu_memory();

MemoryFigures memory_of(c10::Device device);
void reset_peak_of(c10::Device device);

}  // namespace skiptuning::abi
