#include "layers/attention.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include "kernels/dispatch.h"
#include "kernels/kernels.h"
#include "kernels/tiles.h"
#include "layers/fused_attention.h"
#include "layers/gemm.h"
#include "layers/product.h"
#include "layers/tile_product.h"

namespace skiptuning {
namespace {

// Queries that see the same keys: the shared rows among themselves, or those of one sequence.
struct Group {
  std::int64_t first_query;  // row of the query buffer
  std::int64_t queries;
  std::int64_t shared_keys;  // rows [0, shared_keys)
  std::int64_t first_key;    // then these
  std::int64_t own_keys;
  std::int64_t visible;  // keys that the first query sees
  std::int64_t growth;   // and how many more each further one
  std::int64_t offset;   // of its numbers in the buffer of probabilities: [heads, queries, keys]
  std::int64_t keys() const { return shared_keys + own_keys; }
};

struct Plan {
  std::vector<Group> groups;
  std::int64_t probabilities = 0;
  std::int64_t most_queries = 0;
  std::int64_t most_keys = 0;

  void add(Group group, std::int64_t heads) {
    group.offset = probabilities;
    probabilities += heads * group.queries * group.keys();
    most_queries = std::max(most_queries, group.queries);
    most_keys = std::max(most_keys, group.keys());
    groups.push_back(group);
  }
};

Plan plan(const Sequences& sequences, const AttentionShape& shape) {
  Plan plan;
  const auto shared = sequences.shared;
  const bool all = shape.queries == Queries::all;
  if (all && shared > 0) {
    plan.add({0, shared, shared, 0, 0, shape.causal ? 1 : shared, shape.causal ? 1 : 0, 0}, shape.heads);
  }
  for (std::int64_t sequence = 0; sequence < sequences.count(); ++sequence) {
    const auto first = sequences.first(sequence);
    const auto own = sequences.length(sequence);
    const auto place = all ? 0 : sequences.pooled_place(sequence);
    plan.add({all ? first : sequence, all ? own : 1, shared, first, own,
              shape.causal ? shared + place + 1 : shared + own, shape.causal ? 1 : 0, 0},
             shape.heads);
  }
  return plan;
}

// What multiplies a head's matrices, which are of Number: the BLAS, in fp32, or a processor's tiles, in the type of the
// computation itself.
struct Blas {
  template <typename T>
  using Number = float;
  struct Thread {};

  static void multiply(std::int64_t m, std::int64_t n, std::int64_t k, float alpha, MatrixView a, MatrixView b,
                       float* c, std::int64_t c_stride) {
    gemm(m, n, k, alpha, a, b, c, c_stride);
  }
};

struct Tiles {
  template <typename T>
  using Number = T;
  using Thread = kernels::tiles::Registers;

  template <typename T>
  static void multiply(std::int64_t m, std::int64_t n, std::int64_t k, float alpha, TypedMatrixView<T> a,
                       TypedMatrixView<T> b, float* c, std::int64_t c_stride) {
    small_tile_product(m, n, k, alpha, a, b, c, c_stride);
  }
};

// One thread's room for a head of the largest group, all dense.
template <typename Number>
struct Scratch {
  std::vector<Number> q, k, v, d_output, shares;
  std::vector<float> output, scores, d_q, d_k, d_v;
  Scratch(const Plan& plan, std::int64_t width, bool backward) {
    const auto queries = static_cast<std::size_t>(plan.most_queries * width);
    const auto keys = static_cast<std::size_t>(plan.most_keys * width);
    const auto pairs = static_cast<std::size_t>(plan.most_queries * plan.most_keys);
    q.resize(queries);
    k.resize(keys);
    v.resize(keys);
    scores.resize(pairs);
    if (backward || !std::is_same_v<Number, float>) {
      shares.resize(pairs);
    }
    if (backward) {
      d_output.resize(queries);
      d_q.resize(queries);
      d_k.resize(keys);
      d_v.resize(keys);
    } else {
      output.resize(queries);
    }
  }
};

// The heads of one type of numbers.
template <typename T, class Products>
class Heads {
 public:
  using Number = typename Products::template Number<T>;
  using View = TypedMatrixView<Number>;

  Heads(const AttentionInput& input, std::int64_t heads)
      : q_(kernels::data<T>(input.q)),
        k_(kernels::data<T>(input.k)),
        v_(kernels::data<T>(input.v)),
        q_stride_(input.q.stride(0)),
        k_stride_(input.k.stride(0)),
        v_stride_(input.v.stride(0)),
        width_(input.q.size(1) / heads),
        scale_(static_cast<float>(1.0 / std::sqrt(static_cast<double>(width_)))) {}

  std::int64_t width() const { return width_; }

