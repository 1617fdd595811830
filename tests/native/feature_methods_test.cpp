#include <algorithm>
#include <cmath>

#include <ATen/ops/arange.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/one_hot.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>

#include "clip/encoder.h"
#include "core/error.h"
#include "method/cost_search.h"
#include "method/logistic_regression.h"
#include "method_cases.h"

namespace skiptuning::test {
namespace {

constexpr std::int64_t kClasses = 5;
constexpr std::int64_t kPictures = 20;

at::Tensor labels_of(std::int64_t count) { return at::arange(count, at::kLong).remainder(kClasses); }

std::shared_ptr<FeatureCache> feature_cache(const Model& model) {
  auto cache = prompt_cache(model, 4, kClasses, TextLayout::packed);
  const at::NoGradGuard no_gradients;
  cache->put_teacher_texts(random_tokens(model.configuration(), kClasses, 3), true, {});
  return cache;
}

// Features that tell the classes apart, with noise.
at::Tensor features_of(const at::Tensor& labels, std::uint64_t seed, double noise = 0.5) {
  at::manual_seed(5);
  const auto centres = at::randn({kClasses, 24});
  at::manual_seed(seed);
  return centres.index_select(0, labels) + noise * at::randn({labels.size(0), 24});
}

TrainerOptions options_of(const std::string& method) {
  TrainerOptions options;
  options.method = method;
  options.picture_cache.pictures = kPictures;
  return options;
}

std::unique_ptr<Trainer> trainer_of(const TrainerOptions& options, const std::shared_ptr<FeatureCache>& cache) {
  auto model = std::make_shared<Model>(tiny_model(11));
  return make_trainer(model, cache, options);
}

at::Tensor kept(const Trainer& trainer, const std::string& name) {
  for (const auto& [found, tensor] : trainer.state()) {
    if (found == name) {
      return tensor;
    }
  }
  throw std::runtime_error("no " + name);
}

StepInput step_of(std::uint64_t step, double rate) { return {step, {0, 1, 2, 3}, {0, 1, 2, 3}, rate, rate}; }

// The optimum's gradient is zero, and no other point around it is lower.
TEST(LogisticRegression, FindsTheMinimum) {
  const auto labels = labels_of(kPictures);
  const auto features = features_of(labels, 6);
  for (const double cost : {1e-4, 1e-2, 1.0, 100.0, 1e4}) {
    const auto fit = logistic_regression(features, labels, kClasses, cost);
    const auto x = features.to(at::kDouble);
    const auto shares = (x.matmul(fit.weight.t()) + fit.bias).softmax(1) - at::one_hot(labels, kClasses);
    const auto of_weight = fit.weight + shares.t().matmul(x) * cost;
    const double scale = std::max(fit.weight.norm().item<double>(), 1e-3);
    EXPECT_LT(of_weight.norm().item<double>(), 1e-3 * scale) << "cost " << cost;
    EXPECT_LT(shares.sum(at::IntArrayRef{0}).abs().max().item<double>(), 1e-4) << "cost " << cost;
  }
}

TEST(CostSearch, HalvesTheIntervalAroundTheBestOfTheGrid) {
  // An accuracy whose best is at a cost of 3.
  const auto accuracy = [](double cost) { return 1.0 - std::abs(std::log10(cost / 3.0)) / 20; };
  CostSearch search;
  std::vector<double> tried;
  while (!search.is_done()) {
    tried.push_back(search.next());
    search.record(accuracy(search.next()));
  }
  ASSERT_EQ(tried.size(), 16U);
  EXPECT_EQ(std::vector<double>(tried.begin(), tried.begin() + 7),
            (std::vector<double>{1e6, 1e4, 1e2, 1.0, 1e-2, 1e-4, 1e-6}));
  EXPECT_DOUBLE_EQ(tried[7], 0.1);
  EXPECT_DOUBLE_EQ(tried[8], 10.0);
  // 0.1 is worse than 10, so that the left end moves to 1, and so on around 3.
  EXPECT_DOUBLE_EQ(tried[9], 1.0);
  EXPECT_DOUBLE_EQ(tried[10], std::sqrt(10.0));
  EXPECT_NEAR(tried.back(), 3.0, 0.2);
}

// Of equals the larger cost of the grid, and the left end.
TEST(CostSearch, ResolvesTies) {
  CostSearch search;
  while (!search.is_done()) {
    search.record(0.5);
  }
  EXPECT_EQ(search.chosen(), CostSearch::End::left);
  CostSearch started;
  for (int fit = 0; fit < 7; ++fit) {
    started.record(0.5);
  }
  EXPECT_DOUBLE_EQ(started.next(), 1e5);
}

TEST(LinearProbe, IsTheBestFitOfItsSearch) {
  auto options = options_of("linear");
  options.probe.search = true;
  const auto trainer = trainer_of(options, feature_cache(tiny_model(11)));
  const auto labels = labels_of(kPictures);
  const auto features = features_of(labels, 6);
  const auto validation_labels = labels_of(15);
  const auto validation = features_of(validation_labels, 7);
  trainer->prepare(features.unsqueeze(0), labels);
  for (std::uint64_t step = 0; step < 16; ++step) {
    run_step(*trainer, step_of(step, 0));
    trainer->validate(validation, validation_labels);
  }
  const auto predicted = trainer->predict_features(validation);
  EXPECT_GT(predicted.argmax(1).eq(validation_labels).to(at::kDouble).mean().item<double>(), 0.9);
  // A saved probe predicts the same, from its own parameters alone.
  NamedTensors saved;
  for (const auto& [name, tensor] : trainer->state()) {
    if (name.rfind("own/", 0) == 0 || name.rfind("kept/", 0) == 0) {
      saved.emplace_back(name, tensor.clone());
    }
  }
  const auto opened = trainer_of(options, feature_cache(tiny_model(11)));
  opened->restore(saved);
  EXPECT_TRUE(opened->predict_features(validation).equal(predicted));
}

TEST(LinearProbe, KnowsNoOtherClasses) {
  for (const auto* method : {"linear", "lp++"}) {
    auto options = options_of(method);
    options.trained_classes = 7;
    const auto trainer = trainer_of(options, feature_cache(tiny_model(11)));
    EXPECT_THROW(trainer->predict_features(at::randn({2, 24})), InvalidArgument) << method;
  }
}

TEST(LpPlusPlus, DescendsAndKeepsItsBestWeights) {
  const auto cache = feature_cache(tiny_model(11));
  const auto trainer = trainer_of(options_of("lp++"), cache);
  const auto labels = labels_of(kPictures);
  const auto features = features_of(labels, 6);
  EXPECT_THROW(run_step(*trainer, step_of(0, 0)), InvalidState);
  trainer->prepare(features.unsqueeze(0), labels);
  // Weights begin as the sums of each class's features, alpha as 250 times the mean similarity.
  const auto unit = normalised(features);
  EXPECT_LT(relative_difference(kept(*trainer, "own/probe.weight")[2],
                                unit.index_select(0, at::tensor({2, 7, 12, 17}, at::kLong)).sum(at::IntArrayRef{0})),
            1e-6);
  const auto similarities = unit.matmul(cache->teacher_texts().t());
  const double alpha = 250 * similarities.gather(1, labels.unsqueeze(1)).mean().item<double>();
  EXPECT_NEAR(kept(*trainer, "own/probe.alpha")[1].item<double>(), alpha, 1e-3 * std::abs(alpha) + 1e-4);
  double first = 0, last = 0;
  for (std::uint64_t step = 0; step < 60; ++step) {
    const auto result = run_step(*trainer, step_of(step, 0));
    (step == 0 ? first : last) = result.loss;
    trainer->validate(features, labels);
  }
  EXPECT_LT(last, 0.5 * first);
  EXPECT_EQ(kept(*trainer, "kept/best.accuracy").item<double>(), 1.0);
}

TEST(TipAdapter, AddsTheNearestPicturesLabels) {
  const auto model = tiny_model(11);
  const auto cache = feature_cache(model);
  auto options = options_of("tip-adapter");
  options.picture_cache.alpha = 2.0;
  options.picture_cache.beta = 3.0;
  const auto trainer = trainer_of(options, cache);
  EXPECT_EQ(trainer->trained_parameters(), 0);
  const auto labels = labels_of(kPictures);
  const auto views = at::stack({features_of(labels, 6), features_of(labels, 7)});
  trainer->prepare(views, labels);
  const auto features = features_of(labels_of(15), 8);
  const auto unit = normalised(features);
  const auto keys = normalised(views.mean(at::IntArrayRef{0}));
  const auto zero_shot = unit.matmul(cache->teacher_texts().t()) * std::exp(2.5);
  const auto expected =
      zero_shot + 2.0 * ((unit.matmul(keys.t()) - 1) * 3.0).exp().matmul(at::one_hot(labels, kClasses).to(at::kFloat));
  EXPECT_LT(relative_difference(trainer->predict_features(features), expected), 1e-6);

  trainer->validate(features, labels_of(15));
  const auto chosen = kept(*trainer, "kept/cache.alpha_beta");
  const auto accuracy = [&](double alpha, double beta) {
    const auto logits =
        zero_shot +
        alpha * ((unit.matmul(keys.t()) - 1) * beta).exp().matmul(at::one_hot(labels, kClasses).to(at::kFloat));
    return logits.argmax(1).eq(labels_of(15)).sum().item<std::int64_t>();
  };
  std::int64_t best = 0;
  for (int i = 0; i < 200; ++i) {
    for (int j = 0; j < 20; ++j) {
      best = std::max(best, accuracy(0.1 + j * 9.9 / 20, 0.1 + i * 9.9 / 200));
    }
  }
  EXPECT_EQ(accuracy(chosen[0].item<double>(), chosen[1].item<double>()), best);
}

TEST(TipAdapter, WantsItsPicturesFirst) {
  const auto cache = feature_cache(tiny_model(11));
  auto options = options_of("tip-adapter");
  EXPECT_THROW(trainer_of(options, cache)->predict_features(at::randn({2, 24})), InvalidState);
  EXPECT_THROW(run_step(*trainer_of(options, cache), step_of(0, 0.1)), InvalidState);
  options.picture_cache.trained = true;
  EXPECT_THROW(run_step(*trainer_of(options, cache), step_of(0, 0.1)), InvalidState);
}

// What a damaged file may hold.
TEST(FeatureMethods, CheckWhatIsRestored) {
  const auto cache = feature_cache(tiny_model(11));
  const auto labels = labels_of(kPictures);
  for (const auto* method : {"tip-adapter", "linear"}) {
    auto options = options_of(method);
    options.probe.search = true;
    const auto trainer = trainer_of(options, cache);
    trainer->prepare(features_of(labels, 6).unsqueeze(0), labels);
    NamedTensors saved;
    for (const auto& [name, tensor] : trainer->state()) {
      if (name.rfind("own/", 0) == 0 || name.rfind("kept/", 0) == 0) {
        saved.emplace_back(name, tensor.clone());
      }
    }
    trainer->restore(saved);
    for (auto& [name, tensor] : saved) {
      if (name == "kept/cache.labels" || name == "kept/search") {
        tensor.fill_(1000);
      }
    }
    EXPECT_THROW(trainer->restore(saved), BadInput) << method;
    saved.emplace_back("own/context", at::zeros({2, 3}));
    EXPECT_THROW(trainer->restore(saved), BadInput) << method;
  }
}

// Gradients bear fp16's loss scale, which the method's own steps are to be without.
TEST(LpPlusPlus, TakesTheSameStepsInSixteenBits) {
  const auto weights = [](at::ScalarType precision) {
    auto options = options_of("lp++");
    options.precision = precision;
    const auto trainer = trainer_of(options, feature_cache(tiny_model(11)));
    const auto labels = labels_of(kPictures);
    trainer->prepare(features_of(labels, 6).unsqueeze(0), labels);
    for (std::uint64_t step = 0; step < 10; ++step) {
      run_step(*trainer, step_of(step, 0));
    }
    return kept(*trainer, "own/probe.weight").clone();
  };
  EXPECT_LT(relative_difference(weights(at::kHalf), weights(at::kFloat)), 0.01);
}

TEST(TipAdapter, LeavesOtherClassesToTheTexts) {
  const auto cache = feature_cache(tiny_model(11));
  auto options = options_of("tip-adapter");
  options.trained_classes = 3;
  const auto features = features_of(labels_of(15), 8);
  const auto zero_shot = normalised(features).matmul(cache->teacher_texts().t()) * std::exp(2.5);
  EXPECT_LT(relative_difference(trainer_of(options, cache)->predict_features(features), zero_shot), 1e-6);
}

TEST(TipAdapter, TrainsItsKeys) {
  auto model = std::make_shared<Model>(tiny_model(11));
  const auto cache = feature_cache(*model);
  auto options = options_of("tip-adapter");
  options.picture_cache.trained = true;
  options.optimizer.name = "adamw";
  const auto trainer = make_trainer(model, cache, options);
  EXPECT_EQ(trainer->trained_parameters(), kPictures * 24);
  const auto labels = labels_of(kPictures);
  trainer->prepare(features_of(labels, 6).unsqueeze(0), labels);
  const auto first = run_step(*trainer, step_of(0, 0.01)).loss;
  double last = first;
  for (std::uint64_t step = 1; step < 30; ++step) {
    last = run_step(*trainer, step_of(step, 0.01)).loss;
  }
  EXPECT_LT(last, first);
}

TEST(FeatureMethods, CheckTheirPictures) {
  const auto cache = feature_cache(tiny_model(11));
  for (const auto* method : {"linear", "lp++", "tip-adapter"}) {
    const auto trainer = trainer_of(options_of(method), cache);
    const auto features = at::randn({1, kPictures, 24});
    EXPECT_THROW(trainer->prepare(features, labels_of(kPictures - 1)), InvalidArgument) << method;
    EXPECT_THROW(trainer->prepare(features, labels_of(kPictures) + 1), InvalidArgument) << method;
  }
  auto coop = options_of("coop");
  coop.prompt.tokens = 2;
  EXPECT_THROW(trainer_of(coop, cache)->prepare(at::randn({1, 4, 24}), labels_of(4)), InvalidState);
  auto none = options_of("tip-adapter");
  none.picture_cache.pictures = 0;
  EXPECT_THROW(trainer_of(none, cache), InvalidArgument);
  EXPECT_THROW(trainer_of(options_of("nothing"), cache), InvalidArgument);
}

// Choices want what is chosen among; later pictures would not be those of the steps before.
TEST(FeatureMethods, AreShownTheirPicturesBeforeAllElse) {
  const auto cache = feature_cache(tiny_model(11));
  const auto labels = labels_of(kPictures);
  const auto features = features_of(labels, 6);
  for (const auto* method : {"linear", "lp++"}) {
    const auto trainer = trainer_of(options_of(method), cache);
    EXPECT_THROW(trainer->validate(features, labels), InvalidState) << method;
    trainer->prepare(features.unsqueeze(0), labels);
    run_step(*trainer, step_of(0, 0.1));
    EXPECT_THROW(trainer->prepare(features.unsqueeze(0), labels), InvalidState) << method;
  }
}

TEST(Accumulation, IsTheWeightedSumOfWhatWasTrained) {
  auto model = std::make_shared<Model>(tiny_model(11));
  const auto cache = feature_cache(*model);
  const auto trainer = make_trainer(model, cache, options_of("clip-adapter"));
  EXPECT_THROW(trainer->use_accumulated(), InvalidState);
  at::Tensor expected;
  for (std::uint64_t step = 0; step < 3; ++step) {
    run_step(*trainer, step_of(step, 0.1));
    const double weight = 0.2 * static_cast<double>(step + 1);
    const auto part = kept(*trainer, "weights") * weight;
    expected = expected.defined() ? expected + part : part;
    trainer->accumulate(weight);
  }
  trainer->use_accumulated();
  EXPECT_LT(relative_difference(kept(*trainer, "weights"), expected), 1e-6);
}

TEST(OtherClasses, LeaveOutWhatKnowsOnlyTheTrainedOnes) {
  auto model = std::make_shared<Model>(tiny_model(11));
  const auto cache = prompt_cache(*model, 4, kClasses, TextLayout::packed);
  {
    const at::NoGradGuard no_gradients;
    cache->put_teacher_texts(random_tokens(model->configuration(), kClasses, 3), true, {});
  }
  auto dept = options_of("dept");
  dept.prompt.tokens = 2;
  dept.trained_classes = 9;
  const auto pixels = random_pixels(model->configuration(), 3, 4);
  auto kgcoop = dept;
  kgcoop.method = "kgcoop";
  EXPECT_TRUE(
      make_trainer(model, cache, dept)->predict(pixels).equal(make_trainer(model, cache, kgcoop)->predict(pixels)));
  auto own = kgcoop;
  own.prompt.of_each_class = true;
  EXPECT_THROW(make_trainer(model, cache, own), InvalidArgument);
}

}  // namespace
}  // namespace skiptuning::test
