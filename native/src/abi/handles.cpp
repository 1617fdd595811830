#include "abi/handles.h"

#include <algorithm>

#include <omp.h>

#include <ATen/Parallel.h>
#include <ATen/ops/from_blob.h>

#include "abi/status.h"
#include "core/blas_threads.h"

namespace skiptuning::abi {

void Pins::add(const at::Tensor& tensor) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const bool known = std::any_of(tensors_.begin(), tensors_.end(),
                                 [&](const at::Tensor& pinned) { return pinned.is_alias_of(tensor); });
  if (!known) {
    tensors_.push_back(tensor);
  }
}

namespace {

// Above this LibTorch's sort, which takes its room from the stack, overflows that of a Java thread.
constexpr int kMostThreads = 128;

}  // namespace

// oneDNN counts on teams as large as they were asked to be: with OMP_THREAD_LIMIT below that, or OMP_DYNAMIC, its
// results would be wrong without a word.
void use_threads_of(const ContextState& context) {
  ::omp_set_dynamic(0);
  const int asked = context.threads > 0 ? context.threads : at::get_num_threads();
  const int possible = std::max(1, std::min({asked, ::omp_get_thread_limit(), kMostThreads}));
  if (possible != at::get_num_threads()) {
    at::set_num_threads(possible);
  }
  use_one_blas_thread();  // ATen's setting reaches the BLAS, too
}

at::ScalarType scalar_type(st_precision precision) {
  switch (precision) {
    case ST_PRECISION_FP32:
      return at::kFloat;
    case ST_PRECISION_BF16:
      return at::kBFloat16;
    case ST_PRECISION_FP16:
      return at::kHalf;
    default:
      require(false, "precision " + std::to_string(precision) + " is unknown");
      return at::kFloat;
  }
}

at::Tensor input_tensor(const void* data, at::IntArrayRef shape, at::ScalarType type, const ContextState& context) {
  const auto view = at::from_blob(const_cast<void*>(data), shape, at::TensorOptions().dtype(type));
  return context.device.is_cpu() ? view : view.to(context.device);
}

}  // namespace skiptuning::abi
