#include "kernels/kernels.h"

// The same loops for each instruction set; the best that the processor has is taken at run time.

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define SKIPTUNING_SEVERAL_INSTRUCTION_SETS
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

namespace skiptuning::kernels {

const Kernels& best() {
#ifdef SKIPTUNING_SEVERAL_INSTRUCTION_SETS
  static const Kernels* const kBest = [] {
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma")) {
      return &avx512::kKernels;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
      return &avx2::kKernels;
    }
    return &standard::kKernels;
  }();
  return *kBest;
#else
  return standard::kKernels;
#endif
}

}  // namespace skiptuning::kernels
