#include <algorithm>
#include <cmath>
#include <map>

#include <ATen/TensorOperators.h>
#include <ATen/ops/baddbmm.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros_like.h>

#include "train/adamw_step.h"
#include "train/optimizer.h"

namespace skiptuning {
namespace {

constexpr int kNewtonSchulzSteps = 5;

// One matrix of a block as rows of the flat buffers. in_proj gives three: q, k and v are orthogonalised apart.
struct Matrix {
  std::int64_t offset;
  std::int64_t rows;
  std::int64_t columns;
};

bool is_block_matrix(const FlatParameters::Entry& entry) {
  return entry.shape.size() == 2 && entry.name.find("resblocks.") != std::string::npos;
}

// X -> approximately U V^T of X = U S V^T, for a stack [n,r,c] with r <= c, by the quintic iteration of Muon
// (K. Jordan, "Muon: An optimizer for hidden layers", 2024; its coefficients), in bf16.
at::Tensor orthogonalised(const at::Tensor& matrices) {
  constexpr double a = 3.4445;
  constexpr double b = -4.7750;
  constexpr double c = 2.0315;
  const auto norm = at::linalg_vector_norm(matrices, 2, at::IntArrayRef{1, 2}, true).add_(1e-7);
  auto x = (matrices / norm).to(at::kBFloat16);
  for (int step = 0; step < kNewtonSchulzSteps; ++step) {
    const auto gram = at::bmm(x, x.transpose(1, 2));
    const auto polynomial = at::baddbmm(gram, gram, gram, b, c);
    x = at::baddbmm(x, polynomial, x, a, 1.0);
  }
  return x.to(at::kFloat);
}

class Muon : public Optimizer {
 public:
  Muon(const FlatParameters& parameters, const OptimizerOptions& options)
      : options_(options),
        momentum_(at::zeros_like(parameters.masters())),
        second_(at::zeros_like(parameters.masters())) {
    for (const auto& entry : parameters.entries()) {
      if (!is_block_matrix(entry)) {
        others_.push_back(entry);
        continue;
      }
      const std::int64_t parts = entry.name.find("in_proj") != std::string::npos ? 3 : 1;
      const auto rows = entry.shape[0] / parts;
      for (std::int64_t part = 0; part < parts; ++part) {
        stacks_[{rows, entry.shape[1]}].push_back({entry.offset + part * rows * entry.shape[1], rows, entry.shape[1]});
      }
    }
  }

  void update(const FlatParameters& parameters, double gradient_factor, const std::vector<double>& rates,
              std::uint64_t step) override {
    require_rates(rates, 2);
    const auto gradients = FlatParameters::wide(parameters.gradients(), gradient_factor);
    update_matrices(parameters, gradients, rates[0]);
    update_others(parameters, gradients, rates[1], step);
  }

  // The momentum's buffer holds AdamW's first moment where a tensor is no block matrix.
  NamedTensors state() const override { return {{"momentum", momentum_}, {"second_moment", second_}}; }

 private:
  void update_matrices(const FlatParameters& parameters, const at::Tensor& gradients, double rate) {
    for (const auto& [shape, matrices] : stacks_) {
      const auto [rows, columns] = shape;
      std::vector<at::Tensor> nesterov;
      for (const auto& matrix : matrices) {
        const auto gradient = slice(gradients, matrix);
        auto momentum = slice(momentum_, matrix);
        momentum.lerp_(gradient, 1.0 - options_.momentum);
        nesterov.push_back(gradient.lerp(momentum, options_.momentum));
      }
      const bool tall = rows > columns;
      const auto stack = at::stack(nesterov);
      const auto flat = orthogonalised(tall ? stack.transpose(1, 2).contiguous() : stack);
      const auto updates = tall ? flat.transpose(1, 2) : flat;
      const double scale = 0.2 * std::sqrt(static_cast<double>(std::max(rows, columns)));
      for (std::size_t i = 0; i < matrices.size(); ++i) {
        auto weight = slice(parameters.masters(), matrices[i]);
        weight.mul_(1.0 - rate * options_.weight_decay);
        weight.add_(updates.select(0, static_cast<std::int64_t>(i)), -rate * scale);
      }
    }
  }

  void update_others(const FlatParameters& parameters, const at::Tensor& gradients, double rate, std::uint64_t step) {
    for (const auto& entry : others_) {
      // Biases, gains and the temperature don't decay.
      const double weight_decay = entry.shape.size() >= 2 ? options_.weight_decay : 0.0;
      adamw_step(parameters.master(entry.name), parameters.view(gradients, entry.name),
                 parameters.view(momentum_, entry.name), parameters.view(second_, entry.name), options_, rate,
                 weight_decay, step);
    }
  }

  static at::Tensor slice(const at::Tensor& flat, const Matrix& matrix) {
    return flat.narrow(0, matrix.offset, matrix.rows * matrix.columns).view({matrix.rows, matrix.columns});
  }

  OptimizerOptions options_;
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<Matrix>> stacks_;
  std::vector<FlatParameters::Entry> others_;
  at::Tensor momentum_, second_;
};

}  // namespace

std::unique_ptr<Optimizer> make_muon(const FlatParameters& parameters, const OptimizerOptions& options) {
  return std::make_unique<Muon>(parameters, options);
}

}  // namespace skiptuning
