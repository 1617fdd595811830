#include "train/trainer.h"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>

#include "core/error.h"
#include "core/index_tensor.h"
#include "method/method.h"
#include "train/fixed_step.h"
#include "train/flat_parameters.h"
#include "train/optimizer.h"

namespace skiptuning {
namespace {

// fp16 gradients below 6e-8 vanish, so the loss is scaled up before the backward and the gradients down after it
// (Micikevicius et al. 2018); bf16 has fp32's range and needs none.
constexpr double kFirstLossScale = 1024.0;
constexpr double kGreatestLossScale = 65536.0;
constexpr std::int64_t kStepsBeforeGrowth = 2000;

// Parts of the state by the parameters' names, for whoever wants to read one.
const std::string kAverageView = "average/";
const std::string kOwnView = "own/";
const std::string kKept = "kept/";

// Muon's two rates are not those of a fine-tuning step, and the other optimizers have no rate for matrices alone.
void check_optimizer(const TrainerOptions& options) {
  if ((options.method == "contrastive") != (options.optimizer.name == "muon")) {
    throw InvalidArgument(
        "the method contrastive goes with the optimizer muon, and the others with sgd, adam or adamw; not " +
        options.method + " with " + options.optimizer.name);
  }
}

bool begins(const std::string& name, const std::string& prefix) { return name.rfind(prefix, 0) == 0; }

class MethodTrainer : public Trainer {
 public:
  MethodTrainer(std::shared_ptr<Model> model, std::shared_ptr<const FeatureCache> cache, const TrainerOptions& options)
      : options_(options),
        model_(std::move(model)),
        cache_(std::move(cache)),
        method_(make_method(*model_, cache_, options)),
        parameters_(*model_, method_->groups(), options.precision, method_->own_parameters()),
        optimizer_(make_optimizer(parameters_, options.optimizer)),
        scaling_(at::tensor({options.precision == at::kHalf ? kFirstLossScale : 1.0, 0.0}, at::kDouble)) {
    // fp16 asks after each step whether it overflowed.
    if (cache_ && cache_->options().text_layout == TextLayout::equal && !options.reference &&
        options.precision != at::kHalf && optimizer_->takes_device_rates() && !method_->draws_each_step() &&
        method_->is_recordable()) {
      fixed_step_ = std::make_unique<FixedStep>(*model_, *cache_, *method_, parameters_, *optimizer_, options.selection,
                                                options.recorded);
    }
  }

  void begin_step(const StepInput& input) override {
    if (options_.method == "contrastive") {
      throw InvalidState("this trainer pre-trains; it takes contrastive steps");
    }
    require_unmerged();
    if (begun_steps() >= kMostBegunSteps) {
      throw InvalidState("end some of the steps that were begun first");
    }
    if (method_->looks_at_batches()) {
      cache_->require_filled(input.image_rows);
    }
    const at::NoGradGuard no_gradients;
    if (fixed_step_) {
      fixed_step_->begin(input);
      stepped_ = true;
      return;
    }
    Batch batch;
    batch.step = input.step;
    batch.image_rows = index_tensor(input.image_rows, cache_->images().device());
    batch.labels = index_tensor(input.labels, model_->device());
    const auto result = run(batch, {input.text_learning_rate, input.image_learning_rate});
    stepped_ = true;
    const auto kept = result.kept_classes.to(at::kCPU).contiguous();
    const auto* first = kept.data_ptr<std::int64_t>();
    ended_.push_back({result.loss.item<double>(), std::vector<std::int64_t>(first, first + kept.numel())});
  }

  StepResult end_step() override {
    if (begun_steps() == 0) {
      throw InvalidState("no step was begun");
    }
    if (fixed_step_) {
      return fixed_step_->end();
    }
    auto result = std::move(ended_.front());
    ended_.pop_front();
    return result;
  }

  std::size_t begun_steps() const override { return fixed_step_ ? fixed_step_->begun() : ended_.size(); }

  std::int64_t recordings() const override { return fixed_step_ ? fixed_step_->recordings() : 0; }

