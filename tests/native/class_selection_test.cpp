#include <algorithm>
#include <cmath>
#include <vector>

#include <ATen/core/Generator.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "skip/class_selection.h"
#include "tiny_clip.h"

namespace skiptuning::test {
namespace {

SelectionOptions with_ratio(double ratio, std::int64_t cap = 0) {
  SelectionOptions options;
  options.top_ratio = ratio;
  options.max_classes = cap;
  return options;
}

std::vector<std::int64_t> values(const at::Tensor& indices) {
  const auto* first = indices.data_ptr<std::int64_t>();
  return {first, first + indices.numel()};
}

TEST(SureClasses, FollowTheRatioACountAndTheCap) {
  EXPECT_EQ(sure_classes(with_ratio(0.05), 50), 3);
  EXPECT_EQ(sure_classes(with_ratio(0.5, 50), 1000), 50);
  EXPECT_EQ(sure_classes(with_ratio(7), 50), 7);
  EXPECT_EQ(sure_classes(with_ratio(70), 50), 50);
  EXPECT_EQ(sure_classes(with_ratio(1), 50), 50);
  EXPECT_EQ(sure_classes(with_ratio(0.001), 2), 1);
  EXPECT_EQ(sure_classes(with_ratio(1e300), 50), 50);
  EXPECT_EQ(sure_classes(with_ratio(1e300, 7), 50), 7);
  EXPECT_THROW(sure_classes(with_ratio(0), 5), InvalidArgument);
  EXPECT_THROW(sure_classes(with_ratio(std::nan("")), 5), InvalidArgument);
}

// scipy.stats.expon(scale=0.3).pdf(numpy.linspace(0, 5, 5)), min-max normalised.
TEST(TailProbabilities, EqualTheNormalisedDensity) {
  const std::vector<double> expected = {1.0, 0.0155038006, 0.0002403118, 3.6686e-06, 0.0};
  const auto found = tail_probabilities(5, 0.3);
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(found[i], expected[i], 1e-6);
  }
  EXPECT_EQ(tail_probabilities(1, 0.3), std::vector<double>{0.0});
  EXPECT_TRUE(tail_probabilities(0, 0.3).empty());
}

TEST(RankMask, IsAFunctionOfSeedStepAndPolicy) {
  SelectionOptions options = with_ratio(0.1);
  options.lambda = 1.0;
  options.seed = 4;
  EXPECT_EQ(rank_mask(options, 200, 0), rank_mask(options, 200, 9));
  options.mask = MaskPolicy::step;
  EXPECT_NE(rank_mask(options, 200, 0), rank_mask(options, 200, 9));
  EXPECT_EQ(rank_mask(options, 200, 9), rank_mask(options, 200, 9));
  options.seed = 5;
  SelectionOptions other = options;
  other.seed = 6;
  EXPECT_NE(rank_mask(options, 200, 0), rank_mask(other, 200, 0));
}

TEST(RankMask, KeepsEachRankAsOftenAsItsProbability) {
  SelectionOptions options = with_ratio(0.1);
  options.lambda = 0.7;
  options.mask = MaskPolicy::step;
  const std::int64_t remaining = 12;
  const int draws = 4000;
  std::vector<int> kept(remaining);
  for (int step = 0; step < draws; ++step) {
    const auto mask = rank_mask(options, remaining, static_cast<std::uint64_t>(step));
    for (std::int64_t rank = 0; rank < remaining; ++rank) {
      kept[static_cast<std::size_t>(rank)] += mask[static_cast<std::size_t>(rank)];
    }
  }
  const auto probabilities = tail_probabilities(remaining, options.lambda);
  for (std::int64_t rank = 0; rank < remaining; ++rank) {
    const double p = probabilities[static_cast<std::size_t>(rank)];
    EXPECT_NEAR(kept[static_cast<std::size_t>(rank)] / static_cast<double>(draws), p,
                4 * std::sqrt(p * (1 - p) / draws) + 1e-9);
  }
}

TEST(SelectClasses, KeepsOwnClassesThenTheClosest) {
  const auto prototypes = at::eye(6);
  // Close to class 4, then 1, then 5; its own class is 2.
  const auto features = at::tensor({0.0, 0.5, 0.0, 0.1, 0.8, 0.3}, at::kFloat).view({1, 6});
  const auto labels = at::tensor(std::vector<std::int64_t>{2}, at::kLong);
  EXPECT_EQ(values(select_classes(features, prototypes, labels, with_ratio(0.5), 0)),
            (std::vector<std::int64_t>{1, 2, 4}));
  EXPECT_EQ(values(select_classes(features, prototypes, labels, with_ratio(1), 0)),
            (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5}));
}

