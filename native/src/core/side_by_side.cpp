#include "core/side_by_side.h"

#include <exception>

#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include "core/card_streams.h"

namespace skiptuning {
namespace {

// Joins the streams at the end of a scope. A recording that is left unjoined could not even be given up.
class Join {
 public:
  Join(const c10::Stream& stream, const c10::Stream& other) : stream_(stream), other_(other) {}
  ~Join() {
    try {
      order(other_, stream_);
    } catch (const std::exception&) {
      // The card is broken: the next wait for it says so.
    }
  }
  Join(const Join&) = delete;
  Join& operator=(const Join&) = delete;

 private:
  c10::Stream stream_;
  c10::Stream other_;
};

}  // namespace

void side_by_side(c10::Device device, const std::function<void()>& work, const std::function<void()>& beside_work) {
  const auto other =
      device.is_cuda() ? beside(c10::impl::VirtualGuardImpl(device.type()).getStream(device)) : std::nullopt;
  if (!other) {
    work();
    beside_work();
    return;
  }
  const auto stream = c10::impl::VirtualGuardImpl(device.type()).getStream(device);
  order(stream, *other);
  const Join join(stream, *other);
  {
    const c10::StreamGuard guard(*other);
    beside_work();
  }
  work();
}

}  // namespace skiptuning
