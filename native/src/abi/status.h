#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

#include "abi/process_exit.h"
#include "core/cpu_memory.h"
#include "skiptuning.h"

namespace skiptuning::abi {

// Forgets the calling thread's error text.
void clear_error() noexcept;

// Of the exception being handled: its status; its text becomes st_last_error(). Every exception ends here.
st_status status_of_current_exception() noexcept;

// Runs the body of an exported function. Nothing leaves it but a status.
template <class Body>
st_status guarded(Body&& body) noexcept {
  static std::atomic<std::uint64_t> finished{0};  // of one function: each body has a type of its own
  const CallInFlight call(finished);
  clear_error();
  try {
    std::forward<Body>(body)();
    return ST_OK;
  } catch (...) {
    return status_of_current_exception();
  }
}

// The body of an st_<noun>_release.
template <class Handle>
void release(Handle* handle) noexcept {
  static std::atomic<std::uint64_t> finished{0};
  const CallInFlight call(finished);
  delete handle;
  skiptuning::release_kept_memory();
}

// Throws InvalidArgument with this text unless `condition` holds.
void require(bool condition, const char* text);
void require(bool condition, const std::string& text);

// Throws InvalidArgument if the pointer is null.
template <class T>
T& dereference(T* pointer, const char* name) {
  require(pointer != nullptr, std::string(name) + " is null");
  return *pointer;
}

// The same for a struct that begins with its size.
template <class Struct>
Struct& checked_struct(Struct* pointer, const char* name) {
  auto& value = dereference(pointer, name);
  require(value.struct_size == sizeof(Struct), std::string(name) + " has struct_size " +
                                                   std::to_string(value.struct_size) + ", and this core needs " +
                                                   std::to_string(sizeof(Struct)));
  return value;
}

// Text results: at most capacity bytes with a final NUL, and the full length.
void write_text(const std::string& source, char* text, uint64_t capacity, uint64_t* length);

}  // namespace skiptuning::abi
