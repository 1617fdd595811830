#pragma once

#include <stdexcept>
#include <string>

namespace skiptuning {

// Each failure class maps to one status of the C ABI; see native/src/abi.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct InvalidArgument : Error {
  using Error::Error;
};
struct InvalidState : Error {
  using Error::Error;
};
struct Unsupported : Error {
  using Error::Error;
};
struct BadInput : Error {
  using Error::Error;
};
struct DeviceUnavailable : Error {
  using Error::Error;
};
struct Cancelled : Error {
  using Error::Error;
};

}  // namespace skiptuning
