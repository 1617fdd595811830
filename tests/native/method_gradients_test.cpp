#include <functional>
#include <string>
#include <vector>

#include <ATen/ops/arange.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>

#include "core/error.h"
#include "method_cases.h"

namespace skiptuning::test {
namespace {

constexpr std::int64_t kTokens = 2;

// One way to set a method up.
struct MethodCase {
  const char* title;
  std::function<void(TrainerOptions&)> set;
  bool whole_pictures = false;  // whose vectors stand in the image tower
};

const std::vector<MethodCase>& method_cases() {
  static const std::vector<MethodCase> cases = {
      {"coop", [](TrainerOptions& o) { o.method = "coop"; }},
      {"coop_of_each_class",
       [](TrainerOptions& o) {
         o.method = "coop";
         o.prompt.of_each_class = true;
       }},
      {"coop_middle",
       [](TrainerOptions& o) {
         o.method = "coop";
         o.prompt.position = ContextPosition::middle;
       }},
      {"coop_front",
       [](TrainerOptions& o) {
         o.method = "coop";
         o.prompt.position = ContextPosition::front;
       }},
      {"kgcoop", [](TrainerOptions& o) { o.method = "kgcoop"; }},
      {"prograd",
       [](TrainerOptions& o) {
         o.method = "prograd";
         o.prompt.initial = InitialContext::zero;
         o.prompt.words = 1;
       }},
      {"cocoop", [](TrainerOptions& o) { o.method = "cocoop"; }},
      {"tcp",
       [](TrainerOptions& o) {
         o.method = "tcp";
         o.prompt.depth = 2;
       }},
      {"maple",
       [](TrainerOptions& o) {
         o.method = "maple";
         o.prompt.depth = 3;
       },
       true},
      {"promptsrc",
       [](TrainerOptions& o) {
         o.method = "promptsrc";
         o.prompt.depth = 3;
       },
       true},
      {"dept_of_kgcoop", [](TrainerOptions& o) { o.method = "dept"; }},
      {"dept_of_coop",
       [](TrainerOptions& o) {
         o.method = "dept";
         o.decoupling.base = "coop";
       }},
      {"dept_of_maple",
       [](TrainerOptions& o) {
         o.method = "dept";
         o.decoupling.base = "maple";
         o.prompt.depth = 2;
       },
       true},
  };
  return cases;
}

// Names of 1 to 5 tokens; placeholders before, around or behind them.
at::Tensor prompts(const ClipConfiguration& configuration, std::int64_t classes, ContextPosition position) {
  auto tokens = at::zeros({classes, configuration.context_length}, at::kLong);
  at::manual_seed(8);
  const std::int64_t before = position == ContextPosition::end ? kTokens : position == ContextPosition::middle ? 1 : 0;
  for (std::int64_t row = 0; row < classes; ++row) {
    const auto words = 1 + row % 5;
    tokens[row][0].fill_(58);
    tokens[row].narrow(0, 1, kTokens + words).fill_(7);
    tokens[row].narrow(0, 1 + before, words).random_(1, 58);
    tokens[row][1 + kTokens + words].fill_(59);
  }
  return tokens;
}

std::shared_ptr<FeatureCache> cache_for(const Model& model, const MethodCase& method_case, TrainerOptions& options,
                                        std::int64_t images, std::int64_t classes, TextLayout layout,
                                        at::ScalarType precision = at::kFloat) {
  const auto& configuration = model.configuration();
  CacheOptions cache_options{images, classes,     method_case.whole_pictures ? 0 : configuration.image.layers,
                             0,      precision,   precision,
                             layout, std::nullopt};
  const auto position = options.prompt.position;
  cache_options.most_shared = options.prompt.of_each_class ? 1 : cache_options.most_shared;
  if (position != ContextPosition::end) {
    for (std::int64_t row = 0; row < classes; ++row) {
      options.prompt.name_lengths.push_back(1 + row % 5);
    }
  }
  auto cache = std::make_shared<FeatureCache>(model, cache_options);
  const at::NoGradGuard no_gradients;
  cache->put_images(0, random_pixels(configuration, images, 7));
  cache->put_texts(prompts(configuration, classes, position), {});
  cache->put_teacher_texts(random_tokens(configuration, 2 * classes, 3), true, {});
  return cache;
}

TrainerOptions options_of(const MethodCase& method_case) {
  TrainerOptions options;
  options.prompt.tokens = kTokens;
  options.prompt.seed = 5;
  method_case.set(options);
  return options;
}

Batch batch_of(std::int64_t size, std::int64_t classes) {
  Batch batch;
  batch.step = 3;
  batch.image_rows = at::arange(size, at::kLong).flip(0).contiguous();
  batch.labels = batch.image_rows.remainder(classes);
  return batch;
}

// First values are small or zero: every part is to matter.
void liven(FlatParameters& parameters) {
  const at::NoGradGuard no_gradients;
  at::manual_seed(4);
  auto masters = parameters.masters();
  masters.add_(at::randn(masters.sizes()) * 0.1);
  parameters.refresh();
}

class MethodGradients : public testing::TestWithParam<std::size_t> {
 protected:
  const MethodCase& method_case() const { return method_cases()[GetParam()]; }
};

TEST_P(MethodGradients, EqualAutograd) {
  for (const auto layout : {TextLayout::packed, TextLayout::equal}) {
    for (const auto& [size, classes] : {std::pair<int, int>{4, 9}, {1, 7}, {3, 1}, {2, 2}}) {
      SCOPED_TRACE((layout == TextLayout::packed ? "packed, batch " : "equal, batch ") + std::to_string(size) +
                   ", classes " + std::to_string(classes));
      auto model = tiny_model(11);
      auto options = options_of(method_case());
      const auto cache = cache_for(model, method_case(), options, 4, classes, layout);
      const auto method = make_method(model, cache, options);
      FlatParameters parameters(model, method->groups(), at::kFloat, method->own_parameters());
      liven(parameters);
      expect_same_gradients(*method, batch_of(size, classes), parameters, 1e-5, 3e-6);
    }
  }
}

TEST_P(MethodGradients, AreCloseInBfloat16) {
  const auto gradients = [&](at::ScalarType precision, bool reference) {
    auto model = tiny_model(11);
    auto options = options_of(method_case());
    const auto cache = cache_for(model, method_case(), options, 4, 9, TextLayout::packed);
    const auto method = make_method(model, cache, options);
    FlatParameters parameters(model, method->groups(), precision, method->own_parameters());
    liven(parameters);
    const at::NoGradGuard no_gradients;
    reference ? method->reference_gradients(batch_of(4, 9), parameters, 1.0)
              : method->gradients(batch_of(4, 9), parameters, 1.0);
    return parameters.gradients().to(at::kFloat);
  };
  const auto exact = gradients(at::kFloat, false);
  EXPECT_LT(relative_difference(gradients(at::kBFloat16, false), exact), 0.1);
  EXPECT_LT(relative_difference(gradients(at::kBFloat16, true), exact), 0.1);
}

// The loss of a step is that of its predictions, for methods that add nothing to the cross entropy.
TEST_P(MethodGradients, PredictWhatTheLossIsOf) {
  auto model = tiny_model(11);
  auto options = options_of(method_case());
  if (options.method == "kgcoop" || options.method == "tcp") {
    options.teacher.text_weight = 0;
  } else if (options.method == "promptsrc") {
    options.teacher = {0, 0, 0, 1};
  } else if (options.method == "dept") {
    options.decoupling.weight = 0;
    options.teacher.text_weight = 0;
  }
  const auto cache = cache_for(model, method_case(), options, 4, 9, TextLayout::packed);
  const auto method = make_method(model, cache, options);
  FlatParameters parameters(model, method->groups(), at::kFloat, method->own_parameters());
  liven(parameters);
  const at::NoGradGuard no_gradients;
  const auto logits = method->predict(random_pixels(model.configuration(), 4, 7), parameters);
  ASSERT_EQ(logits.sizes(), (std::vector<std::int64_t>{4, 9}));
  const auto batch = batch_of(4, 9);
  const auto of_batch = logits.index_select(0, batch.image_rows).log_softmax(1);
  const auto expected = of_batch.gather(1, batch.labels.unsqueeze(1)).mean().neg().item<double>();
  EXPECT_NEAR(method->gradients(batch, parameters, 1.0).loss.item<double>(), expected, 1e-5);
  if (!method_case().whole_pictures) {
    EXPECT_LT(relative_difference(method->predict_features(cache->features(0, 4), parameters), logits), 1e-6);
  } else {
    EXPECT_THROW(method->predict_features(at::zeros({4, 24}), parameters), InvalidState);
  }
}

// Its vectors stand where the prompts that it was made for hold placeholders.
TEST(PromptMethods, WantThePromptsTheyWereMadeFor) {
  auto model = tiny_model(11);
  const auto& method_case = method_cases().front();
  auto options = options_of(method_case);
  const auto cache = cache_for(model, method_case, options, 4, 9, TextLayout::packed);
  const auto method = make_method(model, cache, options);
  const FlatParameters parameters(model, method->groups(), at::kFloat, method->own_parameters());
  const at::NoGradGuard no_gradients;
  cache->put_texts(prompts(model.configuration(), 9, ContextPosition::end), {});
  EXPECT_THROW(method->gradients(batch_of(4, 9), parameters, 1.0), InvalidState);
  EXPECT_THROW(method->predict_features(cache->features(0, 4), parameters), InvalidState);
}

TEST(PromptMethods, DecoupleNoMethodWithPromptsOfEachPicture) {
  auto model = tiny_model(11);
  const auto& method_case = method_cases().front();
  auto options = options_of(method_case);
  const auto cache = cache_for(model, method_case, options, 4, 9, TextLayout::packed);
  options.method = "dept";
  options.decoupling.base = "cocoop";
  EXPECT_THROW(make_method(model, cache, options), InvalidArgument);
}

INSTANTIATE_TEST_SUITE_P(Methods, MethodGradients, testing::Range<std::size_t>(0, method_cases().size()),
                         [](const testing::TestParamInfo<std::size_t>& info) {
                           return method_cases()[info.param].title;
                         });

}  // namespace
}  // namespace skiptuning::test
