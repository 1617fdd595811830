#include "layers/tile_product.h"

#include <algorithm>
#include <cstdint>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include "kernels/dispatch.h"
#include "kernels/tiles.h"
#include "layers/product.h"

namespace skiptuning {
namespace {

using kernels::Bfloat16;
namespace tiles = kernels::tiles;

// Steps of a panel of B that stay in a core's first cache while A passes by.
template <typename T>
constexpr std::int64_t kSteps = 8;
template <>
constexpr std::int64_t kSteps<float> = 3;
template <typename T>
constexpr std::int64_t kChunkBytes = kSteps<T> * tiles::kParts<T> * tiles::kStepNumbers * 2;
// Rows and columns from which on packing pays, measured on a Xeon with weights that no cache holds: in fp32 oneDNN is
// faster below some 100; in bf16 neither is by much, whatever the size.
template <typename T>
constexpr std::int64_t kLeast = 8;
template <>
constexpr std::int64_t kLeast<float> = 96;
// Blocks of a row that are written together.
constexpr std::int64_t kWritten = 4;
// Results of so many bytes don't stay in a core's second cache, and go past it.
constexpr std::int64_t kFarBytes = 2048 * 1024;
// Bytes of A's panels that stay in its second, and the fewest panels that B passes by.
constexpr std::int64_t kNearBytes = 1280 * 1024;
constexpr std::int64_t kLeastRows = 12;

std::int64_t panels_of(std::int64_t length) { return (length + tiles::kPanel - 1) / tiles::kPanel; }

bool is_dense(const at::Tensor& matrix) { return matrix.stride(1) == 1 || matrix.stride(0) == 1; }

// Memory that one product after the other uses, so that a cache still holds it; each thread that asks has its own.
class Room {
 public:
  void* at_least(std::int64_t bytes) {
    constexpr std::int64_t kLine = 64;
    if (!memory_.defined() || memory_.numel() < bytes + kLine) {
      memory_ = at::empty({bytes + kLine}, at::kByte);
    }
    const auto address = reinterpret_cast<std::uintptr_t>(memory_.data_ptr());
    return reinterpret_cast<void*>((address + kLine - 1) / kLine * kLine);
  }

 private:
  at::Tensor memory_;
};

// Packed panels of one operand: [chunk][panel][step of the chunk], so that a chunk of A is read from its first byte to
// its last.
template <typename T>
class Panels {
 public:
  // Of A [width,depth] or B [depth,width].
  Panels(tiles::Operand operand, TypedMatrixView<T> matrix, std::int64_t width, std::int64_t depth, Room& room)
      : operand_(operand),
        data_(matrix.data),
        width_(width),
        depth_(depth),
        stride_(matrix.stride),
        along_depth_((operand == tiles::Operand::a) != matrix.turned) {
    first_ = static_cast<Bfloat16*>(room.at_least(chunks() * count() * kSteps<T> * kStepNumbers * 2));
  }

  std::int64_t count() const { return panels_of(width_); }
  std::int64_t steps() const { return (depth_ + tiles::kStep - 1) / tiles::kStep; }
  std::int64_t chunks() const { return (steps() + kSteps<T> - 1) / kSteps<T>; }
  std::int64_t steps_of(std::int64_t chunk) const { return std::min(kSteps<T>, steps() - chunk * kSteps<T>); }

  const Bfloat16* chunk(std::int64_t chunk, std::int64_t panel) const { return place(chunk, panel); }

  // Parts of the packing that may run side by side, each reading whole rows of memory.
  std::int64_t tasks() const { return along_depth_ ? count() : steps(); }
  void pack(std::int64_t task) const {
    const auto other = along_depth_ ? steps() : count();
    if (along_depth_) {
      const auto end = std::min(width_, (task + 1) * tiles::kPanel);
      for (auto row = task * tiles::kPanel; row < end; ++row) {
        tiles::touch(data_ + row * stride_, depth_ * static_cast<std::int64_t>(sizeof(T)));
      }
    }
    for (std::int64_t i = 0; i < other; ++i) {
      along_depth_ ? pack(task, i) : pack(i, task);
    }
  }

 private:
  static constexpr std::int64_t kStepNumbers = tiles::kParts<T> * tiles::kStepNumbers;

  void pack(std::int64_t panel, std::int64_t step) const {
    const auto begin = panel * tiles::kPanel;
    const auto depth = step * tiles::kStep;
    const T* corner = data_ + (along_depth_ ? begin * stride_ + depth : depth * stride_ + begin);
    tiles::pack(operand_, along_depth_, corner, stride_, std::min(tiles::kPanel, width_ - begin),
                std::min(tiles::kStep, depth_ - depth),
                place(step / kSteps<T>, panel) + step % kSteps<T> * kStepNumbers);
  }

