#pragma once

#include <ATen/core/Tensor.h>

#include "method/method.h"
#include "method/suffix_input.h"
#include "skip/cache.h"
#include "skip/class_selection.h"

namespace skiptuning {

// CSkip in a step: the classes that stay for image features [B,E] of length 1. `kept` is undefined where all of
// `classes` do.
RankedClasses select_for(const FeatureCache& cache, const Batch& batch, const SelectionOptions& selection,
                         const at::Tensor& image_features);

// Their cached texts.
SuffixInput chosen_texts(const FeatureCache& cache, const at::Tensor& classes, at::ScalarType precision);

// logits [B,K] in which a class that isn't kept gets no share of the softmax, hence no gradient.
at::Tensor of_kept(const at::Tensor& logits, const RankedClasses& selected);

// As a step tells them: -1 where a class isn't kept.
at::Tensor told(const RankedClasses& selected);

}  // namespace skiptuning
