#include "core/cpu_memory.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <iterator>
#include <map>
#include <mutex>
#include <new>
#include <stdexcept>
#include <unordered_map>

#include <malloc.h>
#include <sys/mman.h>

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>

namespace skiptuning {
namespace {

// Smaller blocks are malloc's own matter; it keeps them anyway.
constexpr std::size_t kLeastKept = std::size_t{1} << 18U;
constexpr std::size_t kMostKept = std::size_t{1} << 29U;
// A kept block serves a request that is smaller by this share at most,
constexpr std::size_t kWaste = 8;
// and goes when so many requests have passed without it: some twenty steps.
constexpr std::uint64_t kPatience = 2000;

// Blocks of whole pages of 2 MB, which systems give that are asked: passes over memory that no cache holds take a fifth
// less time then.
class HugePages {
 public:
  static constexpr std::size_t kPage = std::size_t{1} << 21U;

  // Null where the system has none to give.
  void* allocate(std::size_t bytes) {
    const auto whole = (bytes + kSmallPage - 1) / kSmallPage * kSmallPage;
    void* const mapped =
        ::mmap(nullptr, whole + kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) {
      return nullptr;
    }
    auto* const begin = static_cast<char*>(mapped);
    const auto before = (kPage - reinterpret_cast<std::uintptr_t>(begin) % kPage) % kPage;
    auto* const data = begin + before;
    if (before > 0) {
      ::munmap(begin, before);
    }
    ::munmap(data + whole, kPage - before);
    ::madvise(data, bytes / kPage * kPage, MADV_HUGEPAGE);
    try {
      const std::lock_guard<std::mutex> lock(mutex_);
      sizes_.emplace(data, whole);
    } catch (const std::bad_alloc&) {
      ::munmap(data, whole);
      return nullptr;
    }
    return data;
  }

  // 0 for a block that is not from here.
  std::size_t size(void* data) {
    if (reinterpret_cast<std::uintptr_t>(data) % kPage != 0) {
      return 0;
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = sizes_.find(data);
    return found == sizes_.end() ? 0 : found->second;
  }

  void free(void* data) {
    std::size_t bytes = 0;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      const auto found = sizes_.find(data);
      bytes = found->second;
      sizes_.erase(found);
    }
    ::munmap(data, bytes);
  }

 private:
  static constexpr std::size_t kSmallPage = 4096;

  std::mutex mutex_;
  std::unordered_map<void*, std::size_t> sizes_;
};

class KeptBlocks {
 public:
  explicit KeptBlocks(c10::DeleterFnPtr free) : free_(free) {}

  // Null where none fits.
  void* take(std::size_t bytes) {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++requests_;
    const auto found = blocks_.lower_bound(bytes);
    if (found == blocks_.end() || found->first > bytes + bytes / kWaste) {
      drop_unless([this](const Block& block) { return requests_ - block.kept_at < kPatience; });
      return nullptr;
    }
    void* const data = found->second.data;
    kept_ -= found->first;
    blocks_.erase(found);
    return data;
  }

  // Called from destructors: where there is no memory to note a block, it goes.
  void keep_or_free(void* data, std::size_t bytes) noexcept {
    try {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (kept_ + bytes <= kMostKept) {
        blocks_.emplace(bytes, Block{data, requests_});
        kept_ += bytes;
        return;
      }
    } catch (const std::bad_alloc&) {
    }
    free_(data);
  }

  // Tells whether there were any.
  bool drop_all() {
    const std::lock_guard<std::mutex> lock(mutex_);
    const bool any = !blocks_.empty();
    drop_unless([](const Block&) { return false; });
    return any;
  }

 private:
  struct Block {
    void* data;
    std::uint64_t kept_at;
  };

  template <class Keep>
  void drop_unless(const Keep& keep) {
    for (auto block = blocks_.begin(); block != blocks_.end();) {
      if (keep(block->second)) {
        ++block;
        continue;
      }
      free_(block->second.data);
      kept_ -= block->first;
      block = blocks_.erase(block);
    }
  }

