#include "kernels/tiles.h"

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__)
#define SKIPTUNING_TILES
#endif

#ifdef SKIPTUNING_TILES

// GCC 12's own intrinsics begin with a variable that they leave undefined on purpose (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace skiptuning::kernels::tiles {

// Linux lends the tile registers to a process that asks (Documentation/arch/x86/xstate.rst).
bool available() {
  constexpr long kRequestPermission = 0x1023;
  constexpr long kTileData = 18;
  static const bool lent = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
                           __builtin_cpu_supports("avx512bf16") &&
                           [] {
                             std::uint32_t eax = 7, ebx = 0, ecx = 0, edx = 0;
                             asm volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
                             constexpr std::uint32_t kTiles = 1U << 24U;
                             constexpr std::uint32_t kBfloat16Products = 1U << 22U;
                             return (edx & kTiles) != 0 && (edx & kBfloat16Products) != 0;
                           }() &&
                           syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
  return lent;
}

}  // namespace skiptuning::kernels::tiles

// Nothing from a header with code in it is used below but intrinsics, lest the linker take its copy for other
// processors, too.
#pragma GCC push_options
#pragma GCC optimize("no-trapping-math")  // as in kernels.cpp
#pragma GCC target("amx-tile,amx-bf16,avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,prefer-vector-width=512")

namespace skiptuning::kernels::tiles {
namespace {

#include "kernels/numbers.inc"

constexpr int kRows = 16;                   // of a tile
constexpr std::int64_t kTileNumbers = 512;  // of 16 bits
constexpr std::int64_t kTileSums = 256;     // of fp32
constexpr std::int64_t kTileBytesToTheRow = 64;

struct alignas(64) Configuration {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::uint8_t reserved[14] = {};
  std::uint16_t bytes_to_the_row[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
constexpr Configuration kConfiguration;

inline __mmask32 first(std::int64_t count) {
  return count >= 32 ? 0xFFFFFFFFU : (static_cast<__mmask32>(1) << static_cast<unsigned>(count)) - 1U;
}

// 16 by 16 numbers of 32 bits.
inline void transpose(__m512i* row) {
  __m512i t[16];
  for (int i = 0; i < 8; ++i) {
    t[2 * i] = _mm512_unpacklo_epi32(row[2 * i], row[2 * i + 1]);
    t[2 * i + 1] = _mm512_unpackhi_epi32(row[2 * i], row[2 * i + 1]);
  }
  for (int i = 0; i < 4; ++i) {
    row[4 * i] = _mm512_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
    row[4 * i + 1] = _mm512_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
    row[4 * i + 2] = _mm512_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
    row[4 * i + 3] = _mm512_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
  }
  for (int i = 0; i < 4; ++i) {
    t[i] = _mm512_shuffle_i32x4(row[i], row[4 + i], 0x88);
    t[4 + i] = _mm512_shuffle_i32x4(row[i], row[4 + i], 0xDD);
    t[8 + i] = _mm512_shuffle_i32x4(row[8 + i], row[12 + i], 0x88);
    t[12 + i] = _mm512_shuffle_i32x4(row[8 + i], row[12 + i], 0xDD);
  }
  for (int i = 0; i < 4; ++i) {
    row[i] = _mm512_shuffle_i32x4(t[i], t[8 + i], 0x88);
    row[8 + i] = _mm512_shuffle_i32x4(t[i], t[8 + i], 0xDD);
    row[4 + i] = _mm512_shuffle_i32x4(t[4 + i], t[12 + i], 0x88);
    row[12 + i] = _mm512_shuffle_i32x4(t[4 + i], t[12 + i], 0xDD);
  }
}

// 32 rows of 32 numbers of 16 bits -> 16 rows of pairs, one from each of two rows: of the first 16 columns, of the
// rest.
inline void interleave(const __m512i* row, __m512i* low, __m512i* high) {
  const __m512i of_low = _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0);
  const __m512i of_high = _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4);
  for (int i = 0; i < kRows; ++i) {
    const __m512i a = _mm512_unpacklo_epi16(row[2 * i], row[2 * i + 1]);
    const __m512i b = _mm512_unpackhi_epi16(row[2 * i], row[2 * i + 1]);
    low[i] = _mm512_permutex2var_epi64(a, of_low, b);
    high[i] = _mm512_permutex2var_epi64(a, of_high, b);
  }
}

inline void put(const __m512i* row, Bfloat16* tile) {
  for (int i = 0; i < kRows; ++i) {
    _mm512_store_si512(tile + 32 * i, row[i]);
  }
}

// A tile of A has rows of A, 32 of the sum each; one of B has pairs of the sum as rows, for 16 columns each.
inline void put_step(Operand operand, bool along_depth, __m512i* row, Bfloat16* to) {
  if (along_depth) {
    if (operand == Operand::b) {
      transpose(row);
      transpose(row + kRows);
    }
    put(row, to);
    put(row + kRows, to + kTileNumbers);
    return;
  }
  __m512i low[kRows];
  __m512i high[kRows];
  interleave(row, low, high);
  if (operand == Operand::a) {
    transpose(low);
    transpose(high);
  }
  put(low, to);
  put(high, to + kTileNumbers);
}

inline __m512i rounded(__m512 low, __m512 high) { return reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(high, low)); }

// The 16 numbers that stand first, or last, in a vector of 16 bits.
inline __m512 widened(__m512i numbers, int half) {
  const __m256i part = half == 0 ? _mm512_castsi512_si256(numbers) : _mm512_extracti64x4_epi64(numbers, 1);
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(part), 16));
}

