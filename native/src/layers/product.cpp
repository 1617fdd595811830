#include "layers/product.h"

#include <algorithm>
#include <atomic>

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>

#include "core/error.h"
#include "layers/tile_product.h"

// oneDNN's product as LibTorch exports it, without a public header; absent in some builds. fp32, bf16 and fp16.
namespace at::native {
__attribute__((weak)) void mkldnn_matmul(const at::Tensor& a, const at::Tensor& b, const at::Tensor& out, float beta,
                                         float alpha);
}

namespace skiptuning {
namespace {

std::atomic<GemmBackEnd> back_end_in_use{GemmBackEnd::blas};

// A block of fewer operations is not worth a thread, and one narrower than this repacks the other matrix too often.
constexpr double kLeastOperations = 4e6;
constexpr std::int64_t kLeastWidth = 96;
// Columns start at multiples of a vector register's length.
constexpr std::int64_t kAlignment = 16;

bool is_cut(const at::Tensor& out) { return out.device().is_cpu() && out.scalar_type() == at::kFloat; }

// Calls with (dimension, first, count) for each block of an [M,N] product of depth K.
template <class Body>
void for_blocks(std::int64_t rows, std::int64_t columns, std::int64_t depth, const Body& body) {
  const std::int64_t dimension = rows >= columns ? 0 : 1;
  const std::int64_t length = std::max(rows, columns);
  const double operations = 2.0 * static_cast<double>(rows) * static_cast<double>(columns) * static_cast<double>(depth);
  const auto affordable = static_cast<std::int64_t>(std::min(operations / kLeastOperations, 1e6));
  const auto blocks = std::max<std::int64_t>(1, std::min(affordable, length / kLeastWidth));
  const auto bound = [&](std::int64_t block) {
    return block == blocks ? length : block * length / blocks / kAlignment * kAlignment;
  };
  at::parallel_for(0, blocks, 1, [&](std::int64_t begin, std::int64_t end) {
    const at::NoGradGuard no_gradients;  // the mode is each thread's own
    for (auto block = begin; block < end; ++block) {
      body(dimension, bound(block), bound(block + 1) - bound(block));
    }
  });
}

void multiply(GemmBackEnd back_end, at::Tensor out, const at::Tensor& a, const at::Tensor& b) {
  if (back_end == GemmBackEnd::onednn && a.numel() > 0 && b.numel() > 0) {
    at::native::mkldnn_matmul(a, b, out, /*beta=*/0.0F, /*alpha=*/1.0F);
  } else {
    at::mm_out(out, a, b);
  }
}

// oneDNN shares a product among threads by its rows and columns, which changes no bit, unless so deep a sum belongs to
// so few results that it shares the sums.
bool is_shared_by_results(const at::Tensor& a, const at::Tensor& b) {
  constexpr std::int64_t kDeep = 8;
  return a.size(1) <= kDeep * std::max(a.size(0), b.size(1));
}

// oneDNN's fp32 kernel halves its rate where a row-major B has so many columns (measured on a Xeon with AMX, oneDNN of
// LibTorch 2.10: 336 GFLOP/s at 2304 and at 4096, 180 at 3072), and keeps it in pieces.
constexpr std::int64_t kSlowAbove = 2304;
constexpr std::int64_t kSlowBelow = 4096;
constexpr std::int64_t kPieceWidth = 1024;

std::int64_t pieces_of(const at::Tensor& b) {
  const auto columns = b.size(1);
  const bool slow = b.stride(1) == 1 && columns > kSlowAbove && columns < kSlowBelow;
  return slow ? (columns + kPieceWidth - 1) / kPieceWidth : 1;
}

void onednn_product(const at::Tensor& out, const at::Tensor& a, const at::Tensor& b) {
  const auto pieces = pieces_of(b);
  const auto columns = b.size(1);
  for (std::int64_t piece = 0; piece < pieces; ++piece) {
    const auto first = piece * columns / pieces / kAlignment * kAlignment;
    const auto end = piece + 1 == pieces ? columns : (piece + 1) * columns / pieces / kAlignment * kAlignment;
    multiply(GemmBackEnd::onednn, out.narrow(1, first, end - first), a, b.narrow(1, first, end - first));
  }
}

void cut_product(const at::Tensor& out, const at::Tensor& a, const at::Tensor& b) {
  // Once: another choice meanwhile is the next product's. What tiles leave is for the next best.
  const auto chosen = gemm_in_use();
  const auto back_end = chosen != GemmBackEnd::tiles    ? chosen
                        : has_gemm(GemmBackEnd::onednn) ? GemmBackEnd::onednn
                                                        : GemmBackEnd::blas;
  if (back_end == GemmBackEnd::onednn && is_shared_by_results(a, b)) {
    onednn_product(out, a, b);
    return;
  }
  for_blocks(a.size(0), b.size(1), a.size(1), [&](std::int64_t dimension, std::int64_t first, std::int64_t count) {
    auto part = out.narrow(dimension, first, count);
    multiply(back_end, part, dimension == 0 ? a.narrow(0, first, count) : a,
             dimension == 1 ? b.narrow(1, first, count) : b);
  });
}

at::Tensor empty_product(const at::Tensor& a, const at::Tensor& b) {
  return at::empty({a.size(0), b.size(1)}, a.options());
}

}  // namespace

bool has_gemm(GemmBackEnd back_end) {
  switch (back_end) {
    case GemmBackEnd::onednn:
      return &at::native::mkldnn_matmul != nullptr;
    case GemmBackEnd::tiles:
      return has_tile_product();
    default:
      return true;
  }
}

void choose_gemm(GemmBackEnd back_end) {
  if (!has_gemm(back_end)) {
    throw InvalidArgument(back_end == GemmBackEnd::tiles
                              ? "This processor, or this system, has no AMX tiles: choose blas, onednn or auto"
                              : "This LibTorch has no oneDNN products: choose blas, or auto");
  }
  back_end_in_use = back_end;
}

GemmBackEnd gemm_in_use() { return back_end_in_use; }

const char* gemm_name(GemmBackEnd back_end) {
  switch (back_end) {
    case GemmBackEnd::onednn:
      return "onednn";
    case GemmBackEnd::tiles:
      return "tiles";
    default:
      return "blas";
  }
}

void product_out(const at::Tensor& out, const at::Tensor& a, const at::Tensor& b) {
  if (is_tiled(a, b) && out.stride(1) == 1) {
    tile_product(out, a, b);
  } else if (is_cut(out)) {
    cut_product(out, a, b);
  } else {
    auto target = out;
    at::mm_out(target, a, b);
  }
}

at::Tensor product(const at::Tensor& a, const at::Tensor& b) {
  auto out = empty_product(a, b);
  product_out(out, a, b);
  return out;
}

}  // namespace skiptuning
