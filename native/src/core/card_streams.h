#pragma once

#include <optional>

#include <c10/core/Device.h>
#include <c10/core/Stream.h>

namespace skiptuning {

// Two streams of a card that nobody else here uses meanwhile: LibTorch hands the same few out in turns, and what one
// user records on a stream must not hold another's work.
class StreamPair {
 public:
  explicit StreamPair(c10::Device device);
  ~StreamPair();
  StreamPair(const StreamPair&) = delete;
  StreamPair& operator=(const StreamPair&) = delete;

  const c10::Stream& stream() const { return stream_; }
  // Waits for both; what the card reports as broken is left to the next call that asks.
  void wait_quietly() const noexcept;

 private:
  c10::Stream stream_;
  c10::Stream beside_;
};

// The other stream of the pair that this one belongs to, if any.
std::optional<c10::Stream> beside(const c10::Stream& stream);

// Lets `later` begin when all that was launched on `earlier` has ended.
void order(const c10::Stream& earlier, const c10::Stream& later);

}  // namespace skiptuning
