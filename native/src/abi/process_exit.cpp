#include "abi/process_exit.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <thread>

namespace skiptuning::abi {
namespace {

using std::chrono::milliseconds;

// A long step's time; more would look like a hang.
constexpr milliseconds kLongestWait{30000};

std::atomic<std::int64_t> in_flight{0};
std::atomic<std::thread::id> exiting{};  // the thread that ends the process, if one does

void wait_for_calls() {
  exiting = std::this_thread::get_id();
  // Of all the times that this is registered, together.
  static const auto deadline = std::chrono::steady_clock::now() + kLongestWait;
  while (in_flight > 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(milliseconds(1));
  }
}

void enter() noexcept {
  ++in_flight;
  const auto ending = exiting.load();
  if (ending != std::thread::id() && ending != std::this_thread::get_id()) {
    --in_flight;
    for (;;) {
      std::this_thread::sleep_for(std::chrono::hours(1));
    }
  }
}

// Exit handlers run in the reverse order of their registration, among them the destructors of statics that LibTorch
// makes at first use. Registered anew after call 1, 2, 4, 8, ... of each function, the wait comes before those of all
// that was used.
void register_wait(std::atomic<std::uint64_t>& finished) noexcept {
  const auto count = ++finished;
  if ((count & (count - 1)) == 0) {
    std::atexit(wait_for_calls);
  }
}

}  // namespace

CallInFlight::CallInFlight(std::atomic<std::uint64_t>& finished) noexcept : finished_(finished) { enter(); }

CallInFlight::~CallInFlight() {
  register_wait(finished_);
  --in_flight;
}

CallPaused::CallPaused() noexcept { --in_flight; }

CallPaused::~CallPaused() { enter(); }

}  // namespace skiptuning::abi
