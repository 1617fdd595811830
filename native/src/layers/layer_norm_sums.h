#pragma once

#include <ATen/core/Tensor.h>

#include "layers/layer_norm.h"

namespace skiptuning {

// The parameter gradients of LayerNorm on a CPU: d_weight [D] = sum over rows of dy * (x - mean) * rstd, d_bias [D] =
// sum over rows of dy. A column's rows are added in order whatever the number of threads, so that one and eight threads
// give the same bits; ATen's kernel adds a partial sum per thread.
void layer_norm_parameter_sums(const at::Tensor& dy, const at::Tensor& x, const LayerNormSaved& saved,
                               const at::Tensor& d_weight, const at::Tensor& d_bias);

}  // namespace skiptuning
