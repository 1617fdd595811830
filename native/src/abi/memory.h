#pragma once

#include <c10/core/Device.h>

#include "core/cpu_memory.h"

namespace skiptuning::abi {

MemoryFigures memory_of(c10::Device device);
void reset_peak_of(c10::Device device);

}  // namespace skiptuning::abi
