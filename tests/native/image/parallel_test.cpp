#include <atomic>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace skiptuning
