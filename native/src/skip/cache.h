#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "clip/model.h"
#include "clip/text_rows.h"
#include "layers/sequences.h"

namespace skiptuning {

struct CacheOptions {
  std::int64_t images;
  std::int64_t texts;
  // omega of the image tower: blocks [0, image_start) are frozen; with all of them the features themselves are kept
  std::int64_t image_start;
  std::int64_t text_start;
  at::ScalarType precision;  // of the frozen computation
  at::ScalarType storage;
  TextLayout text_layout;
  std::optional<std::string> file;  // memory-mapped there instead of in memory
};

using Progress = std::function<bool(std::uint64_t done, std::uint64_t total)>;  // false cancels

// LSkip: the outputs of the frozen prefix of both towers, computed once and trained on many times.
class FeatureCache {
 public:
  FeatureCache(const Model& model, const CacheOptions& options);

  void put_images(std::int64_t first_row, const at::Tensor& pixels);
  void put_texts(const at::Tensor& tokens, const Progress& progress);
  // Throws InvalidState unless the texts and these rows of the images are there.
  void require_filled(const std::vector<std::int64_t>& image_rows) const;

  const CacheOptions& options() const { return options_; }
  at::Tensor all_classes() const;                       // [M] int64, on the model's device
  bool holds_features() const;                          // of the images, not hidden states
  const at::Tensor& images() const { return images_; }  // [N, tokens, D], or features [N, 1, E] of length 1
  bool has_texts() const { return texts_.defined(); }
  std::uint64_t texts_version() const { return texts_version_; }       // grows with put_texts, which makes new tensors
  const at::Tensor& texts() const { return texts_; }                   // [R, D], rows as text_sequences() says
  const Sequences& text_sequences() const { return text_sequences_; }  // of all M class prompts
  const at::Tensor& text_places() const { return text_places_; }       // [M] int64: where each is pooled
  const at::Tensor& prototypes() const { return prototypes_; }         // [M, E] fp32, length 1, of the untouched model

 private:
  Model model_;  // as the model given was then
  CacheOptions options_;
  std::vector<bool> filled_;  // rows of images_
  at::Tensor images_, texts_, text_places_, prototypes_;
  Sequences text_sequences_;
  std::uint64_t texts_version_ = 0;
};

}  // namespace skiptuning
