#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "clip/model.h"
#include "skip/cache.h"
#include "skip/class_selection.h"

namespace skiptuning {

struct OptimizerOptions {
  std::string name = "sgd";  // sgd, adam, adamw; muon for the method contrastive
  double momentum = 0.9;
  double weight_decay = 5e-4;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
};

// Where a prompt's trained vectors stand: before the class's name, half before and half behind it, or behind it.
enum class ContextPosition { end, middle, front };

enum class InitialContext { random, prompt, zero };

// Trained vectors that stand in a prompt instead of words, where the prompts given to a cache hold placeholders.
struct PromptOptions {
  std::int64_t tokens = 16;  // n
  // Drawn from N(0, 0.02^2), the embeddings of the placeholders, or zero but for the last `words`, which are those.
  InitialContext initial = InitialContext::random;
  std::int64_t words = 0;
  std::uint64_t seed = 1;
  ContextPosition position = ContextPosition::end;
  bool of_each_class = false;              // n vectors of its own for each class, in prompts that share no placeholder
  std::vector<std::int64_t> name_lengths;  // [M]: tokens of each class's name, unless the position is `end`
  std::int64_t depth = 1;                  // blocks whose input holds vectors of its own, where a method has deep ones
  std::int64_t hidden = 0;                 // width between a meta net's two layers; 0 is the method's own
};

// How the untouched model holds a method near to itself.
struct TeacherOptions {
  double text_weight = 8.0;    // of the texts' distance to the teacher's
  double image_weight = 10.0;  // of the pictures'
  double logit_weight = 1.0;   // of the divergence of the logits, or of ProGrad's projection
  double temperature = 1.0;    // of both in that divergence
};

// Two linear layers on features; the standard values are CLIP-Adapter's.
struct AdapterOptions {
  std::int64_t reduction = 4;  // how many times narrower the features are between the layers
  double share = 0.2;          // of the layers' result in the sum with the features
  std::uint64_t seed = 1;
};

// A head beside a prompt method; the standard values are DePT's.
struct DecouplingOptions {
  std::string base = "kgcoop";  // coop, kgcoop or maple
  double weight = 0.7;          // of the head's loss, and of its part in a prediction
};

// A cache of pictures beside the texts; the standard values are Tip-Adapter's.
struct PictureCacheOptions {
  std::int64_t pictures = 0;  // N
  bool trained = false;       // the keys: Tip-Adapter-F
  double alpha = 1.0;         // of the cache's part in the logits, until a validation chooses
  double beta = 1.0;          // sharpness, likewise
  // Bounds of the grid that a validation searches; sharpness from 0.1 in 200 steps, share from 0.1 in 20.
  double most_alpha = 10.0;
  double most_beta = 10.0;
};

// Logistic regression on features.
struct ProbeOptions {
  double cost = 1.0;         // C, of the sum of losses against half the weights' squares
  bool search = false;       // instead of it the one that a validation finds best, fit after fit
  bool summed_alpha = true;  // of LP++: each of alpha's gradients counts from the run's begin on, as published
  std::uint64_t seed = 1;
};

// Additions of low rank to the projections of attention; the standard values are CLIP-LoRA's.
struct LowRankOptions {
  std::int64_t rank = 2;
  double alpha = 1.0;     // the additions are scaled by alpha / sqrt(rank)
  double dropout = 0.25;  // share of the additions' input that a step drops
  std::uint64_t seed = 1;
};

struct TrainerOptions {
  std::string method = "skip";
  at::ScalarType precision = at::kFloat;
  bool reference = false;  // the plain autograd computation instead of the hand-written one
  bool recorded = true;    // steps of fixed shapes are recorded where the device can
  OptimizerOptions optimizer;
  SelectionOptions selection;
  PromptOptions prompt;
  TeacherOptions teacher;
  AdapterOptions adapter;
  DecouplingOptions decoupling;
  PictureCacheOptions picture_cache;
  ProbeOptions probe;
  // Classes that it was trained on, where those of the cache are others: what only knows the trained ones is left out,
  // or refuses. 0: the cache's are the trained ones.
  std::int64_t trained_classes = 0;
  LowRankOptions low_rank;
};

struct StepInput {
  std::uint64_t step;
  std::vector<std::int64_t> image_rows;
  std::vector<std::int64_t> labels;
  double text_learning_rate;
  double image_learning_rate;
};

struct StepResult {
  double loss;
  std::vector<std::int64_t> kept_classes;  // ascending
};

struct ContrastiveInput {
  std::uint64_t step;
  at::Tensor pixels;  // [B,3,S,S] fp32
  at::Tensor tokens;  // [B,L] int64
  at::Tensor groups;  // [B] int64
  double matrix_learning_rate;
  double other_learning_rate;
  double average_decay;
};

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

// Steps that may be begun and not ended.
constexpr std::size_t kMostBegunSteps = 64;

// One training run: the trained tensors of a model in one flat fp32 buffer, their gradients and optimizer state.
class Trainer {
 public:
  virtual ~Trainer() = default;
  // Begins a step; a card works on it while the caller goes on.
  virtual void begin_step(const StepInput& input) = 0;
  // The result of the earliest step that was begun and not ended; waits for it.
  virtual StepResult end_step() = 0;
  virtual std::size_t begun_steps() const = 0;
  // Shapes of steps that a card replays.
  virtual std::int64_t recordings() const = 0;
  virtual double contrastive_step(const ContrastiveInput& input) = 0;
  // Method's, for those that have them.
  virtual void prepare(const at::Tensor& features, const at::Tensor& labels) = 0;
  virtual void validate(const at::Tensor& features, const at::Tensor& labels) = 0;
  virtual at::Tensor predict(const at::Tensor& pixels) const = 0;
  virtual at::Tensor predict_features(const at::Tensor& features) const = 0;
  // Adds `weight` times the trained parameters to a sum, and puts the sum in their place.
  virtual void accumulate(double weight) = 0;
  virtual void use_accumulated() = 0;
  // Puts what the method trains beside the model into the model, where that is possible.
  virtual void merge() = 0;
  // Views of all that a resumed run needs, valid until the next step; of the method's own parameters also one each.
  virtual NamedTensors state() const = 0;
  virtual void restore(const NamedTensors& state) = 0;
  virtual std::int64_t trained_parameters() const = 0;
  // What the forward of the last step that was not a replay kept for its backward; 0 where that is not counted.
  virtual std::uint64_t held_bytes() const = 0;
};

// Trains `model` in place: its trained tensors become views of the trainer's flat buffer.
// `cache` may be null for the method "contrastive".
std::unique_ptr<Trainer> make_trainer(std::shared_ptr<Model> model, std::shared_ptr<const FeatureCache> cache,
                                      const TrainerOptions& options);

}  // namespace skiptuning
