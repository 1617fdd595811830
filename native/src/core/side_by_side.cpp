#include "core/side_by_side.h"

#include <map>
#include <mutex>

#include <c10/core/Event.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace skiptuning {
namespace {

void order(const c10::Stream& earlier, const c10::Stream& later) {
  c10::Event event(earlier.device_type());
  event.record(earlier);
  event.block(later);
}

// Always the same for a stream, so that the libraries' rooms for it and the kept memory are made once.
c10::Stream beside_stream(const c10::Stream& stream) {
  static std::mutex mutex;
  static std::map<std::pair<c10::DeviceIndex, c10::StreamId>, c10::Stream> known;
  const std::lock_guard<std::mutex> lock(mutex);
  const std::pair key{stream.device_index(), stream.id()};
  auto found = known.find(key);
  if (found == known.end()) {
    const c10::impl::VirtualGuardImpl streams(stream.device_type());
    auto other = streams.getStreamFromGlobalPool(stream.device());
    if (other == stream) {
      other = streams.getStreamFromGlobalPool(stream.device());
    }
    found = known.emplace(key, other).first;
  }
  return found->second;
}

}  // namespace

void side_by_side(c10::Device device, const std::function<void()>& work, const std::function<void()>& beside) {
  if (!device.is_cuda()) {
    work();
    beside();
    return;
  }
  const auto stream = c10::impl::VirtualGuardImpl(device.type()).getStream(device);
  const auto other = beside_stream(stream);
  order(stream, other);
  {
    const c10::StreamGuard guard(other);
    beside();
  }
  work();
  order(other, stream);
}

}  // namespace skiptuning
