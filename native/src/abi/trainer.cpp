#include "train/trainer.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <string>

#include <ATen/core/grad_mode.h>

#include "abi/handles.h"
#include "abi/inputs.h"
#include "abi/json_writer.h"
#include "abi/options.h"
#include "abi/status.h"
#include "abi/tensors.h"
#include "core/cpu_memory.h"
#include "core/error.h"

using namespace skiptuning::abi;

namespace {

// A call on a trainer: its model and cache are nobody else's meanwhile.
class Turn {
 public:
  explicit Turn(TrainerState& trainer) : trainer_lock_(trainer.mutex), model_lock_(trainer.model->mutex) {
    if (trainer.cache) {
      cache_lock_ = std::unique_lock<std::mutex>(trainer.cache->mutex);
    }
    use_threads_of(*trainer.model->context);
  }

 private:
  std::unique_lock<std::mutex> trainer_lock_;
  std::unique_lock<std::shared_mutex> model_lock_;
  std::unique_lock<std::mutex> cache_lock_;
};

const std::pair<std::string, at::Tensor>& state_at(const skiptuning::NamedTensors& all, uint64_t index) {
  require(index < all.size(), "index " + std::to_string(index) + " is beyond the trainer's state");
  return all[index];
}

// The name at a place that lives as long as the trainer.
const std::string& kept_name(TrainerState& trainer, const std::string& name) {
  return *trainer.names.insert(name).first;
}

void require_cache_of(const CacheState& cache, const ModelState& model) {
  const auto& cached = cache.model->model->configuration();
  const auto& given = model.model->configuration();
  require(cache.model->context->device == model.context->device && cached.embed_dim == given.embed_dim &&
              cached.image.width == given.image.width && cached.image.layers == given.image.layers &&
              cached.image_tokens() == given.image_tokens() && cached.text.width == given.text.width &&
              cached.text.layers == given.text.layers,
          "The cache belongs to another model");
}

void require_rates(std::initializer_list<double> rates) {
  for (const double rate : rates) {
    require(std::isfinite(rate) && rate >= 0.0,
            "A learning rate is " + std::to_string(rate) + ": it must be 0 or above");
  }
}

void begin_step(TrainerState& trainer, const st_step& step) {
  require(trainer.cache != nullptr, "This trainer has no cache to train on");
  require(step.batch >= 1, "A step needs at least one image");
  require_rates({step.text_learning_rate, step.image_learning_rate});
  const auto* rows = &dereference(step.image_rows, "image_rows");
  const auto* labels = &dereference(step.labels, "labels");
  const auto& sizes = trainer.cache->cache->options();
  require_indices(rows, step.batch, sizes.images, "image row");
  require_indices(labels, step.batch, sizes.texts, "label");
  trainer.trainer->begin_step({step.step,
                               {rows, rows + step.batch},
                               {labels, labels + step.batch},
                               step.text_learning_rate,
                               step.image_learning_rate});
}

void end_step(TrainerState& trainer, st_step& step) {
  require(step.kept_classes == nullptr || step.kept_capacity >= 0, "kept_capacity is negative");
  const auto result = trainer.trainer->end_step();
  step.loss = result.loss;
  step.kept_count = static_cast<int64_t>(result.kept_classes.size());
  if (step.kept_classes != nullptr) {
    std::copy_n(result.kept_classes.begin(), std::min(step.kept_count, step.kept_capacity), step.kept_classes);
  }
}

void run_contrastive_step(TrainerState& trainer, st_contrastive_step& step) {
  require(step.batch >= 2, "A contrastive step needs at least two pairs");
  require_rates({step.matrix_learning_rate, step.other_learning_rate});
  const auto& model = *trainer.model;
  step.loss = trainer.trainer->contrastive_step(
      {step.step, pixel_input(model, step.pixels, step.batch), token_input(model, step.tokens, step.batch, step.length),
       input_tensor(&dereference(step.groups, "groups"), {step.batch}, at::kLong, *model.context),
       step.matrix_learning_rate, step.other_learning_rate, step.average_decay});
}

// The features of a cache's rows: a copy, so that the cache is free again at once.
at::Tensor picture_features(const TrainerState& trainer, st_cache* pictures, int64_t first_row, int64_t count) {
  auto& cache = *dereference(pictures, "pictures").state;
  require_cache_of(cache, *trainer.model);
  const at::NoGradGuard no_gradients;
  const std::lock_guard<std::mutex> lock(cache.mutex);
  return cache.cache->features(first_row, count);
}

at::Tensor label_input(const TrainerState& trainer, const int64_t* labels, int64_t count) {
  require(labels != nullptr, "labels is null");
  require(count >= 1, "There must be at least one picture");
  require(trainer.cache != nullptr, "This trainer has no classes");
  require_indices(labels, count, trainer.cache->cache->options().texts, "label");
  return input_tensor(labels, {count}, at::kLong, *trainer.model->context);
}

}  // namespace

