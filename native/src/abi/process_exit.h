#pragma once

namespace skiptuning::abi {

// A call into the core, from its first line to its last. A process may end (System.exit, a signal) while another
// thread computes; LibTorch's statics are destroyed then, and the computation would crash. So exit waits a moment for
// calls in flight, and calls that come later never return: the process is over.
class CallInFlight {
 public:
  CallInFlight() noexcept;
  ~CallInFlight();
  CallInFlight(const CallInFlight&) = delete;
  CallInFlight& operator=(const CallInFlight&) = delete;
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
