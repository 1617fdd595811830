#pragma once

#include <cmath>
#include <memory>
#include <optional>

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "method/method.h"
#include "tiny_clip.h"

namespace skiptuning::test {

// The hand-written gradients of a batch against autograd's.
inline void expect_same_gradients(const Method& method, const Batch& batch, const FlatParameters& parameters,
                                  double tolerance, double loss_tolerance) {
  const at::NoGradGuard no_gradients;
  const auto fast = method.gradients(batch, parameters, 1.0);
  const auto gradients = parameters.gradients().clone();
  parameters.gradients().fill_(-1);
  const auto reference = method.reference_gradients(batch, parameters, 1.0);
  EXPECT_NEAR(fast.loss.item<double>(), reference.loss.item<double>(),
              loss_tolerance * std::abs(reference.loss.item<double>()) + 1e-7);
  for (const auto& entry : parameters.entries()) {
    const auto expected = parameters.gradient(entry.name);
    // A key's bias shifts all scores of a query alike, so that part of the gradient is zero but for rounding: compare
    // against the size of the whole gradient there.
    const double scale = parameters.gradients().norm().item<double>();
    const double difference =
        (parameters.view(gradients, entry.name).to(at::kDouble) - expected.to(at::kDouble)).norm().item<double>();
    EXPECT_LE(difference, tolerance * expected.to(at::kDouble).norm().item<double>() + 1e-3 * tolerance * scale)
        << entry.name;
  }
}

// Start, two placeholders, the class's own words, end: of different length.
inline at::Tensor prompts_with_placeholders(const ClipConfiguration& configuration, std::int64_t classes) {
  auto tokens = random_tokens(configuration, classes, 8);
  for (std::int64_t row = 0; row < classes; ++row) {
    const auto words = 1 + row % 5;
    tokens[row].narrow(0, 1, 2).fill_(7);
    tokens[row].narrow(0, 3, words).random_(1, 58);
    tokens[row][3 + words].fill_(59);
    tokens[row].narrow(0, 4 + words, configuration.context_length - 4 - words).fill_(0);
  }
  return tokens;
}

inline std::shared_ptr<FeatureCache> prompt_cache(const Model& model, std::int64_t images, std::int64_t classes,
                                                  TextLayout layout) {
  const auto& configuration = model.configuration();
  auto cache = std::make_shared<FeatureCache>(model, CacheOptions{images, classes, configuration.image.layers, 0,
                                                                  at::kFloat, at::kFloat, layout, std::nullopt});
  const at::NoGradGuard no_gradients;
  cache->put_images(0, random_pixels(configuration, images, 7));
  cache->put_texts(prompts_with_placeholders(configuration, classes), {});
  return cache;
}

}  // namespace skiptuning::test