  void forward(const Group& group, std::int64_t head, T* probabilities, T* output, std::int64_t output_stride,
               Scratch<Number>& scratch) const {
    load_queries_and_keys(group, head, scratch);
    const auto queries = group.queries;
    const auto keys = group.keys();
    auto* const scores = scratch.scores.data();
    Products::multiply(queries, keys, width_, scale_, View{scratch.q.data(), width_},
                       View{scratch.k.data(), width_, true}, scores, keys);
    all_.softmax(scores, queries, keys, group.visible, group.growth);
    Products::multiply(queries, width_, keys, 1.0F, View{narrowed(scores, queries, keys, scratch.shares), keys},
                       View{scratch.v.data(), width_}, scratch.output.data(), width_);
    store(scratch.output.data(), queries, output + group.first_query * output_stride + head * width_, output_stride);
    if (probabilities != nullptr) {
      typed_.store(scores, queries, keys, probabilities + place(group, head), keys);
    }
  }

  // Writes the gradients of the group's own rows; those of shared keys are added to `shared_k` and `shared_v` [P,d].
  void backward(const Group& group, std::int64_t head, const T* probabilities, const T* d_output,
                std::int64_t d_output_stride, const Heads& gradients, float* shared_k, float* shared_v,
                Scratch<Number>& scratch) const {
    load_queries_and_keys(group, head, scratch);
    const auto queries = group.queries;
    const auto keys = group.keys();
    auto* const d_scores = scratch.scores.data();
    const T* const kept = probabilities + place(group, head);
    load(kept, keys, queries, keys, scratch.shares.data());
    load(d_output + group.first_query * d_output_stride + head * width_, d_output_stride, queries, width_,
         scratch.d_output.data());
    const View from_output{scratch.d_output.data(), width_};
    Products::multiply(keys, width_, queries, 1.0F, View{scratch.shares.data(), keys, true}, from_output,
                       scratch.d_v.data(), width_);
    Products::multiply(queries, keys, width_, 1.0F, from_output, View{scratch.v.data(), width_, true}, d_scores, keys);
    // A share of zero, as hidden keys have, makes the score's gradient zero.
    typed_.softmax_backward(d_scores, kept, queries, keys);
    const auto* const narrow = narrowed(d_scores, queries, keys, scratch.shares);
    Products::multiply(queries, width_, keys, scale_, View{narrow, keys}, View{scratch.k.data(), width_},
                       scratch.d_q.data(), width_);
    Products::multiply(keys, width_, queries, scale_, View{narrow, keys, true}, View{scratch.q.data(), width_},
                       scratch.d_k.data(), width_);
    store(scratch.d_q.data(), queries, gradients.q_ + group.first_query * gradients.q_stride_ + head * width_,
          gradients.q_stride_);
    const auto shared = group.shared_keys * width_;
    for (std::int64_t i = 0; i < shared; ++i) {
      shared_k[i] += scratch.d_k[static_cast<std::size_t>(i)];
      shared_v[i] += scratch.d_v[static_cast<std::size_t>(i)];
    }
    gradients.store_keys(scratch.d_k.data() + shared, scratch.d_v.data() + shared, group.first_key, group.own_keys,
                         head);
  }

  void store_keys(const float* k, const float* v, std::int64_t first, std::int64_t rows, std::int64_t head) const {
    store(k, rows, k_ + first * k_stride_ + head * width_, k_stride_);
    store(v, rows, v_ + first * v_stride_ + head * width_, v_stride_);
  }

 private:
  std::int64_t place(const Group& group, std::int64_t head) const {
    return group.offset + head * group.queries * group.keys();
  }

  void load(const T* from, std::int64_t stride, std::int64_t rows, std::int64_t width, Number* to) const {
    if constexpr (std::is_same_v<Number, float>) {
      typed_.load(from, stride, rows, width, to);
    } else {
      for (std::int64_t row = 0; row < rows; ++row) {
        std::copy_n(from + row * stride, width, to + row * width);
      }
    }
  }

  void store(const float* from, std::int64_t rows, T* to, std::int64_t stride) const {
    typed_.store(from, rows, width_, to, stride);
  }

  // The same numbers as a product takes them.
  const Number* narrowed(const float* from, std::int64_t rows, std::int64_t width, std::vector<Number>& room) const {
    if constexpr (std::is_same_v<Number, float>) {
      return from;
    } else {
      typed_.store(from, rows, width, room.data(), width);
      return room.data();
    }
  }

  void load_queries_and_keys(const Group& group, std::int64_t head, Scratch<Number>& scratch) const {
    const auto column = head * width_;
    load(q_ + group.first_query * q_stride_ + column, q_stride_, group.queries, width_, scratch.q.data());
    load(k_ + column, k_stride_, group.shared_keys, width_, scratch.k.data());
    load(v_ + column, v_stride_, group.shared_keys, width_, scratch.v.data());
    const auto shared = group.shared_keys * width_;
    load(k_ + group.first_key * k_stride_ + column, k_stride_, group.own_keys, width_, scratch.k.data() + shared);
    load(v_ + group.first_key * v_stride_ + column, v_stride_, group.own_keys, width_, scratch.v.data() + shared);
  }

