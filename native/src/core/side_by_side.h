#pragma once

#include <functional>

#include <c10/core/Device.h>

namespace skiptuning {

// Runs both; on a card at the same time where it has room, `beside` on a stream of its own. What either made before the
// call must outlive it, and neither may give the other anything. What follows waits for both.
void side_by_side(c10::Device device, const std::function<void()>& work, const std::function<void()>& beside);

}  // namespace skiptuning
