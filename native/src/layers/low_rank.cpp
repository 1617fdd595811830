#include "layers/low_rank.h"

#include <algorithm>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>

#include "kernels/dispatch.h"

namespace skiptuning {
namespace {

// Rows of a task, whatever the number of threads: sums over rows are made of the same parts.
constexpr std::int64_t kRowsOfTask = 32;

std::int64_t tasks_of(std::int64_t rows) { return (rows + kRowsOfTask - 1) / kRowsOfTask; }

// scale * B^T as the loops want it: [r,N] dense.
std::vector<float> scaled_transpose(const at::Tensor& b, double scale) {
  const auto outputs = b.size(0);
  const auto rank = b.size(1);
  const auto dense = b.contiguous();
  const auto* from = dense.const_data_ptr<float>();
  std::vector<float> to(static_cast<std::size_t>(b.numel()));
  for (std::int64_t output = 0; output < outputs; ++output) {
    for (std::int64_t k = 0; k < rank; ++k) {
      to[static_cast<std::size_t>(k * outputs + output)] = static_cast<float>(scale) * from[output * rank + k];
    }
  }
  return to;
}

// An addition as the loops see it, and its rows cut into tasks.
class Rows {
 public:
  Rows(const at::Tensor& x, const LowRankTensors& weights, const LowRankRule& rule)
      : a_(weights.a.contiguous()), b_(scaled_transpose(weights.b, rule.scale)), dropout_(rule.dropout) {
    width_ = x.size(1);
    outputs_ = weights.b.size(0);
    rank_ = weights.a.size(0);
    rows_ = x.size(0);
    if (dropout_.below > 0) {
      names_ = rule.names.contiguous();
    }
  }

  std::int64_t count() const { return tasks_of(rows_); }

  // Calls body(task, its first row, the task as the loops see it) for each, on several threads.
  template <class Body>
  void for_tasks(const Body& body) const {
    at::parallel_for(0, count(), 1, [&](std::int64_t begin, std::int64_t end) {
      std::vector<float> room(static_cast<std::size_t>(2 * width_ + outputs_ + rank_));
      for (auto task = begin; task < end; ++task) {
        body(task, first(task), rows_of(task, room.data()));
      }
    });
  }

 private:
  static std::int64_t first(std::int64_t task) { return task * kRowsOfTask; }

  kernels::LowRankRows rows_of(std::int64_t task, float* room) const {
    return {std::min(kRowsOfTask, rows_ - first(task)),
            width_,
            outputs_,
            rank_,
            a_.const_data_ptr<float>(),
            b_.data(),
            names_.defined() ? names_.const_data_ptr<std::int64_t>() + first(task) : nullptr,
            dropout_,
            room};
  }

  at::Tensor a_;
  std::vector<float> b_;
  Dropout dropout_;
  at::Tensor names_;
  std::int64_t width_, outputs_, rank_, rows_;
};

// Sum over tasks, one after the other: parts [tasks,count] -> [count].
at::Tensor sum_of(const at::Tensor& parts) {
  auto sums = parts.select(0, 0);
  auto* to = sums.data_ptr<float>();
  const auto count = parts.size(1);
  for (std::int64_t task = 1; task < parts.size(0); ++task) {
    const auto* from = to + task * count;
    for (std::int64_t i = 0; i < count; ++i) {
      to[i] += from[i];
    }
  }
  return sums;
}

at::Tensor dropped(const at::Tensor& x, const LowRankRule& rule) {
  return rule.dropout.below == 0 ? x : x * dropout_factors(rule.dropout, rule.names, x.size(1)).to(x.scalar_type());
}

}  // namespace

at::Tensor low_rank_forward(const at::Tensor& x, const LowRankTensors& weights, const LowRankRule& rule,
                            const at::Tensor& y) {
  if (!x.device().is_cpu()) {
    return plain_low_rank_forward(x, weights, rule, y);
  }
  const Rows rows(x, weights, rule);
  const auto width = x.size(1);
  const auto rank = weights.a.size(0);
  auto u = at::empty({x.size(0), rank}, x.options().dtype(at::kFloat));
  kernels::for_type(x.scalar_type(), [&](auto type) {
    using T = decltype(type);
    rows.for_tasks([&](std::int64_t, std::int64_t first, const kernels::LowRankRows& task) {
      kernels::typed<T>().low_rank(task, kernels::data<T>(x) + first * width, kernels::data<T>(y) + first * y.stride(0),
                                   y.stride(0), u.data_ptr<float>() + first * rank);
    });
  });
  return u;
}

void low_rank_backward(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& u, const LowRankTensors& weights,
                       const LowRankRule& rule, const LowRankTensors& gradients, const at::Tensor& dx) {
  if (!x.device().is_cpu()) {
    plain_low_rank_backward(dy, x, u, weights, rule, gradients, dx);
    return;
  }
  const Rows rows(x, weights, rule);
  const auto width = x.size(1);
  const auto outputs = weights.b.size(0);
  const auto rank = weights.a.size(0);
  const auto parts = at::zeros({rows.count(), rank * (width + outputs)}, u.options());
  kernels::for_type(x.scalar_type(), [&](auto type) {
    using T = decltype(type);
    rows.for_tasks([&](std::int64_t number, std::int64_t first, const kernels::LowRankRows& task) {
      auto* const d_a = parts.data_ptr<float>() + number * parts.size(1);
      kernels::typed<T>().low_rank_backward(
          task, kernels::data<T>(x) + first * width, kernels::data<T>(dy) + first * dy.stride(0), dy.stride(0),
          u.const_data_ptr<float>() + first * rank, dx.defined() ? kernels::data<T>(dx) + first * width : nullptr, d_a,
          d_a + rank * width);
    });
  });
  const auto sums = sum_of(parts);
  gradients.a.copy_(sums.narrow(0, 0, rank * width).view({rank, width}));
  gradients.b.copy_(sums.narrow(0, rank * width, rank * outputs).view({rank, outputs}).t().mul(rule.scale));
}

at::Tensor plain_low_rank_forward(const at::Tensor& x, const LowRankTensors& weights, const LowRankRule& rule,
                                  const at::Tensor& y) {
  const auto u = at::mm(dropped(x, rule), weights.a.to(x.scalar_type()).t());
  auto target = y;
  target.add_(at::mm(u, weights.b.to(x.scalar_type()).t()), rule.scale);
  return u;
}

void plain_low_rank_backward(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& u,
                             const LowRankTensors& weights, const LowRankRule& rule, const LowRankTensors& gradients,
                             const at::Tensor& dx) {
  const auto du = at::mm(dy, weights.b.to(x.scalar_type())).mul_(rule.scale);
  gradients.a.copy_(at::mm(du.t(), dropped(x, rule)));
  gradients.b.copy_(at::mm(dy.t(), u).mul_(rule.scale));
  if (dx.defined()) {
    auto target = dx;
    target.add_(dropped(at::mm(du, weights.a.to(x.scalar_type())), rule));
  }
}

}  // namespace skiptuning
