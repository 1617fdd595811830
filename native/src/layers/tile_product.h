#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "layers/gemm.h"

namespace skiptuning {

// Matrix products of fp32 or bf16 on a processor with AMX. Any number of threads gives the same bits. fp32 numbers are
// multiplied as three parts of bf16 each, with an error like that of a sum in fp32; an infinite one becomes NaN.

bool has_tile_product();

// Whether tiles are chosen for products, and one of these layouts and sizes is made so: dense along one dimension, and
// of enough rows and columns that packing pays.
bool is_tiled(const at::Tensor& a, const at::Tensor& b);

// What follows a product in the pass that writes it; undefined where nothing does. All are dense and of its type.
struct ProductEnding {
  at::Tensor bias;      // [N], is added,
  at::Tensor residual;  // [M,N], too
  // [M,N]; forward: becomes the sum, of which quick_gelu is the result. backward: the product is a gradient of
  // quick_gelu of this, the result one of this; quick_gelu of it takes its place.
  at::Tensor pre_activation = {};
  bool backward = false;
};

// out [M,N] = a [M,K] . b [K,N]
void tile_product(const at::Tensor& out, const at::Tensor& a, const at::Tensor& b, const ProductEnding& ending = {});

// c [m,n] = alpha a b of small dense matrices, on the calling thread, whose tile registers are set up.
template <typename T>
void small_tile_product(std::int64_t m, std::int64_t n, std::int64_t k, float alpha, TypedMatrixView<T> a,
                        TypedMatrixView<T> b, float* c, std::int64_t c_stride);

}  // namespace skiptuning
