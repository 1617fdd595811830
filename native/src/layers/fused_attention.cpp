#include "layers/fused_attention.h"

#include <array>
#include <chrono>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/_scaled_dot_product_cudnn_attention.h>
#include <ATen/ops/_scaled_dot_product_cudnn_attention_backward.h>
#include <ATen/ops/_scaled_dot_product_flash_attention.h>
#include <ATen/ops/_scaled_dot_product_flash_attention_backward.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include "core/recorded_work.h"

namespace skiptuning {
namespace {

// Both kernels take heads up to this width, in steps of 8.
constexpr std::int64_t kWidestHead = 256;

// Sequences, queries and keys of each, heads, their width, whether causal, whether in bf16.
using Shape = std::array<std::int64_t, 7>;

Shape shape_of(const AttentionInput& input, const Sequences& sequences, const AttentionShape& shape) {
  const auto count = sequences.count();
  return {count,
          input.q.size(0) / count,
          input.k.size(0) / count,
          shape.heads,
          input.q.size(1) / shape.heads,
          shape.causal ? 1 : 0,
          input.q.scalar_type() == at::kBFloat16 ? 1 : 0};
}

// Rows [S*n,D] -> [S,H,n,d], a view.
at::Tensor heads_of(const at::Tensor& rows, std::int64_t count, std::int64_t heads) {
  return rows.unflatten(0, {count, -1}).unflatten(2, {heads, -1}).transpose(1, 2);
}

at::Tensor rows_of(const at::Tensor& heads) { return heads.transpose(1, 2).flatten(2, 3).flatten(0, 1); }

struct Parts {
  at::Tensor q, k, v;
};

Parts parts_of(const AttentionInput& input, std::int64_t count, std::int64_t heads) {
  return {heads_of(input.q, count, heads), heads_of(input.k, count, heads), heads_of(input.v, count, heads)};
}

// Seconds of a run, by replay where the device records, so that the launches don't count.
double seconds_of(c10::Device device, const std::function<void()>& run) {
  using Clock = std::chrono::steady_clock;
  constexpr int kRuns = 20;
  // Only this stream is waited for: others may be recording.
  const auto stream = c10::impl::VirtualGuardImpl(device.type()).getStream(device);
  for (int run_before = 0; run_before < 3; ++run_before) {
    run();
  }
  stream.synchronize();
  const auto recorded = record(device, run);
  const auto once = [&] { recorded ? recorded->replay() : run(); };
  once();
  stream.synchronize();
  const auto begin = Clock::now();
  for (int counted = 0; counted < kRuns; ++counted) {
    once();
  }
  stream.synchronize();
  return std::chrono::duration<double>(Clock::now() - begin).count() / kRuns;
}

// Infinite where there is no such kernel for the card or the shape.
double seconds_of(FusedAttention kernel, const AttentionInput& like, const Sequences& sequences,
                  const AttentionShape& shape) {
  // Not random numbers: another thread's recording may have closed their generator.
  const auto rows = [](const at::Tensor& x) { return at::full(x.sizes(), 0.01, x.options()); };
  const AttentionInput input{rows(like.q), rows(like.k), rows(like.v)};
  const AttentionInput gradients{rows(like.q), rows(like.k), rows(like.v)};
  const auto d_output = rows(like.q);
  try {
    return seconds_of(like.q.device(), [&] {
      AttentionSaved saved;
      if (kernel == FusedAttention::none) {
        plain_attention_forward(input, sequences, shape, &saved.probabilities);
        plain_attention_backward(d_output, input, saved.probabilities, sequences, shape, gradients);
      } else {
        fused_attention_forward(kernel, input, sequences, shape, &saved);
        fused_attention_backward(d_output, input, saved, sequences, shape, gradients);
      }
    });
  } catch (const c10::OutOfMemoryError&) {
    throw;  // says nothing of the kernel
  } catch (const c10::Error&) {
    return std::numeric_limits<double>::infinity();
  }
}

FusedAttention fastest(const AttentionInput& input, const Sequences& sequences, const AttentionShape& shape) {
  auto best = FusedAttention::none;
  double least = std::numeric_limits<double>::infinity();
  for (const auto kernel : {FusedAttention::none, FusedAttention::flash, FusedAttention::cudnn}) {
    const double seconds = seconds_of(kernel, input, sequences, shape);
    if (seconds < least) {
      best = kernel;
      least = seconds;
    }
  }
  return best;
}

// Whether the card has flash, which old ones lack.
bool has_flash(c10::Device device, at::ScalarType type) {
  const auto small = at::full({1, 1, 8, 8}, 0.01, at::TensorOptions().dtype(type).device(device));
  try {
    at::_scaled_dot_product_flash_attention(small, small, small);
    return true;
  } catch (const c10::Error&) {
    return false;
  }
}

bool may_be_fused(const AttentionInput& input, const Sequences& sequences, const AttentionShape& shape) {
  const auto type = input.q.scalar_type();
  const auto head_width = input.q.size(1) / shape.heads;
  return input.q.device().is_cuda() && (type == at::kBFloat16 || type == at::kHalf) && sequences.shared == 0 &&
         sequences.equal_length() > 0 && head_width % 8 == 0 && head_width <= kWidestHead &&
         (shape.queries == Queries::all || !shape.causal);
}

}  // namespace

FusedAttention fused_attention_for(const AttentionInput& input, const Sequences& sequences, const AttentionShape& shape,
                                   bool with_backward) {
  static std::mutex mutex;
  static std::map<std::pair<c10::DeviceIndex, Shape>, FusedAttention> chosen;
  if (!may_be_fused(input, sequences, shape)) {
    return FusedAttention::none;
  }
  const std::pair key{input.q.device().index(), shape_of(input, sequences, shape)};
  const std::lock_guard<std::mutex> lock(mutex);
  if (!with_backward) {
    static std::map<std::pair<c10::DeviceIndex, at::ScalarType>, bool> flash;
    const std::pair card{input.q.device().index(), input.q.scalar_type()};
    if (flash.count(card) == 0) {
      flash.emplace(card, has_flash(input.q.device(), input.q.scalar_type()));
    }
    return flash.at(card) ? FusedAttention::flash : FusedAttention::none;
  }
  const auto found = chosen.find(key);
  if (found != chosen.end()) {
    return found->second;
  }
  if (is_recording()) {
    return FusedAttention::none;  // a measurement that had no room: what is always there
  }
  try {
    return chosen.emplace(key, fastest(input, sequences, shape)).first->second;
  } catch (const c10::OutOfMemoryError&) {
    return FusedAttention::none;  // measured when there is room
  }
}

at::Tensor fused_attention_forward(FusedAttention kernel, const AttentionInput& input, const Sequences& sequences,
                                   const AttentionShape& shape, AttentionSaved* saved) {
  const auto [q, k, v] = parts_of(input, sequences.count(), shape.heads);
  const bool causal = shape.causal;
  AttentionSaved result;
  result.kernel = kernel;
  if (kernel == FusedAttention::flash) {
    const auto all = at::_scaled_dot_product_flash_attention(q, k, v, /*dropout_p=*/0.0, causal);
    result.output = std::get<0>(all);
    result.log_sums = std::get<1>(all);
    result.seed = std::get<6>(all);
    result.offset = std::get<7>(all);
  } else {
    const auto all = at::_scaled_dot_product_cudnn_attention(q, k, v, {}, /*compute_log_sumexp=*/true,
                                                             /*dropout_p=*/0.0, causal);
    result.output = std::get<0>(all);
    result.log_sums = std::get<1>(all);
    result.seed = std::get<6>(all);
    result.offset = std::get<7>(all);
  }
  if (saved != nullptr) {
    *saved = result;
  }
  return rows_of(result.output);
}

void fused_attention_backward(const at::Tensor& d_output, const AttentionInput& input, const AttentionSaved& saved,
                              const Sequences& sequences, const AttentionShape& shape,
                              const AttentionInput& gradients) {
  const auto count = sequences.count();
  const auto [q, k, v] = parts_of(input, count, shape.heads);
  const auto d = heads_of(d_output, count, shape.heads);
  const bool causal = shape.causal;
  const auto queries = q.size(2);
  const auto keys = k.size(2);
  const bool flash = saved.kernel == FusedAttention::flash;
  const auto [d_q, d_k, d_v] =
      flash
          ? at::_scaled_dot_product_flash_attention_backward(d, q, k, v, saved.output, saved.log_sums, {}, {}, queries,
                                                             keys, /*dropout_p=*/0.0, causal, saved.seed, saved.offset)
          : at::_scaled_dot_product_cudnn_attention_backward(d, q, k, v, saved.output, saved.log_sums, saved.seed,
                                                             saved.offset, {}, {}, {}, queries, keys,
                                                             /*dropout_p=*/0.0, causal);
  const bool all = gradients.packed.defined() && gradients.packed.size(1) == 3 * gradients.q.size(1);
  if (!all) {
    heads_of(gradients.q, count, shape.heads).copy_(d_q);
  }
  if (gradients.packed.defined()) {
    auto packed = gradients.packed;
    const auto parts = all ? std::vector<at::Tensor>{rows_of(d_q), rows_of(d_k), rows_of(d_v)}
                           : std::vector<at::Tensor>{rows_of(d_k), rows_of(d_v)};
    at::cat_out(packed, parts, 1);
  } else {
    heads_of(gradients.k, count, shape.heads).copy_(d_k);
    heads_of(gradients.v, count, shape.heads).copy_(d_v);
  }
}

}  // namespace skiptuning
