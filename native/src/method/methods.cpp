#include <map>
#include <utility>

#include "core/error.h"
#include "method/method.h"

namespace skiptuning {
namespace {

// Made when the first method registers, whichever file that is in.
std::map<std::string, MethodFactory*>& registry() {
  static std::map<std::string, MethodFactory*> methods;
  return methods;
}

}  // namespace

void register_method(const std::string& name, MethodFactory* make) { registry()[name] = make; }

std::vector<std::string> method_names() {
  std::vector<std::string> names;
  for (const auto& [name, make] : registry()) {
    names.push_back(name);
  }
  return names;
}

std::unique_ptr<Method> make_method(const Model& model, std::shared_ptr<const FeatureCache> cache,
                                    const TrainerOptions& options) {
  const auto found = registry().find(options.method);
  if (found != registry().end()) {
    return found->second(model, std::move(cache), options);
  }
  std::string names;
  for (const auto& name : method_names()) {
    names += (names.empty() ? "" : ", ") + name;
  }
  throw InvalidArgument("unknown method " + options.method + ": there are " + names);
}

void Method::prepare(const at::Tensor&, const at::Tensor&, const FlatParameters&) {
  throw InvalidState("this method looks at no pictures before its first step");
}

void Method::validate(const at::Tensor&, const at::Tensor&, const FlatParameters&) {
  throw InvalidState("this method chooses nothing by pictures of its own");
}

std::map<std::string, at::Tensor> Method::merged_tensors(const FlatParameters&) const {
  throw InvalidState("what this method trains is no part of an ordinary model");
}

at::Tensor Method::predict_features(const at::Tensor&, const FlatParameters&) const {
  throw InvalidState("this method changes the image tower: it predicts of pictures, not of features");
}

at::Tensor Method::predict(const at::Tensor&, const FlatParameters&) const {
  throw InvalidState("what this method trains is an ordinary model: ask that for its features");
}

}  // namespace skiptuning
