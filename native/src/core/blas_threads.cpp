#include "core/blas_threads.h"

#include <dlfcn.h>

namespace skiptuning {
namespace {

using SetThreads = void (*)(int);
using GetThreads = int (*)();

// Absent when LibTorch was built against another BLAS.
SetThreads set_threads() {
  static const auto function = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
  return function;
}

GetThreads get_threads() {
  static const auto function = reinterpret_cast<GetThreads>(dlsym(RTLD_DEFAULT, "openblas_get_num_threads"));
  return function;
}

}  // namespace

void use_blas_threads(int threads) {
  if (set_threads() != nullptr && get_threads() != nullptr && get_threads()() != threads) {
    set_threads()(threads);
  }
}

SingleThreadedBlas::SingleThreadedBlas() {
  if (set_threads() != nullptr && get_threads() != nullptr) {
    threads_before_ = get_threads()();
    set_threads()(1);
  }
}

SingleThreadedBlas::~SingleThreadedBlas() {
  if (threads_before_ > 0) {
    set_threads()(threads_before_);
  }
}

}  // namespace skiptuning
