#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <dlfcn.h>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ones.h>

#include "abi/handles.h"
#include "abi/json_writer.h"
#include "abi/measure.h"
#include "abi/options.h"
#include "abi/status.h"
#include "core/device_memory.h"
#include "core/error.h"
#include "kernels/card_kernels.h"

using namespace skiptuning::abi;

namespace {

using skiptuning::choose_gemm;
using skiptuning::DeviceUnavailable;
using skiptuning::gemm_in_use;
using skiptuning::gemm_name;

constexpr uint64_t kLargestSide = 1 << 20;

int cuda_devices() { return at::hasCUDA() ? static_cast<int>(at::detail::getCUDAHooks().deviceCount()) : 0; }

at::Device find_device(const std::string& name) {
  if (name == "cpu") {
    return at::Device(at::kCPU);
  }
  const std::string prefix = "cuda:";
  const bool numbered = name.rfind(prefix, 0) == 0 && name.size() > prefix.size() && name.size() <= prefix.size() + 3 &&
                        name.find_first_not_of("0123456789", prefix.size()) == std::string::npos;
  require(numbered, "options.device must be cpu or cuda:N, not " + name);
  const int index = std::stoi(name.substr(prefix.size()));
  const int found = cuda_devices();
  if (index >= found) {
    throw DeviceUnavailable("There is no device " + name + ": " +
                            (at::hasCUDA() ? std::to_string(found) + " CUDA devices were found"
                                           : "this LibTorch has no CUDA, or no driver was found") +
                            "; use cpu, or a LibTorch with CUDA");
  }
  return at::Device(at::kCUDA, static_cast<at::DeviceIndex>(index));
}

std::vector<std::string> backends() {
  std::vector<std::string> names;
  if (dlsym(RTLD_DEFAULT, "openblas_get_num_threads") != nullptr) {
    names.emplace_back("openblas");
  }
  if (at::hasMKL()) {
    names.emplace_back("mkl");
  }
  if (at::globalContext().hasMKLDNN()) {
    names.emplace_back("onednn");
  }
  if (skiptuning::has_gemm(skiptuning::GemmBackEnd::tiles)) {
    names.emplace_back("tiles");
  }
  if (at::hasCUDA()) {
    names.emplace_back("cuda");
  }
  return names;
}

std::string info(const ContextState& context) {
  use_threads_of(context);
  JsonWriter json;
  json.begin_object()
      .field("device", context.device.str())
      .field("threads", static_cast<int64_t>(at::get_num_threads()))
      .begin_array("devices")
      .value("cpu");
  for (int index = 0; index < cuda_devices(); ++index) {
    json.value("cuda:" + std::to_string(index));
  }
  json.end_array().field("cpu_capability", at::get_cpu_capability()).begin_array("backends");
  for (const auto& name : backends()) {
    json.value(name);
  }
  json.end_array().field("gemm", gemm_name(gemm_in_use()));
  if (context.device.is_cuda()) {
    json.field("card_kernels_problem", skiptuning::card_kernels_problem(context.device));
  }
  json.end_object();
  return json.text();
}

std::string rates(const ContextState& context) {
  use_threads_of(context);
  const auto measured = measure(context.device);
  skiptuning::release_kept_memory();
  JsonWriter json;
  json.begin_object().begin_array("gemm");
  for (const auto& rate : measured.gemm) {
    json.begin_object()
        .field("precision", rate.precision)
        .field("m", rate.m)
        .field("n", rate.n)
        .field("k", rate.k)
        .field("gflops", rate.gflops)
        .end_object();
  }
  json.end_array().field("bandwidth_gbs", measured.bandwidth_gbs).end_object();
  return json.text();
}

// LibTorch's back ends make their statics at first use. Made here, before the wait for calls in flight is registered,
// they outlive it when the process exits (see abi/process_exit.h).
void use_back_ends_once() {
  static const bool used = [] {
    const at::NoGradGuard no_gradients;
    for (const auto type : {at::kFloat, at::kBFloat16}) {
      const auto small = at::ones({64, 64}, at::TensorOptions().dtype(type));
      at::mm(small, small);
    }
    return true;
  }();
  static_cast<void>(used);
}

// The first context's choice stands for the process: the bits of its runs hang on it.
void use_gemm(const ContextOptions& options, const ContextState& context) {
  static std::mutex mutex;
  static bool decided = false;
  const std::lock_guard<std::mutex> lock(mutex);
  if (decided) {
    require(!options.gemm || *options.gemm == gemm_in_use(),
            "This process multiplies otherwise already: an earlier context decided on it");
    return;
  }
  use_threads_of(context);
  choose_gemm(options.gemm ? *options.gemm : fastest_gemm());
  decided = true;
}

}  // namespace

st_status st_context_create(const char* options_json, st_context** context) noexcept {
  return guarded([&] {
    dereference(context, "context") = nullptr;
    const auto options = parse_context(options_json);
    const auto device = find_device(options.device);
    skiptuning::manage_cpu_memory();
    use_back_ends_once();
    if (device.is_cuda()) {
      // Single precision is what its name says: no rounding to 10 bits in convolutions.
      at::globalContext().setAllowTF32CuDNN(false);
    }
    auto state = std::make_shared<ContextState>(ContextState{device, options.threads});
    use_gemm(options, *state);
    *context = new st_context{std::move(state)};
  });
}

st_status st_context_info(st_context* context, char* text, uint64_t capacity, uint64_t* length) noexcept {
  return guarded([&] { write_text(info(*dereference(context, "context").state), text, capacity, length); });
}

st_status st_context_measure(st_context* context, char* text, uint64_t capacity, uint64_t* length) noexcept {
  return guarded([&] { write_text(rates(*dereference(context, "context").state), text, capacity, length); });
}

st_status st_context_gemm_rate(st_context* context, st_precision precision, st_product product, uint64_t m, uint64_t n,
                               uint64_t k, double* gflops) noexcept {
  return guarded([&] {
    const auto& state = *dereference(context, "context").state;
    auto& result = dereference(gflops, "gflops");
    require(product <= ST_PRODUCT_WEIGHT_GRADIENT, "There is no product " + std::to_string(product));
    const auto type = scalar_type(precision);
    const auto size = [](uint64_t value) {
      require(value >= 1 && value <= kLargestSide, "A side of a product is 1 to " + std::to_string(kLargestSide));
      return static_cast<int64_t>(value);
    };
    use_threads_of(state);
    try {
      result = gemm_rate(static_cast<Product>(product), type, size(m), size(n), size(k), state.device);
      skiptuning::release_kept_memory();  // no step will want blocks of these sizes
    } catch (const c10::NotImplementedError&) {
      throw skiptuning::InvalidArgument("The device cannot multiply in this precision");
    }
  });
}

st_status st_context_memory(st_context* context, st_memory* memory) noexcept {
  return guarded([&] {
    const auto figures = skiptuning::memory_of(dereference(context, "context").state->device);
    auto& result = checked_struct(memory, "memory");
    result.allocated = figures.allocated;
    result.peak = figures.peak;
  });
}

st_status st_context_reset_peak(st_context* context) noexcept {
  return guarded([&] { skiptuning::reset_peak_of(dereference(context, "context").state->device); });
}

void st_context_release(st_context* context) noexcept { release(context); }
