#include "method/meta_net.h"

#include <cmath>

#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>

#include "core/counter_random.h"
#include "method/draws.h"

namespace skiptuning {

at::Tensor drawn_uniform(std::uint64_t seed, std::uint64_t stream, at::IntArrayRef shape, std::int64_t inputs,
                         at::Device device) {
  auto values = at::empty(shape, at::kFloat);
  const double bound = 1.0 / std::sqrt(static_cast<double>(inputs));
  auto* first = values.data_ptr<float>();
  for (std::int64_t index = 0; index < values.numel(); ++index) {
    first[index] =
        static_cast<float>(bound * (2.0 * counter_uniform(seed, static_cast<std::uint64_t>(index), stream) - 1.0));
  }
  return values.to(device);
}

void MetaNet::add_parameters(std::uint64_t seed, at::Device device, std::map<std::string, at::Tensor>& own) const {
  own.emplace(name + ".0.weight", drawn_uniform(seed, draws::kMetaNet, {hidden, inputs}, inputs, device));
  own.emplace(name + ".0.bias", drawn_uniform(seed, draws::kMetaNet + 1, {hidden}, inputs, device));
  own.emplace(name + ".2.weight", drawn_uniform(seed, draws::kMetaNet + 2, {outputs, hidden}, hidden, device));
  own.emplace(name + ".2.bias", drawn_uniform(seed, draws::kMetaNet + 3, {outputs}, hidden, device));
}

at::Tensor MetaNet::forward(const at::Tensor& x, const TensorLookup& own,
                            at::Tensor (*activation)(const at::Tensor&)) const {
  const auto inner = activation(at::linear(x, own(name + ".0.weight"), own(name + ".0.bias")));
  return at::linear(inner, own(name + ".2.weight"), own(name + ".2.bias"));
}

}  // namespace skiptuning
