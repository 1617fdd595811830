#pragma once

#include <cstdint>
#include <functional>
#include <limits>
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
  // Rows that prompts may share: not those of vectors that each class has for itself.
  std::int64_t most_shared = std::numeric_limits<std::int64_t>::max();
};

using Progress = std::function<bool(std::uint64_t done, std::uint64_t total)>;  // false cancels

// LSkip: the outputs of the frozen prefix of both towers, computed once and trained on many times.
class FeatureCache {
 public:
  FeatureCache(const Model& model, const CacheOptions& options);

  void put_images(std::int64_t first_row, const at::Tensor& pixels);
  void put_texts(const at::Tensor& tokens, const Progress& progress);
  // Text features that a method is held to, or classifies with: of other prompts, [T*M,L] tokens of T templates behind
  // each other. Those of a class are averaged, each at length 1 first where `of_length_1`.
  void put_teacher_texts(const at::Tensor& tokens, bool of_length_1, const Progress& progress);
  // What rows that were put came to, as they are stored, to and from dense host memory of `bytes` bytes. Written rows
  // count as put.
  void read_images(std::int64_t first_row, std::int64_t count, void* data, std::uint64_t bytes) const;
  void write_images(std::int64_t first_row, std::int64_t count, const void* data, std::uint64_t bytes);
  // A copy of the features of rows that were put, [count,E] fp32. Throws unless it holds features and these.
  at::Tensor features(std::int64_t first_row, std::int64_t count) const;
  // Throws InvalidState unless the texts and these rows of the images are there.
  void require_filled(const std::vector<std::int64_t>& image_rows) const;

  const CacheOptions& options() const { return options_; }
  at::Tensor all_classes() const;                       // [M] int64, on the model's device
  bool holds_features() const;                          // of the images, not hidden states
  const at::Tensor& images() const { return images_; }  // [N, tokens, D], or features [N, 1, E], not normalised
  bool has_texts() const { return texts_.defined(); }
  std::uint64_t texts_version() const { return texts_version_; }       // grows with put_texts, which makes new tensors
  const at::Tensor& texts() const { return texts_; }                   // [R, D], rows as text_sequences() says
  const Sequences& text_sequences() const { return text_sequences_; }  // of all M class prompts
  const at::Tensor& text_places() const { return text_places_; }       // [M] int64: where each is pooled
  std::uint64_t teacher_version() const { return teacher_version_; }   // the same of put_teacher_texts
  // [M,E] fp32, length 1. Throws InvalidState unless they were put.
  const at::Tensor& teacher_texts() const;
  const at::Tensor& prototypes() const { return prototypes_; }  // [M, E] fp32, length 1, of the untouched model

 private:
  // Rows that fit, [count, tokens, D] or [count, 1, E]; `bytes` has to be their size.
  at::Tensor image_rows(std::int64_t first_row, std::int64_t count, std::uint64_t bytes) const;
  void require_put(std::int64_t first_row, std::int64_t count) const;

  Model model_;  // as the model given was then
  CacheOptions options_;
  std::vector<bool> filled_;  // rows of images_
  at::Tensor images_, texts_, text_places_, prototypes_, teacher_texts_;
  Sequences text_sequences_;
  std::uint64_t texts_version_ = 0, teacher_version_ = 0;
};

}  // namespace skiptuning
