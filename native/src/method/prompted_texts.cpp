#include "method/prompted_texts.h"

#include <algorithm>
#include <string>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/zeros.h>

#include "clip/encoder.h"
#include "clip/reference.h"
#include "clip/text_rows.h"
#include "core/error.h"
#include "core/index_tensor.h"

namespace skiptuning {
namespace {

constexpr SuffixUse kFrozen{/*input_gradient=*/true, /*trained=*/false};

SuffixUse frozen_with(const std::vector<Insertion>& insertions) {
  auto use = kFrozen;
  use.insertions = &insertions;
  return use;
}

}  // namespace

PromptedTexts::PromptedTexts(const Model& model, std::shared_ptr<const FeatureCache> cache,
                             const PromptOptions& options)
    : model_(&model),
      cache_(std::move(cache)),
      tokens_(options.tokens),
      of_each_class_(options.of_each_class),
      position_(options.position),
      name_lengths_(options.name_lengths),
      version_(cache_ ? cache_->texts_version() : 0) {
  if (!cache_ || !cache_->has_texts()) {
    throw InvalidState("put the class prompts into the cache before a trainer is made");
  }
  if (cache_->options().text_start != 0) {
    throw InvalidArgument("trained prompts begin at the text tower's input: a text start layer of 0");
  }
  if (position_ != ContextPosition::end && static_cast<std::int64_t>(name_lengths_.size()) != classes()) {
    throw InvalidArgument("vectors behind or around the classes' names need the length of every name");
  }
  const auto& sequences = cache_->text_sequences();
  std::vector<std::int64_t> rows, vectors, places, all_rows;
  std::int64_t longest = 0;
  for (std::int64_t text = 0; text < classes(); ++text) {
    longest = std::max(longest, sequences.length(text));
  }
  for (std::int64_t text = 0; text < classes(); ++text) {
    for (std::int64_t token = 0; token < tokens_; ++token) {
      const auto at_place = place(text, token);
      const bool shared = at_place < sequences.shared;
      if (at_place >= sequences.shared + sequences.length(text) - 1) {
        throw InvalidArgument("a prompt is shorter than its placeholders");
      }
      if (shared && of_each_class_) {
        throw InvalidArgument("vectors of each class need prompts that share no placeholder");
      }
      all_rows.push_back(text * (sequences.shared + longest) + at_place);
      if (!shared || text == 0) {
        rows.push_back(shared ? at_place : sequences.first(text) + at_place - sequences.shared);
        vectors.push_back(of_each_class_ ? text * tokens_ + token : token);
        places.push_back(at_place);
      }
    }
  }
  rows_ = index_tensor(rows, model.device());
  vectors_ = index_tensor(vectors, model.device());
  all_rows_ = index_tensor(all_rows, model.device());
  places_ = model.parameter("positional_embedding").index_select(0, index_tensor(places, model.device()));
}

void PromptedTexts::require_same_prompts() const {
  if (cache_->texts_version() != version_ || !cache_->has_texts()) {
    throw InvalidState("the cache's prompts were put again: make another trainer for them");
  }
}

std::int64_t PromptedTexts::place(std::int64_t text, std::int64_t token) const {
  const auto before = position_ == ContextPosition::end      ? tokens_
                      : position_ == ContextPosition::middle ? tokens_ / 2
                                                             : 0;
  return 1 + token + (token < before ? 0 : name_lengths_[static_cast<std::size_t>(text)]);
}

at::Tensor PromptedTexts::embedded() const {
  const auto found = cache_->texts().index_select(0, rows_).to(at::kFloat) - places_;
  auto vectors = at::zeros({this->vectors(), found.size(1)}, found.options());
  return vectors.index_copy_(0, vectors_, found);
}

at::Tensor PromptedTexts::forward(const TextVectors& vectors, at::ScalarType precision, Pass* pass) const {
  require_same_prompts();
  const auto& configuration = model_->configuration();
  const auto shape = block_shape(configuration, TowerKind::text);
  const auto& sequences = cache_->text_sequences();
  Pass passing;
  auto& p = pass != nullptr ? *pass : passing;
  p.weights = suffix_tensors(configuration, TowerKind::text, 0, frozen_lookup(*model_, precision));
  p.insertions.clear();
  const auto of_rows = vectors_.remainder(tokens_);
  for (std::size_t depth = 0; depth < vectors.deep.size(); ++depth) {
    p.insertions.push_back(
        {static_cast<std::int64_t>(depth) + 1, rows_, vectors.deep[depth].index_select(0, of_rows).to(precision)});
  }
  auto hidden = cache_->texts().to(precision, /*non_blocking=*/false, /*copy=*/true);
  hidden.index_copy_(0, rows_, (vectors.context.index_select(0, vectors_) + places_).to(precision));
  auto* const saved = pass != nullptr ? &p.saved : nullptr;
  if (!vectors.of_classes.defined()) {
    p.sequences = sequences;
    return suffix_forward(hidden, sequences, p.weights, shape, frozen_with(p.insertions), saved);
  }
  const auto middle = p.weights.blocks.begin() + vectors.class_block;
  p.first_blocks.assign(p.weights.blocks.begin(), middle);
  p.weights.blocks.erase(p.weights.blocks.begin(), middle);
  hidden = blocks_forward(hidden, sequences, p.first_blocks, shape, pass != nullptr ? &p.first_saved : nullptr);
  auto choice = unshared(sequences, model_->device());
  p.sequences = std::move(choice.sequences);
  p.copied = choice.rows;
  hidden = hidden.index_select(0, p.copied);
  std::vector<std::int64_t> own_rows;
  for (std::int64_t text = 0; text < classes(); ++text) {
    for (std::int64_t token = 0; token < tokens_; ++token) {
      own_rows.push_back(p.sequences.first(text) + place(text, token));
    }
  }
  // Before the first block of the rest, so that its gradient is taken from the input's.
  p.insertions.push_back({0, index_tensor(own_rows, model_->device()), {}});
  hidden.index_copy_(0, p.insertions.back().rows, vectors.of_classes.to(precision));
  return suffix_forward(hidden, p.sequences, p.weights, shape, kFrozen, saved);
}

TextVectors PromptedTexts::backward(const at::Tensor& d_features, const Pass& pass) const {
  const auto shape = block_shape(model_->configuration(), TowerKind::text);
  const auto none = no_gradients(pass.weights);
  TextVectors gradients;
  at::Tensor d_hidden;
  const auto precision = pass.weights.projection.scalar_type();
  if (pass.first_blocks.empty()) {
    std::vector<at::Tensor> d_insertions;
    d_hidden = suffix_backward(d_features.to(precision), pass.sequences, pass.weights, shape,
                               frozen_with(pass.insertions), pass.saved, none, &d_insertions);
    const auto of_rows = vectors_.remainder(tokens_);
    for (const auto& d_values : d_insertions) {
      gradients.deep.push_back(sum_of_each(d_values, of_rows, tokens_));
    }
  } else {
    auto d_copied =
        suffix_backward(d_features.to(precision), pass.sequences, pass.weights, shape, kFrozen, pass.saved, none);
    const auto& own_rows = pass.insertions.back().rows;
    gradients.of_classes = d_copied.index_select(0, own_rows).to(at::kFloat);
    gradients.class_block = static_cast<std::int64_t>(pass.first_blocks.size());
    d_copied.index_fill_(0, own_rows, 0);
    const auto& texts = cache_->texts();
    // In fp32: every text adds to the rows that all begin with.
    const auto sums =
        at::zeros(texts.sizes(), texts.options().dtype(at::kFloat)).index_add_(0, pass.copied, d_copied.to(at::kFloat));
    d_hidden =
        blocks_backward(sums.to(precision), cache_->text_sequences(), pass.first_blocks, shape, pass.first_saved);
  }
  gradients.context = sum_of_each(d_hidden.index_select(0, rows_), vectors_, vectors());
  return gradients;
}

at::Tensor PromptedTexts::sum_of_each(const at::Tensor& of_rows, const at::Tensor& vectors, std::int64_t count) const {
  return at::zeros({count, of_rows.size(1)}, of_rows.options().dtype(at::kFloat))
      .index_add_(0, vectors, of_rows.to(at::kFloat));
}

at::Tensor PromptedTexts::reference(const TextVectors& vectors, at::ScalarType precision) const {
  require_same_prompts();
  const auto& sequences = cache_->text_sequences();
  const auto fixed = unpacked(cache_->texts().to(precision), sequences);
  const auto& configuration = model_->configuration();
  const auto context = of_each_class_ ? vectors.context : vectors.context.repeat({classes(), 1});
  std::vector<std::int64_t> places;
  for (std::int64_t text = 0; text < classes(); ++text) {
    for (std::int64_t token = 0; token < tokens_; ++token) {
      places.push_back(place(text, token));
    }
  }
  const auto embedded =
      model_->parameter("positional_embedding").index_select(0, index_tensor(places, model_->device()));
  const auto hidden = fixed.reshape({-1, fixed.size(2)})
                          .index_copy(0, all_rows_, (context + embedded).to(precision))
                          .view(fixed.sizes());
  std::vector<Insertion> insertions;
  for (std::size_t depth = 0; depth < vectors.deep.size(); ++depth) {
    insertions.push_back(
        {static_cast<std::int64_t>(depth) + 1, all_rows_, vectors.deep[depth].repeat({classes(), 1}).to(precision)});
  }
  if (vectors.of_classes.defined()) {
    insertions.push_back({vectors.class_block, all_rows_, vectors.of_classes.to(precision)});
  }
  return reference::suffix(hidden, sequences.pooled_places(hidden.device()),
                           suffix_tensors(configuration, TowerKind::text, 0, frozen_lookup(*model_, precision)),
                           block_shape(configuration, TowerKind::text), nullptr, insertions);
}

}  // namespace skiptuning
