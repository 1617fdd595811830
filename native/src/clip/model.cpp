#include "clip/model.h"

#include <cmath>
#include <sstream>
#include <utility>

#include <ATen/ops/cat.h>
#include <ATen/ops/isfinite.h>

#include "clip/embedding.h"
#include "clip/encoder.h"
#include "clip/parameters.h"
#include "clip/tower.h"
#include "core/error.h"
#include "layers/product.h"

namespace skiptuning {
namespace {

// e^80 is 5e34: beyond 88 fp32 has no number for the scale of the logits, and below -87 none but zero.
constexpr float kLargestLogitScale = 80.0F;

std::string shape_text(at::IntArrayRef shape) {
  std::ostringstream text;
  text << shape;
  return text.str();
}

// The three projections stand apart in Hugging Face's naming.
void stack_projections(std::map<std::string, at::Tensor>& tensors, const std::string& part) {
  const std::string query = "attn.q_proj." + part;
  std::vector<std::string> prefixes;
  for (const auto& entry : tensors) {
    const auto& name = entry.first;
    if (name.size() > query.size() && name.compare(name.size() - query.size(), query.size(), query) == 0) {
      prefixes.push_back(name.substr(0, name.size() - query.size()));
    }
  }
  for (const auto& prefix : prefixes) {
    std::vector<at::Tensor> parts;
    for (const char* which : {"q", "k", "v"}) {
      const auto found = tensors.find(prefix + "attn." + which + "_proj." + part);
      if (found == tensors.end()) {
        throw BadInput("the tensor " + prefix + "attn." + which + "_proj." + part + " is missing");
      }
      parts.push_back(found->second);
      tensors.erase(found);
    }
    tensors[prefix + "attn.in_proj_" + part] = at::cat(parts, 0);
  }
}

void require_scale(float logit_scale) {
  if (!(std::abs(logit_scale) <= kLargestLogitScale)) {
    throw BadInput("the tensor logit_scale is " + std::to_string(logit_scale) +
                   ", the logarithm of a number beyond fp32; CLIP's is at most log(100) = 4.6");
  }
}

}  // namespace

Model::Model(const ClipConfiguration& configuration, std::map<std::string, at::Tensor> tensors, at::Device device)
    : configuration_(configuration), device_(device), casts_(std::make_shared<Casts>()) {
  stack_projections(tensors, "weight");
  stack_projections(tensors, "bias");
  for (const auto& spec : clip_parameters(configuration)) {
    const auto found = tensors.find(spec.name);
    if (found == tensors.end()) {
      throw BadInput("the tensor " + spec.name + " is missing");
    }
    auto tensor = found->second;
    if (spec.shape.empty() && tensor.numel() == 1) {
      tensor = tensor.reshape({});
    }
    if (tensor.sizes() != at::IntArrayRef(spec.shape)) {
      throw BadInput("the tensor " + spec.name + " has shape " + shape_text(tensor.sizes()) +
                     ", but this model needs " + shape_text(spec.shape));
    }
    tensor = tensor.to(device_, at::kFloat).contiguous();
    if (!at::isfinite(tensor.sum()).item<bool>() && !at::isfinite(tensor).all().item<bool>()) {
      throw BadInput("the tensor " + spec.name + " holds a NaN or an infinity");
    }
    parameters_.emplace(spec.name, std::move(tensor));
    tensors.erase(found);
  }
  if (!tensors.empty()) {
    throw BadInput("the tensor " + tensors.begin()->first + " belongs to no part of this model");
  }
  require_scale(parameter("logit_scale").item<float>());
}

Model::Model(const Model& other)
    : configuration_(other.configuration_),
      device_(other.device_),
      parameters_(other.parameters_),
      casts_(std::make_shared<Casts>()) {
  for (const auto& [name, writer] : other.writers_) {
    if (!writer.expired()) {
      parameters_[name] = parameters_[name].clone();
    }
  }
}

const at::Tensor& Model::parameter(const std::string& name) const {
  const auto found = parameters_.find(name);
  if (found == parameters_.end()) {
    throw InvalidArgument("this model has no tensor named " + name);
  }
  return found->second;
}

void Model::replace(const std::string& name, at::Tensor tensor, std::weak_ptr<const void> writer) {
  if (tensor.sizes() != parameter(name).sizes()) {
    throw InvalidArgument("the tensor " + name + " must keep its shape " + shape_text(parameter(name).sizes()));
  }
  parameters_[name] = std::move(tensor);
  writers_[name] = std::move(writer);
  touch();
}

at::Tensor Model::parameter(const std::string& name, at::ScalarType precision) const {
  const auto& master = parameter(name);
  if (master.scalar_type() == precision) {
    return master;
  }
  const std::lock_guard<std::mutex> lock(casts_->mutex);
  auto& cast = casts_->tensors[{name, precision}];
  if (!cast.defined()) {
    cast = master.to(precision);
  }
  return cast;
}

at::Tensor Model::passing_parameter(const std::string& name, at::ScalarType precision) const {
  const auto& master = parameter(name);
  {
    const std::lock_guard<std::mutex> lock(casts_->mutex);
    const auto kept = casts_->tensors.find({name, precision});
    if (kept != casts_->tensors.end()) {
      return kept->second;
    }
  }
  return master.to(precision);
}

void Model::touch() {
  const std::lock_guard<std::mutex> lock(casts_->mutex);
  casts_->tensors.clear();
}

at::Tensor Model::encode_images(const at::Tensor& pixels, at::ScalarType precision) const {
  return normalised(image_features(pixels, precision));
}

at::Tensor Model::image_features(const at::Tensor& pixels, at::ScalarType precision) const {
  const auto hidden = image_prefix(*this, pixels, 0, precision);
  const auto weights = suffix_tensors(configuration_, TowerKind::image, 0, frozen_lookup(*this, precision));
  return suffix_forward(hidden, Sequences::of_images(pixels.size(0), configuration_.image_tokens()), weights,
                        block_shape(configuration_, TowerKind::image), {false}, nullptr)
      .to(at::kFloat);
}

at::Tensor Model::encode_texts(const at::Tensor& tokens, at::ScalarType precision) const {
  return normalised(text_features(tokens, precision));
}

at::Tensor Model::text_features(const at::Tensor& tokens, at::ScalarType precision) const {
  const auto rows =
      text_rows(tokens, end_of_text_positions(tokens, configuration_.end_of_text), device_, text_layout(device_));
  const auto weights = suffix_tensors(configuration_, TowerKind::text, 0, frozen_lookup(*this, precision));
  return suffix_forward(text_prefix(*this, rows, 0, precision), rows.sequences, weights,
                        block_shape(configuration_, TowerKind::text), {false}, nullptr)
      .to(at::kFloat);
}

at::Tensor Model::logits(const at::Tensor& image_features, const at::Tensor& text_features) const {
  return product(image_features, text_features.t()).mul_(parameter("logit_scale").exp());
}

}  // namespace skiptuning
