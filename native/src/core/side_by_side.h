#pragma once

#include <functional>

#include <c10/core/Device.h>

namespace skiptuning {

// Runs both; on a stream of a StreamPair at the same time where the card has room, `beside` on the pair's other one.
// What either made before the call must outlive it, and neither may give the other anything. What follows waits for
// both, also when one of them throws.
void side_by_side(c10::Device device, const std::function<void()>& work, const std::function<void()>& beside);

}  // namespace skiptuning
