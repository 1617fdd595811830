#include "layers/attention.h"

#include <algorithm>
#include <tuple>

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include "with_gemm.h"

namespace skiptuning {
namespace {

// Shared rows, own rows of each, whether causal, which rows ask, precision, who multiplies.
using Case = std::tuple<int, int, bool, Queries, at::ScalarType, GemmBackEnd>;

Sequences equal_sequences(std::int64_t shared, std::int64_t count, std::int64_t own) {
  Sequences sequences;
  sequences.shared = shared;
  for (std::int64_t sequence = 0; sequence < count; ++sequence) {
    sequences.starts.push_back(shared + sequence * own);
    sequences.pooled.push_back(shared + sequence * own + (sequence * 2 + 1) % own);
  }
  sequences.starts.push_back(shared + count * own);
  return sequences;
}

// Relative, but to 1 where all of it is zero, as with one key to choose from.
double difference(const at::Tensor& found, const at::Tensor& expected) {
  const auto size = expected.to(at::kDouble).norm().item<double>();
  return (found.to(at::kDouble) - expected.to(at::kDouble)).norm().item<double>() / std::max(size, 1.0);
}

class Attention : public ::testing::TestWithParam<Case> {};

// The loops against ATen's operations in fp32, forward and backward.
TEST_P(Attention, EqualsThePlainOne) {
  const auto [shared, own, causal, queries, precision, back_end] = GetParam();
  if (!has_gemm(back_end)) {
    GTEST_SKIP() << "this processor has no tiles";
  }
  const test::WithGemm with_gemm(back_end);
  constexpr std::int64_t kHeads = 3;
  constexpr std::int64_t kWidth = 3 * 20;
  const auto sequences = equal_sequences(shared, 5, own);
  const AttentionShape shape{kHeads, causal, queries};
  const auto rows = sequences.rows();
  const auto asked = queries == Queries::all ? rows : sequences.count();
  const auto qkv = at::randn({rows, 3 * kWidth}).to(precision);
  const auto q = queries == Queries::all ? qkv.narrow(1, 0, kWidth) : at::randn({asked, kWidth}).to(precision);
  const AttentionInput input{q, qkv.narrow(1, kWidth, kWidth), qkv.narrow(1, 2 * kWidth, kWidth)};
  const auto wide = [](const AttentionInput& x) {
    return AttentionInput{x.q.to(at::kFloat), x.k.to(at::kFloat), x.v.to(at::kFloat)};
  };
  const double tolerance = precision == at::kFloat ? 2e-6 : 2e-2;
  AttentionSaved saved;
  at::Tensor plain_shares;
  const auto found = attention_forward(input, sequences, shape, &saved);
  const auto expected = plain_attention_forward(wide(input), sequences, shape, &plain_shares);
  EXPECT_LT(difference(found, expected), tolerance);

  const auto d_output = at::randn({asked, kWidth}).to(precision);
  const auto room = [&] {
    return AttentionInput{at::empty({asked, kWidth}, q.options()), at::empty({rows, kWidth}, q.options()),
                          at::empty({rows, kWidth}, q.options())};
  };
  const auto gradients = room();
  attention_backward(d_output, input, saved, sequences, shape, gradients);
  const auto plain = wide(room());
  plain_attention_backward(d_output.to(at::kFloat), wide(input), plain_shares, sequences, shape, plain);
  EXPECT_LT(difference(gradients.q, plain.q), tolerance);
  EXPECT_LT(difference(gradients.k, plain.k), tolerance);
  EXPECT_LT(difference(gradients.v, plain.v), tolerance);
}

INSTANTIATE_TEST_SUITE_P(Shapes, Attention,
                         ::testing::Combine(::testing::Values(0, 1, 6), ::testing::Values(1, 7, 33), ::testing::Bool(),
                                            ::testing::Values(Queries::all, Queries::pooled),
                                            ::testing::Values(at::kFloat, at::kBFloat16, at::kHalf),
                                            ::testing::Values(GemmBackEnd::blas, GemmBackEnd::tiles)));

// Sharp attention leaves shares near the smallest numbers there are, on which a processor is a hundred times slower:
// whatever is that small is zero.
TEST(Attention, KeepsNoSubnormalNumbers) {
  const auto sequences = equal_sequences(0, 2, 50);
  const AttentionShape shape{1, false, Queries::all};
  const auto rows = sequences.rows();
  const AttentionInput input{at::randn({rows, 16}) * 6, at::randn({rows, 16}) * 3, at::randn({rows, 16})};
  AttentionSaved saved;
  attention_forward(input, sequences, shape, &saved);
  const auto& shares = saved.probabilities;
  EXPECT_GT((shares == 0).sum().item<std::int64_t>(), 0);
  EXPECT_LT((shares == 0).sum().item<std::int64_t>(), shares.numel() / 2);
  constexpr double kSmallest = 1e-27;
  EXPECT_EQ(((shares > 0) & (shares < kSmallest)).sum().item<std::int64_t>(), 0);
}

}  // namespace
}  // namespace skiptuning
