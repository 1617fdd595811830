#include "skip/cache.h"

#include <ATen/core/grad_mode.h>

#include "abi/handles.h"
#include "abi/inputs.h"
#include "abi/options.h"
#include "abi/status.h"

using namespace skiptuning::abi;

namespace {

using skiptuning::FeatureCache;
using skiptuning::Progress;

// A call on a cache: no trainer changes its model meanwhile. Locked in the order of a trainer's calls.
class Turn {
 public:
  explicit Turn(CacheState& cache) : model_lock_(cache.model->mutex), cache_lock_(cache.mutex) {
    use_threads_of(*cache.model->context);
  }

 private:
  std::shared_lock<std::shared_mutex> model_lock_;
  std::unique_lock<std::mutex> cache_lock_;
};

Progress going_on(st_progress progress, void* user) {
  if (progress == nullptr) {
    return {};
  }
  return [=](std::uint64_t done, std::uint64_t total) {
    const CallPaused caller;
    return progress(user, done, total) == 0;
  };
}

}  // namespace

st_status st_cache_create(st_model* model, const char* options_json, st_cache** cache) noexcept {
  return guarded([&] {
    dereference(cache, "cache") = nullptr;
    const auto& model_state = dereference(model, "model").state;
    const at::NoGradGuard no_gradients;
    auto state = std::make_shared<CacheState>();
    state->model = model_state;
    const std::shared_lock<std::shared_mutex> lock(model_state->mutex);
    auto options = parse_cache(options_json);
    options.text_layout = skiptuning::text_layout(model_state->context->device);
    state->cache = std::make_shared<FeatureCache>(*model_state->model, options);
    *cache = new st_cache{std::move(state)};
  });
}

st_status st_cache_put_images(st_cache* cache, int64_t first_row, const float* pixels, int64_t count) noexcept {
  return guarded([&] {
    auto& state = *dereference(cache, "cache").state;
    const at::NoGradGuard no_gradients;
    const Turn turn(state);
    state.cache->put_images(first_row, pixel_input(*state.model, pixels, count));
  });
}

st_status st_cache_put_texts(st_cache* cache, const int64_t* tokens, int64_t count, int64_t length,
                             st_progress progress, void* user) noexcept {
  return guarded([&] {
    auto& state = *dereference(cache, "cache").state;
    const at::NoGradGuard no_gradients;
    const Turn turn(state);
    state.cache->put_texts(token_input(*state.model, tokens, count, length), going_on(progress, user));
  });
}

st_status st_cache_put_teacher_texts(st_cache* cache, const int64_t* tokens, int64_t count, int64_t length,
                                     int32_t of_length_1, st_progress progress, void* user) noexcept {
  return guarded([&] {
    auto& state = *dereference(cache, "cache").state;
    const at::NoGradGuard no_gradients;
    const Turn turn(state);
    state.cache->put_teacher_texts(token_input(*state.model, tokens, count, length), of_length_1 != 0,
                                   going_on(progress, user));
  });
}

st_status st_cache_read_images(st_cache* cache, int64_t first_row, int64_t count, void* rows, uint64_t bytes) noexcept {
  return guarded([&] {
    auto& state = *dereference(cache, "cache").state;
    const at::NoGradGuard no_gradients;
    const Turn turn(state);
    require(rows != nullptr, "rows is null");
    state.cache->read_images(first_row, count, rows, bytes);
  });
}

st_status st_cache_write_images(st_cache* cache, int64_t first_row, int64_t count, const void* rows,
                                uint64_t bytes) noexcept {
  return guarded([&] {
    auto& state = *dereference(cache, "cache").state;
    const at::NoGradGuard no_gradients;
    const Turn turn(state);
    require(rows != nullptr, "rows is null");
    state.cache->write_images(first_row, count, rows, bytes);
  });
}

void st_cache_release(st_cache* cache) noexcept { release(cache); }
