#include "train/fixed_step.h"

#include <algorithm>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <c10/core/Event.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace skiptuning {
namespace {

// Steps of a kind that run before one is recorded: they make the libraries' handles and choose their kernels.
constexpr int kWarmUps = 3;

// A stream of its own lets the device work on several runs at once, and can be recorded.
std::optional<c10::Stream> own_stream(at::Device device) {
  if (!device.is_cuda()) {
    return std::nullopt;
  }
  return c10::impl::VirtualGuardImpl(device.type()).getStreamFromGlobalPool(device);
}

// Lets `later` begin when all that was launched on `earlier` has ended.
void order(const c10::Stream& earlier, const c10::Stream& later) {
  c10::Event event(earlier.device_type());
  event.record(earlier);
  event.block(later);
}

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

  // Waits for the end of a step that did not fail; what comes later on the caller's stream sees its results.
  void finish() const {
    order(stream_, caller_);
    stream_.synchronize();
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
      stream_(own_stream(model.device())) {}

FixedStep::~FixedStep() = default;

FixedStep::Kind& FixedStep::kind_of(std::int64_t batch, std::int64_t choices) {
  const auto [place, is_new] = kinds_.try_emplace({batch, choices});
  auto& kind = place->second;
  if (is_new) {
    const auto device = model_.device();
    const bool pinned = device.is_cuda();
    kind.batch = batch;
    kind.choices = choices;
    kind.host_input = host_buffer(2 * batch + 2 * choices + static_cast<std::int64_t>(parameters_.groups()), pinned);
    kind.host_output = host_buffer(1 + choices, pinned);
    kind.input = at::empty(kind.host_input.sizes(), kind.host_input.options().device(device).pinned_memory(false));
    kind.output = at::empty(kind.host_output.sizes(), kind.host_output.options().device(device).pinned_memory(false));
  }
  return kind;
}

void FixedStep::fill(Kind& kind, const StepInput& input, const RankChoice& choice) const {
  auto* place = kind.host_input.mutable_data_ptr<double>();
  const auto put = [&place](const auto& values) { place = std::copy(values.begin(), values.end(), place); };
  put(input.image_rows);
  put(input.labels);
  put(choice.ranks);
  put(choice.certain);
  put(std::vector<double>{input.text_learning_rate, input.image_learning_rate});
  kind.input.copy_(kind.host_input, /*non_blocking=*/true);
}

void FixedStep::compute(Kind& kind) const {
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
  optimizer_.update_on_device(parameters_, rates);
  kind.output.narrow(0, 0, 1).copy_(result.loss);
  kind.output.narrow(0, 1, kind.choices).copy_(result.kept_classes);
}

void FixedStep::compute_or_replay(Kind& kind) {
  if (kind.recorded) {
    kind.recorded->replay();
    return;
  }
  if (recorded_ && kind.runs >= kWarmUps) {
    kind.recorded = record(model_.device(), [&] { compute(kind); });
    if (kind.recorded) {
      kind.recorded->replay();
      return;
    }
    recorded_ = false;
  }
  compute(kind);
  ++kind.runs;
}

StepResult FixedStep::run(const StepInput& input) {
  const auto choice =
      rank_choice(selection_, cache_.options().texts, static_cast<std::int64_t>(input.labels.size()), input.step);
  std::optional<OnStream> on_stream;
  if (stream_) {
    on_stream.emplace(*stream_);
  }
  auto& kind = kind_of(static_cast<std::int64_t>(input.labels.size()), static_cast<std::int64_t>(choice.ranks.size()));
  fill(kind, input, choice);
  compute_or_replay(kind);
  parameters_.refreshed();
  kind.host_output.copy_(kind.output, /*non_blocking=*/true);
  if (on_stream) {
    on_stream->finish();
  }
  const auto* output = kind.host_output.const_data_ptr<double>();
  StepResult result{output[0], {}};
  for (std::int64_t choice_index = 0; choice_index < kind.choices; ++choice_index) {
    if (output[1 + choice_index] >= 0) {
      result.kept_classes.push_back(static_cast<std::int64_t>(output[1 + choice_index]));
    }
  }
  return result;
}

}  // namespace skiptuning
