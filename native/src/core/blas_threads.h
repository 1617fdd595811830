#pragma once

namespace skiptuning {

// OpenBLAS (where it is the BLAS) has threads of its own, beside OpenMP's, for the whole process. With one it can be
// called from inside an OpenMP region: see layers/product.h.
void use_one_blas_thread();

}  // namespace skiptuning
