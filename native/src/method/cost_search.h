#pragma once

#include <ATen/core/Tensor.h>

namespace skiptuning {

// The search of the linear probe's cost C in CoOp's experiments (KaiyangZhou/CoOp, lpclip): a grid of seven, then eight
// halvings, by logarithm, of the interval from a tenth of the best to its tenfold. 16 fits in all.
class CostSearch {
 public:
  enum class End { none, left, right };

  CostSearch();

  bool is_done() const;
  // The cost of the next fit.
  double next() const;
  // Tells the validation accuracy of that fit; the end of the interval that it stands for.
  End record(double accuracy);
  // The end whose fit is the better one so far.
  End chosen() const;

  // After a state was copied in; throws BadInput unless it is one.
  void check() const;

  const at::Tensor& state() const { return state_; }  // [8] fp64, to be saved and copied into

 private:
  double& at(int place) { return state_.data_ptr<double>()[place]; }
  double at(int place) const { return state_.const_data_ptr<double>()[place]; }

  at::Tensor state_;
};

}  // namespace skiptuning
