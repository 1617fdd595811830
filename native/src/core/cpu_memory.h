#pragma once

#include <cstdint>

namespace skiptuning {

struct MemoryFigures {
  std::uint64_t allocated;
  std::uint64_t peak;
};

// LibTorch's CPU memory with a count, and with large blocks kept for the next step: the system hands each out as fresh
// pages and clears them, which costs a tenth of a step in bf16. Kept blocks don't count as allocated. The calls may be
// repeated, and come from any thread.
void manage_cpu_memory();
MemoryFigures cpu_memory();
void reset_cpu_peak();
// Gives kept blocks back to the system.
void release_kept_memory();

}  // namespace skiptuning
