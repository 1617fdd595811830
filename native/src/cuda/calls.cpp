#include <mutex>

#include <ATen/cuda/CUDAGraph.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <c10/cuda/CUDAStream.h>

#include "core/cuda_calls.h"

// All that is linked to CUDA; the rest reaches it through ATen, or finds it at run time (core/card_program.cpp).
// Compiled where CUDA's headers are found.
namespace skiptuning {
namespace {

// LibTorch's list of graphs, which captures and the ends of graphs change, has no lock.
std::mutex graphs_mutex;

class CudaGraph : public RecordedWork {
 public:
  CudaGraph(const std::function<void()>& work, const CudaGraph* sharing) {
    const std::lock_guard<std::mutex> lock(graphs_mutex);
    graph_ = std::make_unique<at::cuda::CUDAGraph>();
    graph_->capture_begin(sharing != nullptr ? sharing->graph_->pool() : at::cuda::MempoolId_t{0, 0},
                          cudaStreamCaptureModeThreadLocal);
    try {
      work();
    } catch (...) {
      end_quietly();
      throw;
    }
    graph_->capture_end();
  }

  ~CudaGraph() override {
    const std::lock_guard<std::mutex> lock(graphs_mutex);
    graph_.reset();
  }

  CudaGraph(const CudaGraph&) = delete;
  CudaGraph& operator=(const CudaGraph&) = delete;

  void replay() override { graph_->replay(); }

 private:
  // What broke the capture is the error to tell.
  void end_quietly() noexcept {
    try {
      graph_->capture_end();
    } catch (const std::exception&) {
    }
  }

  std::unique_ptr<at::cuda::CUDAGraph> graph_;
};

std::unique_ptr<RecordedWork> record_graph(c10::Device device, const std::function<void()>& work,
                                           const RecordedWork* sharing) {
  // The default stream cannot be captured.
  const c10::impl::VirtualGuardImpl streams(device.type());
  const auto current = streams.getStream(device);
  const bool is_default = current == streams.getDefaultStream(device);
  const c10::StreamGuard guard(is_default ? streams.getStreamFromGlobalPool(device) : current);
  return std::make_unique<CudaGraph>(work, static_cast<const CudaGraph*>(sharing));
}

void* current_stream(c10::Device device) { return c10::cuda::getCurrentCUDAStream(device.index()).stream(); }

[[maybe_unused]] const bool registered = set_cuda_calls({&record_graph, &current_stream});

}  // namespace
}  // namespace skiptuning
