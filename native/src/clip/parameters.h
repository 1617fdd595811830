#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "clip/configuration.h"

namespace skiptuning {

struct ParameterSpec {
  std::string name;
  std::vector<std::int64_t> shape;
};

// "visual.transformer.resblocks.3." or "transformer.resblocks.3."
std::string image_block_prefix(std::int64_t block);
std::string text_block_prefix(std::int64_t block);

// The twelve parameters of one block, under the prefix.
std::vector<ParameterSpec> block_parameters(const std::string& prefix, const TowerConfiguration& tower);

// Every parameter of a CLIP under OpenAI's names, with its shape.
std::vector<ParameterSpec> clip_parameters(const ClipConfiguration& configuration);

}  // namespace skiptuning
