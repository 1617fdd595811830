#include "core/cpu_memory.h"

#include <ATen/ops/empty.h>
#include <gtest/gtest.h>

namespace skiptuning {
namespace {

constexpr std::int64_t kNumbers = 1 << 20;

TEST(CpuMemory, KeepsLargeBlocksUntilTheyAreReleased) {
  manage_cpu_memory();
  release_kept_memory();
  const auto before = cpu_memory().allocated;
  const void* place = nullptr;
  {
    const auto first = at::empty({kNumbers});
    place = first.data_ptr();
    EXPECT_GE(cpu_memory().allocated, before + 4 * kNumbers);
  }
  EXPECT_EQ(cpu_memory().allocated, before);
  EXPECT_EQ(at::empty({kNumbers}).data_ptr(), place) << "the block that was just freed";
  EXPECT_NE(at::empty({kNumbers / 2}).data_ptr(), place) << "it would waste half of it";
  release_kept_memory();
  EXPECT_EQ(cpu_memory().allocated, before);
}

// Pages of 2 MB where the system has them, so they begin where such a page does.
TEST(CpuMemory, LargeBlocksAreWholePages) {
  manage_cpu_memory();
  release_kept_memory();
  const auto before = cpu_memory().allocated;
  constexpr std::uintptr_t kPage = std::uintptr_t{1} << 21U;
  for (const std::int64_t numbers : {kNumbers / 2, kNumbers / 2 + 1, 5 * kNumbers / 3}) {
    auto block = at::empty({numbers});
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block.data_ptr()) % kPage, 0U);
    EXPECT_GE(cpu_memory().allocated, before + 4 * static_cast<std::uint64_t>(numbers));
    EXPECT_LE(cpu_memory().allocated, before + 4 * static_cast<std::uint64_t>(numbers) + 4096);
    block.fill_(1);  // to its last number
  }
  release_kept_memory();
  EXPECT_EQ(cpu_memory().allocated, before);
}

TEST(CpuMemory, CountsThePeak) {
  manage_cpu_memory();
  reset_cpu_peak();
  const auto before = cpu_memory().allocated;
  {
    const auto gone = at::empty({kNumbers});
  }
  EXPECT_GE(cpu_memory().peak, before + 4 * kNumbers);
  reset_cpu_peak();
  EXPECT_EQ(cpu_memory().peak, cpu_memory().allocated);
}

}  // namespace
}  // namespace skiptuning
