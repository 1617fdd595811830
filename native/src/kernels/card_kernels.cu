// Kernels of our own for a card, compiled when one is first used (see kernels/card_kernels.cpp). They cover what takes
// LibTorch several passes over memory. Numbers are fp32, or bf16 as its upper half; sums are fp32, in one order always.

typedef unsigned short bf16;

__device__ inline float wide(float x) { return x; }
__device__ inline float wide(bf16 x) { return __uint_as_float(static_cast<unsigned>(x) << 16); }

__device__ inline void narrow(float x, float& to) { to = x; }
// To the nearest, halves to even.
__device__ inline void narrow(float x, bf16& to) {
  const unsigned bits = __float_as_uint(x);
  to = x != x ? 0x7FC0 : static_cast<bf16>((bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16);
}

// Four numbers that lie side by side.
template <typename T>
struct alignas(4 * sizeof(T)) Four {
  T at[4];
};

// v = momentum v + (g + decay w);  w -= rate v;  copy = w. count: fours. A copy in fp32 is the weight itself.
template <typename T>
__device__ inline void sgd(Four<float>* weights, Four<float>* velocities, const Four<T>* gradients, Four<T>* copies,
                           long count, const float* rate, float momentum, float decay) {
  const long stride = static_cast<long>(gridDim.x) * blockDim.x;
  const float step = *rate;
  for (long i = static_cast<long>(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += stride) {
    Four<float> w = weights[i];
    Four<float> v = velocities[i];
    const Four<T> g = gradients[i];
    Four<T> copy;
    for (int j = 0; j < 4; ++j) {
      v.at[j] = momentum * v.at[j] + (wide(g.at[j]) + decay * w.at[j]);
      w.at[j] -= step * v.at[j];
      narrow(w.at[j], copy.at[j]);
    }
    weights[i] = w;
    velocities[i] = v;
    if (sizeof(T) < sizeof(float)) {
      copies[i] = copy;
    }
  }
}

constexpr float kQuickGeluSlope = 1.702F;

__device__ inline float sigmoid(float x) { return 1.0F / (1.0F + __expf(-x)); }

// y = x sigmoid(1.702 x). count: fours.
template <typename T>
__device__ inline void quick_gelu(const Four<T>* x, Four<T>* y, long count) {
  const long i = static_cast<long>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i < count) {
    const Four<T> in = x[i];
    Four<T> out;
    for (int j = 0; j < 4; ++j) {
      const float value = wide(in.at[j]);
      narrow(value * sigmoid(kQuickGeluSlope * value), out.at[j]);
    }
    y[i] = out;
  }
}

// d becomes d times the derivative at x.
template <typename T>
__device__ inline void quick_gelu_backward(Four<T>* d, const Four<T>* x, long count) {
  const long i = static_cast<long>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i < count) {
    const Four<T> in = x[i];
    Four<T> out = d[i];
    for (int j = 0; j < 4; ++j) {
      const float scaled = kQuickGeluSlope * wide(in.at[j]);
      const float share = sigmoid(scaled);
      narrow(wide(out.at[j]) * share * (1.0F + scaled * (1.0F - share)), out.at[j]);
    }
    d[i] = out;
  }
}

// Columns of a block, and threads that share its rows.
constexpr int kColumns = 32;
constexpr int kRowGroups = 32;

// Adds the row groups' sums of each column; the result lies with the first group.
__device__ inline float over_groups(float sum, float (*room)[kColumns + 1]) {
  room[threadIdx.y][threadIdx.x] = sum;
  __syncthreads();
  for (int half = kRowGroups / 2; half > 0; half /= 2) {
    if (static_cast<int>(threadIdx.y) < half) {
      room[threadIdx.y][threadIdx.x] += room[threadIdx.y + half][threadIdx.x];
    }
    __syncthreads();
  }
  const float result = room[0][threadIdx.x];
  __syncthreads();
  return result;
}

// sums [columns] = sum over rows of x [rows,columns], whose rows lie `stride` apart.
template <typename T>
__device__ inline void column_sums(const T* x, T* sums, int rows, int columns, long stride) {
  __shared__ float room[kRowGroups][kColumns + 1];
  const int column = blockIdx.x * kColumns + threadIdx.x;
  float sum = 0.0F;
  if (column < columns) {
#pragma unroll 8
    for (int row = threadIdx.y; row < rows; row += kRowGroups) {
      sum += wide(x[row * stride + column]);
    }
  }
  const float all = over_groups(sum, room);
  if (threadIdx.y == 0 && column < columns) {
    narrow(all, sums[column]);
  }
}

// d_weight = sum over rows of dy (x - mean) rstd, d_bias = sum over rows of dy. dy, x [rows,columns] dense; mean, rstd
// [rows] fp32.
template <typename T>
__device__ inline void layer_norm_sums(const T* dy, const T* x, const float* mean, const float* rstd, T* d_weight,
                                       T* d_bias, int rows, int columns) {
  __shared__ float room[kRowGroups][kColumns + 1];
  const int column = blockIdx.x * kColumns + threadIdx.x;
  float weight = 0.0F;
  float bias = 0.0F;
  if (column < columns) {
#pragma unroll 8
    for (int row = threadIdx.y; row < rows; row += kRowGroups) {
      const long place = static_cast<long>(row) * columns + column;
      const float d = wide(dy[place]);
      bias += d;
      weight += d * (wide(x[place]) - mean[row]) * rstd[row];
    }
  }
  weight = over_groups(weight, room);
  bias = over_groups(bias, room);
  if (threadIdx.y == 0 && column < columns) {
    narrow(weight, d_weight[column]);
    narrow(bias, d_bias[column]);
  }
}

#define FOR_TYPE(T, name)                                                                                              \
  extern "C" __global__ void sgd_##name(Four<float>* weights, Four<float>* velocities, const Four<T>* gradients,       \
                                        Four<T>* copies, long count, const float* rate, float momentum, float decay) { \
    sgd<T>(weights, velocities, gradients, copies, count, rate, momentum, decay);                                      \
  }                                                                                                                    \
  extern "C" __global__ void quick_gelu_##name(const Four<T>* x, Four<T>* y, long count) {                             \
    quick_gelu<T>(x, y, count);                                                                                        \
  }                                                                                                                    \
  extern "C" __global__ void quick_gelu_backward_##name(Four<T>* d, const Four<T>* x, long count) {                    \
    quick_gelu_backward<T>(d, x, count);                                                                               \
  }                                                                                                                    \
  extern "C" __global__ void column_sums_##name(const T* x, T* sums, int rows, int columns, long stride) {             \
    column_sums<T>(x, sums, rows, columns, stride);                                                                    \
  }                                                                                                                    \
  extern "C" __global__ void layer_norm_sums_##name(const T* dy, const T* x, const float* mean, const float* rstd,     \
                                                    T* d_weight, T* d_bias, int rows, int columns) {                   \
    layer_norm_sums<T>(dy, x, mean, rstd, d_weight, d_bias, rows, columns);                                            \
  }

FOR_TYPE(float, fp32)
FOR_TYPE(bf16, bf16)