inline void load_rows(const Bfloat16* corner, std::int64_t stride, std::int64_t rows, std::int64_t columns,
                      __m512i (*parts)[32]) {
  const auto mask = first(columns);
  for (std::int64_t i = 0; i < 32; ++i) {
    parts[0][i] = i < rows ? _mm512_maskz_loadu_epi16(mask, corner + i * stride) : _mm512_setzero_si512();
  }
}

inline void load_rows(const float* corner, std::int64_t stride, std::int64_t rows, std::int64_t columns,
                      __m512i (*parts)[32]) {
  const auto mask = first(columns);
  const auto mask_low = static_cast<__mmask16>(mask & 0xFFFFU);
  const auto mask_high = static_cast<__mmask16>(mask >> 16U);
  for (std::int64_t i = 0; i < 32; ++i) {
    __m512 low = _mm512_setzero_ps();
    __m512 high = low;
    if (i < rows) {
      low = _mm512_maskz_loadu_ps(mask_low, corner + i * stride);
      high = _mm512_maskz_loadu_ps(mask_high, corner + i * stride + 16);
    }
    for (int part = 0;; ++part) {
      parts[part][i] = rounded(low, high);
      if (part == 2) {
        break;
      }
      low = _mm512_sub_ps(low, widened(parts[part][i], 0));
      high = _mm512_sub_ps(high, widened(parts[part][i], 1));
    }
  }
}

void configure() {
  const Configuration* configuration = &kConfiguration;
  asm volatile("" : : "r"(configuration) : "memory");  // its bytes, of which the intrinsic names the first only
  _tile_loadconfig(configuration);
}

void release() { _tile_release(); }

// Multiplies the parts A and B of a step, loading the one that is not loaded yet; -1 is the one that is.
template <int A, int B>
inline void multiply_parts(const Bfloat16* a, const Bfloat16* b) {
  if constexpr (A >= 0) {
    _tile_loadd(4, a + A * kStepNumbers, kTileBytesToTheRow);
    _tile_loadd(5, a + A * kStepNumbers + kTileNumbers, kTileBytesToTheRow);
  }
  if constexpr (B >= 0) {
    _tile_loadd(6, b + B * kStepNumbers, kTileBytesToTheRow);
    _tile_loadd(7, b + B * kStepNumbers + kTileNumbers, kTileBytesToTheRow);
  }
  _tile_dpbf16ps(0, 4, 6);
  _tile_dpbf16ps(1, 4, 7);
  _tile_dpbf16ps(2, 5, 6);
  _tile_dpbf16ps(3, 5, 7);
}

}  // namespace

template <typename T>
void pack(Operand operand, bool along_depth, const T* corner, std::int64_t stride, std::int64_t width,
          std::int64_t depth, Bfloat16* to) {
  __m512i parts[kParts<T>][32];
  load_rows(corner, stride, along_depth ? width : depth, along_depth ? depth : width, parts);
  for (std::int64_t part = 0; part < kParts<T>; ++part) {
    put_step(operand, along_depth, parts[part], to + part * kStepNumbers);
  }
}

