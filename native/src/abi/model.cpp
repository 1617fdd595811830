#include "clip/model.h"
#include "clip/sensitivity.h"

#include <functional>
#include <iterator>
#include <string>
#include <utility>

#include <ATen/core/grad_mode.h>

#include "abi/handles.h"
#include "abi/inputs.h"
#include "abi/options.h"
#include "abi/status.h"
#include "abi/tensors.h"

using namespace skiptuning::abi;

namespace {

using skiptuning::image_distances;
using skiptuning::Model;
using skiptuning::text_distances;
using ReadLock = std::shared_lock<std::shared_mutex>;

st_model* new_handle(std::shared_ptr<ContextState> context, std::shared_ptr<Model> model) {
  auto state = std::make_shared<ModelState>();
  state->context = std::move(context);
  state->model = std::move(model);
  return new st_model{std::move(state)};
}

void write_features(const at::Tensor& features, float* target) {
  copy_to_host("features", features, at::kFloat, target, features.numel() * sizeof(float));
}

// Two models read side by side. One may be both: a lock is not taken twice.
class BothModels {
 public:
  BothModels(ModelState& first, ModelState& second) {
    // In one order whoever asks: a writer that waits for one of them must not part two readers.
    auto* one = &first;
    auto* other = &second;
    if (std::less<>()(other, one)) {
      std::swap(one, other);
    }
    first_ = ReadLock(one->mutex);
    if (one != other) {
      second_ = ReadLock(other->mutex);
    }
    require_same_shape(first, second);
    use_threads_of(*first.context);
  }

 private:
  static void require_same_shape(const ModelState& first, const ModelState& second) {
    require(first.context->device == second.context->device &&
                first.model->configuration() == second.model->configuration(),
            "The models have different shapes or devices");
  }

  ReadLock first_;
  ReadLock second_;
};

void write_distances(const skiptuning::BlockDistances& found, float* distances, float* lengths) {
  require(distances != nullptr && lengths != nullptr, "a buffer is null");
  write_features(found.distances.contiguous(), distances);
  write_features(found.lengths.contiguous(), lengths);
}

}  // namespace

st_status st_model_create(st_context* context, const char* configuration_json, const st_tensor* tensors, uint64_t count,
                          st_model** model) noexcept {
  return guarded([&] {
    dereference(model, "model") = nullptr;
    const auto& state = dereference(context, "context").state;
    const at::NoGradGuard no_gradients;
    use_threads_of(*state);
    auto created =
        std::make_shared<Model>(parse_configuration(configuration_json), views_by_name(tensors, count), state->device);
    *model = new_handle(state, std::move(created));
  });
}

st_status st_model_fork(st_model* model, st_model** fork) noexcept {
  return guarded([&] {
    dereference(fork, "fork") = nullptr;
    auto& state = *dereference(model, "model").state;
    const ReadLock lock(state.mutex);
    *fork = new_handle(state.context, std::make_shared<Model>(*state.model));
  });
}

st_status st_model_get_shape(st_model* model, st_model_shape* shape) noexcept {
  return guarded([&] {
    const auto& configuration = dereference(model, "model").state->model->configuration();
    auto& result = checked_struct(shape, "shape");
    result.embed_dim = configuration.embed_dim;
    result.image_size = configuration.image_size;
    result.context_length = configuration.context_length;
    result.vocabulary = configuration.vocabulary_size;
  });
}

st_status st_model_tensor_count(st_model* model, uint64_t* count) noexcept {
  return guarded([&] {
    auto& state = *dereference(model, "model").state;
    const ReadLock lock(state.mutex);
    dereference(count, "count") = state.model->parameters().size();
  });
}

st_status st_model_tensor_at(st_model* model, uint64_t index, st_tensor* tensor) noexcept {
  return guarded([&] {
    auto& state = *dereference(model, "model").state;
    auto& description = checked_struct(tensor, "tensor");
    const ReadLock lock(state.mutex);
    const auto& parameters = state.model->parameters();
    require(index < parameters.size(), "index " + std::to_string(index) + " is beyond the model's tensors");
    const auto& [name, value] = *std::next(parameters.begin(), static_cast<std::ptrdiff_t>(index));
    state.pins.add(value);
    describe(name, value, description);
  });
}

st_status st_model_read_tensor(st_model* model, const char* name, st_dtype dtype, void* data, uint64_t bytes) noexcept {
  return guarded([&] {
    auto& state = *dereference(model, "model").state;
    const std::string key = &dereference(name, "name");
    const at::NoGradGuard no_gradients;
    const ReadLock lock(state.mutex);
    copy_to_host(key, state.model->parameter(key), scalar_type_of(dtype), data, bytes);
  });
}

st_status st_model_encode_images(st_model* model, st_precision precision, const float* pixels, int64_t count,
                                 float* features) noexcept {
  return guarded([&] {
    auto& state = *dereference(model, "model").state;
    const at::NoGradGuard no_gradients;
    const ReadLock lock(state.mutex);
    use_threads_of(*state.context);
    const auto input = pixel_input(state, pixels, count);
    write_features(state.model->encode_images(input, scalar_type(precision)), features);
  });
}

st_status st_model_encode_texts(st_model* model, st_precision precision, const int64_t* tokens, int64_t count,
                                int64_t length, float* features) noexcept {
  return guarded([&] {
    auto& state = *dereference(model, "model").state;
    const at::NoGradGuard no_gradients;
    const ReadLock lock(state.mutex);
    use_threads_of(*state.context);
    const auto input = token_input(state, tokens, count, length);
    write_features(state.model->encode_texts(input, scalar_type(precision)), features);
  });
}

st_status st_model_logits(st_model* model, const float* image_features, int64_t images, const float* text_features,
                          int64_t texts, float* logits) noexcept {
  return guarded([&] {
    auto& state = *dereference(model, "model").state;
    require(image_features != nullptr && text_features != nullptr && logits != nullptr, "a buffer is null");
    require(images >= 1 && texts >= 1, "There must be at least one image and one text");
    const at::NoGradGuard no_gradients;
    const ReadLock lock(state.mutex);
    use_threads_of(*state.context);
    const auto width = state.model->configuration().embed_dim;
    const auto left = input_tensor(image_features, {images, width}, at::kFloat, *state.context);
    const auto right = input_tensor(text_features, {texts, width}, at::kFloat, *state.context);
    write_features(state.model->logits(left, right), logits);
  });
}

st_status st_model_compare_images(st_model* before, st_model* after, st_precision precision, const float* pixels,
                                  int64_t count, float* distances, float* lengths) noexcept {
  return guarded([&] {
    auto& first = *dereference(before, "before").state;
    auto& second = *dereference(after, "after").state;
    const at::NoGradGuard no_gradients;
    const BothModels both(first, second);
    const auto input = pixel_input(first, pixels, count);
    write_distances(image_distances(*first.model, *second.model, input, scalar_type(precision)), distances, lengths);
  });
}

st_status st_model_compare_texts(st_model* before, st_model* after, st_precision precision, const int64_t* tokens,
                                 int64_t count, int64_t length, float* distances, float* lengths) noexcept {
  return guarded([&] {
    auto& first = *dereference(before, "before").state;
    auto& second = *dereference(after, "after").state;
    const at::NoGradGuard no_gradients;
    const BothModels both(first, second);
    const auto input = token_input(first, tokens, count, length);
    write_distances(text_distances(*first.model, *second.model, input, scalar_type(precision)), distances, lengths);
  });
}

void st_model_release(st_model* model) noexcept { release(model); }
