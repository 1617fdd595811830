#include "image/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace skiptuning {

void parallel_for(std::int64_t count, int threads, const std::function<void(std::int64_t)>& body) {
  std::atomic<std::int64_t> next{0};
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto work = [&] {
    try {
      for (std::int64_t index = next++; index < count; index = next++) {
        body(index);
      }
    } catch (...) {
      next = count;
      const std::lock_guard<std::mutex> lock(failure_mutex);
      if (!failure) {
        failure = std::current_exception();
      }
    }
  };

  const std::int64_t wanted = threads > 0 ? threads : std::max(1u, std::thread::hardware_concurrency());
  const std::int64_t needed = std::min(wanted, count);
  std::vector<std::thread> helpers;
  helpers.reserve(std::max<std::int64_t>(needed, 0));
  try {
    for (std::int64_t helper = 1; helper < needed; ++helper) {
      helpers.emplace_back(work);
    }
  } catch (...) {
    // No more threads, or no memory for one: those that run do the work.
  }
  work();
  for (auto& helper : helpers) {
    helper.join();
  }
  if (failure) {
    std::rethrow_exception(failure);
  }
}

}  // namespace skiptuning
