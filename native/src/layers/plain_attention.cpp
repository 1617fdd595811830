#include <cmath>
#include <limits>

#include <ATen/TensorOperators.h>
#include <ATen/ops/_softmax.h>
#include <ATen/ops/_softmax_backward_data.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/zeros.h>

#include "core/error.h"
#include "layers/attention.h"

namespace skiptuning {
namespace {

// One buffer's rows by what they are, heads first.
struct Parts {
  at::Tensor shared;  // [H,P,d]; of queries only where all ask
  at::Tensor own;     // [S,H,n,d]
};

struct Sizes {
  std::int64_t count, shared, own, heads, head_width, queries;
  bool all;

  Sizes(const AttentionInput& input, const Sequences& sequences, const AttentionShape& shape)
      : count(sequences.count()),
        shared(sequences.shared),
        own(sequences.equal_length()),
        heads(shape.heads),
        head_width(input.q.size(1) / shape.heads),
        queries(shape.queries == Queries::all ? own : 1),
        all(shape.queries == Queries::all) {
    if (own == 0) {
      throw InvalidState("this attention takes sequences of one length");
    }
  }

  double scale() const { return 1.0 / std::sqrt(static_cast<double>(head_width)); }
  std::int64_t keys() const { return shared + own; }

  at::Tensor heads_of(const at::Tensor& rows) const { return rows.unflatten(-1, {heads, head_width}); }

  // x [R,D], or [S,D] of pooled queries; `each` rows a sequence.
  Parts split(const at::Tensor& x, std::int64_t each, bool with_shared) const {
    const auto front = with_shared ? shared : 0;
    return {heads_of(x.narrow(0, 0, front)).transpose(0, 1),
            heads_of(x.narrow(0, front, count * each).unflatten(0, {count, each})).transpose(1, 2)};
  }

  // Keys and values that each sequence sees: [S,H,P+n,d].
  at::Tensor seen(const Parts& parts) const {
    return shared == 0 ? parts.own
                       : at::cat({parts.shared.unsqueeze(0).expand({count, heads, shared, head_width}), parts.own}, 2);
  }

  void write(const at::Tensor& target, const Parts& parts, std::int64_t each, bool with_shared) const {
    auto places = split(target, each, with_shared);
    places.own.copy_(parts.own);
    if (with_shared && shared > 0) {
      places.shared.copy_(parts.shared);
    }
  }
};

at::Tensor causal_mask(std::int64_t queries, std::int64_t keys, std::int64_t seen_by_first,
                       const at::TensorOptions& options) {
  const auto last = at::arange(queries, options.dtype(at::kLong)).add_(seen_by_first - 1).view({queries, 1});
  const auto hidden = at::arange(keys, options.dtype(at::kLong)).view({1, keys}).gt(last);
  return at::zeros({queries, keys}, options).masked_fill_(hidden, -std::numeric_limits<float>::infinity());
}

// What each sequence's queries may not see: [n,P+n], or [S,1,1,P+n] for pooled ones.
at::Tensor mask_of(const Sizes& sizes, const Sequences& sequences, const at::TensorOptions& options) {
  if (sizes.all) {
    return causal_mask(sizes.own, sizes.keys(), sizes.shared + 1, options);
  }
  const auto greatest = sequences.pooled_places(options.device()).view({-1, 1, 1, 1});
  const auto hidden = at::arange(sizes.keys(), options.dtype(at::kLong)).gt(greatest);
  return at::zeros(hidden.sizes(), options).masked_fill_(hidden, -std::numeric_limits<float>::infinity());
}

// q, k, v [...,rows,d] -> shares [...,rows,keys] and what they give.
struct Attended {
  at::Tensor shares, output;
};

Attended attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, double scale, const at::Tensor& mask) {
  auto scores = at::matmul(q * scale, k.transpose(-2, -1));
  if (mask.defined()) {
    scores = scores + mask;
  }
  const auto shares = at::_softmax(scores, -1, false);
  return {shares, at::matmul(shares, v)};
}

struct AttendGradients {
  at::Tensor q, k, v;
};

AttendGradients attend_backward(const at::Tensor& d_output, const at::Tensor& q, const at::Tensor& k,
                                const at::Tensor& v, const at::Tensor& shares, double scale) {
  const auto d_shares = at::matmul(d_output, v.transpose(-2, -1));
  const auto d_scores = at::_softmax_backward_data(d_shares, shares, -1, shares.scalar_type()) * scale;
  return {at::matmul(d_scores, k), at::matmul(d_scores.transpose(-2, -1), q),
          at::matmul(shares.transpose(-2, -1), d_output)};
}

}  // namespace

