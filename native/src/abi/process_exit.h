#pragma once

#include <atomic>
#include <cstdint>

namespace skiptuning::abi {

// A call into the core, from its first line to its last. A process may end (System.exit, a signal) while another
// thread computes; LibTorch's statics are destroyed then, and the computation would crash. So exit waits a moment for
// calls in flight, and calls that come later never return: the process is over. What no call before had used is not
// kept for the calls in flight.
class CallInFlight {
 public:
  // finished: how many calls of this function there were.
  explicit CallInFlight(std::atomic<std::uint64_t>& finished) noexcept;
  ~CallInFlight();
  CallInFlight(const CallInFlight&) = delete;
  CallInFlight& operator=(const CallInFlight&) = delete;

 private:
  std::atomic<std::uint64_t>& finished_;
};

// While alive, the calling thread is in the caller's code (a callback), which may be stopped for good when a JVM ends.
class CallPaused {
 public:
  CallPaused() noexcept;
  ~CallPaused();
  CallPaused(const CallPaused&) = delete;
  CallPaused& operator=(const CallPaused&) = delete;
};

}  // namespace skiptuning::abi