st_status st_trainer_create(st_model* model, st_cache* cache, const char* options_json, st_trainer** trainer) noexcept {
  return guarded([&] {
    dereference(trainer, "trainer") = nullptr;
    auto state = std::make_shared<TrainerState>();
    state->model = dereference(model, "model").state;
    state->cache = cache == nullptr ? nullptr : cache->state;
    const auto options = parse_trainer(options_json);
    require(cache != nullptr || options.method == "contrastive", "The method " + options.method + " needs a cache");
    if (state->cache) {
      require_cache_of(*state->cache, *state->model);
    }
    const Turn turn(*state);
    skiptuning::release_kept_memory();  // filling the cache wanted blocks of other sizes
    state->trainer =
        skiptuning::make_trainer(state->model->model, state->cache ? state->cache->cache : nullptr, options);
    *trainer = new st_trainer{state};
  });
}

st_status st_trainer_step(st_trainer* trainer, st_step* step) noexcept {
  return guarded([&] {
    auto& state = *dereference(trainer, "trainer").state;
    auto& checked = checked_struct(step, "step");
    require(checked.kept_classes == nullptr || checked.kept_capacity >= 0, "kept_capacity is negative");
    const Turn turn(state);
    if (state.trainer->begun_steps() > 0) {
      throw skiptuning::InvalidState("end the steps that were begun first");
    }
    begin_step(state, checked);
    end_step(state, checked);
  });
}

st_status st_trainer_begin_step(st_trainer* trainer, const st_step* step) noexcept {
  return guarded([&] {
    auto& state = *dereference(trainer, "trainer").state;
    const auto& checked = checked_struct(step, "step");
    const Turn turn(state);
    begin_step(state, checked);
  });
}

st_status st_trainer_end_step(st_trainer* trainer, st_step* step) noexcept {
  return guarded([&] {
    auto& state = *dereference(trainer, "trainer").state;
    auto& checked = checked_struct(step, "step");
    const Turn turn(state);
    end_step(state, checked);
  });
}

st_status st_trainer_contrastive_step(st_trainer* trainer, st_contrastive_step* step) noexcept {
  return guarded([&] {
    auto& state = *dereference(trainer, "trainer").state;
    auto& checked = checked_struct(step, "step");
    const Turn turn(state);
    run_contrastive_step(state, checked);
  });
}

st_status st_trainer_prepare(st_trainer* trainer, st_cache* pictures, const int64_t* labels, int64_t count) noexcept {
  return guarded([&] {
    auto& state = *dereference(trainer, "trainer").state;
    const auto rows = dereference(pictures, "pictures").state->cache->options().images;
    require(count >= 1 && rows >= count && rows % count == 0,
            "The pictures' cache must have as many rows for each of the pictures");
    const auto features = picture_features(state, pictures, 0, rows);
    const Turn turn(state);
    state.trainer->prepare(features.view({rows / count, count, -1}), label_input(state, labels, count));
  });
}

