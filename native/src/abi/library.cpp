#include <ATen/Context.h>
#include <ATen/Version.h>
#include <torch/headeronly/version.h>

#include "abi/json_writer.h"
#include "abi/status.h"
#include "method/method.h"
#include "skiptuning.h"

using namespace skiptuning::abi;

uint32_t st_abi_version(void) noexcept { return ST_ABI_VERSION; }

st_status st_build_info(char* text, uint64_t capacity, uint64_t* length) noexcept {
  return guarded([&] {
    JsonWriter json;
    json.begin_object()
        .field("abi", static_cast<int64_t>(ST_ABI_VERSION))
        .field("libtorch", TORCH_VERSION)
        .field("cuda", at::hasCUDA())
        .field("compiler", __VERSION__)
        .field("settings", at::show_config())
        .begin_array("methods");
    for (const auto& name : skiptuning::method_names()) {
      json.value(name);
    }
    json.end_array().end_object();
    write_text(json.text(), text, capacity, length);
  });
}
