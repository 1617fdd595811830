#pragma once

#include <ATen/core/Tensor.h>

namespace skiptuning {

// Matrix products. In fp32 on the CPU they are cut into blocks by their shape alone, one thread a block, through a BLAS
// that runs on one thread: any number of threads gives the same bits, and OpenBLAS's own pool of threads, which stalls
// for milliseconds when another program takes one of its cores, is never woken. Elsewhere they are LibTorch's.

// out [M,N] = a [M,K] . b [K,N]
void product_out(const at::Tensor& out, const at::Tensor& a, const at::Tensor& b);

// The same as a new tensor.
at::Tensor product(const at::Tensor& a, const at::Tensor& b);

// [M,N] = a [M,K] . b [K,N] + bias [N]
at::Tensor product_with_bias(const at::Tensor& a, const at::Tensor& b, const at::Tensor& bias);

// out [S,M,N] = a [S,M,K] . b [S,K,N]
void batched_product_out(const at::Tensor& out, const at::Tensor& a, const at::Tensor& b);

// The same as a new tensor.
at::Tensor batched_product(const at::Tensor& a, const at::Tensor& b);

}  // namespace skiptuning
