#pragma once

namespace skiptuning {

// A BLAS has threads of its own: OpenBLAS beside OpenMP's and for the whole process, MKL for the calling thread. With
// one it can be called from inside an OpenMP region: see layers/product.h.
void use_one_blas_thread();

}  // namespace skiptuning
