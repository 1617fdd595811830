#include "clip/low_rank_attention.h"

#include <ATen/ops/zeros_like.h>

#include "core/counter_random.h"

namespace skiptuning {
namespace {

enum Projection : std::int64_t { kQueries, kKeys, kValues };

LowRankTensors part(const LowRankTensors& all, Projection projection) {
  const auto rank = all.a.size(0) / kLowRankPlaces;
  const auto outputs = all.b.size(0) / kLowRankPlaces;
  return {all.a.narrow(0, projection * rank, rank), all.b.narrow(0, projection * outputs, outputs)};
}

LowRankRule rule(const LowRankUse& use, std::int64_t block, Projection projection, const at::Tensor& pooled) {
  const auto place = use.first_place + static_cast<std::uint64_t>(kLowRankPlaces * block + projection);
  const bool some = use.names.defined() && pooled.defined();
  return {use.scale, dropout_of(use.dropout, counter_bits(use.seed, use.step, place)),
          some ? use.names.index_select(0, pooled) : use.names};
}

at::Tensor rows_of(const at::Tensor& n, const at::Tensor& pooled) {
  return pooled.defined() ? n.index_select(0, pooled) : n;
}

}  // namespace

LowRankSaved add_low_rank(const at::Tensor& n, const at::Tensor& pooled, const LowRankTensors& weights,
                          const LowRankUse& use, std::int64_t block, const AttentionInput& projections) {
  const auto add = [&](Projection projection, const at::Tensor& rows, const at::Tensor& y) {
    return low_rank_forward(rows_of(n, rows), part(weights, projection), rule(use, block, projection, rows), y);
  };
  return {add(kQueries, pooled, projections.q), add(kKeys, {}, projections.k), add(kValues, {}, projections.v)};
}

void add_low_rank_backward(const AttentionInput& d_projections, const at::Tensor& n, const at::Tensor& pooled,
                           const LowRankTensors& weights, const LowRankUse& use, std::int64_t block,
                           const LowRankSaved& saved, const LowRankTensors& gradients, const at::Tensor& dn) {
  const auto add = [&](Projection projection, const at::Tensor& dy, const at::Tensor& rows, const at::Tensor& u,
                       const at::Tensor& dx) {
    low_rank_backward(dy, rows_of(n, rows), u, part(weights, projection), rule(use, block, projection, rows),
                      part(gradients, projection), dx);
  };
  if (pooled.defined()) {
    const auto d_pooled = dn.defined() ? at::zeros_like(d_projections.q) : at::Tensor();
    add(kQueries, d_projections.q, pooled, saved.q, d_pooled);
    if (dn.defined()) {
      auto target = dn;
      target.index_add_(0, pooled, d_pooled);
    }
  } else {
    add(kQueries, d_projections.q, {}, saved.q, dn);
  }
  add(kKeys, d_projections.k, {}, saved.k, dn);
  add(kValues, d_projections.v, {}, saved.v, dn);
}

}  // namespace skiptuning
