#include "layers/product.h"

#include <algorithm>
#include <ctime>
#include <tuple>

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include "core/blas_threads.h"
#include "with_gemm.h"

namespace skiptuning {
namespace {

double difference(const at::Tensor& found, const at::Tensor& expected) {
  return ((found.to(at::kDouble) - expected).norm() / expected.norm()).item<double>();
}

using Size = std::tuple<int, int, int>;

class Products : public ::testing::TestWithParam<std::tuple<Size, GemmBackEnd>> {};

// Cut by rows, by columns, not at all, and with the layouts that a backward has.
TEST_P(Products, EqualThoseInFp64OnAnyNumberOfThreads) {
  const auto [size, back_end] = GetParam();
  if (!has_gemm(back_end)) {
    GTEST_SKIP() << "this LibTorch or this processor lacks that back end";
  }
  const test::WithGemm with_gemm(back_end);
  const auto [m, n, k] = size;
  const auto a = at::randn({m, k});
  const auto b = at::randn({n, k}).t();
  const auto turned = at::randn({k, m}).t();
  const auto expected = at::mm(a.to(at::kDouble), b.to(at::kDouble));
  const auto threads_before = at::get_num_threads();
  at::Tensor alone;
  for (const int threads : {1, 2, 3}) {
    at::set_num_threads(threads);
    use_one_blas_thread();
    const auto straight = b.contiguous();
    EXPECT_LT(difference(product(a, straight), expected), 1e-6);
    const auto found = product(a, b);
    EXPECT_LT(difference(found, expected), 1e-6);
    auto wide = at::empty({m, n + 3});
    product_out(wide.narrow(1, 2, n), turned, b);
    EXPECT_LT(difference(wide.narrow(1, 2, n), at::mm(turned.to(at::kDouble), b.to(at::kDouble))), 1e-6);
    alone = alone.defined() ? alone : found;
    EXPECT_TRUE(found.equal(alone)) << threads << " threads";
  }
  at::set_num_threads(threads_before);
}

INSTANTIATE_TEST_SUITE_P(Shapes, Products,
                         ::testing::Combine(::testing::Values(Size{1, 1, 1}, Size{3, 5, 7}, Size{788, 96, 96},
                                                              Size{9, 2900, 20}, Size{272, 768, 192},
                                                              Size{97, 511, 333}, Size{1000, 17, 64},
                                                              Size{788, 768, 3072}),
                                            ::testing::ValuesIn(kGemmBackEnds)));

// Seconds that the calling thread itself computes, the least of a few runs.
double own_seconds(const at::Tensor& a, const at::Tensor& b, int threads) {
  at::set_num_threads(threads);
  use_one_blas_thread();
  const auto now = [] {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  };
  double least = 1e9;
  for (int run = 0; run < 5; ++run) {
    const auto start = now();
    product(a, b);
    least = std::min(least, now() - start);
  }
  return least;
}

TEST(Products, AreSharedAmongThreads) {
  const auto a = at::randn({2048, 512});
  const auto b = at::randn({512, 512});
  const auto threads_before = at::get_num_threads();
  const auto alone = own_seconds(a, b, 1);
  EXPECT_LT(own_seconds(a, b, 2), 0.8 * alone);
  at::set_num_threads(threads_before);
}

}  // namespace
}  // namespace skiptuning
