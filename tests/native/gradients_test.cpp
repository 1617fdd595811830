#include <cmath>
#include <memory>
#include <optional>
#include <vector>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include "clip/encoder.h"
#include "core/error.h"
#include "layers/cosine_cross_entropy.h"
#include "method/method.h"
#include "method_cases.h"
#include "tiny_clip.h"
#include "with_gemm.h"

namespace skiptuning::test {
namespace {

struct Case {
  std::int64_t start;
  std::int64_t batch;
  std::int64_t classes;
  double top_ratio;
  Activation activation;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << "start " << c.start << ", batch " << c.batch << ", classes " << c.classes << ", r " << c.top_ratio;
}

std::shared_ptr<FeatureCache> filled_cache(const Model& model, std::int64_t start, std::int64_t images,
                                           std::int64_t classes, at::ScalarType precision,
                                           TextLayout layout = TextLayout::packed) {
  CacheOptions options{images,    classes,   start,  std::min(start, model.configuration().text.layers - 1),
                       precision, precision, layout, std::nullopt};
  auto cache = std::make_shared<FeatureCache>(model, options);
  const at::NoGradGuard no_gradients;
  cache->put_images(0, random_pixels(model.configuration(), images, 7));
  cache->put_texts(random_tokens(model.configuration(), classes, 8), {});
  return cache;
}

TrainerOptions skip(const SelectionOptions& selection) {
  TrainerOptions options;
  options.selection = selection;
  return options;
}

TrainerOptions coop(std::int64_t tokens, bool from_prompt) {
  TrainerOptions options;
  options.method = "coop";
  options.prompt.tokens = tokens;
  options.prompt.initial = from_prompt ? InitialContext::prompt : InitialContext::random;
  options.prompt.seed = 5;
  return options;
}

TrainerOptions lora(const LowRankOptions& low_rank) {
  TrainerOptions options;
  options.method = "lora";
  options.low_rank = low_rank;
  return options;
}

TrainerOptions contrastive() {
  TrainerOptions options;
  options.method = "contrastive";
  return options;
}

Batch skip_batch(const Case& c) {
  Batch batch;
  batch.step = 3;
  batch.image_rows = at::arange(c.batch, at::kLong).flip(0).contiguous();
  batch.labels = at::full({c.batch}, c.classes - 1, at::kLong);
  return batch;
}

class SkipGradients : public testing::TestWithParam<Case> {};

TEST_P(SkipGradients, EqualAutograd) {
  const auto c = GetParam();
  auto model = tiny_model(11, c.activation);
  const auto cache = filled_cache(model, c.start, c.batch, c.classes, at::kFloat);
  SelectionOptions selection;
  selection.top_ratio = c.top_ratio;
  selection.lambda = 0.3;
  const auto method = make_method(model, cache, skip(selection));
  const FlatParameters parameters(model, method->groups(), at::kFloat);
  expect_same_gradients(*method, skip_batch(c), parameters, 1e-5, 1e-6);
}

// What CUDA records: the classes chosen on the device, padded with such as only a label could have kept.
TEST_P(SkipGradients, OfFixedShapesEqualAutograd) {
  const auto c = GetParam();
  auto model = tiny_model(11, c.activation);
  const auto cache = filled_cache(model, c.start, c.batch, c.classes, at::kFloat, TextLayout::equal);
  SelectionOptions selection;
  selection.top_ratio = c.top_ratio;
  selection.lambda = 0.3;
  const auto method = make_method(model, cache, skip(selection));
  const FlatParameters parameters(model, method->groups(), at::kFloat);
  auto batch = skip_batch(c);
  const auto choice = rank_choice(selection, c.classes, c.batch, batch.step);
  batch.ranks = at::tensor(choice.ranks, at::kLong);
  batch.certain = at::tensor(choice.certain, at::kLong);
  expect_same_gradients(*method, batch, parameters, 1e-5, 1e-6);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, SkipGradients,
    testing::Values(Case{0, 4, 9, 1.0, Activation::quick_gelu}, Case{2, 4, 9, 0.4, Activation::quick_gelu},
                    Case{2, 4, 9, 0.4, Activation::gelu}, Case{3, 1, 9, 0.3, Activation::quick_gelu},
                    Case{1, 3, 1, 1.0, Activation::quick_gelu}, Case{2, 2, 2, 0.1, Activation::gelu},
                    Case{3, 5, 30, 0.05, Activation::quick_gelu}));

class GradientsWithEachGemm : public testing::TestWithParam<GemmBackEnd> {
 protected:
  void SetUp() override {
    if (!has_gemm(GetParam())) {
      GTEST_SKIP() << "this LibTorch or this processor lacks that back end";
    }
    with_gemm_.emplace(GetParam());
  }

