#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include <ATen/core/grad_mode.h>

#include "clip/text_rows.h"
#include "core/error.h"
#include "skip/cache.h"
#include "tiny_clip.h"

namespace skiptuning::test {
namespace {

constexpr std::int64_t kRows = 5;

FeatureCache cache_of(const Model& model, at::ScalarType storage) {
  return FeatureCache(model,
                      CacheOptions{kRows, 3, 1, 1, at::kFloat, storage, text_layout(model.device()), std::nullopt});
}

// What one cache computed, another one holds after it was written there, in each storage.
TEST(CacheRows, GoFromOneCacheToAnother) {
  const at::NoGradGuard no_gradients;
  const auto model = tiny_model(3);
  for (const auto storage : {at::kFloat, at::kBFloat16}) {
    auto first = cache_of(model, storage);
    first.put_images(0, random_pixels(model.configuration(), kRows, 7));
    const auto bytes = first.images()[0].nbytes();
    std::vector<std::uint8_t> rows(bytes * 3);
    first.read_images(1, 3, rows.data(), rows.size());
    auto second = cache_of(model, storage);
    second.write_images(2, 3, rows.data(), rows.size());
    EXPECT_TRUE(second.images().narrow(0, 2, 3).equal(first.images().narrow(0, 1, 3)));
    // They count as put, and no others do.
    std::vector<std::uint8_t> again(rows.size());
    second.read_images(2, 3, again.data(), again.size());
    EXPECT_EQ(again, rows);
    EXPECT_THROW(second.read_images(1, 3, again.data(), again.size()), InvalidState);
  }
}

TEST(CacheRows, AreChecked) {
  const at::NoGradGuard no_gradients;
  const auto model = tiny_model(3);
  auto cache = cache_of(model, at::kFloat);
  const auto row = static_cast<std::uint64_t>(cache.images()[0].nbytes());
  std::vector<std::uint8_t> rows(row * (kRows + 1));
  EXPECT_THROW(cache.write_images(-1, 1, rows.data(), row), InvalidArgument);
  EXPECT_THROW(cache.write_images(0, 0, rows.data(), 0), InvalidArgument);
  EXPECT_THROW(cache.write_images(kRows, 1, rows.data(), row), InvalidArgument);
  EXPECT_THROW(cache.write_images(0, kRows + 1, rows.data(), row * (kRows + 1)), InvalidArgument);
  EXPECT_THROW(cache.write_images(INT64_MAX, 1, rows.data(), row), InvalidArgument);
  EXPECT_THROW(cache.write_images(0, 1, rows.data(), row - 1), InvalidArgument);
  EXPECT_THROW(cache.write_images(0, 1, rows.data(), row + 1), InvalidArgument);
  EXPECT_THROW(cache.read_images(0, 1, rows.data(), row), InvalidState);
}

}  // namespace
}  // namespace skiptuning::test
