#include "core/card_streams.h"

#include <exception>
#include <map>
#include <mutex>
#include <utility>

#include <c10/core/Event.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace skiptuning {
namespace {

using Key = std::pair<c10::DeviceIndex, c10::StreamId>;

Key key_of(const c10::Stream& stream) { return {stream.device_index(), stream.id()}; }

// LibTorch's pool has 32 streams of a card.
constexpr int kTries = 64;

std::mutex mutex;

// Streams in use, each with the other of its pair, once there is one.
std::map<Key, std::optional<c10::Stream>>& in_use() {
  static std::map<Key, std::optional<c10::Stream>> streams;
  return streams;
}

// With more users than streams some share one; then nothing is wrong but that they wait for each other.
c10::Stream take(c10::Device device) {
  const c10::impl::VirtualGuardImpl guard(device.type());
  auto stream = guard.getStreamFromGlobalPool(device);
  for (int tried = 0; tried < kTries && in_use().count(key_of(stream)) != 0; ++tried) {
    stream = guard.getStreamFromGlobalPool(device);
  }
  in_use().emplace(key_of(stream), std::nullopt);
  return stream;
}

c10::Stream take_locked(c10::Device device) {
  const std::lock_guard<std::mutex> lock(mutex);
  return take(device);
}

}  // namespace

StreamPair::StreamPair(c10::Device device) : stream_(take_locked(device)), beside_(take_locked(device)) {
  const std::lock_guard<std::mutex> lock(mutex);
  in_use()[key_of(stream_)] = beside_;
}

StreamPair::~StreamPair() {
  wait_quietly();
  const std::lock_guard<std::mutex> lock(mutex);
  in_use().erase(key_of(stream_));
  in_use().erase(key_of(beside_));
}

void StreamPair::wait_quietly() const noexcept {
  try {
    beside_.synchronize();
    stream_.synchronize();
  } catch (const std::exception&) {
  }
}

std::optional<c10::Stream> beside(const c10::Stream& stream) {
  const std::lock_guard<std::mutex> lock(mutex);
  const auto found = in_use().find(key_of(stream));
  return found == in_use().end() ? std::nullopt : found->second;
}

void order(const c10::Stream& earlier, const c10::Stream& later) {
  c10::Event event(earlier.device_type());
  event.record(earlier);
  event.block(later);
}

}  // namespace skiptuning