  double contrastive_step(const ContrastiveInput& input) override {
    if (options_.method != "contrastive") {
      throw InvalidState("this trainer fine-tunes on a cache; it takes no contrastive steps");
    }
    const at::NoGradGuard no_gradients;
    Batch batch;
    batch.step = input.step;
    batch.pixels = input.pixels;
    batch.tokens = input.tokens;
    batch.groups = input.groups;
    const auto result = run(batch, {input.matrix_learning_rate, input.other_learning_rate});
    if (input.average_decay > 0) {
      average(input.average_decay);
    }
    return result.loss.item<double>();
  }

  NamedTensors state() const override {
    NamedTensors all = {{"weights", parameters_.masters()}, {"loss_scaling", scaling_}};
    for (auto& named : optimizer_->state()) {
      all.push_back(std::move(named));
    }
    if (average_.defined()) {
      all.emplace_back("average", average_);
      for (const auto& entry : parameters_.entries()) {
        all.emplace_back(kAverageView + entry.name, parameters_.view(average_, entry.name));
      }
    }
    if (accumulated_.defined()) {
      all.emplace_back("accumulated", accumulated_);
    }
    for (const auto& entry : parameters_.entries()) {
      if (entry.own) {
        all.emplace_back(kOwnView + entry.name, parameters_.master(entry.name));
      }
    }
    for (const auto& [name, tensor] : method_->kept()) {
      all.emplace_back(kKept + name, tensor);
    }
    return all;
  }

  void restore(const NamedTensors& saved) override {
    require_unmerged();
    const at::NoGradGuard no_gradients;
    std::map<std::string, at::Tensor> by_name(saved.begin(), saved.end());
    if (by_name.count("average") != 0 && !average_.defined()) {
      average_ = parameters_.masters().clone();
    }
    if (by_name.count("accumulated") != 0 && !accumulated_.defined()) {
      accumulated_ = parameters_.masters().clone();
    }
    const auto places = state();
    const auto is_for_predictions = [](const std::pair<std::string, at::Tensor>& place) {
      return begins(place.first, kOwnView) || begins(place.first, kKept);
    };
    // A run's whole state, or of a method with tensors of its own what a prediction needs.
    const bool whole = std::none_of(places.begin(), places.end(), is_for_predictions) ||
                       std::any_of(saved.begin(), saved.end(), [&](const auto& named) {
                         return named.first == "weights" || named.first == "loss_scaling";
                       });
    for (const auto& [name, tensor] : whole ? NamedTensors() : saved) {
      if (std::none_of(places.begin(), places.end(), [&](const auto& place) { return place.first == name; })) {
        throw BadInput("the saved state's tensor " + name + " is none of this method's");
      }
    }
    for (const auto& [name, tensor] : places) {
      if (begins(name, kAverageView) || (whole ? begins(name, kOwnView) : !is_for_predictions({name, tensor}))) {
        continue;  // of "average" and "weights"
      }
      const auto source = by_name.find(name);
      if (source == by_name.end()) {
        throw BadInput("the saved state lacks the tensor " + name);
      }
      if (source->second.sizes() != tensor.sizes()) {
        throw BadInput("the saved state's tensor " + name + " has another size than this run's");
      }
      if (source->second.scalar_type() != tensor.scalar_type()) {
        throw BadInput("the saved state's tensor " + name + " has another type than this run's");
      }
      tensor.copy_(source->second);
      if (!at::isfinite(tensor).all().item<bool>()) {
        throw BadInput("the saved state's tensor " + name + " holds a NaN or an infinity");
      }
    }
    method_->check_kept();
    parameters_.refresh();
  }

  void prepare(const at::Tensor& features, const at::Tensor& labels) override {
    if (stepped_) {
      throw InvalidState("the pictures must be shown before the first step");
    }
    const at::NoGradGuard no_gradients;
    method_->prepare(features, labels, parameters_);
    parameters_.refresh();
  }

  void validate(const at::Tensor& features, const at::Tensor& labels) override {
    const at::NoGradGuard no_gradients;
    method_->validate(features, labels, parameters_);
    parameters_.refresh();
  }

  at::Tensor predict(const at::Tensor& pixels) const override {
    require_unmerged();
    const at::NoGradGuard no_gradients;
    return method_->predict(pixels, parameters_);
  }

  at::Tensor predict_features(const at::Tensor& features) const override {
    const at::NoGradGuard no_gradients;
    return method_->predict_features(features, parameters_);
  }

