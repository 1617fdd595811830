#include <atomic>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "failing_new.h"
#include "image/parallel.h"

namespace skiptuning {
namespace {

TEST(ParallelFor, CallsEachIndexOnce) {
  for (const int threads : {0, 1, 3, 100}) {
    for (const std::int64_t count : {0, 1, 2, 50}) {
      std::vector<std::atomic<int>> calls(count);
      parallel_for(count, threads, [&](std::int64_t index) { ++calls[index]; });
      for (const auto& call : calls) {
        EXPECT_EQ(call, 1);
      }
    }
  }
}

TEST(ParallelFor, RethrowsAndStops) {
  std::atomic<int> calls{0};
  EXPECT_THROW(parallel_for(1'000'000, 4,
                            [&](std::int64_t) {
                              ++calls;
                              throw std::runtime_error("no");
                            }),
               std::runtime_error);
  EXPECT_LE(calls, 8);
}

// The first allocation is the list of threads, which may fail as a whole; the later ones are each thread's own.
TEST(ParallelFor, GoesOnWithoutMemoryForMoreThreads) {
  for (const int failing : {2, 3, 4}) {
    std::vector<std::atomic<int>> calls(50);
    test::fail_new(failing);
    EXPECT_NO_THROW(parallel_for(50, 8, [&](std::int64_t index) { ++calls[index]; }));
    test::fail_new(0);
    for (const auto& call : calls) {
      EXPECT_EQ(call, 1);
    }
  }
}

}  // namespace
}  // namespace skiptuning