TEST(SelectClasses, NeverDropsALabelOfTheBatch) {
  const auto prototypes = at::eye(6);
  const auto features = at::eye(6).narrow(0, 0, 3);
  const auto labels = at::tensor(std::vector<std::int64_t>{5, 0, 3}, at::kLong);
  EXPECT_EQ(values(select_classes(features, prototypes, labels, with_ratio(0.1), 0)),
            (std::vector<std::int64_t>{0, 3, 5}));
}

std::vector<std::int64_t> kept_of(const RankedClasses& ranked) {
  return values(ranked.classes.masked_select(ranked.kept));
}

TEST(SelectRanked, KeepsWhatSelectClassesKeeps) {
  at::manual_seed(5);
  for (std::uint64_t step = 0; step < 200; ++step) {
    const auto classes = at::randint(1, 40, {}, at::kLong).item<std::int64_t>();
    const auto batch = at::randint(1, 9, {}, at::kLong).item<std::int64_t>();
    auto options = with_ratio(at::rand({}).item<double>() + 1e-3);
    options.lambda = at::rand({}).item<double>();
    options.mask = step % 2 == 0 ? MaskPolicy::run : MaskPolicy::step;
    // Few values, so that many classes tie.
    const auto features = at::randint(0, 3, {batch, 5}, at::kFloat);
    const auto prototypes = at::randint(0, 3, {classes, 5}, at::kFloat);
    const auto labels = at::randint(0, classes, {batch}, at::kLong);
    const auto choice = rank_choice(options, classes, batch, step);
    const auto ranked = select_ranked(features, prototypes, labels, at::tensor(choice.ranks, at::kLong),
                                      at::tensor(choice.certain, at::kLong));
    EXPECT_EQ(kept_of(ranked), values(select_classes(features, prototypes, labels, options, step))) << step;
    EXPECT_TRUE(at::equal(ranked.classes, std::get<0>(ranked.classes.sort()))) << step;
  }
}

TEST(SelectRanked, KeepsTheLabelsOfFeaturesThatAreNaN) {
  const auto labels = at::tensor(std::vector<std::int64_t>{5, 4}, at::kLong);
  const auto choice = rank_choice(with_ratio(0.3), 6, 2, 0);
  const auto kept = kept_of(select_ranked(at::full({2, 6}, std::nan(""), at::kFloat), at::eye(6), labels,
                                          at::tensor(choice.ranks, at::kLong), at::tensor(choice.certain, at::kLong)));
  EXPECT_EQ(kept, (std::vector<std::int64_t>{4, 5}));
}

// Diverged training ends in a loss that is NaN, not in a label that cannot be found.
TEST(SelectClasses, KeepsTheLabelsOfFeaturesThatAreNaN) {
  const auto labels = at::tensor(std::vector<std::int64_t>{5, 4}, at::kLong);
  const auto kept =
      values(select_classes(at::full({2, 6}, std::nan(""), at::kFloat), at::eye(6), labels, with_ratio(0.3), 0));
  EXPECT_EQ(std::count(kept.begin(), kept.end(), 4), 1);
  EXPECT_EQ(std::count(kept.begin(), kept.end(), 5), 1);
}

}  // namespace
}  // namespace skiptuning::test