  void accumulate(double weight) override {
    const at::NoGradGuard no_gradients;
    if (!accumulated_.defined()) {
      accumulated_ = at::zeros_like(parameters_.masters());
    }
    accumulated_.add_(parameters_.masters(), weight);
  }

  void use_accumulated() override {
    const at::NoGradGuard no_gradients;
    if (!accumulated_.defined()) {
      throw InvalidState("nothing was accumulated");
    }
    parameters_.masters().copy_(accumulated_);
    parameters_.refresh();
  }

  void merge() override {
    require_unmerged();
    const at::NoGradGuard no_gradients;
    // All of them first: whatever fails leaves the model as it was.
    auto merged = method_->merged_tensors(parameters_);
    for (auto& [name, tensor] : merged) {
      model_->replace(name, std::move(tensor), {});
    }
    merged_ = true;
  }

  std::uint64_t held_bytes() const override { return fixed_step_ ? fixed_step_->held_bytes() : held_bytes_; }

  std::int64_t trained_parameters() const override {
    std::int64_t trained = 0;
    for (const auto& entry : parameters_.entries()) {
      trained += entry.count;
    }
    return trained;
  }

 private:
  BatchLoss run(const Batch& batch, const std::vector<double>& rates) {
    const double scale = scaling_.data_ptr<double>()[0];
    auto result = options_.reference ? method_->reference_gradients(batch, parameters_, scale)
                                     : method_->gradients(batch, parameters_, scale);
    held_bytes_ = result.held_bytes;
    if (options_.precision == at::kHalf &&
        !adapt_scale(at::isfinite(parameters_.gradients().to(at::kFloat).sum()).item<bool>())) {
      return result;
    }
    if (method_->update(parameters_, 1.0 / scale, batch.step)) {
      parameters_.refresh();
      return result;
    }
    optimizer_->update(parameters_, 1.0 / scale, rates, batch.step);
    const bool constrained = method_->constrain(parameters_);
    if (constrained || !optimizer_->keeps_copy()) {
      parameters_.refresh();
    } else {
      parameters_.refreshed();
    }
    return result;
  }

  // What was trained would count twice.
  void require_unmerged() const {
    if (merged_) {
      throw InvalidState("what was trained is part of the model already");
    }
  }

  // Halves the scale after an overflow, whose update is left out; doubles it after a long run without one.
  bool adapt_scale(bool finite) {
    auto* scale = scaling_.data_ptr<double>();
    auto* good_steps = scale + 1;
    if (!finite) {
      *scale = std::max(1.0, *scale / 2);
      *good_steps = 0;
      return false;
    }
    if (++*good_steps >= kStepsBeforeGrowth) {
      *scale = std::min(kGreatestLossScale, *scale * 2);
      *good_steps = 0;
    }
    return true;
  }

  void average(double decay) {
    if (!average_.defined()) {
      average_ = parameters_.masters().clone();
    } else {
      average_.lerp_(parameters_.masters(), 1.0 - decay);
    }
  }

  TrainerOptions options_;
  std::shared_ptr<Model> model_;
  std::shared_ptr<const FeatureCache> cache_;  // null without one
  std::unique_ptr<Method> method_;
  FlatParameters parameters_;
  std::unique_ptr<Optimizer> optimizer_;
  std::deque<StepResult> ended_;           // begun steps of other shapes, whose results are there at once
  std::unique_ptr<FixedStep> fixed_step_;  // where a step's shapes can be fixed
  bool stepped_ = false;
  bool merged_ = false;
  std::uint64_t held_bytes_ = 0;
  at::Tensor scaling_;      // [2] fp64: loss scale, steps since it changed
  at::Tensor average_;      // [P] fp32
  at::Tensor accumulated_;  // [P] fp32, undefined before the first addition
};

}  // namespace

std::unique_ptr<Trainer> make_trainer(std::shared_ptr<Model> model, std::shared_ptr<const FeatureCache> cache,
                                      const TrainerOptions& options) {
  check_optimizer(options);
  const at::NoGradGuard no_gradients;
  return std::make_unique<MethodTrainer>(std::move(model), std::move(cache), options);
}

}  // namespace skiptuning
