#include <limits>
#include <string>
#include <tuple>

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "clip/embedding.h"
#include "kernels/kernels.h"
#include "layers/activation.h"
#include "layers/attention.h"
#include "layers/gemm.h"
#include "layers/linear.h"

namespace skiptuning {
namespace {

// Each precision with the loops of each instruction set that this processor has.
class Kernels : public ::testing::TestWithParam<std::tuple<at::ScalarType, const kernels::Kernels*>> {
 protected:
  Kernels() { kernels::use(*std::get<1>(GetParam())); }
  ~Kernels() override { kernels::use(*kernels::supported().front()); }

  static at::ScalarType type() { return std::get<0>(GetParam()); }
  // Roundings of the type and of fp32's sums.
  static double tolerance() { return type() == at::kFloat ? 1e-6 : type() == at::kHalf ? 2e-3 : 1e-2; }
  static double difference(const at::Tensor& found, const at::Tensor& expected) {
    const auto wide = expected.to(at::kDouble);
    return ((found.to(at::kDouble) - wide).norm() / wide.norm()).item<double>();
  }
};

TEST_P(Kernels, LinearAddsBiasAndResidual) {
  const auto x = at::randn({37, 50}).to(type());
  const auto weight = at::randn({71, 50}).to(type());
  const auto bias = at::randn({71}).to(type());
  const auto residual = at::randn({37, 71}).to(type());
  const auto expected = x.to(at::kDouble).matmul(weight.to(at::kDouble).t()) + bias.to(at::kDouble);
  EXPECT_LT(difference(linear_forward(x, weight, bias), expected), tolerance());
  EXPECT_LT(difference(linear_forward(x, weight, bias, residual), expected + residual.to(at::kDouble)), tolerance());
}

TEST_P(Kernels, BiasGradientSumsTheRows) {
  for (const std::int64_t width : {1, 63, 64, 65, 200}) {
    const auto dy = at::randn({300, width}).to(type());
    const auto x = at::randn({300, 8}).to(type());
    const auto d_weight = at::zeros({width, 8}, dy.options());
    const auto d_bias = at::zeros({width}, dy.options());
    linear_backward_parameters(dy, x, d_weight, d_bias);
    // Against the size of what is added: a sum itself may come close to zero, and of one column rounding may add up.
    const auto wide = dy.to(at::kDouble);
    const auto error = (d_bias.to(at::kDouble) - wide.sum(at::IntArrayRef{0})).norm() / wide.norm();
    EXPECT_LT(error.item<double>(), 4 * tolerance());
  }
}

// Over the whole range: far outside it the function is 0 or x, and nothing overflows.
TEST_P(Kernels, QuickGeluAndItsDerivative) {
  const auto given = at::linspace(-60, 60, 4 * 203).view({4, 203}).to(type());
  const auto bias = at::randn({203}).to(type());
  auto x = given.clone();
  const auto y = activation_forward(Activation::quick_gelu, x, bias);
  const auto sum = x.to(at::kDouble);
  const auto share = at::sigmoid(sum * 1.702);
  EXPECT_LT(difference(x, given.to(at::kDouble) + bias.to(at::kDouble)), tolerance());
  EXPECT_LT(difference(y, sum * share), tolerance());
  const auto dy = at::randn({4, 203}).to(type());
  at::Tensor again;
  const auto dx = activation_backward(Activation::quick_gelu, dy.clone(), x, &again);
  EXPECT_TRUE(at::equal(again, y));
  EXPECT_LT(difference(dx, dy.to(at::kDouble) * share * (1.702 * sum * (1.0 - share) + 1.0)), tolerance());
}

// An fp16 step that overflows brings NaNs here; they come out as such.
TEST_P(Kernels, QuickGeluKeepsNaN) {
  auto x = at::full({1, 40}, std::numeric_limits<double>::quiet_NaN(), at::TensorOptions().dtype(type()));
  const auto bias = at::zeros({40}, x.options());
  EXPECT_TRUE(activation_forward(Activation::quick_gelu, x, bias).isnan().all().item<bool>());
}

TEST_P(Kernels, AttentionEqualsThePlainOne) {
  const auto sequences = Sequences::of_images(3, 50);
  const AttentionShape shape{2, false, Queries::all};
  const auto part = [] { return at::randn({150, 32}).to(type()); };
  const AttentionInput input{part(), part(), part()};
  const AttentionInput wide{input.q.to(at::kFloat), input.k.to(at::kFloat), input.v.to(at::kFloat)};
  EXPECT_LT(difference(attention_forward(input, sequences, shape, nullptr),
                       plain_attention_forward(wide, sequences, shape, nullptr)),
            2 * tolerance());
}

INSTANTIATE_TEST_SUITE_P(TypesAndSets, Kernels,
                         ::testing::Combine(::testing::Values(at::kFloat, at::kBFloat16, at::kHalf),
                                            ::testing::ValuesIn(kernels::supported())),
                         [](const auto& info) {
                           return std::string(c10::toString(std::get<0>(info.param))) + "_" +
                                  std::get<1>(info.param)->instructions;
                         });

TEST(Gemm, OfTensorsEqualsTheBlas) {
  const auto a = at::randn({9, 14});
  const auto b = at::randn({11, 14});
  auto found = at::zeros({9, 13});
  auto expected = at::zeros({9, 13});
  const MatrixView left{a.const_data_ptr<float>(), 14};
  const MatrixView right{b.const_data_ptr<float>(), 14, true};
  gemm(9, 11, 14, 0.5F, left, right, found.mutable_data_ptr<float>(), 13);
  gemm_of_tensors(9, 11, 14, 0.5F, left, right, expected.mutable_data_ptr<float>(), 13);
  EXPECT_LT((found - expected).norm().item<double>(), 1e-5);
  EXPECT_GT(expected.norm().item<double>(), 1.0);
}

// A sum in bf16 would stop at 256.
TEST(TextEmbedding, SumsManyTextsInFullPrecision) {
  constexpr std::int64_t kRows = 1000;
  TextRows rows;
  rows.tokens = at::full({kRows}, 2, at::kLong);
  rows.places = at::full({kRows}, 1, at::kLong);
  const auto bf16 = at::TensorOptions().dtype(at::kBFloat16);
  const TextEmbeddingTensors gradients{at::zeros({5, 3}, bf16), at::zeros({4, 3}, bf16)};
  text_embedding_backward(at::ones({kRows, 3}, bf16), rows, gradients);
  EXPECT_EQ(gradients.token.to(at::kDouble).sum().item<double>(), 3 * kRows);
  EXPECT_EQ(gradients.position.select(0, 1).to(at::kDouble).sum().item<double>(), 3 * kRows);
}

}  // namespace
}  // namespace skiptuning