void touch(const void* memory, std::int64_t bytes) {
  const auto* byte = static_cast<const char*>(memory);
  for (std::int64_t i = 0; i < bytes; i += 64) {
    asm volatile("movb %0, %%al" : : "m"(byte[i]) : "rax");
  }
}

void call(const void* memory, std::int64_t bytes) {
  const auto* byte = static_cast<const char*>(memory);
  for (std::int64_t i = 0; i < bytes; i += 64) {
    _mm_prefetch(byte + i, _MM_HINT_T1);
  }
}

// A constructor's clones would lose the target.
Registers::Registers() { configure(); }

Registers::~Registers() { release(); }

void multiply(std::int64_t parts, const Bfloat16* a, const Bfloat16* b, std::int64_t steps, float* block, bool more) {
  if (more) {
    _tile_loadd(0, block, kTileBytesToTheRow);
    _tile_loadd(1, block + kTileSums, kTileBytesToTheRow);
    _tile_loadd(2, block + 2 * kTileSums, kTileBytesToTheRow);
    _tile_loadd(3, block + 3 * kTileSums, kTileBytesToTheRow);
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
  if (parts == 1) {
    for (std::int64_t step = 0; step < steps; ++step, a += kStepNumbers, b += kStepNumbers) {
      multiply_parts<0, 0>(a, b);
    }
  } else {
    // What is left out, a1 b2, a2 b1 and a2 b2, is below the rounding of a product in fp32.
    for (std::int64_t step = 0; step < steps; ++step, a += 3 * kStepNumbers, b += 3 * kStepNumbers) {
      multiply_parts<0, 2>(a, b);
      multiply_parts<-1, 1>(a, b);
      multiply_parts<1, -1>(a, b);
      multiply_parts<-1, 0>(a, b);
      multiply_parts<2, -1>(a, b);
      multiply_parts<0, -1>(a, b);
    }
  }
  _tile_stored(0, block, kTileBytesToTheRow);
  _tile_stored(1, block + kTileSums, kTileBytesToTheRow);
  _tile_stored(2, block + 2 * kTileSums, kTileBytesToTheRow);
  _tile_stored(3, block + 3 * kTileSums, kTileBytesToTheRow);
}

namespace {

// The first 16 numbers of a block's row; the others lie a tile further.
inline const float* row_of(const float* block, std::int64_t row) {
  return block + row / kRows * 2 * kTileSums + row % kRows * (kTileSums / kRows);
}

constexpr std::uintptr_t kLine = 64;
constexpr std::int64_t kRowsAhead = 6;  // that are called from memory

inline bool is_aligned(const void* address) { return reinterpret_cast<std::uintptr_t>(address) % kLine == 0; }

inline void store_row(__m512 low, __m512 high, __mmask32 mask, Bfloat16* to) {
  _mm512_mask_storeu_epi16(to, mask, rounded(low, high));
}

inline void store_row(__m512 low, __m512 high, __mmask32 mask, float* to) {
  _mm512_mask_storeu_ps(to, static_cast<__mmask16>(mask & 0xFFFFU), low);
  _mm512_mask_storeu_ps(to + 16, static_cast<__mmask16>(mask >> 16U), high);
}

// Without reading what stood there, or keeping it in a cache.
inline void store_row_far(__m512 low, __m512 high, Bfloat16* to) {
  _mm512_stream_si512(reinterpret_cast<__m512i*>(to), rounded(low, high));
}

inline void store_row_far(__m512 low, __m512 high, float* to) {
  _mm512_stream_ps(to, low);
  _mm512_stream_ps(to + 16, high);
}

// Up to 32 numbers of a row through bias, residual and activation.
template <typename T>
inline void finish(float* line, std::int64_t row, std::int64_t column, std::int64_t count, const Ending<T>& ending) {
  const auto place = row * ending.stride + column;
  if (ending.bias != nullptr) {
    const T* bias = ending.bias + column;
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i) {
      line[i] += widen(bias[i]);
    }
  }
  if (ending.residual != nullptr) {
    const T* residual = ending.residual + place;
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i) {
      line[i] += widen(residual[i]);
    }
  }
  if (ending.activation == Ending<T>::Activation::forward) {
    T* x = ending.pre_activation + place;
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i) {
      narrow(line[i], x[i]);
      const float value = widen(x[i]);
      line[i] = value * sigmoid_of_scaled(value);
    }
  } else if (ending.activation == Ending<T>::Activation::backward) {
    T* x = ending.pre_activation + place;
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i) {
      const float value = widen(x[i]);
      const float share = sigmoid_of_scaled(value);
      narrow(value * share, x[i]);
      line[i] *= share * (1.0F + 1.702F * value * (1.0F - share));
    }
  }
}

}  // namespace