  c10::DeleterFnPtr free_;
  std::mutex mutex_;
  std::multimap<std::size_t, Block> blocks_;  // by size
  std::size_t kept_ = 0;
  std::uint64_t requests_ = 0;
};

// Blocks are freed by a plain function of their address, so their sizes are asked of malloc.
class ManagedAllocator final : public c10::Allocator {
 public:
  static void install() {
    static std::once_flag once;
    std::call_once(once, [] {
      inner_ = c10::GetCPUAllocator();
      inner_free_ = inner_->raw_deleter();
      if (inner_free_ != nullptr) {
        // All are needed until the process ends: tensors may be freed after every static object.
        huge_ = new HugePages;
        kept_ = new KeptBlocks(&free_block);
        c10::SetCPUAllocator(new ManagedAllocator, kPriority);
      }
    });
  }

  c10::DataPtr allocate(std::size_t bytes) override {
    void* data = bytes < kLeastKept ? nullptr : kept_->take(bytes);
    if (data == nullptr) {
      data = fresh(bytes);
    }
    const auto size = size_of(data);
    const auto now = allocated_.fetch_add(size) + size;
    auto peak = peak_.load();
    while (now > peak && !peak_.compare_exchange_weak(peak, now)) {
    }
    return {data, data, &give_back, c10::Device(c10::DeviceType::CPU)};
  }

  c10::DeleterFnPtr raw_deleter() const override { return &give_back; }

  void copy_data(void* target, const void* source, std::size_t bytes) const override {
    default_copy_data(target, source, bytes);
  }

  static MemoryFigures figures() {
    const auto allocated = allocated_.load();
    return {allocated, std::max(allocated, peak_.load())};
  }

  static void reset_peak() { peak_ = allocated_.load(); }

  static void release_kept() {
    if (kept_ != nullptr && kept_->drop_all()) {
      ::malloc_trim(0);  // smaller blocks, too, which malloc keeps
    }
  }

 private:
  static constexpr std::uint8_t kPriority = 100;

  // The kept blocks may be what the system lacks.
  static void* fresh(std::size_t bytes) {
    void* const pages = bytes < HugePages::kPage ? nullptr : huge_->allocate(bytes);
    if (pages != nullptr) {
      return pages;
    }
    try {
      return inner_->raw_allocate(bytes);
    } catch (const std::exception&) {
      if (!kept_->drop_all()) {
        throw;
      }
      return inner_->raw_allocate(bytes);
    }
  }

  static std::size_t size_of(void* data) {
    const auto pages = huge_->size(data);
    return pages > 0 ? pages : ::malloc_usable_size(data);
  }

  static void free_block(void* data) {
    if (huge_->size(data) > 0) {
      huge_->free(data);
    } else {
      inner_free_(data);
    }
  }

  static void give_back(void* data) {
    const auto bytes = size_of(data);
    allocated_ -= bytes;
    if (bytes < kLeastKept) {
      inner_free_(data);
    } else {
      kept_->keep_or_free(data, bytes);
    }
  }

  static inline c10::Allocator* inner_ = nullptr;
  static inline c10::DeleterFnPtr inner_free_ = nullptr;
  static inline HugePages* huge_ = nullptr;
  static inline KeptBlocks* kept_ = nullptr;
  static inline std::atomic<std::uint64_t> allocated_{0};
  static inline std::atomic<std::uint64_t> peak_{0};
};

}  // namespace

void manage_cpu_memory() { ManagedAllocator::install(); }

MemoryFigures cpu_memory() { return ManagedAllocator::figures(); }

void reset_cpu_peak() { ManagedAllocator::reset_peak(); }

void release_kept_memory() { ManagedAllocator::release_kept(); }

}  // namespace skiptuning
