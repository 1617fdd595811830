#include "core/blas_threads.h"

#include <dlfcn.h>

namespace skiptuning {

void use_one_blas_thread() {
  using SetThreads = void (*)(int);
  using GetThreads = int (*)();
  // Absent when LibTorch was built against another BLAS.
  static const auto set_threads = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
  static const auto get_threads = reinterpret_cast<GetThreads>(dlsym(RTLD_DEFAULT, "openblas_get_num_threads"));
  if (set_threads != nullptr && get_threads != nullptr && get_threads() != 1) {
    set_threads(1);
  }
}

}  // namespace skiptuning