template <typename T>
void store(const float* blocks, std::int64_t distance, std::int64_t rows, std::int64_t columns, T* to,
           std::int64_t stride, const Ending<T>& ending) {
  const __m512 factors = _mm512_set1_ps(ending.factor);
  const bool plain =
      ending.bias == nullptr && ending.residual == nullptr && ending.activation == Ending<T>::Activation::none;
  for (std::int64_t row = 0; row < rows; ++row) {
    const float* from = row_of(blocks, row);
    T* result = to + row * stride;
    if (!plain && row + kRowsAhead < rows) {
      const auto ahead = (row + kRowsAhead) * ending.stride;
      const auto bytes = columns * static_cast<std::int64_t>(sizeof(T));
      if (ending.residual != nullptr) {
        call(ending.residual + ahead, bytes);
      }
      if (ending.activation == Ending<T>::Activation::backward) {
        call(ending.pre_activation + ahead, bytes);
      }
    }
    for (std::int64_t column = 0; column < columns; column += 32, from += distance) {
      __m512 low = _mm512_mul_ps(_mm512_load_ps(from), factors);
      __m512 high = _mm512_mul_ps(_mm512_load_ps(from + kTileSums), factors);
      const auto count = columns - column < 32 ? columns - column : 32;
      if (!plain) {
        alignas(kLine) float line[32];
        _mm512_store_ps(line, low);
        _mm512_store_ps(line + 16, high);
        if (count == 32) {
          finish(line, row, column, 32, ending);  // a length that the compiler knows
        } else {
          finish(line, row, column, count, ending);
        }
        low = _mm512_load_ps(line);
        high = _mm512_load_ps(line + 16);
      }
      if (ending.far && count == 32 && is_aligned(result + column)) {
        store_row_far(low, high, result + column);
      } else {
        store_row(low, high, first(count), result + column);
      }
    }
  }
  if (ending.far) {
    _mm_sfence();  // other threads see all of it before they are told that it is there
  }
}

template void pack(Operand, bool, const float*, std::int64_t, std::int64_t, std::int64_t, Bfloat16*);
template void pack(Operand, bool, const Bfloat16*, std::int64_t, std::int64_t, std::int64_t, Bfloat16*);
template void store(const float*, std::int64_t, std::int64_t, std::int64_t, float*, std::int64_t, const Ending<float>&);
template void store(const float*, std::int64_t, std::int64_t, std::int64_t, Bfloat16*, std::int64_t,
                    const Ending<Bfloat16>&);

}  // namespace skiptuning::kernels::tiles

#pragma GCC pop_options

#else

namespace skiptuning::kernels::tiles {

bool available() { return false; }
template <typename T>
void pack(Operand, bool, const T*, std::int64_t, std::int64_t, std::int64_t, Bfloat16*) {}
void touch(const void*, std::int64_t) {}
void call(const void*, std::int64_t) {}
Registers::Registers() = default;
Registers::~Registers() = default;
void multiply(std::int64_t, const Bfloat16*, const Bfloat16*, std::int64_t, float*, bool) {}
template <typename T>
void store(const float*, std::int64_t, std::int64_t, std::int64_t, T*, std::int64_t, const Ending<T>&) {}

template void pack(Operand, bool, const float*, std::int64_t, std::int64_t, std::int64_t, Bfloat16*);
template void pack(Operand, bool, const Bfloat16*, std::int64_t, std::int64_t, std::int64_t, Bfloat16*);
template void store(const float*, std::int64_t, std::int64_t, std::int64_t, float*, std::int64_t, const Ending<float>&);
template void store(const float*, std::int64_t, std::int64_t, std::int64_t, Bfloat16*, std::int64_t,
                    const Ending<Bfloat16>&);

}  // namespace skiptuning::kernels::tiles

#endif
