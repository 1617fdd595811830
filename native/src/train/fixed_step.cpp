#include "train/fixed_step.h"

#include <algorithm>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <c10/util/Exception.h>

namespace skiptuning {
namespace {

// Steps of a kind that run before one is recorded: they make the libraries' handles and choose their kernels.
constexpr int kWarmUps = 3;

at::Tensor host_buffer(std::int64_t count, bool pinned) {
  return at::empty({count}, at::TensorOptions().dtype(at::kDouble).pinned_memory(pinned));
}

// Within the stream for the time of a step.
class OnStream {
 public:
  explicit OnStream(const c10::Stream& stream)
      : caller_(c10::impl::VirtualGuardImpl(stream.device_type()).getStream(stream.device())),
        stream_(stream),
        guard_(stream) {
    order(caller_, stream_);
  }

  // What comes later on the caller's stream waits for the step; the event tells when it is done.
  c10::Event finish() const {
    c10::Event done(stream_.device_type());
    done.record(stream_);
    done.block(caller_);
    return done;
  }

 private:
  c10::Stream caller_;
  c10::Stream stream_;
  c10::StreamGuard guard_;
};

}  // namespace

FixedStep::FixedStep(Model& model, const FeatureCache& cache, const Method& method, FlatParameters& parameters,
                     Optimizer& optimizer, const SelectionOptions& selection, bool recorded)
    : model_(model),
      cache_(cache),
      method_(method),
      parameters_(parameters),
      optimizer_(optimizer),
      selection_(selection),
      // Rows that lie in the host's memory cannot be gathered by the device.
      recorded_(recorded && cache.images().device() == model.device()),
      texts_version_(cache.texts_version()) {
  if (model.device().is_cuda()) {
    streams_.emplace(model.device());
  }
}

FixedStep::~FixedStep() {
  // What a card still works on is needed until then.
  if (streams_) {
    streams_->wait_quietly();
  }
}

FixedStep::Kind& FixedStep::kind_of(std::int64_t batch, std::int64_t choices) {
  const auto [place, is_new] = kinds_.try_emplace({batch, choices});
  auto& kind = place->second;
  if (is_new) {
    const auto options = at::TensorOptions().dtype(at::kDouble).device(model_.device());
    kind.batch = batch;
    kind.choices = choices;
    kind.input = at::empty({2 * batch + 2 * choices + static_cast<std::int64_t>(parameters_.groups())}, options);
    kind.output = at::empty({1 + choices}, options);
  }
  return kind;
}

at::Tensor FixedStep::host_input(const StepInput& input, const RankChoice& choice) const {
  const auto count = 2 * input.labels.size() + 2 * choice.ranks.size() + parameters_.groups();
  auto buffer = host_buffer(static_cast<std::int64_t>(count), model_.device().is_cuda());
  auto* place = buffer.mutable_data_ptr<double>();
  const auto put = [&place](const auto& values) { place = std::copy(values.begin(), values.end(), place); };
  put(input.image_rows);
  put(input.labels);
  put(choice.ranks);
  put(choice.certain);
  put(std::vector<double>{input.text_learning_rate, input.image_learning_rate});
  return buffer;
}

void FixedStep::compute(Kind& kind) {
  std::int64_t first = 0;
  const auto take = [&](std::int64_t count, at::ScalarType type) {
    first += count;
    return kind.input.narrow(0, first - count, count).to(type);
  };
  Batch batch;
  batch.image_rows = take(kind.batch, at::kLong).to(cache_.images().device());
  batch.labels = take(kind.batch, at::kLong);
  batch.ranks = take(kind.choices, at::kLong);
  batch.certain = take(kind.choices, at::kLong);
  const auto rates = take(static_cast<std::int64_t>(parameters_.groups()), at::kFloat);
  const auto result = method_.gradients(batch, parameters_, 1.0);
  held_bytes_ = result.held_bytes;
  optimizer_.update_on_device(parameters_, rates);
  kind.output.narrow(0, 0, 1).copy_(result.loss);
  kind.output.narrow(0, 1, kind.choices).copy_(result.kept_classes);
}

void FixedStep::compute_or_replay(Kind& kind) {
  if (!kind.recorded && recorded_ && kind.runs >= kWarmUps) {
    try {
      kind.recorded = record(model_.device(), [&] { compute(kind); }, any_recording());
      recorded_ = kind.recorded != nullptr;
    } catch (const c10::Error&) {
      recorded_ = false;  // too little memory for one more, say; nothing of it has run
    }
  }
  if (kind.recorded) {
    kind.recorded->replay();
  } else {
    compute(kind);
    ++kind.runs;
  }
}

const RecordedWork* FixedStep::any_recording() const {
  for (const auto& [sizes, kind] : kinds_) {
    if (kind.recorded) {
      return kind.recorded.get();
    }
  }
  return nullptr;
}

std::int64_t FixedStep::recordings() const {
  return std::count_if(kinds_.begin(), kinds_.end(), [](const auto& kind) { return kind.second.recorded != nullptr; });
}

void FixedStep::forget_other_texts() {
  if (texts_version_ == cache_.texts_version()) {
    return;
  }
  if (streams_) {
    streams_->wait_quietly();
  }
  kinds_.clear();
  texts_version_ = cache_.texts_version();
}

void FixedStep::begin(const StepInput& input) {
  const auto choice =
      rank_choice(selection_, cache_.options().texts, static_cast<std::int64_t>(input.labels.size()), input.step);
  forget_other_texts();
  std::optional<OnStream> on_stream;
  if (streams_) {
    on_stream.emplace(streams_->stream());
  }
  auto& kind = kind_of(static_cast<std::int64_t>(input.labels.size()), static_cast<std::int64_t>(choice.ranks.size()));
  Begun step;
  step.input = host_input(input, choice);
  step.output = host_buffer(kind.output.numel(), streams_.has_value());
  kind.input.copy_(step.input, /*non_blocking=*/true);
  compute_or_replay(kind);
  parameters_.refreshed();
  step.output.copy_(kind.output, /*non_blocking=*/true);
  if (on_stream) {
    step.done = on_stream->finish();
  }
  begun_.push_back(std::move(step));
}

StepResult FixedStep::end() {
  const auto step = std::move(begun_.front());
  begun_.pop_front();
  if (step.done) {
    step.done->synchronize();
  }
  const auto* output = step.output.const_data_ptr<double>();
  StepResult result{output[0], {}};
  for (std::int64_t choice = 1; choice < step.output.numel(); ++choice) {
    if (output[choice] >= 0) {
      result.kept_classes.push_back(static_cast<std::int64_t>(output[choice]));
    }
  }
  return result;
}

}  // namespace skiptuning
