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

enum class TowerKind { image, text };

// "visual.transformer.resblocks.3." or "transformer.resblocks.3."
std::string block_prefix(TowerKind kind, std::int64_t block);

// Whether a name is a gain or a bias of a LayerNorm.
bool is_layer_norm(const std::string& name);

// The twelve parameters of one block, under the prefix.
std::vector<ParameterSpec> block_parameters(const std::string& prefix, const TowerConfiguration& tower);

// Every parameter of a CLIP under OpenAI's names, with its shape.
std::vector<ParameterSpec> clip_parameters(const ClipConfiguration& configuration);

}  // namespace skiptuning
