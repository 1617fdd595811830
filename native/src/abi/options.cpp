#include "abi/options.h"

#include "abi/json.h"

namespace skiptuning::abi {

namespace {

// Large enough for any CLIP, and products of a few of them stay far below 2^63.
constexpr std::int64_t kMostSize = 1 << 20;
constexpr std::int64_t kMostRows = std::int64_t{1} << 32;
constexpr double kMostFactor = 1e6;

std::int64_t size(JsonObject& json, const char* key, std::int64_t least = 1) {
  const std::int64_t value = json.integer(key);
  json.check(key, value >= least && value <= kMostSize, least == 0 ? "from 0 to 2^20" : "from 1 to 2^20");
  return value;
}

TowerConfiguration tower(JsonObject& json) {
  TowerConfiguration tower{};
  tower.layers = size(json, "layers");
  tower.width = size(json, "width");
  tower.heads = size(json, "heads");
  tower.mlp_width = size(json, "mlp_width");
  json.check("heads", tower.width % tower.heads == 0, "a divisor of the width");
  return tower;
}

at::ScalarType precision(JsonObject& json, const char* key) {
  constexpr at::ScalarType types[] = {at::kFloat, at::kBFloat16, at::kHalf};
  return types[json.choice(key, {"fp32", "bf16", "fp16"}, "fp32")];
}

double share(JsonObject& json, const char* key, double standard) {
  const double value = json.number(key, standard);
  json.check(key, value >= 0.0 && value < 1.0, "at least 0 and below 1");
  return value;
}

double not_negative(JsonObject& json, const char* key, double standard) {
  const double value = json.number(key, standard);
  json.check(key, value >= 0.0, "at least 0");
  return value;
}

// Far above any use, and far below what overflows.
double bounded(JsonObject& json, const char* key, double standard) {
  const double value = json.number(key, standard);
  json.check(key, value >= 0.0 && value <= kMostFactor, "from 0 to 1e6");
  return value;
}

double positive(JsonObject& json, const char* key, double standard) {
  const double value = json.number(key, standard);
  json.check(key, value > 0.0 && value <= kMostFactor, "above 0, up to 1e6");
  return value;
}

OptimizerOptions optimizer(JsonObject json) {
  const OptimizerOptions standard;
  OptimizerOptions options;
  constexpr const char* names[] = {"sgd", "adam", "adamw", "muon"};
  options.name = names[json.choice("name", {"sgd", "adam", "adamw", "muon"}, standard.name.c_str())];
  options.momentum = share(json, "momentum", standard.momentum);
  options.weight_decay = not_negative(json, "weight_decay", standard.weight_decay);
  options.beta1 = share(json, "beta1", standard.beta1);
  options.beta2 = share(json, "beta2", standard.beta2);
  options.epsilon = not_negative(json, "epsilon", standard.epsilon);
  json.finish();
  return options;
}

SelectionOptions selection(JsonObject json) {
  const SelectionOptions standard;
  SelectionOptions options;
  options.top_ratio = json.number("top_ratio", standard.top_ratio);
  json.check("top_ratio", options.top_ratio > 0.0, "above 0");
  options.max_classes = json.integer("max_classes", standard.max_classes);
  json.check("max_classes", options.max_classes >= 0, "at least 0");
  options.lambda = not_negative(json, "lambda", standard.lambda);
  options.mask = json.choice("mask", {"run", "step"}, "run") == 0 ? MaskPolicy::run : MaskPolicy::step;
  options.seed = static_cast<std::uint64_t>(json.integer("seed", static_cast<std::int64_t>(standard.seed)));
  json.finish();
  return options;
}

PromptOptions prompt(JsonObject json) {
  PromptOptions options;
  options.tokens = json.integer("tokens", options.tokens);
  json.check("tokens", options.tokens >= 1 && options.tokens <= kMostSize, "from 1 to 2^20");
  constexpr InitialContext initial[] = {InitialContext::random, InitialContext::prompt, InitialContext::zero};
  options.initial = initial[json.choice("initial", {"random", "prompt", "zero"}, "random")];
  options.words = json.integer("words", options.words);
  json.check("words", options.words >= 0 && options.words <= options.tokens, "from 0 to the number of tokens");
  options.seed = static_cast<std::uint64_t>(json.integer("seed", static_cast<std::int64_t>(options.seed)));
  constexpr ContextPosition positions[] = {ContextPosition::end, ContextPosition::middle, ContextPosition::front};
  options.position = positions[json.choice("position", {"end", "middle", "front"}, "end")];
  options.of_each_class = json.boolean("of_each_class", options.of_each_class);
  options.name_lengths = json.integers("name_lengths");
  for (const auto length : options.name_lengths) {
    json.check("name_lengths", length >= 1 && length <= kMostSize, "a list of integers from 1 to 2^20");
  }
  options.depth = json.integer("depth", options.depth);
  json.check("depth", options.depth >= 1 && options.depth <= kMostSize, "from 1 to 2^20");
  options.hidden = json.integer("hidden", options.hidden);
  json.check("hidden", options.hidden >= 0 && options.hidden <= kMostSize, "from 0 to 2^20");
  json.finish();
  return options;
}

TeacherOptions teacher(JsonObject json) {
  TeacherOptions options;
  options.text_weight = bounded(json, "text_weight", options.text_weight);
  options.image_weight = bounded(json, "image_weight", options.image_weight);
  options.logit_weight = bounded(json, "logit_weight", options.logit_weight);
  options.temperature = positive(json, "temperature", options.temperature);
  json.finish();
  return options;
}

AdapterOptions adapter(JsonObject json) {
  AdapterOptions options;
  options.reduction = json.integer("reduction", options.reduction);
  json.check("reduction", options.reduction >= 1 && options.reduction <= kMostSize, "from 1 to 2^20");
  options.share = json.number("share", options.share);
  json.check("share", options.share >= 0.0 && options.share <= 1.0, "from 0 to 1");
  options.seed = static_cast<std::uint64_t>(json.integer("seed", static_cast<std::int64_t>(options.seed)));
  json.finish();
  return options;
}

DecouplingOptions decoupling(JsonObject json) {
  DecouplingOptions options;
  constexpr const char* bases[] = {"coop", "kgcoop", "maple"};
  options.base = bases[json.choice("base", {"coop", "kgcoop", "maple"}, "kgcoop")];
  options.weight = json.number("weight", options.weight);
  json.check("weight", options.weight >= 0.0 && options.weight <= 1.0, "from 0 to 1");
  json.finish();
  return options;
}

PictureCacheOptions picture_cache(JsonObject json) {
  PictureCacheOptions options;
  options.pictures = json.integer("pictures");
  json.check("pictures", options.pictures >= 1 && options.pictures <= kMostRows, "from 1 to 2^32");
  options.trained = json.boolean("trained", options.trained);
  options.alpha = not_negative(json, "alpha", options.alpha);
  options.beta = not_negative(json, "beta", options.beta);
  options.most_alpha = not_negative(json, "most_alpha", options.most_alpha);
  options.most_beta = not_negative(json, "most_beta", options.most_beta);
  json.finish();
  return options;
}

ProbeOptions probe(JsonObject json) {
  ProbeOptions options;
  options.cost = json.number("cost", options.cost);
  json.check("cost", options.cost > 0.0, "above 0");
  options.search = json.boolean("search", options.search);
  options.summed_alpha = json.boolean("summed_alpha", options.summed_alpha);
  options.seed = static_cast<std::uint64_t>(json.integer("seed", static_cast<std::int64_t>(options.seed)));
  json.finish();
  return options;
}

LowRankOptions low_rank(JsonObject json) {
  LowRankOptions options;
  options.rank = json.integer("rank", options.rank);
  json.check("rank", options.rank >= 1, "at least 1");
  options.alpha = positive(json, "alpha", options.alpha);
  options.dropout = share(json, "dropout", options.dropout);
  options.seed = static_cast<std::uint64_t>(json.integer("seed", static_cast<std::int64_t>(options.seed)));
  json.finish();
  return options;
}

}  // namespace

ContextOptions parse_context(const char* text) {
  auto json = JsonObject::parse(text, "options");
  ContextOptions options;
  options.device = json.text("device");
  const std::int64_t threads = json.integer("threads", 0);
  json.check("threads", threads >= 0 && threads <= 4096, "from 0 to 4096");
  options.threads = static_cast<int>(threads);
  const auto gemm = json.choice("gemm", {"auto", "blas", "onednn", "tiles"}, "auto");
  if (gemm > 0) {
    options.gemm = kGemmBackEnds[gemm - 1];
  }
  json.finish();
  return options;
}

ClipConfiguration parse_configuration(const char* text) {
  auto json = JsonObject::parse(text, "configuration");
  ClipConfiguration configuration{};
  configuration.embed_dim = size(json, "embed_dim");
  configuration.activation =
      json.choice("activation", {"gelu", "quick_gelu"}) == 0 ? Activation::gelu : Activation::quick_gelu;
  configuration.layer_norm_epsilon = json.number("layer_norm_epsilon");
  json.check("layer_norm_epsilon", configuration.layer_norm_epsilon >= 0.0, "at least 0");
  configuration.end_of_text = json.integer("end_of_text");

  auto image = json.object("image");
  configuration.image_size = size(image, "size");
  configuration.patch_size = size(image, "patch");
  image.check("patch", configuration.image_size % configuration.patch_size == 0, "a divisor of the size");
  configuration.image = tower(image);
  image.finish();

  auto text_tower = json.object("text");
  configuration.context_length = size(text_tower, "context");
  configuration.vocabulary_size = size(text_tower, "vocabulary");
  configuration.text = tower(text_tower);
  text_tower.finish();

  json.check("end_of_text",
             configuration.end_of_text >= -1 && configuration.end_of_text < configuration.vocabulary_size,
             "-1 or a token id");
  json.finish();
  return configuration;
}

CacheOptions parse_cache(const char* text) {
  auto json = JsonObject::parse(text, "options");
  CacheOptions options{};
  options.images = json.integer("images");
  json.check("images", options.images >= 0 && options.images <= kMostRows, "from 0 to 2^32");
  options.texts = json.integer("texts");
  json.check("texts", options.texts >= 1 && options.texts <= kMostRows, "from 1 to 2^32");
  options.image_start = json.integer("image_start");
  options.text_start = json.integer("text_start");
  options.precision = precision(json, "precision");
  options.storage = precision(json, "storage");
  options.file = json.optional_text("file");
  options.most_shared = json.integer("most_shared", options.most_shared);
  json.check("most_shared", options.most_shared >= 0, "at least 0");
  json.finish();
  return options;
}

TrainerOptions parse_trainer(const char* text) {
  auto json = JsonObject::parse(text, "options");
  TrainerOptions options;
  options.method = json.text("method");
  options.precision = precision(json, "precision");
  options.reference = json.boolean("reference", false);
  if (auto given = json.optional_object("optimizer")) {
    options.optimizer = optimizer(*std::move(given));
  }
  if (auto given = json.optional_object("selection")) {
    options.selection = selection(*std::move(given));
  }
  if (auto given = json.optional_object("prompt")) {
    options.prompt = prompt(*std::move(given));
  }
  if (auto given = json.optional_object("teacher")) {
    options.teacher = teacher(*std::move(given));
  }
  if (auto given = json.optional_object("adapter")) {
    options.adapter = adapter(*std::move(given));
  }
  if (auto given = json.optional_object("decoupling")) {
    options.decoupling = decoupling(*std::move(given));
  }
  if (auto given = json.optional_object("picture_cache")) {
    options.picture_cache = picture_cache(*std::move(given));
  }
  if (auto given = json.optional_object("probe")) {
    options.probe = probe(*std::move(given));
  }
  if (auto given = json.optional_object("low_rank")) {
    options.low_rank = low_rank(*std::move(given));
  }
  options.trained_classes = json.integer("trained_classes", options.trained_classes);
  json.check("trained_classes", options.trained_classes >= 0 && options.trained_classes <= kMostRows, "from 0 to 2^32");
  json.finish();
  return options;
}

}  // namespace skiptuning::abi
