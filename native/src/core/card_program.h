#pragma once

#include <map>
#include <string>

#include <c10/core/Device.h>

namespace skiptuning {

// Kernels compiled for the card they run on, by NVRTC and the driver, which are found at run time: nothing of CUDA is
// linked. A program stays loaded until the process ends.
class CardProgram {
 public:
  // Throws Unsupported where there is no compiler, or with its words where it refuses the source.
  CardProgram(c10::Device device, const char* source);

  struct Grid {
    unsigned blocks, threads_x, threads_y;
  };

  // On the current stream. arguments: their addresses, in order.
  void launch(const std::string& kernel, const Grid& grid, void** arguments) const;

 private:
  c10::Device device_;
  void* module_ = nullptr;
  mutable std::map<std::string, void*> kernels_;
};

}  // namespace skiptuning
