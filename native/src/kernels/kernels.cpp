#include "kernels/kernels.h"

#include <atomic>

// The same loops for each instruction set; the best that the processor has is taken at run time.

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define SKIPTUNING_SEVERAL_INSTRUCTION_SETS
#endif

// A comparison may not raise a floating-point exception that somebody waits for, so that a choice between two numbers
// needs no branch and becomes a vector's blend.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC push_options
#pragma GCC optimize("no-trapping-math")
#endif

#ifdef SKIPTUNING_SEVERAL_INSTRUCTION_SETS
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c,prefer-vector-width=512")
namespace skiptuning::kernels::avx512 {
#define SKIPTUNING_INSTRUCTIONS "avx512"
#include "kernels/kernels.inc"
#undef SKIPTUNING_INSTRUCTIONS
}  // namespace skiptuning::kernels::avx512
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c")
namespace skiptuning::kernels::avx2 {
#define SKIPTUNING_INSTRUCTIONS "avx2"
#include "kernels/kernels.inc"
#undef SKIPTUNING_INSTRUCTIONS
}  // namespace skiptuning::kernels::avx2
#pragma GCC pop_options
#endif

namespace skiptuning::kernels::standard {
#define SKIPTUNING_INSTRUCTIONS "standard"
#include "kernels/kernels.inc"
#undef SKIPTUNING_INSTRUCTIONS
}  // namespace skiptuning::kernels::standard

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC pop_options
#endif

namespace skiptuning::kernels {

std::vector<const Kernels*> supported() {
  std::vector<const Kernels*> all;
#ifdef SKIPTUNING_SEVERAL_INSTRUCTION_SETS
  const bool avx2_set =
      __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
  if (avx2_set && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    all.push_back(&avx512::kKernels);
  }
  if (avx2_set) {
    all.push_back(&avx2::kKernels);
  }
#endif
  all.push_back(&standard::kKernels);
  return all;
}

namespace {

std::atomic<const Kernels*>& current() {
  static std::atomic<const Kernels*> kernels{supported().front()};
  return kernels;
}

}  // namespace

const Kernels& in_use() { return *current().load(std::memory_order_relaxed); }

void use(const Kernels& kernels) { current() = &kernels; }

}  // namespace skiptuning::kernels
