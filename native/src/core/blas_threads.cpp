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
  // PyTorch's own libraries bring MKL, which keeps a number for each thread.
  static const auto set_local_threads = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "MKL_Set_Num_Threads_Local"));
  if (set_local_threads != nullptr) {
    set_local_threads(1);
  }
}

}  // namespace skiptuning
