#include "clip/parameters.h"

namespace skiptuning {
namespace {

void append(std::vector<ParameterSpec>& all, std::vector<ParameterSpec> more) {
  for (auto& spec : more) {
    all.push_back(std::move(spec));
  }
}

}  // namespace

std::string block_prefix(TowerKind kind, std::int64_t block) {
  return (kind == TowerKind::image ? "visual.transformer.resblocks." : "transformer.resblocks.") +
         std::to_string(block) + ".";
}

bool is_layer_norm(const std::string& name) { return name.find("ln_") != std::string::npos; }

std::vector<ParameterSpec> block_parameters(const std::string& prefix, const TowerConfiguration& tower) {
  const auto width = tower.width;
  const auto mlp = tower.mlp_width;
  return {
      {prefix + "attn.in_proj_weight", {3 * width, width}},
      {prefix + "attn.out_proj.weight", {width, width}},
      {prefix + "mlp.c_fc.weight", {mlp, width}},
      {prefix + "mlp.c_proj.weight", {width, mlp}},
      {prefix + "attn.in_proj_bias", {3 * width}},
      {prefix + "attn.out_proj.bias", {width}},
      {prefix + "mlp.c_fc.bias", {mlp}},
      {prefix + "mlp.c_proj.bias", {width}},
      {prefix + "ln_1.weight", {width}},
      {prefix + "ln_1.bias", {width}},
      {prefix + "ln_2.weight", {width}},
      {prefix + "ln_2.bias", {width}},
  };
}

std::vector<ParameterSpec> clip_parameters(const ClipConfiguration& c) {
  std::vector<ParameterSpec> all = {
      {"visual.conv1.weight", {c.image.width, 3, c.patch_size, c.patch_size}},
      {"visual.class_embedding", {c.image.width}},
      {"visual.positional_embedding", {c.image_tokens(), c.image.width}},
      {"visual.ln_pre.weight", {c.image.width}},
      {"visual.ln_pre.bias", {c.image.width}},
  };
  for (std::int64_t i = 0; i < c.image.layers; ++i) {
    append(all, block_parameters(block_prefix(TowerKind::image, i), c.image));
  }
  append(all, {
                  {"visual.ln_post.weight", {c.image.width}},
                  {"visual.ln_post.bias", {c.image.width}},
                  {"visual.proj", {c.image.width, c.embed_dim}},
                  {"token_embedding.weight", {c.vocabulary_size, c.text.width}},
                  {"positional_embedding", {c.context_length, c.text.width}},
              });
  for (std::int64_t i = 0; i < c.text.layers; ++i) {
    append(all, block_parameters(block_prefix(TowerKind::text, i), c.text));
  }
  append(all, {
                  {"ln_final.weight", {c.text.width}},
                  {"ln_final.bias", {c.text.width}},
                  {"text_projection", {c.text.width, c.embed_dim}},
                  {"logit_scale", {}},
              });
  return all;
}

}  // namespace skiptuning
