#include <memory>
#include <thread>
#include <tuple>
#include <vector>

#include <ATen/Context.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include "core/recorded_work.h"
#include "kernels/card_kernels.h"
#include "layers/activation.h"
#include "layers/fused_attention.h"
#include "method/method.h"
#include "tiny_clip.h"
#include "train/trainer.h"

namespace skiptuning::test {
namespace {

const at::Device kCuda(at::kCUDA, 0);

// On a card what the other tests say of the CPU, and what only a card has.
class Cuda : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!at::hasCUDA() || at::detail::getCUDAHooks().deviceCount() == 0) {
      GTEST_SKIP() << "no CUDA card";
    }
  }
};

ClipConfiguration small_configuration() {
  auto configuration = tiny_configuration();
  configuration.image = {4, 64, 4, 256};
  configuration.text = {3, 64, 2, 256};
  return configuration;
}

Model small_model(at::Device device) {
  const auto configuration = small_configuration();
  return Model(configuration, random_tensors(configuration, 3), device);
}

std::shared_ptr<FeatureCache> cache_on(const Model& model, at::ScalarType precision) {
  const at::NoGradGuard no_gradients;
  auto cache = std::make_shared<FeatureCache>(
      model, CacheOptions{4, 9, 2, 1, precision, precision, text_layout(model.device()), std::nullopt});
  cache->put_images(0, random_pixels(model.configuration(), 4, 7).to(model.device()));
  cache->put_texts(random_tokens(model.configuration(), 9, 8).to(model.device()), {});
  return cache;
}

struct TrainedRun {
  std::vector<double> losses;
  std::vector<std::vector<std::int64_t>> kept;
  std::shared_ptr<Model> model;
  std::int64_t recordings = 0;
};

// What a run trains; drawn by the generator that all threads share.
struct Prepared {
  std::shared_ptr<Model> model;
  std::shared_ptr<FeatureCache> cache;
};

Prepared prepared_on(at::Device device, at::ScalarType precision) {
  auto model = std::make_shared<Model>(small_model(device));
  auto cache = cache_on(*model, precision);
  return {model, cache};
}

TrainedRun train(const Prepared& prepared, at::ScalarType precision, bool recorded,
                 const std::string& optimizer = "sgd", std::size_t ahead = 0, double momentum = 0.9) {
  TrainedRun run;
  run.model = prepared.model;
  TrainerOptions options;
  options.precision = precision;
  options.recorded = recorded;
  options.optimizer.name = optimizer;
  options.optimizer.momentum = momentum;
  options.selection.top_ratio = 0.4;
  options.selection.lambda = 0.5;
  options.selection.mask = MaskPolicy::step;
  auto trainer = make_trainer(run.model, prepared.cache, options);
  const auto end = [&] {
    const auto result = trainer->end_step();
    run.losses.push_back(result.loss);
    run.kept.push_back(result.kept_classes);
  };
  for (std::uint64_t step = 0; step < 40; ++step) {
    const double rate = optimizer == "sgd" ? 1e-2 * (1.0 - static_cast<double>(step) / 40) : 1e-4;
    StepInput input{step, {0, 1, 2, 3}, {0, 1, 2, 8}, rate, rate};
    if (step % 5 == 4) {
      input.image_rows = {2};
      input.labels = {7};
    }
    trainer->begin_step(input);
    if (trainer->begun_steps() > ahead) {
      end();
    }
  }
  while (trainer->begun_steps() > 0) {
    end();
  }
  run.recordings = trainer->recordings();
  return run;
}

TrainedRun train_on(at::Device device, at::ScalarType precision, bool recorded, const std::string& optimizer = "sgd",
                    std::size_t ahead = 0, double momentum = 0.9) {
  return train(prepared_on(device, precision), precision, recorded, optimizer, ahead, momentum);
}

void expect_close(const TrainedRun& found, const TrainedRun& expected, double loss_tolerance, double weight_tolerance) {
  for (std::size_t step = 0; step < found.losses.size(); ++step) {
    EXPECT_NEAR(found.losses[step], expected.losses[step], loss_tolerance * (1 + expected.losses[step])) << step;
  }
  for (const auto& [name, tensor] : found.model->parameters()) {
    EXPECT_LT(relative_difference(tensor.cpu(), expected.model->parameter(name).cpu()), weight_tolerance) << name;
  }
}

