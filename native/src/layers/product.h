#pragma once

#include <ATen/core/Tensor.h>

namespace skiptuning {

// Matrix products. In fp32 on the CPU any number of threads gives the same bits: a BLAS gets blocks that are cut by the
// shape alone, one thread a block, and OpenBLAS's own pool of threads, which stalls for milliseconds when another
// program takes one of its cores, is never woken; oneDNN shares what it can without changing a sum. Elsewhere they are
// LibTorch's.

// out [M,N] = a [M,K] . b [K,N]
void product_out(const at::Tensor& out, const at::Tensor& a, const at::Tensor& b);

// The same as a new tensor.
at::Tensor product(const at::Tensor& a, const at::Tensor& b);

// Who multiplies matrices on the CPU: which is faster is a matter of the processor, so it is measured. The first two do
// in fp32, where bf16 is LibTorch's own matter.
enum class GemmBackEnd { blas, onednn, tiles };

constexpr GemmBackEnd kGemmBackEnds[] = {GemmBackEnd::blas, GemmBackEnd::onednn, GemmBackEnd::tiles};

bool has_gemm(GemmBackEnd back_end);
// For the whole process. Throws InvalidArgument where this LibTorch lacks it.
void choose_gemm(GemmBackEnd back_end);
GemmBackEnd gemm_in_use();
// As options and reports call it: blas, onednn or tiles.
const char* gemm_name(GemmBackEnd back_end);

}  // namespace skiptuning
