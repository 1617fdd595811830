#include <algorithm>

#include <ATen/Parallel.h>
#include <ATen/ops/_fused_sgd.h>
#include <ATen/ops/zeros_like.h>

#include "kernels/card_kernels.h"
#include "kernels/dispatch.h"
#include "train/optimizer.h"

namespace skiptuning {
namespace {

// Numbers that a thread takes at a time.
constexpr std::int64_t kGrain = 1 << 16;

// v = momentum v + (g + weight_decay w);  w -= rate v  (torch.optim.SGD without dampening or Nesterov).
// v starts at zero, which makes the first step the same as torch's special case v = g.
class Sgd : public Optimizer {
 public:
  Sgd(const FlatParameters& parameters, const OptimizerOptions& options)
      : options_(options),
        on_cpu_(parameters.masters().device().is_cpu()),
        velocity_(at::zeros_like(parameters.masters())) {}

  void update(const FlatParameters& parameters, double gradient_factor, const std::vector<double>& rates,
              std::uint64_t) override {
    require_rates(rates, parameters.groups());
    for (std::size_t group = 0; group < rates.size(); ++group) {
      if (parameters.group(velocity_, group).numel() == 0) {
        continue;
      }
      if (on_cpu_) {
        update_in_one_pass(parameters, group, gradient_factor, rates[group]);
      } else {
        update_by_aten(parameters, group, gradient_factor, rates[group]);
      }
    }
  }

  void update_on_device(const FlatParameters& parameters, const at::Tensor& rates) override {
    const auto* kernels = card_kernels(parameters.gradients());
    for (std::size_t group = 0; group < parameters.groups(); ++group) {
      const auto rate = rates.select(0, static_cast<std::int64_t>(group));
      if (kernels == nullptr) {
        update_by_aten(parameters, group, 1.0, rate);
      } else {
        kernels->sgd(parameters.group(parameters.masters(), group), parameters.group(velocity_, group),
                     parameters.group(parameters.gradients(), group), parameters.group(parameters.computed(), group),
                     rate, options_.momentum, options_.weight_decay);
      }
    }
    if (kernels == nullptr) {
      parameters.cast_masters();
    }
  }

  bool takes_device_rates() const override { return true; }

  bool keeps_copy() const override { return on_cpu_; }

  NamedTensors state() const override { return {{"momentum", velocity_}}; }

 private:
  // Rate: a number, or a tensor on the device.
  template <class Rate>
  void update_by_aten(const FlatParameters& parameters, std::size_t group, double gradient_factor, const Rate& rate) {
    const std::vector<at::Tensor> weights = {parameters.group(parameters.masters(), group)};
    const std::vector<at::Tensor> gradients = {
        parameters.wide(parameters.group(parameters.gradients(), group), gradient_factor)};
    // ATen's takes velocities only with a momentum.
    const std::vector<at::Tensor> velocities = options_.momentum == 0
                                                   ? std::vector<at::Tensor>{}
                                                   : std::vector<at::Tensor>{parameters.group(velocity_, group)};
    at::_fused_sgd_(weights, gradients, velocities, options_.weight_decay, options_.momentum, rate, /*dampening=*/0.0,
                    /*nesterov=*/false, /*maximize=*/false, /*is_first_step=*/false);
  }

  // Each number is read and written once, the copy in the computation's precision among them.
  void update_in_one_pass(const FlatParameters& parameters, std::size_t group, double gradient_factor, double rate) {
    const auto velocity = parameters.group(velocity_, group);
    const auto masters = parameters.group(parameters.masters(), group);
    const auto gradients = parameters.group(parameters.gradients(), group);
    const auto copies = parameters.group(parameters.computed(), group);
    const kernels::SgdRates sgd_rates{static_cast<float>(rate), static_cast<float>(options_.momentum),
                                      static_cast<float>(options_.weight_decay), static_cast<float>(gradient_factor)};
    kernels::for_type(parameters.precision(), [&](auto type) {
      using T = decltype(type);
      const auto sgd = kernels::typed<T>().sgd;
      at::parallel_for(0, velocity.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
        sgd(kernels::data<float>(masters) + begin, kernels::data<float>(velocity) + begin,
            kernels::data<T>(gradients) + begin, kernels::data<T>(copies) + begin, end - begin, sgd_rates);
      });
    });
  }

  OptimizerOptions options_;
  bool on_cpu_;
  at::Tensor velocity_;
};

}  // namespace

std::unique_ptr<Optimizer> make_sgd(const FlatParameters& parameters, const OptimizerOptions& options) {
  return std::make_unique<Sgd>(parameters, options);
}

}  // namespace skiptuning
