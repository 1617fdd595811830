#pragma once

#include <cstdint>

#include "kernels/kernels.h"

// Matrix products in the tile registers of AMX: eight tiles of 16 rows of 64 bytes, an instruction of which multiplies
// two of 16 bits into one of fp32. What is multiplied is packed first into panels, 32 rows of A or 32 columns of B
// each, in steps of 32 along the summed dimension, so that every tile is one dense kilobyte.
namespace skiptuning::kernels::tiles {

constexpr std::int64_t kPanel = 32;
constexpr std::int64_t kStep = 32;
// Numbers of 16 bits of a panel's step: two tiles.
constexpr std::int64_t kStepNumbers = kPanel * kStep;
// Numbers of a product's block, kPanel rows by kPanel columns, in four tiles.
constexpr std::int64_t kBlockNumbers = kPanel * kPanel;

// Numbers of 16 bits that one number of a matrix becomes: 3 for fp32, as a = a0 + a1 + a2 holds all its 24 bits (Henry,
// Tang and Heinecke, arXiv 1904.06376), else 1.
template <typename T>
constexpr std::int64_t kParts = 1;
template <>
constexpr std::int64_t kParts<float> = 3;

// Whether this processor and this system let a process multiply tiles.
bool available();

// Of A [rows,depth] or B [depth,columns]; `along_depth`: a row of memory runs along the summed dimension.
enum class Operand { a, b };

// One step of a panel: from the corner of its part of the matrix, `width` of its rows or columns by `depth` numbers of
// the sum, at most 32 each; zeros stand for the rest. Writes kParts * kStepNumbers.
template <typename T>
void pack(Operand operand, bool along_depth, const T* corner, std::int64_t stride, std::int64_t width,
          std::int64_t depth, Bfloat16* to);

// Reads a stretch of memory in the order that the processor foresees, so that it is near when it is packed.
void touch(const void* memory, std::int64_t bytes);

// Calls a stretch of memory into a core's second cache while it computes something else.
void call(const void* memory, std::int64_t bytes);

// Sets the calling thread's tile registers up, and gives them back.
class Registers {
 public:
  Registers();
  ~Registers();
  Registers(const Registers&) = delete;
  Registers& operator=(const Registers&) = delete;
};

// block = a b, or += where `more`: `steps` steps of a panel of each. The block is four tiles of 16 by 16.
void multiply(std::int64_t parts, const Bfloat16* a, const Bfloat16* b, std::int64_t steps, float* block, bool more);

// What a product goes through on its way to memory, in fp32 and rounded once: v = factor * product + bias + residual.
template <typename T>
struct Ending {
  enum class Activation {
    none,      // v is the result
    forward,   // v is the pre-activation x, the result quick_gelu(x)
    backward,  // v is the gradient of quick_gelu(x), the result that of the pre-activation x, which becomes
               // quick_gelu(x)
  };

  float factor = 1.0F;
  bool far = false;             // to be written past the caches
  const T* bias = nullptr;      // [columns]
  const T* residual = nullptr;  // [rows,columns], as all below
  T* pre_activation = nullptr;
  std::int64_t stride = 0;  // of the residual and the pre-activation
  Activation activation = Activation::none;
};

// Writes the first rows and columns of blocks that stand side by side, the first numbers of which are `distance` apart.
template <typename T>
void store(const float* blocks, std::int64_t distance, std::int64_t rows, std::int64_t columns, T* to,
           std::int64_t stride, const Ending<T>& ending);

}  // namespace skiptuning::kernels::tiles
