#include "failing_new.h"

#include <cstddef>
#include <new>

namespace {

thread_local int countdown = 0;

}  // namespace

// The linker's --wrap lets calls of operator new(size_t) arrive here. Visible, because it takes PyTorch's libraries for
// callers, too.
extern "C" void* __real__Znwm(std::size_t bytes);
extern "C" __attribute__((visibility("default"))) void* __wrap__Znwm(std::size_t bytes) {
  if (countdown > 0 && --countdown == 0) {
    throw std::bad_alloc();
  }
  return __real__Znwm(bytes);
}

namespace skiptuning::test {

void fail_new(int nth) { countdown = nth; }

}  // namespace skiptuning::test
