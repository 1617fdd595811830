#include "abi/inputs.h"

#include <algorithm>
#include <limits>
#include <string>

#include "abi/status.h"
#include "core/error.h"

namespace skiptuning::abi {

at::Tensor pixel_input(const ModelState& model, const float* pixels, std::int64_t count) {
  require(pixels != nullptr, "pixels is null");
  const auto size = model.model->configuration().image_size;
  const auto most = std::numeric_limits<std::int64_t>::max() / (3 * size * size * std::int64_t{sizeof(float)});
  require(count >= 1 && count <= most, "There must be at least one picture, and no more than memory can hold");
  return input_tensor(pixels, {count, 3, size, size}, at::kFloat, *model.context);
}

at::Tensor token_input(const ModelState& model, const std::int64_t* tokens, std::int64_t count, std::int64_t length) {
  const auto& configuration = model.model->configuration();
  require(tokens != nullptr, "tokens is null");
  require(count >= 1, "There must be at least one text");
  require(length >= 1 && length <= configuration.context_length, "A text of " + std::to_string(length) +
                                                                     " tokens; this model takes 1 to " +
                                                                     std::to_string(configuration.context_length));
  require_indices(tokens, count * length, configuration.vocabulary_size, "token");
  return input_tensor(tokens, {count, length}, at::kLong, *model.context);
}

void require_indices(const std::int64_t* indices, std::int64_t count, std::int64_t limit, const char* what) {
  const auto wrong = std::find_if(indices, indices + count, [&](std::int64_t i) { return i < 0 || i >= limit; });
  if (wrong != indices + count) {
    throw InvalidArgument("The " + std::string(what) + " " + std::to_string(*wrong) + " is not in 0.." +
                          std::to_string(limit - 1));
  }
}

}  // namespace skiptuning::abi
