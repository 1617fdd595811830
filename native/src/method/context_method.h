#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "method/prompt_method.h"

namespace skiptuning {

// One context in every text prompt is all that is trained: CoOp's parameters, and those of what builds on it.
class ContextMethod : public PromptMethod {
 public:
  ContextMethod(const Model& model, std::shared_ptr<const FeatureCache> cache, const TrainerOptions& options)
      : PromptMethod(model, std::move(cache), options.prompt, /*with_image_vectors=*/false, options.trained_classes) {}

  std::map<std::string, at::Tensor> own_parameters() const override { return {{kContext, first_context()}}; }

  TrainedVectors vectors(const TensorLookup& own, const at::Tensor&) const override {
    TrainedVectors vectors;
    vectors.texts.context = own(kContext);
    return vectors;
  }
};

// A context held to a teacher's texts, which the cache must have.
class TaughtContextMethod : public ContextMethod {
 public:
  TaughtContextMethod(const Model& model, std::shared_ptr<const FeatureCache> cache, const TrainerOptions& options)
      : ContextMethod(model, std::move(cache), options), teacher_(options.teacher) {
    this->cache().teacher_texts();
  }

 protected:
  const TeacherOptions& teacher() const { return teacher_; }

 private:
  TeacherOptions teacher_;
};

}  // namespace skiptuning
