#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "clip/block.h"
#include "clip/model.h"

namespace skiptuning {

// The trained tensors of a model, one behind the other in flat buffers: fp32 masters, gradients in the precision of the
// computation and, below fp32, a copy of the masters in that precision. A group is a range with its own learning rate.
class FlatParameters {
 public:
  struct Entry {
    std::string name;
    std::vector<std::int64_t> shape;
    std::int64_t offset;
    std::int64_t count;
    std::size_t group;
    bool own;  // not the model's
  };

  // groups[g]: the names trained at the g-th rate. The model's tensors become views of the masters; `own` are not the
  // model's, with their first values.
  FlatParameters(Model& model, const std::vector<std::vector<std::string>>& groups, at::ScalarType precision,
                 const std::map<std::string, at::Tensor>& own = {});

  const std::vector<Entry>& entries() const { return entries_; }
  bool contains(const std::string& name) const { return by_name_.count(name) != 0; }
  const Entry& entry(const std::string& name) const;
  std::int64_t size() const { return masters_.numel(); }
  std::size_t groups() const { return group_ranges_.size(); }

  const at::Tensor& masters() const { return masters_; }               // [P] fp32
  const at::Tensor& gradients() const { return gradients_; }           // [P]
  static at::Tensor wide(const at::Tensor& gradients, double factor);  // fp32, times the factor
  const at::Tensor& computed() const { return computed_; }             // [P], the masters themselves in fp32
  at::ScalarType precision() const { return precision_; }
  at::Tensor group(const at::Tensor& flat, std::size_t group) const;  // its range of a flat buffer

  at::Tensor master(const std::string& name) const { return view(masters_, name); }
  at::Tensor gradient(const std::string& name) const { return view(gradients_, name); }
  at::Tensor computed(const std::string& name) const { return view(computed_, name); }
  at::Tensor view(const at::Tensor& flat, const std::string& name) const;

  // Weights for the forward pass: the trained ones from here (LayerNorm's in fp32 on a CPU), the frozen from the model.
  TensorLookup weights() const;
  TensorLookup gradient_places() const;

  // Masters -> copy in the computation's precision; after every change of the masters.
  void refresh();
  // The part of it that happens on the device.
  void cast_masters() const;
  // Says that both have changed together.
  void refreshed();
  // Grows with every change.
  std::uint64_t version() const { return version_; }

 private:
  Model* model_;
  std::shared_ptr<const void> writer_ = std::make_shared<char>();  // tells the model that the masters still change
  at::ScalarType precision_;
  bool changes_model_ = false;
  std::uint64_t version_ = 0;
  std::vector<Entry> entries_;
  std::map<std::string, std::size_t> by_name_;
  std::vector<std::pair<std::int64_t, std::int64_t>> group_ranges_;  // offset, count
  at::Tensor masters_, gradients_, computed_;
};

}  // namespace skiptuning
