#pragma once

#include <string>

#include <ATen/core/Tensor.h>

namespace skiptuning {

// Kernels of our own for a CUDA card, in card_kernels.cu: one pass where LibTorch's operations take several. They are
// launched on the current stream. Tensors are dense but where said otherwise, of one type, and fp32 where so marked.
class CardKernels {
 public:
  virtual ~CardKernels() = default;

  // sums [N] = sum over rows of x [R,N], whose rows may lie apart.
  virtual void column_sums(const at::Tensor& x, const at::Tensor& sums) const = 0;

  // The parameter gradients of LayerNorm from dy, x [R,D], mean and rstd [R,1] fp32: d_weight, d_bias [D].
  virtual void layer_norm_sums(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& mean,
                               const at::Tensor& rstd, const at::Tensor& d_weight, const at::Tensor& d_bias) const = 0;

  // y = x sigmoid(1.702 x), and d times its derivative at x, in place; as many numbers each, a multiple of 4.
  virtual void quick_gelu(const at::Tensor& x, const at::Tensor& y) const = 0;
  virtual void quick_gelu_backward(const at::Tensor& d, const at::Tensor& x) const = 0;

  // v = momentum v + (g + decay w);  w -= rate v;  copy = w. weights, velocities [P] fp32, rate [] fp32 on the card,
  // gradients, copies [P]; P a multiple of 4, all on 16-byte borders.
  virtual void sgd(const at::Tensor& weights, const at::Tensor& velocities, const at::Tensor& gradients,
                   const at::Tensor& copies, const at::Tensor& rate, double momentum, double decay) const = 0;
};

// Those for tensors like this one; null for the processor's, for other types than fp32 and bf16, and where there is no
// compiler (NVRTC, which comes with LibTorch for CUDA). The first call for a card compiles them.
const CardKernels* card_kernels(const at::Tensor& like);

// Why a card has none; empty where it has. Compiles them, too.
std::string card_kernels_problem(at::Device device);

}  // namespace skiptuning