st_status st_trainer_validate(st_trainer* trainer, st_cache* pictures, const int64_t* labels, int64_t count) noexcept {
  return guarded([&] {
    auto& state = *dereference(trainer, "trainer").state;
    require(dereference(pictures, "pictures").state->cache->options().images == count,
            "The pictures' cache must have a row for each of the pictures");
    const auto features = picture_features(state, pictures, 0, count);
    const Turn turn(state);
    state.trainer->validate(features, label_input(state, labels, count));
  });
}

st_status st_trainer_logits(st_trainer* trainer, const float* pixels, int64_t count, float* logits) noexcept {
  return guarded([&] {
    auto& state = *dereference(trainer, "trainer").state;
    require(logits != nullptr, "logits is null");
    const Turn turn(state);
    const auto found = state.trainer->predict(pixel_input(*state.model, pixels, count));
    copy_to_host("logits", found.contiguous(), at::kFloat, logits,
                 static_cast<uint64_t>(found.numel()) * sizeof(float));
  });
}

st_status st_trainer_accumulate(st_trainer* trainer, double weight) noexcept {
  return guarded([&] {
    auto& state = *dereference(trainer, "trainer").state;
    require(std::abs(weight) <= std::numeric_limits<float>::max(), "weight is no finite number of fp32");
    const Turn turn(state);
    state.trainer->accumulate(weight);
  });
}

st_status st_trainer_use_accumulated(st_trainer* trainer) noexcept {
  return guarded([&] {
    auto& state = *dereference(trainer, "trainer").state;
    const Turn turn(state);
    state.trainer->use_accumulated();
  });
}

st_status st_trainer_merge(st_trainer* trainer) noexcept {
  return guarded([&] {
    auto& state = *dereference(trainer, "trainer").state;
    const Turn turn(state);
    state.trainer->merge();
  });
}

st_status st_trainer_state_count(st_trainer* trainer, uint64_t* count) noexcept {
  return guarded([&] {
    auto& state = *dereference(trainer, "trainer").state;
    const Turn turn(state);
    dereference(count, "count") = state.trainer->state().size();
  });
}

st_status st_trainer_state_at(st_trainer* trainer, uint64_t index, st_tensor* tensor) noexcept {
  return guarded([&] {
    auto& state = *dereference(trainer, "trainer").state;
    auto& description = checked_struct(tensor, "tensor");
    const Turn turn(state);
    const auto all = state.trainer->state();
    const auto& [name, value] = state_at(all, index);
    state.pins.add(value);
    describe(kept_name(state, name), value, description);
  });
}

st_status st_trainer_read_state(st_trainer* trainer, uint64_t index, void* data, uint64_t bytes) noexcept {
  return guarded([&] {
    auto& state = *dereference(trainer, "trainer").state;
    const at::NoGradGuard no_gradients;
    const Turn turn(state);
    const auto all = state.trainer->state();
    const auto& [name, value] = state_at(all, index);
    copy_to_host(name, value, value.scalar_type(), data, bytes);
  });
}

st_status st_trainer_restore(st_trainer* trainer, const st_tensor* tensors, uint64_t count) noexcept {
  return guarded([&] {
    auto& state = *dereference(trainer, "trainer").state;
    const auto views = views_of(tensors, count);
    const Turn turn(state);
    state.trainer->restore(views);
  });
}

st_status st_trainer_info(st_trainer* trainer, char* text, uint64_t capacity, uint64_t* length) noexcept {
  return guarded([&] {
    auto& state = *dereference(trainer, "trainer").state;
    const Turn turn(state);
    JsonWriter json;
    json.begin_object()
        .field("trained_parameters", state.trainer->trained_parameters())
        .field("held_bytes", static_cast<int64_t>(state.trainer->held_bytes()))
        .end_object();
    write_text(json.text(), text, capacity, length);
  });
}

void st_trainer_release(st_trainer* trainer) noexcept { release(trainer); }
