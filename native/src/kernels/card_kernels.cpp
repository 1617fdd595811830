#include "kernels/card_kernels.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "core/card_program.h"
#include "core/error.h"
#include "kernels/card_kernels_source.h"

namespace skiptuning {
namespace {

// As in card_kernels.cu.
constexpr unsigned kColumns = 32;
constexpr unsigned kRowGroups = 32;
constexpr unsigned kThreads = 256;
constexpr std::int64_t kNumbersAtOnce = 4;
constexpr unsigned kMostBlocks = 4096;

class CompiledKernels : public CardKernels {
 public:
  // Calls are made by one thread at a time, but for the program's table of kernels.
  CompiledKernels(std::shared_ptr<CardProgram> program, std::shared_ptr<std::mutex> mutex, std::string suffix)
      : program_(std::move(program)), mutex_(std::move(mutex)), suffix_(std::move(suffix)) {}

  void column_sums(const at::Tensor& x, const at::Tensor& sums) const override {
    auto* from = x.const_data_ptr();
    auto* to = sums.mutable_data_ptr();
    auto rows = static_cast<int>(x.size(0));
    auto columns = static_cast<int>(x.size(1));
    long stride = x.stride(0);
    void* arguments[] = {&from, &to, &rows, &columns, &stride};
    launch("column_sums_", by_columns(columns), arguments);
  }

  void layer_norm_sums(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& mean, const at::Tensor& rstd,
                       const at::Tensor& d_weight, const at::Tensor& d_bias) const override {
    auto* d = dy.const_data_ptr();
    auto* from = x.const_data_ptr();
    auto* means = mean.const_data_ptr();
    auto* scales = rstd.const_data_ptr();
    auto* weight = d_weight.mutable_data_ptr();
    auto* bias = d_bias.mutable_data_ptr();
    auto rows = static_cast<int>(x.size(0));
    auto columns = static_cast<int>(x.size(1));
    void* arguments[] = {&d, &from, &means, &scales, &weight, &bias, &rows, &columns};
    launch("layer_norm_sums_", by_columns(columns), arguments);
  }

  void quick_gelu(const at::Tensor& x, const at::Tensor& y) const override {
    auto* from = x.const_data_ptr();
    auto* to = y.mutable_data_ptr();
    long count = x.numel() / kNumbersAtOnce;
    void* arguments[] = {&from, &to, &count};
    launch("quick_gelu_", by_numbers(count), arguments);
  }

  void quick_gelu_backward(const at::Tensor& d, const at::Tensor& x) const override {
    auto* gradient = d.mutable_data_ptr();
    auto* from = x.const_data_ptr();
    long count = x.numel() / kNumbersAtOnce;
    void* arguments[] = {&gradient, &from, &count};
    launch("quick_gelu_backward_", by_numbers(count), arguments);
  }

  void sgd(const at::Tensor& weights, const at::Tensor& velocities, const at::Tensor& gradients,
           const at::Tensor& copies, const at::Tensor& rate, double momentum, double decay) const override {
    auto* w = weights.mutable_data_ptr();
    auto* v = velocities.mutable_data_ptr();
    auto* g = gradients.const_data_ptr();
    auto* copy = copies.mutable_data_ptr();
    long count = weights.numel() / kNumbersAtOnce;
    auto* step = rate.const_data_ptr();
    auto share = static_cast<float>(momentum);
    auto shrink = static_cast<float>(decay);
    void* arguments[] = {&w, &v, &g, &copy, &count, &step, &share, &shrink};
    auto grid = by_numbers(count);
    grid.blocks = std::min(grid.blocks, kMostBlocks);
    launch("sgd_", grid, arguments);
  }

 private:
  static CardProgram::Grid by_numbers(long count) {
    return {std::max(1U, static_cast<unsigned>((count + kThreads - 1) / kThreads)), kThreads, 1};
  }

  static CardProgram::Grid by_columns(int columns) {
    return {(static_cast<unsigned>(columns) + kColumns - 1) / kColumns, kColumns, kRowGroups};
  }

  void launch(const char* name, const CardProgram::Grid& grid, void** arguments) const {
    const std::lock_guard<std::mutex> lock(*mutex_);
    program_->launch(name + suffix_, grid, arguments);
  }

  std::shared_ptr<CardProgram> program_;
  std::shared_ptr<std::mutex> mutex_;
  std::string suffix_;
};

struct OfCard {
  std::unique_ptr<CardKernels> fp32, bf16;  // null where they could not be compiled
  std::string problem;
};

OfCard compile_for(at::Device device) {
  try {
    const auto program = std::make_shared<CardProgram>(device, kCardKernelsSource);
    const auto mutex = std::make_shared<std::mutex>();
    return {std::make_unique<CompiledKernels>(program, mutex, "fp32"),
            std::make_unique<CompiledKernels>(program, mutex, "bf16"),
            {}};
  } catch (const Unsupported& reason) {
    return {nullptr, nullptr, reason.what()};
  }
}

const OfCard& of_card(at::Device device) {
  static std::mutex mutex;
  static std::map<c10::DeviceIndex, OfCard> cards;
  const std::lock_guard<std::mutex> lock(mutex);
  auto found = cards.find(device.index());
  if (found == cards.end()) {
    found = cards.emplace(device.index(), compile_for(device)).first;
  }
  return found->second;
}

}  // namespace

const CardKernels* card_kernels(const at::Tensor& like) {
  const auto type = like.scalar_type();
  if (!like.device().is_cuda() || (type != at::kFloat && type != at::kBFloat16)) {
    return nullptr;
  }
  const auto& kernels = of_card(like.device());
  return type == at::kFloat ? kernels.fp32.get() : kernels.bf16.get();
}

std::string card_kernels_problem(at::Device device) { return of_card(device).problem; }

}  // namespace skiptuning
