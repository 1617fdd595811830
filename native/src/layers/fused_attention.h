#pragma once

#include "layers/attention.h"

namespace skiptuning {

// The one to use: none unless the numbers have 16 bits and lie on a CUDA device, every query of a sequence sees all of
// its keys or those up to its own, and the sequences have one length and share nothing. Which is fastest hangs on the
// card and the shape, so the first forward of a shape that is to have a backward measures it; that one must not be part
// of a recording. Without a backward it is flash.
FusedAttention fused_attention_for(const AttentionInput& input, const Sequences& sequences, const AttentionShape& shape,
                                   bool with_backward);

at::Tensor fused_attention_forward(FusedAttention kernel, const AttentionInput& input, const Sequences& sequences,
                                   const AttentionShape& shape, AttentionSaved* saved);
void fused_attention_backward(const at::Tensor& d_output, const AttentionInput& input, const AttentionSaved& saved,
                              const Sequences& sequences, const AttentionShape& shape, const AttentionInput& gradients);

}  // namespace skiptuning
