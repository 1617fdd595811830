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
  std::string name = "sgd";  // sgd, adamw; muon for the method contrastive
  double momentum = 0.9;
  double weight_decay = 5e-4;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
};

// Trained vectors that stand in a prompt instead of words.
struct PromptOptions {
  std::int64_t tokens = 16;  // n, behind the start of every prompt, where the prompts hold placeholders
  bool from_prompt = false;  // begin as the embeddings of the placeholders; else drawn from N(0, 0.02^2)
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

// Steps that may be begun and not ended.
constexpr std::size_t kMostBegunSteps = 64;

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

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
