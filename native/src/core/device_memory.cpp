#include "core/device_memory.h"

#include <c10/core/CachingDeviceAllocator.h>

namespace skiptuning {

MemoryFigures memory_of(c10::Device device) {
  if (device.is_cpu()) {
    return cpu_memory();
  }
  const auto stats = c10::getDeviceAllocator(device.type())->getDeviceStats(device.index());
  const auto& bytes = stats.allocated_bytes[static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE)];
  return {static_cast<std::uint64_t>(bytes.current), static_cast<std::uint64_t>(bytes.peak)};
}

void reset_peak_of(c10::Device device) {
  if (device.is_cpu()) {
    reset_cpu_peak();
  } else {
    c10::getDeviceAllocator(device.type())->resetPeakStats(device.index());
  }
}

}  // namespace skiptuning
