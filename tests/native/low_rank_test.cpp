#include "layers/low_rank.h"

#include <cmath>
#include <tuple>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "core/counter_random.h"
#include "tiny_clip.h"

namespace skiptuning::test {
namespace {

TEST(Dropout, IsDrawnFromCounters) {
  const auto names = at::arange(5, at::kLong) * 77 + 3;
  for (const std::int64_t width : {1, 4, 6, 48, 1000}) {
    const auto dropout = dropout_of(0.25, 0xF123456789ABCDEFULL);
    const auto factors = dropout_factors(dropout, names, width);
    const auto found = factors.accessor<float, 2>();
    const auto quarter = (width + 3) / 4;
    for (std::int64_t row = 0; row < 5; ++row) {
      for (std::int64_t column = 0; column < width; ++column) {
        const auto place = static_cast<std::uint64_t>((row * 77 + 3) * quarter + column % quarter);
        const auto draw = scramble(dropout.key ^ place) >> (16 * (column / quarter)) & 0xFFFFU;
        EXPECT_EQ(found[row][column], draw < 16384 ? 0.0F : static_cast<float>(4.0 / 3.0));
      }
    }
  }
}

TEST(Dropout, KeepsTheMeanAndItsBounds) {
  const auto names = at::arange(1000, at::kLong);
  for (const double share : {0.0, 1e-9, 0.1, 0.25, 0.5, 0.9, 0.999999999}) {
    const auto factors = dropout_factors(dropout_of(share, 17), names, 512);
    EXPECT_TRUE(std::isfinite(factors.max().item<float>()));
    if (share < 0.95) {
      EXPECT_NEAR(factors.mean().item<double>(), 1.0, 0.01) << share;
      EXPECT_NEAR(factors.eq(0).to(at::kDouble).mean().item<double>(), share, 0.003) << share;
    }
  }
}

// Each precision with the loops of each instruction set that this processor has.
class LowRank : public ::testing::TestWithParam<std::tuple<at::ScalarType, const kernels::Kernels*>> {
 protected:
  LowRank() { kernels::use(*std::get<1>(GetParam())); }
  ~LowRank() override { kernels::use(*kernels::supported().front()); }

  static at::ScalarType type() { return std::get<0>(GetParam()); }
  static double tolerance() { return type() == at::kFloat ? 2e-6 : type() == at::kHalf ? 4e-3 : 3e-2; }
};

struct Sizes {
  std::int64_t rows, width, outputs, rank;
};

TEST_P(LowRank, EqualsItsFormula) {
  const at::NoGradGuard no_gradients;
  at::manual_seed(3);
  for (const auto& [rows, width, outputs, rank] : {Sizes{1, 4, 4, 1}, Sizes{33, 48, 48, 2}, Sizes{70, 130, 67, 5}}) {
    for (const double share : {0.0, 0.25}) {
      const auto x = at::randn({rows, width}).to(type());
      // Columns of a wider buffer, as queries, keys and values are.
      const auto before = at::randn({rows, 3 * outputs}).to(type());
      const auto dy = at::randn({rows, 3 * outputs}).to(type()).narrow(1, outputs, outputs);
      const auto dx_before = at::randn({rows, width}).to(type());
      const LowRankTensors weights{at::randn({rank, width}), at::randn({outputs, rank})};
      const LowRankRule rule{0.7, dropout_of(share, 5), at::randint(1 << 20, {rows}, at::kLong)};
      const auto factors = dropout_factors(rule.dropout, rule.names, width).to(at::kDouble);

      const auto dropped = x.to(at::kDouble) * factors;
      const auto a = weights.a.to(at::kDouble);
      const auto b = weights.b.to(at::kDouble);
      const auto u = dropped.matmul(a.t());
      const auto y = before.narrow(1, outputs, outputs).to(at::kDouble) + 0.7 * u.matmul(b.t());
      const auto du = 0.7 * dy.to(at::kDouble).matmul(b);
      const auto dx = dx_before.to(at::kDouble) + du.matmul(a) * factors;
      for (const bool plain : {false, true}) {
        const auto buffer = before.clone();
        const auto y_found = buffer.narrow(1, outputs, outputs);
        const auto dx_found = dx_before.clone();
        const LowRankTensors found{at::zeros({rank, width}, x.options()), at::zeros({outputs, rank}, x.options())};
        const auto u_found = (plain ? plain_low_rank_forward : low_rank_forward)(x, weights, rule, y_found);
        (plain ? plain_low_rank_backward : low_rank_backward)(dy, x, u_found, weights, rule, found, dx_found);
        EXPECT_LT(relative_difference(u_found, u), tolerance());
        EXPECT_LT(relative_difference(y_found, y), tolerance());
        EXPECT_LT(relative_difference(dx_found, dx), tolerance());
        EXPECT_LT(relative_difference(found.a, du.t().matmul(dropped)), tolerance());
        EXPECT_LT(relative_difference(found.b, 0.7 * dy.to(at::kDouble).t().matmul(u)), tolerance());
        EXPECT_TRUE(at::equal(buffer.narrow(1, 0, outputs), before.narrow(1, 0, outputs)));
        EXPECT_TRUE(at::equal(buffer.narrow(1, 2 * outputs, outputs), before.narrow(1, 2 * outputs, outputs)));

        const LowRankTensors same{at::zeros({rank, width}, x.options()), at::zeros({outputs, rank}, x.options())};
        (plain ? plain_low_rank_backward : low_rank_backward)(dy, x, u_found, weights, rule, same, {});
        EXPECT_TRUE(at::equal(same.a, found.a));
        EXPECT_TRUE(at::equal(same.b, found.b));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Precisions, LowRank,
                         ::testing::Combine(::testing::Values(at::kFloat, at::kBFloat16, at::kHalf),
                                            ::testing::ValuesIn(kernels::supported())),
                         [](const auto& instance) {
                           return std::string(c10::toString(std::get<0>(instance.param))) + "_" +
                                  std::get<1>(instance.param)->instructions;
                         });

}  // namespace
}  // namespace skiptuning::test
