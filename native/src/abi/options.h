#pragma once

#include <optional>
#include <string>

#include "clip/configuration.h"
#include "layers/product.h"
#include "skip/cache.h"
#include "train/trainer.h"

namespace skiptuning::abi {

// The option texts of skiptuning.h. What is wrong is an InvalidArgument that names the key.

struct ContextOptions {
  std::string device;
  int threads;
  std::optional<GemmBackEnd> gemm;  // absent: the faster
};

ContextOptions parse_context(const char* json);
ClipConfiguration parse_configuration(const char* json);
CacheOptions parse_cache(const char* json);
TrainerOptions parse_trainer(const char* json);

}  // namespace skiptuning::abi
