#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
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
  // Of a method that looks at all its pictures at once, before its first step: features [V,N,E] fp32, not normalised, V
  // views of each picture, and labels [N] int64. Sets first values that hang on them.
  virtual void prepare(const at::Tensor& features, const at::Tensor& labels, const FlatParameters& parameters);
  // Of a method that chooses among what it has by pictures of its own, by features [P,E] and labels [P]: between steps,
  // or after the last.
  virtual void validate(const at::Tensor& features, const at::Tensor& labels, const FlatParameters& parameters);
  // What `prepare` and `validate` make that a prediction or a resumed run needs, beside the parameters: views, into
  // which a saved state is copied.
  virtual NamedTensors kept() const { return {}; }
  // After a state was copied into those: throws BadInput unless they make sense.
  virtual void check_kept() {}
  // Changes the parameters by their gradients times the factor; false leaves that to the optimizer.
  virtual bool update(const FlatParameters&, double /*gradient_factor*/, std::uint64_t /*step*/) { return false; }
  // Logits [B,M] of pictures against the cache's classes, with the parameters as they are: of features [B,E] fp32, not
  // normalised, that the untouched model makes, or of prepared pixels for methods that change the image tower. A method
  // whose result is an ordinary model leaves both to the model.
  virtual at::Tensor predict_features(const at::Tensor& features, const FlatParameters& parameters) const;
  virtual at::Tensor predict(const at::Tensor& pixels, const FlatParameters& parameters) const;
  // Whether a step's number decides draws of its own, so that no recording of another step can stand for it.
  virtual bool draws_each_step() const { return false; }
  // Whether a step trains on the pictures of its batch, and not on those that `prepare` was shown.
  virtual bool looks_at_batches() const { return true; }
  // What an ordinary model would have in place of its tensors, by name, for what is not part of it already; of methods
  // that come to one.
  virtual std::map<std::string, at::Tensor> merged_tensors(const FlatParameters& parameters) const;
  // Whether a card can record its step.
  virtual bool is_recordable() const { return true; }
  // Keeps the weights inside the method's bounds after an update; tells whether it may have changed any.
  virtual bool constrain(const FlatParameters&) const { return false; }
};

// A method by the name that options give it; throws InvalidArgument, with the names that there are.
std::unique_ptr<Method> make_method(const Model& model, std::shared_ptr<const FeatureCache> cache,
                                    const TrainerOptions& options);

// All names, sorted.
std::vector<std::string> method_names();

using MethodFactory = std::unique_ptr<Method>(const Model& model, std::shared_ptr<const FeatureCache> cache,
                                              const TrainerOptions& options);
void register_method(const std::string& name, MethodFactory* make);

// At the end of a method's file: makes it known by a name before anything is run.
template <class M>
struct RegisteredMethod {
  explicit RegisteredMethod(const char* name) {
    register_method(name,
                    [](const Model& model, std::shared_ptr<const FeatureCache> cache, const TrainerOptions& options)
                        -> std::unique_ptr<Method> { return std::make_unique<M>(model, std::move(cache), options); });
  }
};

}  // namespace skiptuning
