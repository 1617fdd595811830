#include "core/file_memory.h"

#include <cerrno>
#include <memory>
#include <system_error>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

namespace skiptuning {
namespace {

[[noreturn]] void fail(int code, const std::string& file, std::size_t bytes) {
  throw std::system_error(code, std::generic_category(),
                          "The file " + file + " of " + std::to_string(bytes) + " bytes cannot be made");
}

// A file that has no name any more.
class UnnamedFile {
 public:
  UnnamedFile(const std::string& file, std::size_t bytes)
      : descriptor_(::open(file.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600)) {
    if (descriptor_ < 0) {
      fail(errno, file, bytes);
    }
    ::unlink(file.c_str());
  }
  ~UnnamedFile() { ::close(descriptor_); }
  UnnamedFile(const UnnamedFile&) = delete;
  UnnamedFile& operator=(const UnnamedFile&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace

at::Tensor file_tensor(const std::string& file, at::IntArrayRef shape, at::ScalarType type) {
  const auto options = at::TensorOptions().dtype(type);
  std::size_t bytes = c10::elementSize(type);
  for (const auto extent : shape) {
    if (__builtin_mul_overflow(bytes, static_cast<std::size_t>(extent), &bytes)) {
      fail(EFBIG, file, bytes);
    }
  }
  const UnnamedFile unnamed(file, bytes);
  if (bytes == 0) {
    return at::empty(shape, options);
  }
  const int full = ::posix_fallocate(unnamed.descriptor(), 0, static_cast<off_t>(bytes));
  if (full != 0) {
    fail(full, file, bytes);
  }
  void* const data = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, unnamed.descriptor(), 0);
  if (data == MAP_FAILED) {
    fail(errno, file, bytes);
  }
  return at::from_blob(data, shape, [bytes](void* mapped) { ::munmap(mapped, bytes); }, options);
}

}  // namespace skiptuning
