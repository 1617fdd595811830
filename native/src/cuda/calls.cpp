#include <ATen/cuda/CUDAGraph.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <c10/cuda/CUDAStream.h>

#include "core/cuda_calls.h"

// All that calls CUDA by name; the rest reaches it through ATen. Compiled where CUDA's headers are found.
namespace skiptuning {
namespace {

class CudaGraph : public RecordedWork {
 public:
  explicit CudaGraph(const std::function<void()>& work) {
    graph_.capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
    try {
      work();
    } catch (...) {
      end_quietly();
      throw;
    }
    graph_.capture_end();
  }

  void replay() override { graph_.replay(); }

 private:
  // What broke the capture is the error to tell.
  void end_quietly() noexcept {
    try {
      graph_.capture_end();
    } catch (const std::exception&) {
    }
  }

  at::cuda::CUDAGraph graph_;
};

std::unique_ptr<RecordedWork> record_graph(c10::Device device, const std::function<void()>& work) {
  // The default stream cannot be captured.
  const c10::impl::VirtualGuardImpl streams(device.type());
  const auto current = streams.getStream(device);
  const bool is_default = current == streams.getDefaultStream(device);
  const c10::StreamGuard guard(is_default ? streams.getStreamFromGlobalPool(device) : current);
  return std::make_unique<CudaGraph>(work);
}

void* current_stream(c10::Device device) { return c10::cuda::getCurrentCUDAStream(device.index()).stream(); }

[[maybe_unused]] const bool registered = set_cuda_calls({&record_graph, &current_stream});

}  // namespace
}  // namespace skiptuning
