#pragma once

#include <cstdint>
#include <vector>

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

// Which numbers of a row are dropped, as layers/dropout.h draws them; below = 0 drops none.
struct Dropout {
  std::uint64_t key = 0;
  std::uint32_t below = 0;
  float factor = 1.0F;  // of those that are kept
};

// Rows of a low-rank addition; see layers/low_rank.h.
struct LowRankRows {
  std::int64_t rows, width, outputs, rank;
  const float* a;             // [rank,width]
  const float* b;             // [rank,outputs], times the scale
  const std::int64_t* names;  // [rows] in the draws, or null where nothing is dropped
  Dropout dropout;
  float* room;  // [2 width + outputs + rank]
};

// The most columns that sum_columns takes at a time.
constexpr std::int64_t kMostColumns = 64;

// Loops over rows of one type that are worth a processor's own vector instructions. Pointers are to the first of `rows`
// rows, `stride` numbers apart where one is given, else dense.
template <typename T>
struct TypedKernels {
  void (*load)(const T* from, std::int64_t stride, std::int64_t rows, std::int64_t width, float* to);
  void (*store)(const float* from, std::int64_t rows, std::int64_t width, T* to, std::int64_t stride);

  // In place: dS = P (dP - sum(dP P)) for each row.
  void (*softmax_backward)(float* gradients, const T* probabilities, std::int64_t rows, std::int64_t width);

  // y += bias + residual; residual may be null.
  void (*add)(T* y, const T* bias, const T* residual, std::int64_t rows, std::int64_t width);

  // x += bias;  y = x sigmoid(1.702 x)
  void (*quick_gelu)(T* x, const T* bias, T* y, std::int64_t rows, std::int64_t width);
  // dy becomes dx, of that x, which becomes y again.
  void (*quick_gelu_backward)(T* dy, T* x, std::int64_t count);

  // sums = those of the columns [first, first + count), row by row.
  void (*sum_columns)(const T* x, std::int64_t rows, std::int64_t width, std::int64_t first, std::int64_t count,
                      T* sums);

  // Of a projection W [rows,width] of z * scale + shift, whose gradient holds dp^T z: that becomes dp^T (z * scale +
  // shift), and d_scale += sum of W dp^T z, d_shift += sum of W db over the rows, with db [rows] the sums of dp.
  void (*scaled_weight_gradients)(const T* weight, T* gradient, const T* d_bias, const float* scale, const float* shift,
                                  std::int64_t rows, std::int64_t width, float* d_scale, float* d_shift);

  // v = momentum v + (factor g + decay w);  w -= rate v;  copy = w. In fp32 the copy is w itself.
  void (*sgd)(float* w, float* v, const T* g, T* copy, std::int64_t count, const SgdRates& rates);

  // u [rows,rank] = drop(x) a^T;  y += u b
  void (*low_rank)(const LowRankRows& low, const T* x, T* y, std::int64_t y_stride, float* u);
  // With du = dy b^T:  d_a += du^T drop(x);  d_b += u^T dy, without the scale;  dx += drop(du a), unless it is null.
  void (*low_rank_backward)(const LowRankRows& low, const T* x, const T* dy, std::int64_t dy_stride, const float* u,
                            T* dx, float* d_a, float* d_b);
};

// All loops, compiled for one instruction set; see kernels.cpp.
struct Kernels {
  const char* instructions;  // avx512, avx2 or standard

  TypedKernels<float> fp32;
  TypedKernels<Bfloat16> bf16;
  TypedKernels<Half> fp16;

  // In place, row by row: softmax of the first `visible` numbers, zeros behind them; each further row sees `growth`
  // more.
  void (*softmax)(float* scores, std::int64_t rows, std::int64_t width, std::int64_t visible, std::int64_t growth);
};

// Those that this processor can run, the best first.
std::vector<const Kernels*> supported();

// Those in use: the best, until others are chosen for the whole process.
const Kernels& in_use();
void use(const Kernels& kernels);

}  // namespace skiptuning::kernels
