#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "clip/model.h"
#include "skip/cache.h"
#include "skiptuning.h"
#include "train/trainer.h"

namespace skiptuning::abi {

// What the handles point to. A handle shares in all that it is made of, so the order of releases doesn't matter.

struct ContextState {
  at::Device device;
  int threads;  // 0: LibTorch's choice
};

// Keeps tensors whose memory was shown to the caller, so that a view never outlasts it.
class Pins {
 public:
  void add(const at::Tensor& tensor);

 private:
  std::mutex mutex_;
  std::vector<at::Tensor> tensors_;
};

struct ModelState {
  std::shared_ptr<ContextState> context;
  std::shared_ptr<Model> model;
  // Shared by calls that read the weights, exclusive for those that change them.
  std::shared_mutex mutex;
  Pins pins;
};

struct CacheState {
  std::shared_ptr<ModelState> model;
  std::shared_ptr<FeatureCache> cache;
  std::mutex mutex;
};

struct TrainerState {
  std::shared_ptr<ModelState> model;
  std::shared_ptr<CacheState> cache;  // null without one
  std::unique_ptr<Trainer> trainer;   // uses the two above: made last, gone first
  std::mutex mutex;
  std::set<std::string> names;  // of the state, at places that outlive a call
  Pins pins;
};

// The number of threads of a context, for LibTorch's computations on the calling thread.
void use_threads_of(const ContextState& context);

at::ScalarType scalar_type(st_precision precision);

// A view of the caller's dense memory, on the context's device: copied there if that isn't the CPU.
at::Tensor input_tensor(const void* data, at::IntArrayRef shape, at::ScalarType type, const ContextState& context);

}  // namespace skiptuning::abi

struct st_context {
  std::shared_ptr<skiptuning::abi::ContextState> state;
};
struct st_model {
  std::shared_ptr<skiptuning::abi::ModelState> state;
};
struct st_cache {
  std::shared_ptr<skiptuning::abi::CacheState> state;
};
struct st_trainer {
  std::shared_ptr<skiptuning::abi::TrainerState> state;
};