TEST_F(Cuda, TrainsAsTheCpuDoes) {
  const auto found = train_on(kCuda, at::kFloat, true);
  const auto expected = train_on(at::kCPU, at::kFloat, false);
  EXPECT_EQ(found.kept, expected.kept);
  expect_close(found, expected, 1e-4, 1e-4);
}

TEST_F(Cuda, TrainsWithoutMomentum) {
  const auto expected = train_on(at::kCPU, at::kFloat, false, "sgd", 0, 0.0);
  for (const bool recorded : {false, true}) {
    expect_close(train_on(kCuda, at::kFloat, recorded, "sgd", 0, 0.0), expected, 1e-4, 1e-4);
  }
}

TEST_F(Cuda, ReplaysWhatItComputes) {
  for (const auto precision : {at::kFloat, at::kBFloat16}) {
    const auto found = train_on(kCuda, precision, true);
    const auto expected = train_on(kCuda, precision, false);
    EXPECT_GE(found.recordings, 2);
    EXPECT_EQ(expected.recordings, 0);
    EXPECT_EQ(found.kept.front(), expected.kept.front());
    // Sums of the kernels may be ordered otherwise from run to run.
    const bool exact = precision == at::kFloat;
    expect_close(found, expected, exact ? 1e-5 : 3e-2, exact ? 1e-5 : 1e-2);
  }
}

TEST_F(Cuda, EndsStepsInTheOrderInWhichTheyBegan) {
  const auto expected = train_on(kCuda, at::kFloat, true);
  const auto found = train_on(kCuda, at::kFloat, true, "sgd", 8);
  EXPECT_EQ(found.kept, expected.kept);
  expect_close(found, expected, 1e-5, 1e-5);
}

// A recording holds the places of the texts it was made with.
TEST_F(Cuda, TrainsOnTextsThatWerePutAgain) {
  std::vector<double> losses;
  for (const bool again : {false, true}) {
    auto model = std::make_shared<Model>(small_model(kCuda));
    const auto cache = cache_on(*model, at::kFloat);
    TrainerOptions options;
    auto trainer = make_trainer(model, cache, options);
    const StepInput input{0, {0, 1, 2, 3}, {0, 1, 2, 8}, 0.0, 0.0};
    const auto others = random_tokens(model->configuration(), 9, 99).to(kCuda);
    const auto put = [&] {
      const at::NoGradGuard no_gradients;
      cache->put_texts(others, {});
    };
    if (!again) {
      put();
    }
    for (int step = 0; step < 8; ++step) {
      run_step(*trainer, input);
    }
    EXPECT_EQ(trainer->recordings(), 1);
    if (again) {
      put();
    }
    losses.push_back(run_step(*trainer, input).loss);
  }
  EXPECT_NEAR(losses[0], losses[1], 1e-5);
}

