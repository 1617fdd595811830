#pragma once

#include <ATen/core/Tensor.h>

#include "clip/configuration.h"

namespace skiptuning {

// y = gelu(x + bias) with the error function, or x sigmoid(1.702 x) of the sum for quick_gelu. x [R,N] is taken over as
// the sum, which the backward wants.
at::Tensor activation_forward(Activation activation, at::Tensor& x, const at::Tensor& bias);

// The activation of x [R,K] . weight [N,K]^T + bias [N]. `saved` receives what activation_backward wants: the sum, or
// where a card has no kernel of ours, that of quick_gelu times 1.702.
at::Tensor linear_activation_forward(Activation activation, const at::Tensor& x, const at::Tensor& weight,
                                     const at::Tensor& bias, at::Tensor& saved);

// dx from dy [R,N] and x, as the forward saved it; both are taken over. `activated`, if not null, receives the
// forward's result again, unless it is defined: a processor makes it on the way, so that nobody need keep it.
at::Tensor activation_backward(Activation activation, at::Tensor dy, const at::Tensor& x, at::Tensor* activated);

// The same from dy [R,K] as the gradient of activation(x) . weight [K,N]^T, with dx and x [R,N].
at::Tensor linear_activation_backward(Activation activation, const at::Tensor& dy, const at::Tensor& weight,
                                      const at::Tensor& x, at::Tensor* activated);

}  // namespace skiptuning
