#include "clip/sensitivity.h"

#include <gtest/gtest.h>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/linalg_vector_norm.h>

#include "clip/embedding.h"
#include "clip/encoder.h"
#include "tiny_clip.h"

namespace skiptuning::test {
namespace {

// The same weights but for one, of the third block of a tower.
Model with_another_block(const Model& model, const std::string& name) {
  Model changed(model);
  changed.replace(name, model.parameter(name) * 1.5, {});
  return changed;
}

TEST(BlockDistances, AreZeroUpToTheBlockThatDiffers) {
  const at::NoGradGuard no_gradients;
  const auto before = tiny_model(3);
  const auto pixels = random_pixels(before.configuration(), 2, 7);
  const auto after = with_another_block(before, "visual.transformer.resblocks.2.mlp.c_fc.weight");
  const auto found = image_distances(before, after, pixels, at::kFloat);
  ASSERT_EQ(found.distances.sizes(), at::IntArrayRef({before.configuration().image.layers, 2}));
  for (std::int64_t block = 0; block < before.configuration().image.layers; ++block) {
    for (std::int64_t picture = 0; picture < 2; ++picture) {
      const auto distance = found.distances[block][picture].item<float>();
      EXPECT_EQ(distance > 0, block >= 2) << block;
      EXPECT_GT(found.lengths[block][picture].item<float>(), 0);
    }
  }
  const auto same = text_distances(before, after, random_tokens(before.configuration(), 3, 5), at::kFloat);
  EXPECT_EQ(same.distances.abs().max().item<float>(), 0);
}

// By the hidden states after so many blocks, computed from the start.
TEST(BlockDistances, EqualThoseOfWholePasses) {
  const at::NoGradGuard no_gradients;
  const auto before = tiny_model(3);
  const auto after = tiny_model(4);
  const auto& configuration = before.configuration();
  const auto pixels = random_pixels(configuration, 2, 7);
  const auto images = image_distances(before, after, pixels, at::kFloat);
  for (std::int64_t block = 0; block < configuration.image.layers; ++block) {
    const auto difference =
        (image_prefix(after, pixels, block + 1, at::kFloat) - image_prefix(before, pixels, block + 1, at::kFloat))
            .view({2, -1});
    EXPECT_LT(relative_difference(images.distances[block], at::linalg_vector_norm(difference, 2, at::IntArrayRef{1})),
              1e-5);
  }
  const auto tokens = random_tokens(configuration, 3, 5);
  const auto texts = text_distances(before, after, tokens, at::kFloat);
  for (std::int64_t text = 0; text < 3; ++text) {
    // Each for itself: the tower is causal, and nothing behind end-of-text counts.
    const auto one = tokens.narrow(0, text, 1);
    const auto rows =
        text_rows(one, end_of_text_positions(one, configuration.end_of_text), at::kCPU, TextLayout::packed, 0);
    for (std::int64_t block = 0; block < configuration.text.layers; ++block) {
      const auto difference =
          text_prefix(after, rows, block + 1, at::kFloat) - text_prefix(before, rows, block + 1, at::kFloat);
      const auto expected = at::linalg_vector_norm(difference).item<float>();
      EXPECT_NEAR(texts.distances[block][text].item<float>(), expected, 1e-5 * expected);
    }
  }
}

}  // namespace
}  // namespace skiptuning::test
