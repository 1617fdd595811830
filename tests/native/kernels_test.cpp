#include <cmath>

#include <ATen/TensorOperators.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "layers/activation.h"
#include "layers/linear.h"

namespace skiptuning {
namespace {

class Kernels : public ::testing::TestWithParam<at::ScalarType> {
 protected:
  // Roundings of the type and of fp32's sums.
  double tolerance() const { return GetParam() == at::kFloat ? 1e-6 : GetParam() == at::kHalf ? 2e-3 : 1e-2; }
  static double difference(const at::Tensor& found, const at::Tensor& expected) {
    const auto wide = expected.to(at::kDouble);
    return ((found.to(at::kDouble) - wide).norm() / wide.norm()).item<double>();
  }
};

TEST_P(Kernels, LinearAddsBiasAndResidual) {
  const auto type = GetParam();
  const auto x = at::randn({37, 50}).to(type);
  const auto weight = at::randn({71, 50}).to(type);
  const auto bias = at::randn({71}).to(type);
  const auto residual = at::randn({37, 71}).to(type);
  const auto expected = x.to(at::kDouble).matmul(weight.to(at::kDouble).t()) + bias.to(at::kDouble);
  EXPECT_LT(difference(linear_forward(x, weight, bias), expected), tolerance());
  EXPECT_LT(difference(linear_forward(x, weight, bias, residual), expected + residual.to(at::kDouble)), tolerance());
}

TEST_P(Kernels, BiasGradientSumsTheRows) {
  const auto type = GetParam();
  for (const std::int64_t width : {1, 63, 64, 65, 200}) {
    const auto dy = at::randn({300, width}).to(type);
    const auto x = at::randn({300, 8}).to(type);
    const auto d_weight = at::zeros({width, 8}, dy.options());
    const auto d_bias = at::zeros({width}, dy.options());
    linear_backward_parameters(dy, x, d_weight, d_bias);
    EXPECT_LT(difference(d_bias, dy.to(at::kDouble).sum(at::IntArrayRef{0})), tolerance());
  }
}

// Over the whole range: far outside it the function is 0 or x, and nothing overflows.
TEST_P(Kernels, QuickGeluAndItsDerivative) {
  const auto type = GetParam();
  const auto given = at::linspace(-60, 60, 4 * 203).view({4, 203}).to(type);
  const auto bias = at::randn({203}).to(type);
  auto x = given.clone();
  const auto y = activation_forward(Activation::quick_gelu, x, bias);
  const auto sum = x.to(at::kDouble);
  const auto share = at::sigmoid(sum * 1.702);
  EXPECT_LT(difference(x, given.to(at::kDouble) + bias.to(at::kDouble)), tolerance());
  EXPECT_LT(difference(y, sum * share), tolerance());
  const auto dy = at::randn({4, 203}).to(type);
  const auto dx = activation_backward(Activation::quick_gelu, dy.clone(), x);
  EXPECT_LT(difference(dx, dy.to(at::kDouble) * share * (1.702 * sum * (1.0 - share) + 1.0)), tolerance());
}

INSTANTIATE_TEST_SUITE_P(Types, Kernels, ::testing::Values(at::kFloat, at::kBFloat16, at::kHalf));

}  // namespace
}  // namespace skiptuning
