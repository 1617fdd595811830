#include "abi/status.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <system_error>

#include <c10/util/Exception.h>

#include "core/error.h"

namespace skiptuning::abi {

namespace {

// Fixed memory, so that reporting an error cannot fail in turn.
struct ErrorText {
  static constexpr std::size_t kCapacity = 2048;
  char text[kCapacity] = {};

  // One line: control characters become spaces. A character of UTF-8 that would be cut in two is left out.
  void set(const char* source) noexcept {
    std::size_t length = ::strnlen(source, kCapacity - 1);
    while (length > 0 && source[length] != '\0' && (static_cast<unsigned char>(source[length]) & 0xC0) == 0x80) {
      --length;
    }
    std::transform(source, source + length, text,
                   [](char c) { return static_cast<unsigned char>(c) < 0x20 ? ' ' : c; });
    text[length] = '\0';
  }
};

thread_local ErrorText error;

st_status fail(st_status status, const char* text) noexcept {
  error.set(text);
  return status;
}

constexpr const char* kTooLittleMemory =
    "The host has too little free memory: use smaller batches, fewer classes or a lower precision, or close other "
    "programs";

// On the CPU, LibTorch reports exhausted memory as a plain error.
bool says_out_of_memory(const char* text) {
  return std::strstr(text, "not enough memory") != nullptr || std::strstr(text, "can't allocate memory") != nullptr;
}

}  // namespace

void clear_error() noexcept { error.text[0] = '\0'; }

st_status status_of_current_exception() noexcept {
  try {
    throw;
  } catch (const InvalidArgument& failure) {
    return fail(ST_INVALID_ARGUMENT, failure.what());
  } catch (const InvalidState& failure) {
    return fail(ST_INVALID_STATE, failure.what());
  } catch (const Unsupported& failure) {
    return fail(ST_UNSUPPORTED, failure.what());
  } catch (const BadInput& failure) {
    return fail(ST_BAD_INPUT, failure.what());
  } catch (const DeviceUnavailable& failure) {
    return fail(ST_DEVICE_UNAVAILABLE, failure.what());
  } catch (const Cancelled& failure) {
    return fail(ST_CANCELLED, failure.what());
  } catch (const c10::OutOfMemoryError& failure) {
    return fail(ST_OUT_OF_MEMORY, failure.what_without_backtrace());
  } catch (const c10::NotImplementedError& failure) {
    return fail(ST_UNSUPPORTED, failure.what_without_backtrace());
  } catch (const c10::Error& failure) {
    const char* text = failure.what_without_backtrace();
    return says_out_of_memory(text) ? fail(ST_OUT_OF_MEMORY, kTooLittleMemory) : fail(ST_INTERNAL, text);
  } catch (const std::bad_alloc&) {
    return fail(ST_OUT_OF_MEMORY, kTooLittleMemory);
  } catch (const std::filesystem::filesystem_error& failure) {
    return fail(ST_IO, failure.what());
  } catch (const std::system_error& failure) {
    return fail(ST_IO, failure.what());
  } catch (const std::exception& failure) {
    return fail(ST_INTERNAL, failure.what());
  } catch (...) {
    return fail(ST_INTERNAL, "An exception of an unknown type");
  }
}

void require(bool condition, const char* text) {
  if (!condition) {
    throw InvalidArgument(text);
  }
}

void require(bool condition, const std::string& text) { require(condition, text.c_str()); }

void write_text(const std::string& source, char* text, uint64_t capacity, uint64_t* length) {
  dereference(length, "length") = source.size();
  if (capacity == 0) {
    return;
  }
  require(text != nullptr, "text is null");
  const std::size_t copied = std::min<std::size_t>(source.size(), capacity - 1);
  std::memcpy(text, source.data(), copied);
  text[copied] = '\0';
}

}  // namespace skiptuning::abi

const char* st_last_error(void) noexcept { return skiptuning::abi::error.text; }
