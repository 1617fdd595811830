#pragma once

#include <cstdint>
#include <functional>

namespace skiptuning {

// Calls body(0) .. body(count-1), each once, from up to `threads` threads (0: as many as the machine has). Rethrows the
// first exception after all have stopped.
void parallel_for(std::int64_t count, int threads, const std::function<void(std::int64_t)>& body);

}  // namespace skiptuning
