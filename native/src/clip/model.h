#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <ATen/core/Tensor.h>

#include "clip/configuration.h"

namespace skiptuning {

// Both towers of a CLIP: its parameters in fp32 under OpenAI's names, on one device.
class Model {
 public:
  // Takes fp16, bf16, fp32 or fp64 tensors; fp32 ones on the right device are used in place. Checks that nothing is
  // missing, each shape, and that every value is finite. `q_proj`, `k_proj`, `v_proj` are stacked into `in_proj`.
  Model(const ClipConfiguration& configuration, std::map<std::string, at::Tensor> tensors, at::Device device);
  // Shares every tensor until one is replaced; those that a trainer writes to are copied.
  Model(const Model& other);
  Model& operator=(const Model&) = delete;

  const ClipConfiguration& configuration() const { return configuration_; }
  at::Device device() const { return device_; }
  const at::Tensor& parameter(const std::string& name) const;
  const std::map<std::string, at::Tensor>& parameters() const { return parameters_; }
  // Puts another tensor of the same shape under the name, which is written to in place as long as `writer` lives; a
  // fork made before is not affected.
  void replace(const std::string& name, at::Tensor tensor, std::weak_ptr<const void> writer);
  // Parameters in the precision of a computation, cast once and kept until `replace` or `touch`.
  at::Tensor parameter(const std::string& name, at::ScalarType precision) const;
  // The same, but a cast that isn't kept already is the caller's alone.
  at::Tensor passing_parameter(const std::string& name, at::ScalarType precision) const;
  // Says that parameters have changed in place, so that casts made before are stale.
  void touch();

  // pixels [B,3,S,S] -> features [B,E] fp32, as long as the tower makes them.
  at::Tensor image_features(const at::Tensor& pixels, at::ScalarType precision) const;
  // The same of length 1.
  at::Tensor encode_images(const at::Tensor& pixels, at::ScalarType precision) const;
  // tokens [M,L] int64 -> features [M,E] fp32, likewise as they are and of length 1.
  at::Tensor text_features(const at::Tensor& tokens, at::ScalarType precision) const;
  at::Tensor encode_texts(const at::Tensor& tokens, at::ScalarType precision) const;
  // exp(logit_scale) * images . texts^T
  at::Tensor logits(const at::Tensor& image_features, const at::Tensor& text_features) const;

 private:
  // Encoding is safe from several threads, so the casts have a lock of their own.
  struct Casts {
    std::mutex mutex;
    std::map<std::pair<std::string, at::ScalarType>, at::Tensor> tensors;
  };

  ClipConfiguration configuration_;
  at::Device device_;
  std::map<std::string, at::Tensor> parameters_;
  std::map<std::string, std::weak_ptr<const void>> writers_;  // of the parameters that were replaced
  std::shared_ptr<Casts> casts_;
};

}  // namespace skiptuning
