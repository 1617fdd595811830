// Where a step's time goes on a card: profile_step TRACE.json [START CLASSES KEPT]. Writes a Chrome trace of a few
// steps of Skip Tuning on a ViT-B/16 with random weights, run eagerly so that each kernel shows, and prints what a step
// takes eagerly and replayed, alone and beside others.
#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <ATen/core/grad_mode.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/csrc/autograd/profiler_kineto.h>

#include "tiny_clip.h"
#include "train/trainer.h"

namespace skiptuning::test {
namespace {

const at::Device kCuda(at::kCUDA, 0);

ClipConfiguration vit_b_16() {
  ClipConfiguration c{};
  c.embed_dim = 512;
  c.activation = Activation::quick_gelu;
  c.layer_norm_epsilon = 1e-5;
  c.end_of_text = -1;
  c.image = {12, 768, 12, 3072};
  c.image_size = 224;
  c.patch_size = 16;
  c.text = {12, 512, 8, 2048};
  c.context_length = 77;
  c.vocabulary_size = 600;
  return c;
}

struct Bench {
  std::shared_ptr<Model> model;
  std::unique_ptr<Trainer> trainer;
  std::int64_t classes;
  std::uint64_t steps = 0;

  Bench(std::int64_t start, std::int64_t class_count, double kept, bool recorded) : classes(class_count) {
    const at::NoGradGuard no_gradients;
    const auto configuration = vit_b_16();
    model = std::make_shared<Model>(configuration, random_tensors(configuration, 1), kCuda);
    auto cache = std::make_shared<FeatureCache>(
        *model, CacheOptions{8, classes, start, start, at::kBFloat16, at::kBFloat16, TextLayout::equal, std::nullopt});
    cache->put_images(0, random_pixels(configuration, 8, 2).to(kCuda));
    auto tokens = at::zeros({classes, 77}, at::kLong);
    tokens.narrow(1, 0, 9).random_(1, 598);
    tokens.select(1, 9).fill_(599);
    cache->put_texts(tokens.to(kCuda), {});
    TrainerOptions options;
    options.precision = at::kBFloat16;
    options.recorded = recorded;
    options.selection.top_ratio = kept;
    trainer = make_trainer(model, cache, options);
  }

  void begin() {
    const auto label = static_cast<std::int64_t>(steps) % classes;
    trainer->begin_step({steps++, {0, 1, 2, 3}, {label, label, label, label}, 1e-6, 1e-6});
  }

  void step() {
    begin();
    trainer->end_step();
  }

  // ahead: steps that are begun before one is waited for.
  double milliseconds(int count, std::size_t ahead = 0) {
    using Clock = std::chrono::steady_clock;
    for (int warm_up = 0; warm_up < 10; ++warm_up) {
      step();
    }
    const auto start = Clock::now();
    for (int counted = 0; counted < count; ++counted) {
      begin();
      if (trainer->begun_steps() > ahead) {
        trainer->end_step();
      }
    }
    while (trainer->begun_steps() > 0) {
      trainer->end_step();
    }
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count() / count;
  }
};

void profile(const std::string& file, std::int64_t start, std::int64_t classes, double kept) {
  using namespace torch::autograd::profiler;
  using torch::profiler::impl::ActivityType;
  Bench eager(start, classes, kept, false);
  std::cout << "eager    " << eager.milliseconds(50) << " ms a step\n";
  const std::set<ActivityType> activities = {ActivityType::CPU, ActivityType::CUDA};
  const ProfilerConfig config(torch::profiler::impl::ProfilerState::KINETO);
  prepareProfiler(config, activities);
  enableProfiler(config, activities);
  for (int step = 0; step < 5; ++step) {
    eager.step();
  }
  disableProfiler()->save(file);
  Bench recorded(start, classes, kept, true);
  std::cout << "replayed " << recorded.milliseconds(200) << " ms a step\n";
  std::cout << "8 ahead  " << recorded.milliseconds(200, 8) << " ms a step\n";
}

// Runs of one process on one card, each by a thread of its own with its own streams.
void side_by_side(std::size_t runs, std::int64_t start, std::int64_t classes, double kept) {
  std::vector<std::unique_ptr<Bench>> benches;
  for (std::size_t run = 0; run < runs; ++run) {
    benches.push_back(std::make_unique<Bench>(start, classes, kept, true));
    benches.back()->milliseconds(1);
  }
  std::vector<std::thread> threads;
  std::vector<double> milliseconds(runs);
  for (std::size_t run = 0; run < runs; ++run) {
    threads.emplace_back([&, run] {
      const at::NoGradGuard no_gradients;
      milliseconds[run] = benches[run]->milliseconds(300, 8);
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  const auto slowest = *std::max_element(milliseconds.begin(), milliseconds.end());
  std::cout << runs << " runs side by side: " << slowest << " ms a step each, " << slowest / static_cast<double>(runs)
            << " for each step of any\n";
}

}  // namespace
}  // namespace skiptuning::test

int main(int count, char** arguments) {
  if (count != 2 && count != 5) {
    std::cerr << "profile_step TRACE.json [START CLASSES KEPT]\n";
    return 2;
  }
  const bool given = count == 5;
  const auto start = given ? std::stoll(arguments[2]) : 9;
  const auto classes = given ? std::stoll(arguments[3]) : 50;
  const auto kept = given ? std::stod(arguments[4]) : 27;
  skiptuning::test::profile(arguments[1], start, classes, kept);
  for (const auto runs : {1, 2, 4}) {
    skiptuning::test::side_by_side(runs, start, classes, kept);
  }
}