at::Tensor plain_attention_forward(const AttentionInput& input, const Sequences& sequences, const AttentionShape& shape,
                                   at::Tensor* probabilities) {
  const Sizes sizes(input, sequences, shape);
  const auto q = sizes.split(input.q, sizes.queries, sizes.all);
  const auto k = sizes.split(input.k, sizes.own, true);
  const auto v = sizes.split(input.v, sizes.own, true);
  const auto mask = shape.causal ? mask_of(sizes, sequences, input.q.options()) : at::Tensor();
  const auto own = attend(q.own, sizes.seen(k), sizes.seen(v), sizes.scale(), mask);
  Parts output{{}, own.output};
  std::vector<at::Tensor> shares;
  if (sizes.all && sizes.shared > 0) {
    const auto shared_mask =
        shape.causal ? causal_mask(sizes.shared, sizes.shared, 1, input.q.options()) : at::Tensor();
    const auto shared = attend(q.shared, k.shared, v.shared, sizes.scale(), shared_mask);
    output.shared = shared.output;
    shares.push_back(shared.shares.flatten());
  }
  if (probabilities != nullptr) {
    shares.push_back(own.shares.flatten());
    *probabilities = at::cat(shares);
  }
  auto rows = at::empty(input.q.sizes(), input.q.options());
  sizes.write(rows, output, sizes.queries, sizes.all);
  return rows;
}

void plain_attention_backward(const at::Tensor& d_output, const AttentionInput& input, const at::Tensor& probabilities,
                              const Sequences& sequences, const AttentionShape& shape,
                              const AttentionInput& gradients) {
  const Sizes sizes(input, sequences, shape);
  const auto q = sizes.split(input.q, sizes.queries, sizes.all);
  const auto k = sizes.split(input.k, sizes.own, true);
  const auto v = sizes.split(input.v, sizes.own, true);
  const auto d_rows = sizes.split(d_output, sizes.queries, sizes.all);
  const bool shared_asks = sizes.all && sizes.shared > 0;
  const auto shared_shares = shared_asks ? sizes.heads * sizes.shared * sizes.shared : 0;
  const auto shares = probabilities.narrow(0, shared_shares, probabilities.size(0) - shared_shares)
                          .view({sizes.count, sizes.heads, sizes.queries, sizes.keys()});
  const auto d_own = attend_backward(d_rows.own, q.own, sizes.seen(k), sizes.seen(v), shares, sizes.scale());
  // A shared key is seen by every sequence.
  const auto parts = [&](const at::Tensor& d) {
    if (sizes.shared == 0) {
      return Parts{{}, d};
    }
    return Parts{d.narrow(2, 0, sizes.shared).sum(at::IntArrayRef{0}), d.narrow(2, sizes.shared, sizes.own)};
  };
  Parts d_q{{}, d_own.q};
  auto d_k = parts(d_own.k);
  auto d_v = parts(d_own.v);
  if (shared_asks) {
    const auto own_shares = probabilities.narrow(0, 0, shared_shares).view({sizes.heads, sizes.shared, sizes.shared});
    const auto d_shared = attend_backward(d_rows.shared, q.shared, k.shared, v.shared, own_shares, sizes.scale());
    d_q.shared = d_shared.q;
    d_k.shared = d_k.shared + d_shared.k;
    d_v.shared = d_v.shared + d_shared.v;
  }
  sizes.write(gradients.q, d_q, sizes.queries, sizes.all);
  sizes.write(gradients.k, d_k, sizes.own, true);
  sizes.write(gradients.v, d_v, sizes.own, true);
}

}  // namespace skiptuning
