#include "core/cuda_calls.h"

namespace skiptuning {
namespace {

CudaCalls calls_in_use{};

}  // namespace

const CudaCalls* cuda_calls() { return calls_in_use.record != nullptr ? &calls_in_use : nullptr; }

bool set_cuda_calls(const CudaCalls& calls) {
  calls_in_use = calls;
  return true;
}

}  // namespace skiptuning
