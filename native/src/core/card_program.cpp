#include "core/card_program.h"

#include <memory>
#include <string>
#include <vector>

#include <dirent.h>
#include <dlfcn.h>

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/DeviceGuard.h>

#include "core/cuda_calls.h"
#include "core/error.h"

namespace skiptuning {
namespace {

// What is used of nvrtc.h and cuda.h, whose functions keep their shapes from version to version.
using Status = int;
using Program = void*;
using Module = void*;
using Function = void*;
using Stream = void*;
constexpr int kMajorAttribute = 75;  // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR
constexpr int kMinorAttribute = 76;

std::string folder_of(const void* function) {
  Dl_info info{};
  if (dladdr(function, &info) == 0 || info.dli_fname == nullptr) {
    return {};
  }
  const std::string file = info.dli_fname;
  const auto slash = file.rfind('/');
  return slash == std::string::npos ? std::string() : file.substr(0, slash);
}

// The compiler opens a library of its own by name: it is loaded here where it lies beside it.
void load_builtins(const std::string& folder) {
  DIR* const entries = opendir(folder.c_str());
  if (entries == nullptr) {
    return;
  }
  while (const auto* entry = readdir(entries)) {
    if (std::string(entry->d_name).rfind("libnvrtc-builtins.so", 0) == 0) {
      dlopen((folder + "/" + entry->d_name).c_str(), RTLD_NOW | RTLD_GLOBAL);
    }
  }
  closedir(entries);
}

class Libraries {
 public:
  static const Libraries& get() {
    static const Libraries libraries;
    return libraries;
  }

  Status (*create)(Program*, const char*, const char*, int, const char* const*, const char* const*);
  Status (*compile)(Program, int, const char* const*);
  Status (*log_size)(Program, std::size_t*);
  Status (*log)(Program, char*);
  Status (*binary_size)(Program, std::size_t*);
  Status (*binary)(Program, char*);
  Status (*destroy)(Program*);
  Status (*get_device)(int*, int);
  Status (*get_attribute)(int*, int, int);
  Status (*load)(Module*, const void*);
  Status (*get_function)(Function*, Module, const char*);
  Status (*launch)(Function, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, Stream, void**,
                   void**);

 private:
  Libraries() {
    void* const compiler = open_compiler();
    find(compiler, "nvrtcCreateProgram", create);
    find(compiler, "nvrtcCompileProgram", compile);
    find(compiler, "nvrtcGetProgramLogSize", log_size);
    find(compiler, "nvrtcGetProgramLog", log);
    find(compiler, "nvrtcGetCUBINSize", binary_size);
    find(compiler, "nvrtcGetCUBIN", binary);
    find(compiler, "nvrtcDestroyProgram", destroy);
    load_builtins(folder_of(reinterpret_cast<const void*>(create)));
    void* const driver = dlopen("libcuda.so.1", RTLD_NOW);
    find(driver, "cuDeviceGet", get_device);
    find(driver, "cuDeviceGetAttribute", get_attribute);
    find(driver, "cuModuleLoadData", load);
    find(driver, "cuModuleGetFunction", get_function);
    find(driver, "cuLaunchKernel", launch);
  }

  static void* open_compiler() {
    // LibTorch has a library that leads to the compiler of its CUDA.
    const auto libtorch = folder_of(reinterpret_cast<const void*>(&c10::GetCPUAllocator));
    const std::vector<std::string> places = {libtorch + "/libcaffe2_nvrtc.so", "libnvrtc.so.13", "libnvrtc.so.12"};
    for (const auto& place : places) {
      if (void* const library = dlopen(place.c_str(), RTLD_NOW)) {
        return library;
      }
    }
    throw Unsupported("no NVRTC was found");
  }

  template <class F>
  static void find(void* library, const char* name, F& function) {
    function = library == nullptr ? nullptr : reinterpret_cast<F>(dlsym(library, name));
    if (function == nullptr) {
      throw Unsupported(std::string("no function ") + name + " was found");
    }
  }
};

void require_done(Status status, const char* what) {
  if (status != 0) {
    throw Unsupported(std::string(what) + " failed with status " + std::to_string(status));
  }
}

std::string architecture(c10::Device device) {
  const auto& cuda = Libraries::get();
  int handle = 0;
  int major = 0;
  int minor = 0;
  require_done(cuda.get_device(&handle, device.index()), "cuDeviceGet");
  require_done(cuda.get_attribute(&major, kMajorAttribute, handle), "cuDeviceGetAttribute");
  require_done(cuda.get_attribute(&minor, kMinorAttribute, handle), "cuDeviceGetAttribute");
  return "--gpu-architecture=sm_" + std::to_string(major) + std::to_string(minor);
}

std::vector<char> compiled(const char* source, const std::string& target) {
  const auto& cuda = Libraries::get();
  Program created = nullptr;
  require_done(cuda.create(&created, source, "card_kernels.cu", 0, nullptr, nullptr), "nvrtcCreateProgram");
  const auto destroy = [&cuda](Program program) { cuda.destroy(&program); };
  const std::unique_ptr<void, decltype(destroy)> owned(created, destroy);
  const auto program = owned.get();
  const char* const options[] = {target.c_str(), "--std=c++17"};
  if (cuda.compile(program, 2, options) != 0) {
    std::size_t size = 0;
    cuda.log_size(program, &size);
    std::string words(size, '\0');
    cuda.log(program, words.data());
    throw Unsupported("NVRTC refuses the kernels: " + words);
  }
  std::size_t size = 0;
  require_done(cuda.binary_size(program, &size), "nvrtcGetCUBINSize");
  std::vector<char> binary(size);
  require_done(cuda.binary(program, binary.data()), "nvrtcGetCUBIN");
  return binary;
}

}  // namespace

CardProgram::CardProgram(c10::Device device, const char* source) : device_(device) {
  if (cuda_calls() == nullptr) {
    throw Unsupported("this core was built without CUDA");
  }
  const c10::DeviceGuard guard(device);
  const auto binary = compiled(source, architecture(device));
  require_done(Libraries::get().load(&module_, binary.data()), "cuModuleLoadData");
}

void CardProgram::launch(const std::string& kernel, const Grid& grid, void** arguments) const {
  const c10::DeviceGuard guard(device_);
  const auto& cuda = Libraries::get();
  auto& function = kernels_[kernel];
  if (function == nullptr) {
    require_done(cuda.get_function(&function, module_, kernel.c_str()), "cuModuleGetFunction");
  }
  void* const stream = cuda_calls()->current_stream(device_);
  require_done(
      cuda.launch(function, grid.blocks, 1, 1, grid.threads_x, grid.threads_y, 1, 0, stream, arguments, nullptr),
      "cuLaunchKernel");
}

}  // namespace skiptuning
