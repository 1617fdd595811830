#include "abi/memory.h"

#include <algorithm>
#include <atomic>
#include <mutex>

#include <malloc.h>

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/CachingDeviceAllocator.h>

namespace skiptuning::abi {

namespace {

// LibTorch's allocator of CPU memory with a count. Blocks are freed by a plain function of their address, so their
// sizes are asked of malloc.
class CountingAllocator final : public c10::Allocator {
 public:
  static void install() {
    static std::once_flag once;
    std::call_once(once, [] {
      inner_ = c10::GetCPUAllocator();
      inner_free_ = inner_->raw_deleter();
      if (inner_free_ != nullptr) {
        // LibTorch keeps the pointer until the process ends.
        c10::SetCPUAllocator(new CountingAllocator, kPriority);
      }
    });
  }

  c10::DataPtr allocate(std::size_t bytes) override {
    void* data = inner_->raw_allocate(bytes);
    const auto now = allocated_.fetch_add(::malloc_usable_size(data)) + ::malloc_usable_size(data);
    auto peak = peak_.load();
    while (now > peak && !peak_.compare_exchange_weak(peak, now)) {
    }
    return {data, data, &free_counted, c10::Device(c10::DeviceType::CPU)};
  }

  c10::DeleterFnPtr raw_deleter() const override { return &free_counted; }

  void copy_data(void* target, const void* source, std::size_t bytes) const override {
    default_copy_data(target, source, bytes);
  }

  static MemoryFigures figures() {
    const auto allocated = allocated_.load();
    return {allocated, std::max(allocated, peak_.load())};
  }

  static void reset_peak() { peak_ = allocated_.load(); }

 private:
  static constexpr std::uint8_t kPriority = 100;

  static void free_counted(void* data) {
    allocated_ -= ::malloc_usable_size(data);
    inner_free_(data);
  }

  static inline c10::Allocator* inner_ = nullptr;
  static inline c10::DeleterFnPtr inner_free_ = nullptr;
  static inline std::atomic<std::uint64_t> allocated_{0};
  static inline std::atomic<std::uint64_t> peak_{0};
};

}  // namespace

void count_cpu_memory() { CountingAllocator::install(); }

MemoryFigures memory_of(c10::Device device) {
  if (device.is_cpu()) {
    return CountingAllocator::figures();
  }
  const auto stats = c10::getDeviceAllocator(device.type())->getDeviceStats(device.index());
  const auto& bytes = stats.allocated_bytes[static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE)];
  return {static_cast<std::uint64_t>(bytes.current), static_cast<std::uint64_t>(bytes.peak)};
}

void reset_peak_of(c10::Device device) {
  if (device.is_cpu()) {
    CountingAllocator::reset_peak();
  } else {
    c10::getDeviceAllocator(device.type())->resetPeakStats(device.index());
  }
}

}  // namespace skiptuning::abi