 private:
  std::optional<WithGemm> with_gemm_;
};

INSTANTIATE_TEST_SUITE_P(BackEnds, GradientsWithEachGemm, testing::ValuesIn(kGemmBackEnds));

// Of enough rows and columns that tiles are used.
ClipConfiguration wider_configuration(Activation activation) {
  auto configuration = tiny_configuration(activation);
  configuration.embed_dim = 96;
  configuration.image = {3, 128, 2, 512};
  configuration.image_size = 40;
  configuration.patch_size = 8;
  configuration.text = {3, 96, 3, 384};
  return configuration;
}

TEST_P(GradientsWithEachGemm, OfAWiderModelEqualAutograd) {
  for (const auto activation : {Activation::quick_gelu, Activation::gelu}) {
    const auto configuration = wider_configuration(activation);
    auto tensors = random_tensors(configuration, 3);
    for (auto& [name, tensor] : tensors) {
      tensor.mul_(tensor.dim() >= 2 ? 0.5 : 1.0);
    }
    Model model(configuration, tensors, at::kCPU);
    const Case c{1, 4, 20, 0.6, activation};
    const auto cache = filled_cache(model, c.start, c.batch, c.classes, at::kFloat);
    SelectionOptions selection;
    selection.top_ratio = c.top_ratio;
    const auto method = make_method(model, cache, skip(selection));
    const FlatParameters parameters(model, method->groups(), at::kFloat);
    expect_same_gradients(*method, skip_batch(c), parameters, 1e-5, 1e-6);
  }
}

TEST_P(GradientsWithEachGemm, AreCloseInBfloat16) {
  const Case c{1, 4, 9, 0.5, Activation::quick_gelu};
  auto model = tiny_model(11);
  const auto cache = filled_cache(model, c.start, c.batch, c.classes, at::kFloat);
  SelectionOptions selection;
  const auto method = make_method(model, cache, skip(selection));
  const FlatParameters low(model, method->groups(), at::kBFloat16);
  const at::NoGradGuard no_gradients;
  method->gradients(skip_batch(c), low, 1.0);
  auto same_model = tiny_model(11);
  const auto same_method = make_method(same_model, cache, skip(selection));
  const FlatParameters full(same_model, same_method->groups(), at::kFloat);
  same_method->gradients(skip_batch(c), full, 1.0);
  // bf16 carries 8 bits; a few roundings in a row.
  EXPECT_LT(relative_difference(low.gradients(), full.gradients()), 0.05);
}

TEST(CoopGradients, EqualAutograd) {
  for (const auto layout : {TextLayout::packed, TextLayout::equal}) {
    for (const std::int64_t classes : {1, 2, 9}) {
      for (const bool from_prompt : {false, true}) {
        auto model = tiny_model(11);
        const auto cache = prompt_cache(model, 4, classes, layout);
        const auto method = make_method(model, cache, coop(2, from_prompt));
        const FlatParameters parameters(model, method->groups(), at::kFloat, method->own_parameters());
        auto batch = skip_batch({0, 4, classes, 1.0, Activation::quick_gelu});
        batch.labels = batch.image_rows.remainder(classes);
        expect_same_gradients(*method, batch, parameters, 1e-5, 1e-6);
        EXPECT_EQ(classes == 1, parameters.gradients().abs().max().item<float>() < 1e-6);
      }
    }
  }
}

// With the placeholders' own embeddings for a context CoOp's prompts are the ones that were given.
TEST(CoopGradients, BeginWithThePromptsThatWereGiven) {
  auto model = tiny_model(11);
  const auto cache = prompt_cache(model, 4, 6, TextLayout::packed);
  const auto method = make_method(model, cache, coop(2, true));
  const FlatParameters parameters(model, method->groups(), at::kFloat, method->own_parameters());
  Batch batch;
  batch.image_rows = at::arange(4, at::kLong);
  batch.labels = at::arange(4, at::kLong);
  const at::NoGradGuard no_gradients;
  const auto logits = model.logits(normalised(cache->images().flatten(0, 1)), cache->prototypes());
  EXPECT_NEAR(method->gradients(batch, parameters, 1.0).loss.item<double>(),
              cross_entropy(logits, batch.labels).loss.item<double>(), 1e-5);
}

TEST(CoopGradients, NeedPlaceholdersAndFeatures) {
  const auto model = tiny_model(11);
  const auto cache = prompt_cache(model, 4, 6, TextLayout::packed);
  EXPECT_THROW(make_method(model, cache, coop(4, false)), InvalidArgument);
  EXPECT_THROW(make_method(model, cache, skip({})), InvalidArgument);
  EXPECT_THROW(make_method(model, filled_cache(model, 2, 4, 6, at::kFloat), coop(2, false)), InvalidArgument);
}

struct LoraCase {
  std::int64_t start;
  std::int64_t batch;
  std::int64_t classes;
  LowRankOptions low_rank;
  TextLayout layout;
};

void PrintTo(const LoraCase& c, std::ostream* out) {
  *out << "start " << c.start << ", batch " << c.batch << ", classes " << c.classes << ", rank " << c.low_rank.rank
       << ", dropout " << c.low_rank.dropout << (c.layout == TextLayout::packed ? ", packed" : ", equal");
}

// Prompts that begin alike, of different length.
std::shared_ptr<FeatureCache> lora_cache(const Model& model, const LoraCase& c, at::ScalarType precision = at::kFloat) {
  const auto& configuration = model.configuration();
  auto cache = std::make_shared<FeatureCache>(
      model, CacheOptions{c.batch, c.classes, c.start, c.start, precision, precision, c.layout, std::nullopt});
  const at::NoGradGuard no_gradients;
  cache->put_images(0, random_pixels(configuration, c.batch, 7));
  cache->put_texts(prompts_with_placeholders(configuration, c.classes), {});
  return cache;
}

Batch lora_batch(const LoraCase& c) {
  auto batch = skip_batch({c.start, c.batch, c.classes, 1.0, Activation::quick_gelu});
  batch.labels = batch.image_rows.remainder(c.classes);
  return batch;
}

// B begins as zero, which leaves A without a gradient.
void draw_weights(const FlatParameters& parameters) {
  const at::NoGradGuard no_gradients;
  at::manual_seed(4);
  auto masters = parameters.masters();
  masters.copy_(at::randn(masters.sizes()) * 0.1);
}

class LoraGradients : public testing::TestWithParam<LoraCase> {};

TEST_P(LoraGradients, EqualAutograd) {
  const auto c = GetParam();
  for (const auto activation : {Activation::quick_gelu, Activation::gelu}) {
    auto model = tiny_model(11, activation);
    const auto cache = lora_cache(model, c);
    const auto method = make_method(model, cache, lora(c.low_rank));
    const FlatParameters parameters(model, method->groups(), at::kFloat, method->own_parameters());
    draw_weights(parameters);
    expect_same_gradients(*method, lora_batch(c), parameters, 1e-5, 3e-6);
  }
}

TEST_P(LoraGradients, AreCloseInBfloat16) {
  const auto c = GetParam();
  const auto gradients = [&c](at::ScalarType precision, bool reference) {
    auto model = tiny_model(11);
    const auto method = make_method(model, lora_cache(model, c), lora(c.low_rank));
    FlatParameters parameters(model, method->groups(), precision, method->own_parameters());
    draw_weights(parameters);
    parameters.refresh();
    const at::NoGradGuard no_gradients;
    reference ? method->reference_gradients(lora_batch(c), parameters, 1.0)
              : method->gradients(lora_batch(c), parameters, 1.0);
    return parameters.gradients().clone();
  };
  const auto exact = gradients(at::kFloat, false);
  const auto scale = c.classes == 1 ? 1.0 : exact.norm().item<double>();  // one class leaves no gradient
  // bf16 carries 8 bits; a few roundings in a row.
  EXPECT_LT((gradients(at::kBFloat16, false).to(at::kFloat) - exact).norm().item<double>(), 0.1 * scale);
  EXPECT_LT((gradients(at::kBFloat16, true).to(at::kFloat) - exact).norm().item<double>(), 0.1 * scale);
}

INSTANTIATE_TEST_SUITE_P(Shapes, LoraGradients,
                         testing::Values(LoraCase{0, 4, 9, {2, 1.0, 0.25, 1}, TextLayout::packed},
                                         LoraCase{0, 4, 9, {2, 1.0, 0.0, 1}, TextLayout::packed},
                                         LoraCase{0, 4, 9, {2, 1.0, 0.25, 1}, TextLayout::equal},
                                         LoraCase{0, 4, 9, {2, 1.0, 0.0, 1}, TextLayout::equal},
                                         LoraCase{0, 1, 5, {3, 2.0, 0.5, 7}, TextLayout::packed},
                                         LoraCase{0, 3, 1, {2, 1.0, 0.25, 1}, TextLayout::packed},
                                         LoraCase{2, 4, 9, {1, 1.0, 0.25, 1}, TextLayout::packed},
                                         LoraCase{2, 4, 9, {4, 1.0, 0.0, 1}, TextLayout::equal}));

// What CUDA records.
TEST(LoraGradients, OfFixedShapesEqualAutograd) {
  const LoraCase c{0, 4, 9, {2, 1.0, 0.0, 1}, TextLayout::equal};
  auto model = tiny_model(11);
  const auto method = make_method(model, lora_cache(model, c), lora(c.low_rank));
  const FlatParameters parameters(model, method->groups(), at::kFloat, method->own_parameters());
  draw_weights(parameters);
  auto batch = lora_batch(c);
  const auto choice = rank_choice({}, c.classes, c.batch, batch.step);
  batch.ranks = at::tensor(choice.ranks, at::kLong);
  batch.certain = at::tensor(choice.certain, at::kLong);
  expect_same_gradients(*method, batch, parameters, 1e-5, 1e-6);
}

// Before the first step the additions are zero: the loss is that of the model itself, whatever is dropped.
TEST(LoraGradients, BeginWithTheModelAsItIs) {
  const LoraCase c{0, 4, 9, {}, TextLayout::packed};
  auto model = tiny_model(11);
  const auto cache = lora_cache(model, c);
  const auto method = make_method(model, cache, lora(c.low_rank));
  const FlatParameters parameters(model, method->groups(), at::kFloat, method->own_parameters());
  const at::NoGradGuard no_gradients;
  const auto batch = lora_batch(c);
  const auto images = model.encode_images(random_pixels(model.configuration(), c.batch, 7), at::kFloat);
  const auto logits = model.logits(images.index_select(0, batch.image_rows), cache->prototypes());
  EXPECT_NEAR(method->gradients(batch, parameters, 1.0).loss.item<double>(),
              cross_entropy(logits, batch.labels).loss.item<double>(), 1e-5);
  const auto first = parameters.master("transformer.resblocks.0.attn.in_proj_lora_a");
  const double bound = 1.0 / std::sqrt(32.0);
  EXPECT_LE(first.abs().max().item<double>(), bound);
  EXPECT_GT(first.abs().max().item<double>(), 0.9 * bound);
  EXPECT_EQ(parameters.master("transformer.resblocks.0.attn.in_proj_lora_b").abs().max().item<float>(), 0);
}

// An ordinary model with the sums in its weights has the loss of the additions, without dropout.
TEST(LoraGradients, MergeIntoTheModel) {
  const LoraCase c{1, 4, 9, {2, 1.0, 0.0, 1}, TextLayout::packed};
  auto model = tiny_model(11);
  const auto cache = lora_cache(model, c);
  const auto method = make_method(model, cache, lora(c.low_rank));
  const FlatParameters parameters(model, method->groups(), at::kFloat, method->own_parameters());
  draw_weights(parameters);
  const at::NoGradGuard no_gradients;
  const auto batch = lora_batch(c);
  const double loss = method->gradients(batch, parameters, 1.0).loss.item<double>();
  auto merged = model;
  const auto tensors = method->merged_tensors(parameters);
  EXPECT_EQ(tensors.size(), 5U);
  for (const auto& [name, tensor] : tensors) {
    merged.replace(name, tensor, {});
  }
  const auto images = merged.encode_images(random_pixels(model.configuration(), c.batch, 7), at::kFloat);
  const auto texts = merged.encode_texts(prompts_with_placeholders(model.configuration(), c.classes), at::kFloat);
  const auto logits = merged.logits(images.index_select(0, batch.image_rows), texts);
  EXPECT_NEAR(cross_entropy(logits, batch.labels).loss.item<double>(), loss, 1e-5);
}

// CSkip as an option: the kept classes alone are encoded.
TEST(LoraGradients, OfKeptClassesEqualAutograd) {
  for (const auto layout : {TextLayout::packed, TextLayout::equal}) {
    for (const double dropout : {0.0, 0.25}) {
      const LoraCase c{0, 4, 9, {2, 1.0, dropout, 1}, layout};
      auto model = tiny_model(11);
      auto options = lora(c.low_rank);
      options.selection.top_ratio = 0.4;
      options.selection.lambda = 0.3;
      const auto method = make_method(model, lora_cache(model, c), options);
      const FlatParameters parameters(model, method->groups(), at::kFloat, method->own_parameters());
      draw_weights(parameters);
      expect_same_gradients(*method, lora_batch(c), parameters, 1e-5, 3e-6);
      const at::NoGradGuard no_gradients;
      EXPECT_LT(method->gradients(lora_batch(c), parameters, 1.0).kept_classes.numel(), c.classes);
    }
  }
}

// Neither the packing of the texts nor what stands beside a text changes its draws; a step's number does.
TEST(LoraGradients, DrawByStepAndPlaceAlone) {
  const auto loss = [](TextLayout layout, std::uint64_t step) {
    const LoraCase c{0, 4, 9, {2, 1.0, 0.5, 1}, layout};
    auto model = tiny_model(11);
    const auto method = make_method(model, lora_cache(model, c), lora(c.low_rank));
    const FlatParameters parameters(model, method->groups(), at::kFloat, method->own_parameters());
    draw_weights(parameters);
    auto batch = lora_batch(c);
    batch.step = step;
    const at::NoGradGuard no_gradients;
    return method->gradients(batch, parameters, 1.0).loss.item<double>();
  };
  EXPECT_NEAR(loss(TextLayout::packed, 3), loss(TextLayout::equal, 3), 1e-5);
  EXPECT_GT(std::abs(loss(TextLayout::packed, 3) - loss(TextLayout::packed, 4)), 1e-4);
}

TEST(LoraGradients, NeedTowersAndSensibleOptions) {
  const auto model = tiny_model(11);
  const LoraCase c{0, 4, 9, {}, TextLayout::packed};
  const auto cache = lora_cache(model, c);
  EXPECT_THROW(make_method(model, nullptr, lora({})), InvalidState);
  EXPECT_THROW(make_method(model, prompt_cache(model, 4, 6, TextLayout::packed), lora({})), InvalidArgument);
  for (const LowRankOptions& wrong : std::vector<LowRankOptions>{{0, 1.0, 0.25, 1},
                                                                 {33, 1.0, 0.25, 1},
                                                                 {2, 0.0, 0.25, 1},
                                                                 {2, std::nan(""), 0.25, 1},
                                                                 {2, 1.0, -0.1, 1},
                                                                 {2, 1.0, 1.0, 1}}) {
    EXPECT_THROW(make_method(model, cache, lora(wrong)), InvalidArgument);
  }
}

TEST(ContrastiveGradients, EqualAutograd) {
  for (const auto activation : {Activation::gelu, Activation::quick_gelu}) {
    auto model = tiny_model(5, activation);
    const auto method = make_method(model, nullptr, contrastive());
    const FlatParameters parameters(model, method->groups(), at::kFloat);
    Batch batch;
    batch.pixels = random_pixels(model.configuration(), 6, 1);
    batch.tokens = random_tokens(model.configuration(), 6, 2);
    batch.groups = at::tensor(std::vector<std::int64_t>{0, 1, 2, 2, 3, 4}, at::kLong);
    expect_same_gradients(*method, batch, parameters, 1e-5, 1e-6);
  }
}

TEST(ContrastiveGradients, MatchFiniteDifferences) {
  auto model = tiny_model(6);
  const auto method = make_method(model, nullptr, contrastive());
  FlatParameters parameters(model, method->groups(), at::kFloat);
  Batch batch;
  batch.pixels = random_pixels(model.configuration(), 4, 1);
  batch.tokens = random_tokens(model.configuration(), 4, 2);
  batch.groups = at::arange(4, at::kLong);
  const at::NoGradGuard no_gradients;
  method->gradients(batch, parameters, 1.0);
  const auto gradients = parameters.gradients().clone();
  // Along the gradient the loss changes by |g|^2 a unit: large enough a change for fp32.
  const auto masters = parameters.masters();
  const double squared = gradients.pow(2).sum().item<double>();
  const double step = 1e-3 / std::sqrt(squared);
  masters.add_(gradients, step);
  const double above = method->gradients(batch, parameters, 1.0).loss.item<double>();
  masters.sub_(gradients, 2 * step);
  const double below = method->gradients(batch, parameters, 1.0).loss.item<double>();
  EXPECT_NEAR((above - below) / (2 * step), squared, 0.02 * squared);
}

}  // namespace
}  // namespace skiptuning::test
