#include <limits>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include "clip/encoder.h"
#include "core/blas_threads.h"
#include "core/error.h"
#include "tiny_clip.h"
#include "train/flat_parameters.h"
#include "train/optimizer.h"
#include "train/trainer.h"

namespace skiptuning::test {
namespace {

CacheOptions cache_options(std::int64_t images, std::int64_t classes, TextLayout layout = TextLayout::packed) {
  return {images, classes, 2, 1, at::kFloat, at::kFloat, layout, std::nullopt};
}

std::shared_ptr<FeatureCache> cache_of(const Model& model, std::int64_t images, std::int64_t classes,
                                       TextLayout layout = TextLayout::packed) {
  auto cache = std::make_shared<FeatureCache>(model, cache_options(images, classes, layout));
  const at::NoGradGuard no_gradients;
  cache->put_images(0, random_pixels(model.configuration(), images, 7));
  cache->put_texts(random_tokens(model.configuration(), classes, 8), {});
  return cache;
}

StepInput step_input(std::uint64_t step) { return {step, {0, 1, 2, 3}, {0, 1, 2, 3}, 0.02, 0.01}; }

TrainerOptions options_with(const std::string& optimizer, at::ScalarType precision = at::kFloat) {
  TrainerOptions options;
  options.optimizer.name = optimizer;
  options.precision = precision;
  if (optimizer == "adamw") {
    options.optimizer.weight_decay = 0.01;
  }
  return options;
}

std::vector<double> losses(Trainer& trainer, std::uint64_t first, std::uint64_t last) {
  std::vector<double> all;
  for (auto step = first; step < last; ++step) {
    all.push_back(run_step(trainer, step_input(step)).loss);
  }
  return all;
}

TEST(Trainer, LowersTheLossInEveryPrecision) {
  for (const auto precision : {at::kFloat, at::kBFloat16, at::kHalf}) {
    auto model = std::make_shared<Model>(tiny_model(3));
    const auto cache = cache_of(*model, 4, 6);
    auto trainer = make_trainer(model, cache, options_with("sgd", precision));
    const auto curve = losses(*trainer, 0, 25);
    EXPECT_LT(curve.back(), 0.5 * curve.front()) << c10::toString(precision);
  }
}

TEST(Trainer, TrainsTheSuffixOnlyAndLeavesAForkAlone) {
  const Model original = tiny_model(3);
  auto model = std::make_shared<Model>(original);
  const auto cache = cache_of(*model, 4, 6);
  auto trainer = make_trainer(model, cache, options_with("sgd"));
  losses(*trainer, 0, 2);
  for (const auto& [name, tensor] : model->parameters()) {
    const auto holds = [&name](const char* part) { return name.find(part) != std::string::npos; };
    const bool image = holds("visual.");
    const bool head = holds("proj") && !holds("resblocks");
    const bool late = holds("resblocks.2.") || holds("resblocks.3.") || (!image && holds("resblocks.1."));
    const bool trained = head || late || holds("ln_post") || holds("ln_final");
    EXPECT_EQ(at::equal(tensor, original.parameter(name)), !trained) << name;
  }
}

TEST(Trainer, EqualsTheReferenceAfterTwentySteps) {
  for (const auto* optimizer : {"sgd", "adamw"}) {
    std::vector<std::shared_ptr<Model>> models;
    for (const bool reference : {false, true}) {
      auto model = std::make_shared<Model>(tiny_model(3));
      const auto cache = cache_of(*model, 4, 6);
      auto options = options_with(optimizer);
      options.reference = reference;
      options.selection.top_ratio = 0.7;
      auto trainer = make_trainer(model, cache, options);
      for (std::uint64_t step = 0; step < 20; ++step) {
        auto input = step_input(step);
        input.text_learning_rate = input.image_learning_rate = std::string(optimizer) == "sgd" ? 1e-2 : 1e-4;
        run_step(*trainer, input);
      }
      models.push_back(model);
    }
    for (const auto& [name, tensor] : models[0]->parameters()) {
      auto found = tensor;
      auto expected = models[1]->parameter(name);
      if (name.find("in_proj_bias") != std::string::npos) {
        // A key's bias shifts all scores of a query alike: its gradient is nothing but rounding, which AdamW blows up.
        const auto queries_and_values = at::tensor({0, 2}, at::kLong);
        found = found.view({3, -1}).index_select(0, queries_and_values);
        expected = expected.view({3, -1}).index_select(0, queries_and_values);
      }
      EXPECT_LT(relative_difference(found, expected), 1e-4) << optimizer << " " << name;
    }
  }
}

// As on CUDA, but for the recording: labels that the ranks don't cover, and a smaller last batch.
TEST(Trainer, OfFixedShapesEqualsThePackedOne) {
  for (const auto precision : {at::kFloat, at::kBFloat16}) {
    std::vector<std::shared_ptr<Model>> models;
    std::vector<std::vector<double>> curves;
    std::vector<std::vector<std::int64_t>> kept;
    for (const auto layout : {TextLayout::packed, TextLayout::equal}) {
      auto model = std::make_shared<Model>(tiny_model(3));
      const auto cache = cache_of(*model, 4, 9, layout);
      auto options = options_with("sgd", precision);
      options.selection.top_ratio = 0.2;
      options.selection.lambda = 0.5;
      options.selection.mask = MaskPolicy::step;
      auto trainer = make_trainer(model, cache, options);
      auto& curve = curves.emplace_back();
      for (std::uint64_t step = 0; step < 12; ++step) {
        auto input = step_input(step);
        if (step % 3 == 2) {
          input.image_rows = {2};
          input.labels = {7};
        }
        const auto result = run_step(*trainer, input);
        curve.push_back(result.loss);
        if (step == 0) {
          kept.push_back(result.kept_classes);
        }
      }
      models.push_back(model);
    }
    EXPECT_EQ(kept[0], kept[1]);
    const bool exact = precision == at::kFloat;
    for (std::size_t step = 0; step < curves[0].size(); ++step) {
      EXPECT_NEAR(curves[0][step], curves[1][step], exact ? 1e-4 : 0.1) << step;
    }
    if (exact) {
      for (const auto& [name, tensor] : models[0]->parameters()) {
        EXPECT_LT(relative_difference(tensor, models[1]->parameter(name)), 1e-4) << name;
      }
    }
  }
}

TEST(Trainer, ResumesToTheSameBits) {
  for (const auto* optimizer : {"sgd", "adamw"}) {
    auto whole = std::make_shared<Model>(tiny_model(3));
    const auto cache = cache_of(*whole, 4, 6);
    auto trainer = make_trainer(whole, cache, options_with(optimizer));
    losses(*trainer, 0, 4);
    NamedTensors saved;
    for (const auto& [name, tensor] : trainer->state()) {
      saved.emplace_back(name, tensor.clone());
    }
    losses(*trainer, 4, 9);
    auto resumed = std::make_shared<Model>(tiny_model(3));
    auto second = make_trainer(resumed, cache_of(*resumed, 4, 6), options_with(optimizer));
    second->restore(saved);
    losses(*second, 4, 9);
    for (const auto& [name, tensor] : whole->parameters()) {
      EXPECT_TRUE(at::equal(tensor, resumed->parameter(name))) << optimizer << " " << name;
    }
  }
}

// Losses of a few steps.
std::vector<double> losses_with_threads(int threads, at::ScalarType precision, const std::string& method) {
  at::set_num_threads(threads);
  use_one_blas_thread();
  auto model = std::make_shared<Model>(tiny_model(3));
  auto options = options_with("sgd", precision);
  options.method = method;
  auto trainer = make_trainer(model, cache_of(*model, 4, 6), options);
  return losses(*trainer, 0, 8);
}

TEST(Trainer, GivesTheSameBitsOnAnyNumberOfThreads) {
  const int threads_before = at::get_num_threads();
  for (const auto precision : {at::kFloat, at::kBFloat16}) {
    for (const auto* method : {"skip", "lora"}) {
      const auto alone = losses_with_threads(1, precision, method);
      EXPECT_EQ(losses_with_threads(2, precision, method), alone) << method << " " << c10::toString(precision);
      EXPECT_EQ(losses_with_threads(3, precision, method), alone) << method << " " << c10::toString(precision);
    }
  }
  at::set_num_threads(threads_before);
}

TEST(Trainer, SgdFollowsItsFormula) {
  auto model = std::make_shared<Model>(tiny_model(3));
  const auto cache = cache_of(*model, 4, 6);
  const auto before = model->parameter("text_projection").clone();
  auto trainer = make_trainer(model, cache, options_with("sgd"));
  run_step(*trainer, step_input(0));
  // v = g + decay w, w' = w - rate v; the trainer's state holds v.
  at::Tensor velocity;
  at::Tensor weights;
  for (const auto& [name, tensor] : trainer->state()) {
    if (name == "momentum") velocity = tensor;
    if (name == "weights") weights = tensor;
  }
  const auto after = model->parameter("text_projection");
  const auto offset = after.storage_offset();
  const auto v = velocity.narrow(0, offset, after.numel()).view(after.sizes());
  EXPECT_LT(relative_difference(before - after, v * 0.02), 1e-5);
}

TEST(Trainer, PreTrainsWithMuonAndAverages) {
  auto model = std::make_shared<Model>(tiny_model(3));
  TrainerOptions options = options_with("muon", at::kBFloat16);
  options.method = "contrastive";
  options.optimizer.momentum = 0.95;
  options.optimizer.weight_decay = 0.1;
  auto trainer = make_trainer(model, nullptr, options);
  std::vector<double> curve;
  for (std::uint64_t step = 0; step < 30; ++step) {
    ContrastiveInput input{step,
                           random_pixels(model->configuration(), 8, 1),
                           random_tokens(model->configuration(), 8, 2),
                           at::arange(8, at::kLong),
                           0.02,
                           0.005,
                           0.9};
    curve.push_back(trainer->contrastive_step(input));
  }
  EXPECT_LT(curve.back(), 0.3 * curve.front());
  bool averaged = false;
  for (const auto& [name, tensor] : trainer->state()) {
    averaged = averaged || name == "average/visual.proj";
  }
  EXPECT_TRUE(averaged);
}

TEST(Trainer, LearnsAContextAndLeavesTheModelAlone) {
  for (const auto precision : {at::kFloat, at::kBFloat16}) {
    for (const auto layout : {TextLayout::packed, TextLayout::equal}) {
      const Model original = tiny_model(3);
      auto model = std::make_shared<Model>(original);
      auto options = cache_options(4, 6, layout);
      options.image_start = model->configuration().image.layers;
      options.text_start = 0;
      auto cache = std::make_shared<FeatureCache>(*model, options);
      {
        const at::NoGradGuard no_gradients;
        cache->put_images(0, random_pixels(model->configuration(), 4, 7));
        auto tokens = random_tokens(model->configuration(), 6, 8);
        tokens.narrow(1, 1, 3).fill_(7);
        tokens.select(1, 4) = at::arange(6, at::kLong) + 20;
        tokens.select(1, 5).fill_(59);
        cache->put_texts(tokens, {});
      }
      auto training = options_with("sgd", precision);
      training.method = "coop";
      training.prompt.tokens = 3;
      auto trainer = make_trainer(model, cache, training);
      EXPECT_EQ(trainer->trained_parameters(), 3 * 32);
      std::vector<double> curve;
      for (std::uint64_t step = 0; step < 40; ++step) {
        auto input = step_input(step);
        input.text_learning_rate = 0.05;
        const auto result = run_step(*trainer, input);
        EXPECT_EQ(result.kept_classes.size(), 6);
        curve.push_back(result.loss);
      }
      EXPECT_LT(curve.back(), 0.9 * curve.front());
      for (const auto& [name, tensor] : model->parameters()) {
        EXPECT_TRUE(at::equal(tensor, original.parameter(name))) << name;
      }
    }
  }
}

std::shared_ptr<FeatureCache> whole_towers_cache(const Model& model, TextLayout layout = TextLayout::packed) {
  auto options = cache_options(4, 6, layout);
  options.image_start = options.text_start = 0;
  auto cache = std::make_shared<FeatureCache>(model, options);
  const at::NoGradGuard no_gradients;
  cache->put_images(0, random_pixels(model.configuration(), 4, 7));
  cache->put_texts(random_tokens(model.configuration(), 6, 8), {});
  return cache;
}

TrainerOptions lora_options(at::ScalarType precision = at::kFloat) {
  auto options = options_with("adamw", precision);
  options.method = "lora";
  return options;
}

TEST(Trainer, LearnsLowRankAdditionsAndLeavesTheModelAlone) {
  for (const auto precision : {at::kFloat, at::kBFloat16, at::kHalf}) {
    for (const auto layout : {TextLayout::packed, TextLayout::equal}) {
      const Model original = tiny_model(3);
      auto model = std::make_shared<Model>(original);
      auto trainer = make_trainer(model, whole_towers_cache(*model, layout), lora_options(precision));
      // A and B of q, k and v in four blocks of 48 and three of 32.
      EXPECT_EQ(trainer->trained_parameters(), 3 * 2 * 2 * (4 * 48 + 3 * 32));
      const auto curve = losses(*trainer, 0, 30);
      EXPECT_LT(curve.back(), 0.7 * curve.front()) << c10::toString(precision);
      for (const auto& [name, tensor] : model->parameters()) {
        EXPECT_TRUE(at::equal(tensor, original.parameter(name))) << name;
      }
    }
  }
}

TEST(Trainer, MergesOnce) {
  auto model = std::make_shared<Model>(tiny_model(3));
  auto trainer = make_trainer(model, whole_towers_cache(*model, TextLayout::packed), lora_options(at::kFloat));
  const auto state = trainer->state();
  trainer->merge();
  EXPECT_THROW(trainer->merge(), InvalidState);
  EXPECT_THROW(run_step(*trainer, step_input(0)), InvalidState);
  EXPECT_THROW(trainer->restore(state), InvalidState);
}

TEST(Trainer, TellsItsOwnParametersByName) {
  auto model = std::make_shared<Model>(tiny_model(3));
  auto trainer = make_trainer(model, whole_towers_cache(*model), lora_options());
  std::map<std::string, at::Tensor> own;
  for (const auto& [name, tensor] : trainer->state()) {
    if (name.rfind("own/", 0) == 0) {
      own.emplace(name.substr(4), tensor);
    }
  }
  EXPECT_EQ(own.size(), 2 * 7);
  EXPECT_EQ(own.at("visual.transformer.resblocks.3.attn.in_proj_lora_a").sizes(), at::IntArrayRef({6, 48}));
  const auto& b = own.at("transformer.resblocks.2.attn.in_proj_lora_b");
  EXPECT_EQ(b.sizes(), at::IntArrayRef({96, 2}));
  EXPECT_EQ(b.abs().max().item<float>(), 0);
  run_step(*trainer, step_input(0));
  EXPECT_GT(b.abs().max().item<float>(), 0);
}

TEST(Trainer, ResumesLowRankAdditionsToTheSameBits) {
  const auto weights = [](const Trainer& trainer) { return trainer.state().front().second.clone(); };
  auto model = std::make_shared<Model>(tiny_model(3));
  auto trainer = make_trainer(model, whole_towers_cache(*model), lora_options());
  losses(*trainer, 0, 4);
  NamedTensors saved;
  for (const auto& [name, tensor] : trainer->state()) {
    saved.emplace_back(name, tensor.clone());
  }
  const auto whole = losses(*trainer, 4, 9);
  auto second = make_trainer(model, whole_towers_cache(*model), lora_options());
  second->restore(saved);
  EXPECT_EQ(losses(*second, 4, 9), whole);
  EXPECT_TRUE(at::equal(weights(*trainer), weights(*second)));
}

TEST(Trainer, EndsStepsInTheOrderInWhichTheyBegan) {
  for (const auto layout : {TextLayout::packed, TextLayout::equal}) {
    auto model = std::make_shared<Model>(tiny_model(3));
    auto trainer = make_trainer(model, cache_of(*model, 4, 6, layout), options_with("sgd"));
    auto same = std::make_shared<Model>(tiny_model(3));
    auto one_by_one = make_trainer(same, cache_of(*same, 4, 6, layout), options_with("sgd"));
    EXPECT_THROW(trainer->end_step(), InvalidState);
    for (std::uint64_t step = 0; step < 5; ++step) {
      trainer->begin_step(step_input(step));
    }
    EXPECT_EQ(trainer->begun_steps(), 5);
    for (const auto loss : losses(*one_by_one, 0, 5)) {
      EXPECT_EQ(trainer->end_step().loss, loss);
    }
    for (std::size_t step = 0; step < kMostBegunSteps; ++step) {
      trainer->begin_step(step_input(step));
    }
    EXPECT_THROW(trainer->begin_step(step_input(0)), InvalidState);
  }
}

TEST(Trainer, RefusesWhatItCannotDo) {
  auto model = std::make_shared<Model>(tiny_model(3));
  TrainerOptions options;
  options.method = "nothing";
  EXPECT_THROW(make_trainer(model, nullptr, options), InvalidArgument);
  options.method = "skip";
  EXPECT_THROW(make_trainer(model, nullptr, options), InvalidState);
  options.optimizer.name = "rocket";
  EXPECT_THROW(make_trainer(model, cache_of(*model, 4, 6), options), InvalidArgument);
}

TEST(Trainer, TakesOnlyTheOptimizerWithTheRatesOfItsSteps) {
  auto model = std::make_shared<Model>(tiny_model(3));
  EXPECT_THROW(make_trainer(model, cache_of(*model, 4, 6), options_with("muon")), InvalidArgument);
  for (const auto* optimizer : {"sgd", "adamw"}) {
    auto options = options_with(optimizer);
    options.method = "contrastive";
    EXPECT_THROW(make_trainer(model, nullptr, options), InvalidArgument) << optimizer;
  }
}

TEST(Optimizer, TakesAsManyRatesAsItHasGroups) {
  auto model = tiny_model(3);
  const FlatParameters parameters(model, {{"visual.proj"}, {"text_projection"}, {"logit_scale"}}, at::kFloat);
  for (const auto* name : {"sgd", "adamw", "muon"}) {
    const auto optimizer = make_optimizer(parameters, options_with(name).optimizer);
    for (const std::size_t rates : {0, 1, 4}) {
      EXPECT_THROW(optimizer->update(parameters, 1.0, std::vector<double>(rates, 0.1), 0), InvalidArgument)
          << name << " " << rates;
    }
  }
}

TEST(Trainer, RefusesAStepOnWhatIsNotInTheCache) {
  auto model = std::make_shared<Model>(tiny_model(3));
  const auto cache = std::make_shared<FeatureCache>(*model, cache_options(5, 6));
  const at::NoGradGuard no_gradients;
  const auto tokens = random_tokens(model->configuration(), 6, 8);
  cache->put_texts(tokens, {});
  cache->put_images(0, random_pixels(model->configuration(), 3, 7));
  auto trainer = make_trainer(model, cache, options_with("sgd"));
  EXPECT_THROW(run_step(*trainer, step_input(0)), InvalidState);
  cache->put_images(3, random_pixels(model->configuration(), 1, 7));
  EXPECT_GT(run_step(*trainer, step_input(0)).loss, 0);
  EXPECT_THROW(cache->put_texts(tokens, [](std::uint64_t, std::uint64_t) { return false; }), Cancelled);
  EXPECT_THROW(run_step(*trainer, step_input(1)), InvalidState);
  EXPECT_THROW(make_trainer(model, cache, options_with("sgd")), InvalidState);
}

TEST(FeatureCache, HoldsThePrefixAndChecksItsBounds) {
  const Model model = tiny_model(3);
  const auto cache = cache_of(model, 4, 6);
  const at::NoGradGuard no_gradients;
  const auto pixels = random_pixels(model.configuration(), 4, 7);
  const auto direct = image_prefix(model, pixels, 2, at::kFloat).view(cache->images().sizes());
  EXPECT_TRUE(at::equal(cache->images(), direct));
  auto writable = cache_of(model, 4, 6);
  EXPECT_THROW(writable->put_images(3, pixels), InvalidArgument);
  EXPECT_THROW(writable->put_images(std::numeric_limits<std::int64_t>::max() - 1, pixels), InvalidArgument);
  EXPECT_THROW(writable->put_images(-1, pixels), InvalidArgument);
  auto wrong = cache_options(4, 6);
  wrong.image_start = 5;
  EXPECT_THROW(FeatureCache(model, wrong), InvalidArgument);
}

TEST(Model, EncodesTheSameWhateverStandsBehindTheEndOfText) {
  const Model model = tiny_model(3);
  const at::NoGradGuard no_gradients;
  const auto tokens = random_tokens(model.configuration(), 3, 8);
  const auto features = model.encode_texts(tokens, at::kFloat);
  auto padded = tokens.clone();
  padded.select(1, 11).fill_(17);
  EXPECT_LT(relative_difference(model.encode_texts(padded, at::kFloat), features), 1e-6);
  EXPECT_LT(relative_difference(features.norm(2, at::IntArrayRef{1}), at::ones({3})), 1e-6);
}

// A copy must not see a trainer's writes, of which its own casts know nothing.
TEST(Model, IsCopiedAsItWasInTheMiddleOfTraining) {
  auto model = std::make_shared<Model>(tiny_model(3));
  auto trainer = make_trainer(model, cache_of(*model, 4, 6), options_with("sgd", at::kBFloat16));
  losses(*trainer, 0, 2);
  const at::NoGradGuard no_gradients;
  const auto pixels = random_pixels(model->configuration(), 4, 7);
  const auto before = model->encode_images(pixels, at::kBFloat16);
  const Model fork = *model;
  auto options = cache_options(4, 6);
  options.image_start = 3;
  options.precision = at::kBFloat16;
  FeatureCache cache(*model, options);
  cache.put_images(0, pixels);
  const auto hidden = cache.images().clone();
  losses(*trainer, 2, 4);
  EXPECT_FALSE(at::equal(model->encode_images(pixels, at::kBFloat16), before));
  EXPECT_TRUE(at::equal(fork.encode_images(pixels, at::kBFloat16), before));
  cache.put_images(0, pixels);
  EXPECT_TRUE(at::equal(cache.images(), hidden));
  // Nobody writes any more: nothing needs to be copied.
  trainer.reset();
  EXPECT_TRUE(Model(*model).parameter("visual.proj").is_alias_of(model->parameter("visual.proj")));
}

TEST(Model, NamesAWrongTensor) {
  const auto configuration = tiny_configuration();
  auto tensors = random_tensors(configuration, 1);
  tensors.erase("visual.proj");
  EXPECT_THROW(Model(configuration, tensors, at::kCPU), BadInput);
  tensors = random_tensors(configuration, 1);
  tensors["visual.proj"] = at::ones({3, 3});
  EXPECT_THROW(Model(configuration, tensors, at::kCPU), BadInput);
  tensors = random_tensors(configuration, 1);
  tensors["ln_final.bias"].fill_(std::nan(""));
  EXPECT_THROW(Model(configuration, tensors, at::kCPU), BadInput);
}

}  // namespace
}  // namespace skiptuning::test
