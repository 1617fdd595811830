#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include <ATen/core/Tensor.h>
#include <c10/core/Event.h>

#include "core/card_streams.h"
#include "core/recorded_work.h"
#include "method/method.h"
#include "train/flat_parameters.h"
#include "train/optimizer.h"
#include "train/trainer.h"

namespace skiptuning {

// Steps whose shapes no number decides: all that changes from step to step comes in one small buffer, and nothing in
// between waits for the device. On CUDA a step is recorded after a few of its kind and then replayed.
class FixedStep {
 public:
  // All given outlive it. The cache's texts have equal rows; the optimizer takes device rates.
  FixedStep(Model& model, const FeatureCache& cache, const Method& method, FlatParameters& parameters,
            Optimizer& optimizer, const SelectionOptions& selection, bool recorded);
  ~FixedStep();
  FixedStep(const FixedStep&) = delete;
  FixedStep& operator=(const FixedStep&) = delete;

  void begin(const StepInput& input);
  // Of the earliest that was begun; waits for it.
  StepResult end();
  std::size_t begun() const { return begun_.size(); }
  // Kinds of steps that were recorded.
  std::int64_t recordings() const;
  std::uint64_t held_bytes() const { return held_bytes_; }

 private:
  // Everything of the steps over `batch` pictures and `choices` ranks.
  struct Kind {
    at::Tensor input;   // [2B + 2C + G] fp64: rows, labels, ranks, certain, rates
    at::Tensor output;  // [1 + C] fp64: loss, kept classes, -1 where one isn't kept
    std::int64_t batch, choices;
    int runs = 0;
    std::unique_ptr<RecordedWork> recorded;
  };

  // A step's own rooms in the host's memory, from its beginning to its end.
  struct Begun {
    at::Tensor input, output;
    std::optional<c10::Event> done;  // on CUDA
  };

  Kind& kind_of(std::int64_t batch, std::int64_t choices);
  at::Tensor host_input(const StepInput& input, const RankChoice& choice) const;
  void compute(Kind& kind);
  void compute_or_replay(Kind& kind);
  const RecordedWork* any_recording() const;
  // Recordings hold the places of the cache's texts, which are others after each put.
  void forget_other_texts();

  Model& model_;
  const FeatureCache& cache_;
  const Method& method_;
  FlatParameters& parameters_;
  Optimizer& optimizer_;
  SelectionOptions selection_;
  bool recorded_;
  std::optional<StreamPair> streams_;  // on CUDA
  std::uint64_t texts_version_;
  std::map<std::pair<std::int64_t, std::int64_t>, Kind> kinds_;
  std::deque<Begun> begun_;
  std::uint64_t held_bytes_ = 0;
};

}  // namespace skiptuning
