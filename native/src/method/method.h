#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "clip/model.h"
#include "skip/cache.h"
#include "train/flat_parameters.h"
#include "train/trainer.h"

namespace skiptuning {

// One step's data; a method reads the part it is made for.
struct Batch {
  std::uint64_t step = 0;
  at::Tensor image_rows;  // [B] int64, rows of the cache, on the device of its images
  at::Tensor labels;      // [B] int64, classes
  at::Tensor ranks;       // [C] int64 on the model's device, or undefined: those of a RankChoice, for fixed shapes
  at::Tensor certain;     // [C] int64, with them
  at::Tensor pixels;      // [B,3,S,S] fp32
  at::Tensor tokens;      // [B,L] int64
  at::Tensor groups;      // [B] int64
};

struct BatchLoss {
  at::Tensor loss;  // [] fp32
  // [K] int64, ascending; undefined where a method selects none. With fixed shapes -1 stands where a class isn't kept.
  at::Tensor kept_classes;
  std::uint64_t held_bytes = 0;  // that the forward kept for the backward, where that is counted
};

// A way to fine-tune: what it trains, and the loss and gradients of a batch.
class Method {
 public:
  virtual ~Method() = default;
  // Names of the trained parameters, a list for each learning rate.
  virtual std::vector<std::vector<std::string>> groups() const = 0;
  // Those of them that are the method's own and not the model's, with their first values, fp32.
  virtual std::map<std::string, at::Tensor> own_parameters() const { return {}; }
  // Writes loss_scale times every gradient into `parameters` by the hand-written backward.
  virtual BatchLoss gradients(const Batch& batch, const FlatParameters& parameters, double loss_scale) const = 0;
  // The same by autograd from the plain forward.
  virtual BatchLoss reference_gradients(const Batch& batch, const FlatParameters& parameters,
                                        double loss_scale) const = 0;
  // Whether a step's number decides draws of its own, so that no recording of another step can stand for it.
  virtual bool draws_each_step() const { return false; }
  // Keeps the weights inside the method's bounds after an update; tells whether it may have changed any.
  virtual bool constrain(const FlatParameters&) const { return false; }
};

std::unique_ptr<Method> make_skip_tuning(const Model& model, std::shared_ptr<const FeatureCache> cache,
                                         const SelectionOptions& selection);
std::unique_ptr<Method> make_coop(const Model& model, std::shared_ptr<const FeatureCache> cache,
                                  const PromptOptions& prompt);
std::unique_ptr<Method> make_lora(const Model& model, std::shared_ptr<const FeatureCache> cache,
                                  const LowRankOptions& low_rank);
std::unique_ptr<Method> make_contrastive(const Model& model);

}  // namespace skiptuning