  Bfloat16* place(std::int64_t chunk, std::int64_t panel) const {
    return first_ + (chunk * count() + panel) * kSteps<T> * kStepNumbers;
  }

  tiles::Operand operand_;
  const T* data_;
  std::int64_t width_, depth_, stride_;
  bool along_depth_;
  Bfloat16* first_;
};

struct Range {
  std::int64_t begin, end;
  std::int64_t size() const { return end - begin; }
};

template <typename T>
TypedMatrixView<T> view_of(const at::Tensor& matrix) {
  const bool turned = matrix.stride(1) != 1;
  return {static_cast<const T*>(matrix.const_data_ptr()), matrix.stride(turned ? 1 : 0), turned};
}

template <typename T>
T* data_or_null(const at::Tensor& tensor) {
  return tensor.defined() ? static_cast<T*>(tensor.data_ptr()) : nullptr;
}

template <typename T>
tiles::Ending<T> ending_of(const ProductEnding& given, const at::Tensor& out) {
  using Activation = typename tiles::Ending<T>::Activation;
  tiles::Ending<T> ending;
  ending.far = out.numel() * static_cast<std::int64_t>(sizeof(T)) >= kFarBytes;
  ending.bias = data_or_null<T>(given.bias);
  ending.residual = data_or_null<T>(given.residual);
  ending.pre_activation = data_or_null<T>(given.pre_activation);
  ending.stride = out.size(1);
  if (given.pre_activation.defined()) {
    ending.activation = given.backward ? Activation::backward : Activation::forward;
  }
  return ending;
}

// For the block that begins in this row and column.
template <typename T>
tiles::Ending<T> at_place(tiles::Ending<T> ending, std::int64_t row, std::int64_t column) {
  const auto place = row * ending.stride + column;
  ending.bias = ending.bias == nullptr ? nullptr : ending.bias + column;
  ending.residual = ending.residual == nullptr ? nullptr : ending.residual + place;
  ending.pre_activation = ending.pre_activation == nullptr ? nullptr : ending.pre_activation + place;
  return ending;
}

// Some of one thread's rows and its columns of a product, in panels. Sums over the chunks of B's panel stay near while
// all of A's panels pass by; where those are too many bytes, the sum is made in stages. Results are written some blocks
// at a time, because memory takes long pieces of a row better.
template <typename T>
void multiply(const Panels<T>& a, const Panels<T>& b, Range rows, Range columns, const at::Tensor& out,
              const tiles::Ending<T>& ending) {
  const auto stage = std::max<std::int64_t>(1, kNearBytes / (kChunkBytes<T> * rows.size()));
  const auto chunks = a.chunks();
  const auto kept_columns = stage >= chunks ? std::min(kWritten, columns.size()) : columns.size();
  const auto distance = rows.size() * tiles::kBlockNumbers;  // from a block to the one at its right
  thread_local Room room;
  auto* const sums = static_cast<float*>(room.at_least(kept_columns * distance * 4));
  auto* const result = static_cast<T*>(out.data_ptr());
  const auto stride = out.stride(0);
  const tiles::Registers registers;
  for (std::int64_t begin = 0; begin < chunks; begin += stage) {
    const auto end = std::min(chunks, begin + stage);
    for (auto group = columns.begin; group < columns.end; group += kWritten) {
      const auto group_end = std::min(group + kWritten, columns.end);
      float* const of_group = sums + (kept_columns > kWritten ? (group - columns.begin) * distance : 0);
      for (auto column = group; column < group_end; ++column) {
        for (auto chunk = begin; chunk < end; ++chunk) {
          // What comes next of B is called from memory bit by bit meanwhile.
          const auto* const next =
              reinterpret_cast<const char*>(chunk + 1 < end ? b.chunk(chunk + 1, column) : b.chunk(begin, column + 1));
          const auto share = kChunkBytes<T> / rows.size() + 1;
          for (auto row = rows.begin; row < rows.end; ++row) {
            tiles::call(next + (row - rows.begin) * share, share);
            tiles::multiply(tiles::kParts<T>, a.chunk(chunk, row), b.chunk(chunk, column), a.steps_of(chunk),
                            of_group + (column - group) * distance + (row - rows.begin) * tiles::kBlockNumbers,
                            chunk > 0);
          }
        }
      }
      for (auto row = rows.begin; end == chunks && row < rows.end; ++row) {
        const auto m = row * tiles::kPanel;
        const auto n = group * tiles::kPanel;
        tiles::store(of_group + (row - rows.begin) * tiles::kBlockNumbers, distance,
                     std::min(tiles::kPanel, out.size(0) - m), std::min(group_end * tiles::kPanel, out.size(1)) - n,
                     result + m * stride + n, stride, at_place(ending, m, n));
      }
    }
  }
}

// One thread's rows and columns, in blocks of rows that stay near from the first chunk of the sum to the last.
template <typename T>
void multiply_in_blocks(const Panels<T>& a, const Panels<T>& b, Range rows, Range columns, const at::Tensor& out,
                        const tiles::Ending<T>& ending) {
  const auto near = std::max(kLeastRows, kNearBytes / (kChunkBytes<T> * a.chunks()));
  const auto blocks = (rows.size() + near - 1) / near;
  for (std::int64_t block = 0; block < blocks; ++block) {
    const auto begin = rows.begin + rows.size() * block / blocks;
    const auto end = rows.begin + rows.size() * (block + 1) / blocks;
    multiply(a, b, {begin, end}, columns, out, ending);
  }
}

template <typename T>
void product_of(const at::Tensor& out, const at::Tensor& a_matrix, const at::Tensor& b_matrix,
                const ProductEnding& given) {
  const auto ending = ending_of<T>(given, out);
  thread_local Room room_of_a;
  thread_local Room room_of_b;
  const Panels<T> a(tiles::Operand::a, view_of<T>(a_matrix), a_matrix.size(0), a_matrix.size(1), room_of_a);
  const Panels<T> b(tiles::Operand::b, view_of<T>(b_matrix), b_matrix.size(1), b_matrix.size(0), room_of_b);
  at::parallel_for(0, a.tasks() + b.tasks(), 1, [&](std::int64_t begin, std::int64_t end) {
    for (auto task = begin; task < end; ++task) {
      task < a.tasks() ? a.pack(task) : b.pack(task - a.tasks());
    }
  });
  const bool by_columns = b.count() >= a.count();
  at::parallel_for(0, by_columns ? b.count() : a.count(), 1, [&](std::int64_t begin, std::int64_t end) {
    multiply_in_blocks(a, b, by_columns ? Range{0, a.count()} : Range{begin, end},
                       by_columns ? Range{begin, end} : Range{0, b.count()}, out, ending);
  });
}

}  // namespace

bool has_tile_product() { return tiles::available(); }

bool is_tiled(const at::Tensor& a, const at::Tensor& b) {
  if (gemm_in_use() != GemmBackEnd::tiles || !a.device().is_cpu() || a.scalar_type() != b.scalar_type() ||
      !is_dense(a) || !is_dense(b)) {
    return false;
  }
  const auto type = a.scalar_type();
  const auto least = type == at::kFloat ? kLeast<float> : kLeast<Bfloat16>;
  return (type == at::kFloat || type == at::kBFloat16) && std::min(a.size(0), b.size(1)) >= least && a.size(1) > 0;
}

void tile_product(const at::Tensor& out, const at::Tensor& a, const at::Tensor& b, const ProductEnding& ending) {
  if (out.scalar_type() == at::kFloat) {
    product_of<float>(out, a, b, ending);
  } else {
    product_of<Bfloat16>(out, a, b, ending);
  }
}

template <typename T>
void small_tile_product(std::int64_t m, std::int64_t n, std::int64_t k, float alpha, TypedMatrixView<T> a_matrix,
                        TypedMatrixView<T> b_matrix, float* c, std::int64_t c_stride) {
  thread_local Room room_of_a;
  thread_local Room room_of_b;
  const Panels<T> a(tiles::Operand::a, a_matrix, m, k, room_of_a);
  const Panels<T> b(tiles::Operand::b, b_matrix, n, k, room_of_b);
  for (std::int64_t task = 0; task < a.tasks(); ++task) {
    a.pack(task);
  }
  for (std::int64_t task = 0; task < b.tasks(); ++task) {
    b.pack(task);
  }
  alignas(64) float block[tiles::kBlockNumbers];
  tiles::Ending<float> ending;
  ending.factor = alpha;
  for (std::int64_t row = 0; row < a.count(); ++row) {
    for (std::int64_t column = 0; column < b.count(); ++column) {
      for (std::int64_t chunk = 0; chunk < a.chunks(); ++chunk) {
        tiles::multiply(tiles::kParts<T>, a.chunk(chunk, row), b.chunk(chunk, column), a.steps_of(chunk), block,
                        chunk > 0);
      }
      tiles::store(block, 0, std::min(tiles::kPanel, m - row * tiles::kPanel),
                   std::min(tiles::kPanel, n - column * tiles::kPanel),
                   c + row * tiles::kPanel * c_stride + column * tiles::kPanel, c_stride, ending);
    }
  }
}

template void small_tile_product(std::int64_t, std::int64_t, std::int64_t, float, TypedMatrixView<float>,
                                 TypedMatrixView<float>, float*, std::int64_t);
template void small_tile_product(std::int64_t, std::int64_t, std::int64_t, float, TypedMatrixView<Bfloat16>,
                                 TypedMatrixView<Bfloat16>, float*, std::int64_t);

}  // namespace skiptuning