  const kernels::Kernels& all_ = kernels::in_use();
  const kernels::TypedKernels<T>& typed_ = kernels::typed<T>();
  T* q_;
  T* k_;
  T* v_;
  std::int64_t q_stride_, k_stride_, v_stride_;
  std::int64_t width_;
  float scale_;
};

// Calls body with a value of the memory type and with what multiplies it.
template <class Body>
void for_products(at::ScalarType type, const Body& body) {
  const bool tiles = gemm_in_use() == GemmBackEnd::tiles;
  kernels::for_type(type, [&](auto number) {
    using T = decltype(number);
    if constexpr (!std::is_same_v<T, kernels::Half>) {
      if (tiles) {
        body(number, Tiles{});
        return;
      }
    }
    body(number, Blas{});
  });
}

// The loops below run on the processor, and want to know where each sequence is pooled.
bool has_loops(const AttentionInput& input, const Sequences& sequences) {
  return input.q.device().is_cpu() && !sequences.device_pooled.defined();
}

}  // namespace

at::Tensor attention_forward(const AttentionInput& input, const Sequences& sequences, const AttentionShape& shape,
                             AttentionSaved* saved) {
  const auto kernel = fused_attention_for(input, sequences, shape, saved != nullptr);
  if (kernel != FusedAttention::none) {
    return fused_attention_forward(kernel, input, sequences, shape, saved);
  }
  at::Tensor* const probabilities = saved != nullptr ? &saved->probabilities : nullptr;
  if (!has_loops(input, sequences)) {
    return plain_attention_forward(input, sequences, shape, probabilities);
  }
  auto output = at::empty(input.q.sizes(), input.q.options());
  const auto work = plan(sequences, shape);
  if (probabilities != nullptr) {
    *probabilities = at::empty({work.probabilities}, input.q.options());
  }
  const auto groups = static_cast<std::int64_t>(work.groups.size());
  for_products(input.q.scalar_type(), [&](auto type, auto products) {
    using T = decltype(type);
    using Products = decltype(products);
    const Heads<T, Products> heads(input, shape.heads);
    T* const kept = probabilities != nullptr ? kernels::data<T>(*probabilities) : nullptr;
    at::parallel_for(0, groups * shape.heads, 1, [&](std::int64_t begin, std::int64_t end) {
      [[maybe_unused]] const typename Products::Thread thread{};
      Scratch<typename Products::template Number<T>> scratch(work, heads.width(), false);
      for (auto task = begin; task < end; ++task) {
        heads.forward(work.groups[static_cast<std::size_t>(task / shape.heads)], task % shape.heads, kept,
                      kernels::data<T>(output), output.stride(0), scratch);
      }
    });
  });
  return output;
}

void attention_backward(const at::Tensor& d_output, const AttentionInput& input, const AttentionSaved& saved,
                        const Sequences& sequences, const AttentionShape& shape, const AttentionInput& gradients) {
  if (saved.kernel != FusedAttention::none) {
    fused_attention_backward(d_output, input, saved, sequences, shape, gradients);
    return;
  }
  const auto& probabilities = saved.probabilities;
  if (!has_loops(input, sequences)) {
    plain_attention_backward(d_output, input, probabilities, sequences, shape, gradients);
    return;
  }
  const auto work = plan(sequences, shape);
  const auto dense = d_output.contiguous();
  for_products(input.q.scalar_type(), [&](auto type, auto products) {
    using T = decltype(type);
    using Products = decltype(products);
    using Number = typename Products::template Number<T>;
    const Heads<T, Products> heads(input, shape.heads);
    const Heads<T, Products> targets(gradients, shape.heads);
    const auto run = [&](const Group& group, std::int64_t head, float* shared_k, float* shared_v,
                         Scratch<Number>& scratch) {
      heads.backward(group, head, kernels::data<T>(probabilities), kernels::data<T>(dense), dense.stride(0), targets,
                     shared_k, shared_v, scratch);
    };
    if (sequences.shared == 0) {
      const auto tasks = static_cast<std::int64_t>(work.groups.size()) * shape.heads;
      at::parallel_for(0, tasks, 1, [&](std::int64_t begin, std::int64_t end) {
        [[maybe_unused]] const typename Products::Thread thread{};
        Scratch<Number> scratch(work, heads.width(), true);
        for (auto task = begin; task < end; ++task) {
          run(work.groups[static_cast<std::size_t>(task / shape.heads)], task % shape.heads, nullptr, nullptr, scratch);
        }
      });
      return;
    }
    // A head's sequences one after the other, so that the sums over them have one order.
    at::parallel_for(0, shape.heads, 1, [&](std::int64_t begin, std::int64_t end) {
      [[maybe_unused]] const typename Products::Thread thread{};
      Scratch<Number> scratch(work, heads.width(), true);
      const auto shared = static_cast<std::size_t>(sequences.shared * heads.width());
      for (auto head = begin; head < end; ++head) {
        std::vector<float> shared_k(shared);
        std::vector<float> shared_v(shared);
        for (const auto& group : work.groups) {
          run(group, head, shared_k.data(), shared_v.data(), scratch);
        }
        targets.store_keys(shared_k.data(), shared_v.data(), 0, sequences.shared, head);
      }
    });
  });
}

}  // namespace skiptuning
