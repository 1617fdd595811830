#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/ops/linear.h>

#include "clip/reference.h"
#include "core/error.h"
#include "method/draws.h"
#include "method/meta_net.h"
#include "method/prompt_method.h"

namespace skiptuning {
namespace {

std::string projection_name(std::int64_t depth) { return "projection." + std::to_string(depth); }
std::string deep_name(std::int64_t depth) { return "context." + std::to_string(depth); }

// MaPLe (Khattak et al., CVPR 2023, arXiv 2210.03117): vectors in the prompts and, led there by a linear layer each,
// behind the pictures' patches; anew before each of the first blocks.
class Maple : public PromptMethod {
 public:
  Maple(const Model& model, std::shared_ptr<const FeatureCache> cache, const TrainerOptions& options)
      : PromptMethod(model, std::move(cache), options.prompt, /*with_image_vectors=*/true, options.trained_classes) {
    require_depth("MaPLe");
  }

  std::map<std::string, at::Tensor> own_parameters() const override {
    const auto& configuration = model().configuration();
    const auto image_width = configuration.image.width;
    const auto text_width = configuration.text.width;
    std::map<std::string, at::Tensor> own{{kContext, first_context()}};
    for (std::int64_t depth = 0; depth < prompt().depth; ++depth) {
      if (depth > 0) {
        own.emplace(deep_name(depth),
                    drawn(draws::kDeepTexts + static_cast<std::uint64_t>(depth), {prompt().tokens, text_width}));
      }
      // All layers but the first begin alike.
      const auto stream = depth == 0 ? draws::kProjection : draws::kProjections;
      own.emplace(projection_name(depth) + ".weight",
                  drawn_uniform(prompt().seed, stream, {image_width, text_width}, text_width, model().device()));
      own.emplace(projection_name(depth) + ".bias",
                  drawn_uniform(prompt().seed, stream + 1, {image_width}, text_width, model().device()));
    }
    return own;
  }

  TrainedVectors vectors(const TensorLookup& own, const at::Tensor&) const override {
    TrainedVectors vectors;
    const auto projected = [&](const at::Tensor& of_text, std::int64_t depth) {
      return at::linear(of_text, own(projection_name(depth) + ".weight"), own(projection_name(depth) + ".bias"));
    };
    vectors.texts.context = own(kContext);
    // At the input they pass ln_pre with the patches.
    vectors.images.context = behind_ln_pre(projected(vectors.texts.context, 0));
    for (std::int64_t depth = 1; depth < prompt().depth; ++depth) {
      vectors.texts.deep.push_back(own(deep_name(depth)));
      vectors.images.deep.push_back(projected(vectors.texts.deep.back(), depth));
    }
    return vectors;
  }
};

const RegisteredMethod<Maple> kRegistered("maple");

}  // namespace
}  // namespace skiptuning
