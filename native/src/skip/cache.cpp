#include "skip/cache.h"

#include <algorithm>
#include <numeric>
#include <string>

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include "clip/embedding.h"
#include "clip/encoder.h"
#include "clip/text_rows.h"
#include "clip/tower.h"
#include "core/error.h"
#include "core/file_memory.h"

namespace skiptuning {
namespace {

// Class prompts go through the text tower this many at a time, which bounds the memory of the pass.
constexpr std::int64_t kTextBatch = 64;

void check_start(const char* tower, std::int64_t start, std::int64_t last) {
  if (start < 0 || start > last) {
    throw InvalidArgument(std::string("start layer of the ") + tower + " tower must be 0.." + std::to_string(last) +
                          ", not " + std::to_string(start));
  }
}

}  // namespace

FeatureCache::FeatureCache(const Model& model, const CacheOptions& options) : model_(model), options_(options) {
  const auto& configuration = model_.configuration();
  check_start("image", options.image_start, configuration.image.layers);
  check_start("text", options.text_start, configuration.text.layers - 1);
  if (options.images < 0 || options.texts < 1) {
    throw InvalidArgument("a cache needs a number of images of 0 or more and at least one text");
  }
  const auto shape = holds_features() ? std::vector<std::int64_t>{options.images, 1, configuration.embed_dim}
                                      : std::vector<std::int64_t>{options.images, configuration.image_tokens(),
                                                                  configuration.image.width};
  if (options.file) {
    images_ = file_tensor(*options.file, shape, options.storage);
  } else {
    images_ = at::empty(shape, at::TensorOptions().dtype(options.storage).device(model_.device()));
  }
  filled_.resize(static_cast<std::size_t>(options.images));
}

bool FeatureCache::holds_features() const { return options_.image_start == model_.configuration().image.layers; }

at::Tensor FeatureCache::all_classes() const {
  return at::arange(options_.texts, at::TensorOptions().dtype(at::kLong).device(model_.device()));
}

void FeatureCache::put_images(std::int64_t first_row, const at::Tensor& pixels) {
  const auto count = pixels.size(0);
  const auto rows = images_.size(0);
  if (first_row < 0 || count > rows || first_row > rows - count) {
    throw InvalidArgument(std::to_string(count) + " image rows from row " + std::to_string(first_row) +
                          " on do not fit into the cache's " + std::to_string(rows));
  }
  const auto hidden = holds_features() ? model_.image_features(pixels, options_.precision)
                                       : image_prefix(model_, pixels, options_.image_start, options_.precision);
  images_.narrow(0, first_row, count).copy_(hidden.view({count, images_.size(1), images_.size(2)}));
  std::fill_n(filled_.begin() + first_row, count, true);
}

void FeatureCache::require_filled(const std::vector<std::int64_t>& image_rows) const {
  if (!texts_.defined()) {
    throw InvalidState("put the class prompts into the cache before a step");
  }
  for (const auto row : image_rows) {
    if (!filled_.at(static_cast<std::size_t>(row))) {
      throw InvalidState("put row " + std::to_string(row) + " of the images into the cache before a step on it");
    }
  }
}

const at::Tensor& FeatureCache::teacher_texts() const {
  if (!teacher_texts_.defined()) {
    throw InvalidState("put the teacher's text features into the cache before a trainer of this method is made");
  }
  return teacher_texts_;
}

void FeatureCache::put_texts(const at::Tensor& tokens, const Progress& progress) {
  const auto count = tokens.size(0);
  if (count != options_.texts) {
    throw InvalidArgument("this cache was made for " + std::to_string(options_.texts) + " texts, not " +
                          std::to_string(count));
  }
  texts_.reset();
  ++texts_version_;
  const auto& configuration = model_.configuration();
  const auto all = text_rows(tokens, end_of_text_positions(tokens, configuration.end_of_text), model_.device(),
                             options_.text_layout, options_.most_shared);
  const auto lookup = passing_lookup(model_, options_.precision);
  const auto suffix = suffix_tensors(configuration, TowerKind::text, options_.text_start, lookup);
  const auto shape = block_shape(configuration, TowerKind::text);
  auto hidden_rows = at::empty({all.sequences.rows(), configuration.text.width},
                               at::TensorOptions().dtype(options_.storage).device(model_.device()));
  std::vector<at::Tensor> prototype_parts;
  for (std::int64_t first = 0; first < count; first += kTextBatch) {
    std::vector<std::int64_t> part(static_cast<std::size_t>(std::min(kTextBatch, count - first)));
    std::iota(part.begin(), part.end(), first);
    const auto [sequences, rows] = choose(all.sequences, part, model_.device());
    const auto hidden =
        text_prefix(model_, {sequences, all.tokens.index_select(0, rows), all.places.index_select(0, rows)},
                    options_.text_start, options_.precision);
    prototype_parts.push_back(normalised(suffix_forward(hidden, sequences, suffix, shape, {false}, nullptr)));
    hidden_rows.index_copy_(0, rows, hidden.to(options_.storage));
    const auto done = first + static_cast<std::int64_t>(part.size());
    if (progress && !progress(static_cast<std::uint64_t>(done), static_cast<std::uint64_t>(count))) {
      throw Cancelled("cancelled while the class prompts were encoded");
    }
  }
  text_sequences_ = all.sequences;
  text_places_ = all.sequences.pooled_places(model_.device());
  prototypes_ = at::cat(prototype_parts, 0);
  texts_ = hidden_rows;
}

void FeatureCache::put_teacher_texts(const at::Tensor& tokens, bool of_length_1, const Progress& progress) {
  const auto count = tokens.size(0);
  if (count < 1 || count % options_.texts != 0) {
    throw InvalidArgument("a teacher needs the same number of prompts for each of " + std::to_string(options_.texts) +
                          " classes, not " + std::to_string(count) + " in all");
  }
  teacher_texts_.reset();
  ++teacher_version_;
  const auto templates = count / options_.texts;
  at::Tensor sum;
  for (std::int64_t index = 0; index < templates; ++index) {
    const auto of_template = tokens.narrow(0, index * options_.texts, options_.texts);
    std::vector<at::Tensor> parts;
    for (std::int64_t first = 0; first < options_.texts; first += kTextBatch) {
      const auto part = std::min(kTextBatch, options_.texts - first);
      parts.push_back(model_.text_features(of_template.narrow(0, first, part), options_.precision));
      const auto done = index * options_.texts + first + part;
      if (progress && !progress(static_cast<std::uint64_t>(done), static_cast<std::uint64_t>(count))) {
        throw Cancelled("cancelled while the class prompts were encoded");
      }
    }
    const auto features = of_length_1 ? normalised(at::cat(parts, 0)) : at::cat(parts, 0);
    sum = sum.defined() ? sum + features : features;
  }
  teacher_texts_ = normalised(sum);
}

at::Tensor FeatureCache::image_rows(std::int64_t first_row, std::int64_t count, std::uint64_t bytes) const {
  if (first_row < 0 || count < 1 || count > images_.size(0) || first_row > images_.size(0) - count) {
    throw InvalidArgument(std::to_string(count) + " image rows from row " + std::to_string(first_row) +
                          " on are not in the cache's " + std::to_string(images_.size(0)));
  }
  const auto rows = images_.narrow(0, first_row, count);
  if (bytes != rows.nbytes()) {
    throw InvalidArgument("these rows take " + std::to_string(rows.nbytes()) + " bytes, not " + std::to_string(bytes));
  }
  return rows;
}

void FeatureCache::require_put(std::int64_t first_row, std::int64_t count) const {
  const auto first = filled_.begin() + first_row;
  if (std::find(first, first + count, false) != first + count) {
    throw InvalidState("put all rows of the images into the cache before they are looked at");
  }
}

void FeatureCache::read_images(std::int64_t first_row, std::int64_t count, void* data, std::uint64_t bytes) const {
  const auto rows = image_rows(first_row, count, bytes);
  require_put(first_row, count);
  at::from_blob(data, rows.sizes(), at::TensorOptions().dtype(rows.dtype())).copy_(rows);
}

void FeatureCache::write_images(std::int64_t first_row, std::int64_t count, const void* data, std::uint64_t bytes) {
  const auto rows = image_rows(first_row, count, bytes);
  // from_blob wants a pointer to what may change; copy_ only reads it.
  rows.copy_(at::from_blob(const_cast<void*>(data), rows.sizes(), at::TensorOptions().dtype(rows.dtype())));
  std::fill_n(filled_.begin() + first_row, count, true);
}

at::Tensor FeatureCache::features(std::int64_t first_row, std::int64_t count) const {
  if (!holds_features()) {
    throw InvalidArgument("this cache holds hidden states, not features: an image start layer at the tower's end");
  }
  if (first_row < 0 || count < 1 || first_row > images_.size(0) - count) {
    throw InvalidArgument(std::to_string(count) + " image rows from row " + std::to_string(first_row) +
                          " on are not in the cache's " + std::to_string(images_.size(0)));
  }
  require_put(first_row, count);
  return images_.narrow(0, first_row, count)
      .flatten(0, 1)
      .to(model_.device(), at::kFloat, /*non_blocking=*/false, /*copy=*/true);
}

}  // namespace skiptuning
