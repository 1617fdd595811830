#include "method/logistic_regression.h"

#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/zeros.h>
#include <torch/optim/lbfgs.h>

namespace skiptuning {
namespace {

// The public probe's bound (scikit-learn's max_iter) and steps from which curvature is known.
constexpr std::int64_t kIterations = 1000;
constexpr std::int64_t kHistory = 10;
constexpr double kGradientTolerance = 1e-10;
constexpr double kChangeTolerance = 1e-14;

}  // namespace

LinearModel logistic_regression(const at::Tensor& features, const at::Tensor& labels, std::int64_t classes,
                                double cost) {
  const at::AutoGradMode with_gradients(true);
  const auto x = features.detach().to(at::kDouble);
  const auto options = x.options();
  auto weight = at::zeros({classes, x.size(1)}, options).requires_grad_(true);
  auto bias = at::zeros({classes}, options).requires_grad_(true);
  // By the mean loss, whose size hangs on neither the cost nor the number of pictures.
  const double decay = 0.5 / (cost * static_cast<double>(x.size(0)));
  torch::optim::LBFGS optimizer({weight, bias}, torch::optim::LBFGSOptions(1.0)
                                                    .max_iter(kIterations)
                                                    .max_eval(2 * kIterations)
                                                    .history_size(kHistory)
                                                    .tolerance_grad(kGradientTolerance)
                                                    .tolerance_change(kChangeTolerance)
                                                    .line_search_fn("strong_wolfe"));
  optimizer.step([&] {
    optimizer.zero_grad();
    const auto loss = at::cross_entropy_loss(at::linear(x, weight, bias), labels) + weight.square().sum() * decay;
    loss.backward();
    return loss;
  });
  return {weight.detach(), bias.detach()};
}

}  // namespace skiptuning