TEST_F(Cuda, TwoTrainersInTwoThreadsAreNotInEachOthersWay) {
  const auto expected = train_on(kCuda, at::kBFloat16, true);
  std::vector<TrainedRun> runs(2);
  std::vector<std::thread> threads;
  for (auto& run : runs) {
    const auto prepared = prepared_on(kCuda, at::kBFloat16);
    threads.emplace_back([&run, prepared] { run = train(prepared, at::kBFloat16, true, "sgd", 4); });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  for (const auto& run : runs) {
    EXPECT_GE(run.recordings, 2);
    expect_close(run, expected, 3e-2, 1e-2);
  }
}

TEST_F(Cuda, TrainsInSixteenBits) {
  const auto wide = train_on(kCuda, at::kFloat, true);
  for (const auto precision : {at::kBFloat16, at::kHalf}) {
    const auto found = train_on(kCuda, precision, true);
    EXPECT_LT(found.losses.back(), 0.7 * found.losses.front() + 0.1);
    EXPECT_NEAR(found.losses.front(), wide.losses.front(), 0.05 * wide.losses.front());
  }
}

TEST_F(Cuda, TakesOtherOptimizersWithoutRecording) {
  expect_close(train_on(kCuda, at::kFloat, true, "adamw"), train_on(at::kCPU, at::kFloat, false, "adamw"), 2e-3, 2e-2);
}

TEST_F(Cuda, GradientsEqualAutograd) {
  for (const auto activation : {Activation::gelu, Activation::quick_gelu}) {
    auto configuration = small_configuration();
    configuration.activation = activation;
    Model model(configuration, random_tensors(configuration, 11), kCuda);
    TrainerOptions options;
    options.selection.top_ratio = 0.4;
    const auto method = make_method(model, cache_on(model, at::kFloat), options);
    const FlatParameters parameters(model, method->groups(), at::kFloat);
    Batch batch;
    batch.image_rows = at::arange(4, at::kLong).to(kCuda);
    batch.labels = at::tensor({0, 3, 3, 8}, at::kLong).to(kCuda);
    const at::NoGradGuard no_gradients;
    const auto reference = method->reference_gradients(batch, parameters, 1.0);
    const auto expected = parameters.gradients().clone();
    const auto choice = rank_choice(options.selection, 9, 4, 0);
    batch.ranks = at::tensor(choice.ranks, at::kLong).to(kCuda);
    batch.certain = at::tensor(choice.certain, at::kLong).to(kCuda);
    const auto found = method->gradients(batch, parameters, 1.0);
    EXPECT_NEAR(found.loss.item<double>(), reference.loss.item<double>(), 1e-5);
    EXPECT_LT(relative_difference(parameters.gradients().cpu(), expected.cpu()), 1e-5);
  }
}

// Kernel, tokens, whether causal, which rows ask, precision.
using AttentionCase = std::tuple<FusedAttention, int, bool, Queries, at::ScalarType>;

class CudaAttention : public Cuda, public ::testing::WithParamInterface<AttentionCase> {};

TEST_P(CudaAttention, EqualsThePlainOne) {
  const auto [kernel, length, causal, queries, precision] = GetParam();
  if (causal && queries == Queries::pooled) {
    GTEST_SKIP() << "the fused kernels take no such mask";
  }
  constexpr std::int64_t kCount = 5;
  constexpr std::int64_t kWidth = 4 * 64;
  const auto options = at::TensorOptions().dtype(precision).device(kCuda);
  const auto sequences = Sequences::of_images(kCount, length);
  const AttentionShape shape{4, causal, queries};
  const auto rows = kCount * length;
  const auto asked = queries == Queries::all ? rows : kCount;
  const auto qkv = at::randn({rows, 3 * kWidth}, options);
  const AttentionInput input{queries == Queries::all ? qkv.narrow(1, 0, kWidth) : at::randn({asked, kWidth}, options),
                             qkv.narrow(1, kWidth, kWidth), qkv.narrow(1, 2 * kWidth, kWidth)};
  const auto wide = [](const AttentionInput& x) {
    return AttentionInput{x.q.to(at::kFloat), x.k.to(at::kFloat), x.v.to(at::kFloat)};
  };
  AttentionSaved saved;
  at::Tensor shares;
  const auto found = fused_attention_forward(kernel, input, sequences, shape, &saved);
  const auto expected = plain_attention_forward(wide(input), sequences, shape, &shares);
  EXPECT_LT(relative_difference(found, expected), 1e-2);
  const auto d_output = at::randn({asked, kWidth}, options);
  const auto room = [&] {
    return AttentionInput{at::randn({asked, kWidth}, options), at::randn({rows, kWidth}, options),
                          at::randn({rows, kWidth}, options)};
  };
  const auto gradients = room();
  fused_attention_backward(d_output, input, saved, sequences, shape, gradients);
  const auto plain = wide(room());
  plain_attention_backward(d_output.to(at::kFloat), wide(input), shares, sequences, shape, plain);
  EXPECT_LT(relative_difference(gradients.q, plain.q), 2e-2);
  EXPECT_LT(relative_difference(gradients.k, plain.k), 2e-2);
  EXPECT_LT(relative_difference(gradients.v, plain.v), 2e-2);
}

INSTANTIATE_TEST_SUITE_P(Kernels, CudaAttention,
                         ::testing::Combine(::testing::Values(FusedAttention::flash, FusedAttention::cudnn),
                                            ::testing::Values(10, 77, 197), ::testing::Bool(),
                                            ::testing::Values(Queries::all, Queries::pooled),
                                            ::testing::Values(at::kBFloat16, at::kHalf)));

TEST_F(Cuda, ActivationEqualsTheCpu) {
  const auto x = at::randn({50, 24});
  const auto weight = at::randn({40, 24});
  const auto bias = at::randn({40});
  const auto dy = at::randn({50, 40});
  for (const auto activation : {Activation::gelu, Activation::quick_gelu}) {
    at::Tensor saved;
    at::Tensor saved_on_card;
    const auto expected = linear_activation_forward(activation, x, weight, bias, saved);
    const auto found =
        linear_activation_forward(activation, x.to(kCuda), weight.to(kCuda), bias.to(kCuda), saved_on_card);
    EXPECT_LT(relative_difference(found.cpu(), expected), 3e-6);
    EXPECT_LT(relative_difference(activation_backward(activation, dy.to(kCuda), saved_on_card, nullptr).cpu(),
                                  activation_backward(activation, dy.clone(), saved, nullptr)),
              3e-6);
  }
}

// Ours are there, and equal LibTorch's on the processor.
TEST_F(Cuda, OwnKernelsEqualTheCpus) {
  for (const auto type : {at::kFloat, at::kBFloat16}) {
    const double tolerance = type == at::kFloat ? 1e-5 : 1e-2;
    const auto on_card = at::TensorOptions().dtype(type).device(kCuda);
    const auto* kernels = card_kernels(at::zeros({1}, on_card));
    ASSERT_NE(kernels, nullptr);
    for (const auto columns : {1, 31, 64, 768, 3072}) {
      for (const auto rows : {1, 7, 788}) {
        const auto x = at::randn({rows, columns + 3}, on_card).narrow(1, 1, columns);
        const auto sums = at::full({columns}, std::nan(""), on_card);
        kernels->column_sums(x, sums);
        const auto wide = x.cpu().to(at::kDouble);
        const auto error = (sums.cpu().to(at::kDouble) - wide.sum(at::IntArrayRef{0})).norm() / wide.norm();
        EXPECT_LT(error.item<double>(), tolerance) << rows << " " << columns;
      }
    }
    const auto dy = at::randn({197, 64}, on_card);
    const auto x = at::randn({197, 64}, on_card);
    const auto mean = at::randn({197, 1}, on_card.dtype(at::kFloat));
    const auto rstd = at::rand({197, 1}, on_card.dtype(at::kFloat));
    const auto d_weight = at::zeros({64}, on_card);
    const auto d_bias = at::zeros({64}, on_card);
    kernels->layer_norm_sums(dy, x, mean, rstd, d_weight, d_bias);
    const auto wide = [](const at::Tensor& tensor) { return tensor.cpu().to(at::kDouble); };
    EXPECT_LT(relative_difference(d_bias.cpu(), wide(dy).sum(at::IntArrayRef{0})), tolerance);
    EXPECT_LT(
        relative_difference(d_weight.cpu(), (wide(dy) * (wide(x) - wide(mean)) * wide(rstd)).sum(at::IntArrayRef{0})),
        tolerance);

    const auto weights = at::randn({100'000}, on_card.dtype(at::kFloat));
    const auto velocities = at::randn({100'000}, on_card.dtype(at::kFloat));
    const auto gradients = at::randn({100'000}, on_card);
    const auto rate = at::full({}, 0.125, on_card.dtype(at::kFloat));
    const auto expected_v = 0.5 * wide(velocities) + wide(gradients) + 0.25 * wide(weights);
    const auto expected_w = wide(weights) - 0.125 * expected_v;
    const auto copies = type == at::kFloat ? weights : at::zeros({100'000}, on_card);
    kernels->sgd(weights, velocities, gradients, copies, rate, 0.5, 0.25);
    EXPECT_LT(relative_difference(velocities.cpu(), expected_v), 1e-6);
    EXPECT_LT(relative_difference(weights.cpu(), expected_w), 1e-6);
    EXPECT_TRUE(at::equal(copies, weights.to(type)));
  }
}

TEST_F(Cuda, ARecordingReadsWhatLiesInItsTensorsThen) {
  const auto x = at::ones({8}, at::TensorOptions().device(kCuda));
  const auto y = at::zeros({8}, x.options());
  const auto work = record(kCuda, [&] { y.copy_(x * 2 + 1); });
  ASSERT_NE(work, nullptr);
  EXPECT_EQ(y.sum().item<double>(), 0);
  x.fill_(5);
  work->replay();
  EXPECT_EQ(y.sum().item<double>(), 8 * 11);
}

}  // namespace
}  // namespace skiptuning::test
