#include "train/flat_parameters.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include "clip/encoder.h"
#include "clip/parameters.h"
#include "core/error.h"

namespace skiptuning {
namespace {

// Each tensor begins on a 64-byte border, so that vector kernels see aligned rows.
constexpr std::int64_t kAlignment = 16;

}  // namespace

FlatParameters::FlatParameters(Model& model, const std::vector<std::vector<std::string>>& groups,
                               at::ScalarType precision, const std::map<std::string, at::Tensor>& own)
    : model_(&model), precision_(precision) {
  std::int64_t offset = 0;
  for (std::size_t group = 0; group < groups.size(); ++group) {
    const auto first = offset;
    for (const auto& name : groups[group]) {
      const auto found = own.find(name);
      const auto& tensor = found != own.end() ? found->second : model.parameter(name);
      by_name_.emplace(name, entries_.size());
      entries_.push_back({name, tensor.sizes().vec(), offset, tensor.numel(), group, found != own.end()});
      offset += (tensor.numel() + kAlignment - 1) / kAlignment * kAlignment;
    }
    group_ranges_.emplace_back(first, offset - first);
  }
  const auto options = at::TensorOptions().device(model.device());
  masters_ = at::zeros({offset}, options.dtype(at::kFloat));
  gradients_ = at::zeros({offset}, options.dtype(precision));
  computed_ = precision == at::kFloat ? masters_ : at::empty({offset}, options.dtype(precision));
  for (const auto& entry : entries_) {
    auto master_view = master(entry.name);
    const auto found = own.find(entry.name);
    if (found != own.end()) {
      master_view.copy_(found->second);
    } else {
      master_view.copy_(model.parameter(entry.name));
      model.replace(entry.name, master_view, writer_);
      changes_model_ = true;
    }
  }
  refresh();
}

const FlatParameters::Entry& FlatParameters::entry(const std::string& name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) {
    throw InvalidArgument("the tensor " + name + " is not trained");
  }
  return entries_[found->second];
}

at::Tensor FlatParameters::view(const at::Tensor& flat, const std::string& name) const {
  const auto& found = entry(name);
  return flat.narrow(0, found.offset, found.count).view(found.shape);
}

at::Tensor FlatParameters::group(const at::Tensor& flat, std::size_t group) const {
  const auto [offset, count] = group_ranges_.at(group);
  return flat.narrow(0, offset, count);
}

TensorLookup FlatParameters::weights() const {
  const auto frozen = frozen_lookup(*model_, precision_);
  const bool mixed_layer_norm = masters_.device().is_cpu();
  return [this, frozen, mixed_layer_norm](const std::string& name) {
    if (!contains(name)) {
      return frozen(name);
    }
    return mixed_layer_norm && is_layer_norm(name) ? master(name) : computed(name);
  };
}

TensorLookup FlatParameters::gradient_places() const {
  return [this](const std::string& name) { return gradient(name); };
}

void FlatParameters::refresh() {
  cast_masters();
  refreshed();
}

void FlatParameters::cast_masters() const {
  if (precision_ != at::kFloat) {
    computed_.copy_(masters_);
  }
}

void FlatParameters::refreshed() {
  ++version_;
  if (changes_model_) {
    model_->touch();
  }
}

at::Tensor FlatParameters::wide(const at::Tensor& gradients, double factor) {
  const auto wide = gradients.to(at::kFloat);
  return factor == 1.0 ? wide : wide.mul(factor);
}

}  // namespace skiptuning
