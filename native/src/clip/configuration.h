#pragma once

#include <cstdint>
#include <tuple>

namespace skiptuning {

enum class Activation { gelu, quick_gelu };

struct TowerConfiguration {
  std::int64_t layers;
  std::int64_t width;
  std::int64_t heads;
  std::int64_t mlp_width;

  bool operator==(const TowerConfiguration& other) const {
    return std::tie(layers, width, heads, mlp_width) ==
           std::tie(other.layers, other.width, other.heads, other.mlp_width);
  }
};

// The shape of a CLIP; read from JSON at the boundary:
// {"embed_dim":512,"activation":"quick_gelu","layer_norm_epsilon":1e-5,"end_of_text":-1,
//  "image":{"size":224,"patch":16,"layers":12,"width":768,"heads":12,"mlp_width":3072},
//  "text":{"context":77,"vocabulary":49408,"layers":12,"width":512,"heads":8,"mlp_width":2048}}
struct ClipConfiguration {
  std::int64_t embed_dim;
  Activation activation;
  double layer_norm_epsilon;
  // Token id whose first place is pooled; -1: the place of the largest id (OpenAI's rule).
  std::int64_t end_of_text;
  TowerConfiguration image;
  std::int64_t image_size;
  std::int64_t patch_size;
  TowerConfiguration text;
  std::int64_t context_length;
  std::int64_t vocabulary_size;

  std::int64_t patches() const { return (image_size / patch_size) * (image_size / patch_size); }
  std::int64_t image_tokens() const { return patches() + 1; }

  bool operator==(const ClipConfiguration& other) const {
    return std::tie(embed_dim, activation, layer_norm_epsilon, end_of_text, image, image_size, patch_size, text,
                    context_length, vocabulary_size) ==
           std::tie(other.embed_dim, other.activation, other.layer_norm_epsilon, other.end_of_text, other.image,
                    other.image_size, other.patch_size, other.text, other.context_length, other.vocabulary_size);
  }
};

}  // namespace skiptuning
