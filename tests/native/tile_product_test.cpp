#include "layers/tile_product.h"

#include <limits>
#include <tuple>

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/sigmoid.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "kernels/tiles.h"
#include "layers/product.h"
#include "with_gemm.h"

namespace skiptuning {
namespace {

using Size = std::tuple<int, int, int>;

// Sizes around those of tiles and panels, and of a step's own products; each precision.
class TileProducts : public ::testing::TestWithParam<std::tuple<Size, at::ScalarType>> {
 protected:
  void SetUp() override {
    if (!has_tile_product()) {
      GTEST_SKIP() << "this processor, or this system, has no tiles";
    }
  }

  at::Tensor random(std::int64_t rows, std::int64_t columns) const {
    return at::randn({rows, columns}).to(std::get<1>(GetParam()));
  }
  // A sum in fp32, and a rounding to bf16.
  double tolerance() const { return std::get<1>(GetParam()) == at::kFloat ? 1e-6 : 4e-3; }
};

double difference(const at::Tensor& found, const at::Tensor& expected) {
  return ((found.to(at::kDouble) - expected).norm() / expected.norm()).item<double>();
}

at::Tensor exact(const at::Tensor& a, const at::Tensor& b) { return at::mm(a.to(at::kDouble), b.to(at::kDouble)); }

TEST_P(TileProducts, EqualThoseInFp64InEveryLayoutOnAnyNumberOfThreads) {
  const auto [m, n, k] = std::get<0>(GetParam());
  const auto threads_before = at::get_num_threads();
  for (const bool a_turned : {false, true}) {
    for (const bool b_turned : {false, true}) {
      const auto a = a_turned ? random(k, m).t() : random(m, k);
      const auto b = b_turned ? random(n, k).t() : random(k, n);
      at::Tensor alone;
      for (const int threads : {1, 2, 3}) {
        at::set_num_threads(threads);
        // Part of a wider buffer, what is beside it stays.
        auto wide = at::empty({m + 1, n + 2}, a.options()).fill_(7);
        const auto out = wide.narrow(0, 0, m).narrow(1, 1, n);
        tile_product(out, a, b);
        EXPECT_LT(difference(out, exact(a, b)), tolerance());
        EXPECT_TRUE((wide.select(0, m) == 7).all().item<bool>());
        EXPECT_TRUE((wide.select(1, 0) == 7).all().item<bool>() && (wide.select(1, n + 1) == 7).all().item<bool>());
        alone = alone.defined() ? alone : out.clone();
        EXPECT_TRUE(out.equal(alone)) << threads << " threads";
      }
    }
  }
  at::set_num_threads(threads_before);
}

TEST_P(TileProducts, AddBiasAndResidual) {
  const auto [m, n, k] = std::get<0>(GetParam());
  const auto a = random(m, k);
  const auto b = random(k, n);
  const auto bias = random(1, n).view({n});
  const auto residual = random(m, n);
  auto out = at::empty({m, n}, a.options());
  tile_product(out, a, b, {bias, residual});
  EXPECT_LT(difference(out, exact(a, b) + bias.to(at::kDouble) + residual.to(at::kDouble)), tolerance());
}

TEST_P(TileProducts, GoThroughQuickGeluAndBack) {
  const auto [m, n, k] = std::get<0>(GetParam());
  const auto a = random(m, k);
  const auto b = random(k, n);
  const auto bias = random(1, n).view({n});
  auto x = at::empty({m, n}, a.options());
  auto y = at::empty_like(x);
  tile_product(y, a, b, {bias, {}, x});
  const auto sum = exact(a, b) + bias.to(at::kDouble);
  EXPECT_LT(difference(x, sum), tolerance());
  const auto wide = x.to(at::kDouble);
  const auto share = at::sigmoid(wide * 1.702);
  EXPECT_LT(difference(y, wide * share), tolerance());

  const auto dy = random(m, k);
  auto dx = at::empty_like(x);
  auto again = x.clone();
  tile_product(dx, dy, b, {{}, {}, again, /*backward=*/true});
  EXPECT_TRUE(again.equal(y));
  EXPECT_LT(difference(dx, exact(dy, b) * share * (1.702 * wide * (1.0 - share) + 1.0)), tolerance());
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, TileProducts,
    ::testing::Combine(::testing::Values(Size{1, 1, 1}, Size{31, 33, 32}, Size{32, 32, 31}, Size{33, 31, 65},
                                         Size{4, 300, 200}, Size{300, 4, 96}, Size{100, 90, 3}, Size{197, 197, 64},
                                         Size{788, 384, 1600}, Size{1000, 700, 300}, Size{2100, 64, 900}),
                       ::testing::Values(at::kFloat, at::kBFloat16)));

// Numbers of very different size, where three parts of each must still hold all its bits.
TEST(TileProductsInFp32, AreAsExactAsSumsInFp32) {
  if (!has_tile_product()) {
    GTEST_SKIP() << "this processor, or this system, has no tiles";
  }
  const auto a = at::randn({64, 512}) * at::randn({64, 512}).mul(6).exp();
  const auto b = at::randn({512, 64}) * at::randn({512, 64}).mul(6).exp();
  auto found = at::empty({64, 64});
  tile_product(found, a, b);
  const auto size = exact(a.abs(), b.abs());
  const auto error = ((found.to(at::kDouble) - exact(a, b)).abs() / size).max().item<double>();
  const auto of_fp32 = ((at::mm(a, b).to(at::kDouble) - exact(a, b)).abs() / size).max().item<double>();
  EXPECT_LT(error, std::max(2 * of_fp32, 1e-6));
}

TEST(TileProductsInFp32, ShowWhatIsNotANumber) {
  if (!has_tile_product()) {
    GTEST_SKIP() << "this processor, or this system, has no tiles";
  }
  for (const float odd : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    auto a = at::randn({40, 40});
    a[3][5] = odd;
    auto found = at::empty({40, 40});
    tile_product(found, a, at::randn({40, 40}));
    EXPECT_TRUE(found.select(0, 3).isnan().all().item<bool>());
    EXPECT_FALSE(found.narrow(0, 4, 36).isnan().any().item<bool>());
  }
}

// oneDNN sets the same registers up in its own way.
TEST(TileProductsInBfloat16, LeaveThoseOfOneDnnAlone) {
  if (!has_tile_product()) {
    GTEST_SKIP() << "this processor, or this system, has no tiles";
  }
  const auto a = at::randn({128, 256}).to(at::kBFloat16);
  const auto b = at::randn({256, 192}).to(at::kBFloat16);
  const auto before = at::mm(a, b);
  auto found = at::empty({128, 192}, a.options());
  for (int turn = 0; turn < 3; ++turn) {
    tile_product(found, a, b);
    EXPECT_TRUE(at::mm(a, b).equal(before));
  }
  EXPECT_LT(difference(found, exact(a, b)), 4e-3);
}

// Where nobody can multiply tiles the choice is refused, and where one can it stands.
TEST(TileProductChoice, FollowsTheProcessor) {
  const auto before = gemm_in_use();
  if (kernels::tiles::available()) {
    const test::WithGemm with_tiles(GemmBackEnd::tiles);
    EXPECT_EQ(gemm_in_use(), GemmBackEnd::tiles);
    const auto tiled = [](std::int64_t rows, at::ScalarType type) {
      return is_tiled(at::randn({rows, 8}).to(type), at::randn({8, 128}).to(type));
    };
    EXPECT_TRUE(tiled(96, at::kFloat) && tiled(8, at::kBFloat16));
    EXPECT_FALSE(tiled(95, at::kFloat) || tiled(7, at::kBFloat16) || tiled(128, at::kHalf));
  } else {
    EXPECT_THROW(choose_gemm(GemmBackEnd::tiles), InvalidArgument);
  }
  EXPECT_EQ(gemm_in_use(), before);
}

}  // namespace
}  // namespace skiptuning
