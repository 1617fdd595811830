#pragma once

#include <cstdint>

namespace skiptuning::kernels {

// Numbers of 16 bits as they lie in memory; computation is in fp32.
struct Bfloat16 {
  std::uint16_t bits;
};
struct Half {
  std::uint16_t bits;
};

struct SgdRates {
  float rate, momentum, weight_decay, gradient_factor;
};

// Loops over rows that are worth a processor's own vector instructions. Each is compiled for several instruction sets;
// see kernels.cpp. Pointers are to the first of `rows` rows, `stride` numbers apart where one is given, else dense.
struct Kernels {
  const char* instructions;  // avx512, avx2 or standard

  void (*load_fp32)(const float* from, std::int64_t stride, std::int64_t rows, std::int64_t width, float* to);
  void (*load_bf16)(const Bfloat16* from, std::int64_t stride, std::int64_t rows, std::int64_t width, float* to);
  void (*load_fp16)(const Half* from, std::int64_t stride, std::int64_t rows, std::int64_t width, float* to);
  void (*store_fp32)(const float* from, std::int64_t rows, std::int64_t width, float* to, std::int64_t stride);
  void (*store_bf16)(const float* from, std::int64_t rows, std::int64_t width, Bfloat16* to, std::int64_t stride);
  void (*store_fp16)(const float* from, std::int64_t rows, std::int64_t width, Half* to, std::int64_t stride);

  // In place, row by row: softmax of the first `visible` numbers, zeros behind them; the next row sees `more` more.
  void (*softmax)(float* scores, std::int64_t rows, std::int64_t width, std::int64_t visible, std::int64_t more);
  // In place: dS = P (dP - sum(dP P)) for each row.
  void (*softmax_backward)(float* gradients, const float* probabilities, std::int64_t rows, std::int64_t width);

  // y += bias + residual, over dense rows; residual may be null.
  void (*add_fp32)(float* y, const float* bias, const float* residual, std::int64_t rows, std::int64_t width);
  void (*add_bf16)(Bfloat16* y, const Bfloat16* bias, const Bfloat16* residual, std::int64_t rows, std::int64_t width);
  void (*add_fp16)(Half* y, const Half* bias, const Half* residual, std::int64_t rows, std::int64_t width);

  // x += bias;  y = x sigmoid(1.702 x)
  void (*quick_gelu_fp32)(float* x, const float* bias, float* y, std::int64_t rows, std::int64_t width);
  void (*quick_gelu_bf16)(Bfloat16* x, const Bfloat16* bias, Bfloat16* y, std::int64_t rows, std::int64_t width);
  void (*quick_gelu_fp16)(Half* x, const Half* bias, Half* y, std::int64_t rows, std::int64_t width);
  // dy becomes dx, of that x.
  void (*quick_gelu_backward_fp32)(float* dy, const float* x, std::int64_t count);
  void (*quick_gelu_backward_bf16)(Bfloat16* dy, const Bfloat16* x, std::int64_t count);
  void (*quick_gelu_backward_fp16)(Half* dy, const Half* x, std::int64_t count);

  // sums = those of the columns [first, first + count), row by row; count is at most 64.
  void (*sum_columns_fp32)(const float* x, std::int64_t rows, std::int64_t width, std::int64_t first,
                           std::int64_t count, float* sums);
  void (*sum_columns_bf16)(const Bfloat16* x, std::int64_t rows, std::int64_t width, std::int64_t first,
                           std::int64_t count, Bfloat16* sums);
  void (*sum_columns_fp16)(const Half* x, std::int64_t rows, std::int64_t width, std::int64_t first, std::int64_t count,
                           Half* sums);

  // v = momentum v + (factor g + decay w);  w -= rate v;  copy = w. In fp32 the copy is w itself.
  void (*sgd_fp32)(float* w, float* v, const float* g, float* copy, std::int64_t count, const SgdRates& rates);
  void (*sgd_bf16)(float* w, float* v, const Bfloat16* g, Bfloat16* copy, std::int64_t count, const SgdRates& rates);
  void (*sgd_fp16)(float* w, float* v, const Half* g, Half* copy, std::int64_t count, const SgdRates& rates);
};

// Those for this processor.
const Kernels& best();

// How rows of a type are read into fp32 and written from it.
template <typename T>
struct Rows;

template <>
struct Rows<float> {
  static constexpr auto kLoad = &Kernels::load_fp32;
  static constexpr auto kStore = &Kernels::store_fp32;
  static constexpr auto kSgd = &Kernels::sgd_fp32;
  static constexpr auto kAdd = &Kernels::add_fp32;
  static constexpr auto kQuickGelu = &Kernels::quick_gelu_fp32;
  static constexpr auto kQuickGeluBackward = &Kernels::quick_gelu_backward_fp32;
  static constexpr auto kSumColumns = &Kernels::sum_columns_fp32;
};

template <>
struct Rows<Bfloat16> {
  static constexpr auto kLoad = &Kernels::load_bf16;
  static constexpr auto kStore = &Kernels::store_bf16;
  static constexpr auto kSgd = &Kernels::sgd_bf16;
  static constexpr auto kAdd = &Kernels::add_bf16;
  static constexpr auto kQuickGelu = &Kernels::quick_gelu_bf16;
  static constexpr auto kQuickGeluBackward = &Kernels::quick_gelu_backward_bf16;
  static constexpr auto kSumColumns = &Kernels::sum_columns_bf16;
};

template <>
struct Rows<Half> {
  static constexpr auto kLoad = &Kernels::load_fp16;
  static constexpr auto kStore = &Kernels::store_fp16;
  static constexpr auto kSgd = &Kernels::sgd_fp16;
  static constexpr auto kAdd = &Kernels::add_fp16;
  static constexpr auto kQuickGelu = &Kernels::quick_gelu_fp16;
  static constexpr auto kQuickGeluBackward = &Kernels::quick_gelu_backward_fp16;
  static constexpr auto kSumColumns = &Kernels::sum_columns_fp16;
};

}  // namespace skiptuning::kernels
