#include "abi/json.h"

#include <cmath>

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include "core/error.h"

namespace skiptuning::abi {

namespace {

const rapidjson::Value& as_value(const void* value) { return *static_cast<const rapidjson::Value*>(value); }

}  // namespace

struct JsonObject::Document {
  rapidjson::Document json;
};

JsonObject::JsonObject(std::shared_ptr<const Document> document, const void* value, std::string path)
    : document_(std::move(document)), value_(value), path_(std::move(path)) {}

JsonObject JsonObject::parse(const char* text, const char* what) {
  if (text == nullptr) {
    throw InvalidArgument(std::string(what) + " is null");
  }
  auto document = std::make_shared<Document>();
  document->json.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseFullPrecisionFlag |
                       rapidjson::kParseValidateEncodingFlag>(text);
  if (document->json.HasParseError()) {
    throw InvalidArgument(std::string(what) +
                          " is not JSON: " + rapidjson::GetParseError_En(document->json.GetParseError()) + " At byte " +
                          std::to_string(document->json.GetErrorOffset()));
  }
  if (!document->json.IsObject()) {
    throw InvalidArgument(std::string(what) + " is not a JSON object");
  }
  const void* root = &static_cast<const rapidjson::Value&>(document->json);
  return JsonObject(document, root, what);
}

const void* JsonObject::find(const char* key) {
  asked_.insert(key);
  const auto& object = as_value(value_);
  const auto member = object.FindMember(key);
  return member == object.MemberEnd() ? nullptr : &member->value;
}

const void* JsonObject::need(const char* key) {
  const void* value = find(key);
  if (value == nullptr) {
    throw InvalidArgument(path_of(key) + " is missing");
  }
  return value;
}

std::string JsonObject::path_of(const char* key) const { return path_ + "." + key; }

void JsonObject::wrong(const char* key, const char* must) const {
  throw InvalidArgument(path_of(key) + " must be " + must);
}

void JsonObject::check(const char* key, bool condition, const char* must) const {
  if (!condition) {
    wrong(key, must);
  }
}

std::int64_t JsonObject::integer(const char* key) {
  const auto& value = as_value(need(key));
  check(key, value.IsInt64(), "an integer");
  return value.GetInt64();
}

std::int64_t JsonObject::integer(const char* key, std::int64_t standard) {
  return find(key) == nullptr ? standard : integer(key);
}

double JsonObject::number(const char* key) {
  const auto& value = as_value(need(key));
  check(key, value.IsNumber() && std::isfinite(value.GetDouble()), "a number");
  return value.GetDouble();
}

double JsonObject::number(const char* key, double standard) { return find(key) == nullptr ? standard : number(key); }

bool JsonObject::boolean(const char* key, bool standard) {
  const void* value = find(key);
  if (value == nullptr) {
    return standard;
  }
  check(key, as_value(value).IsBool(), "true or false");
  return as_value(value).GetBool();
}

std::string JsonObject::text(const char* key) {
  const auto& value = as_value(need(key));
  check(key, value.IsString(), "a text");
  return std::string(value.GetString(), value.GetStringLength());
}

std::string JsonObject::text(const char* key, const char* standard) {
  return find(key) == nullptr ? standard : text(key);
}

std::optional<std::string> JsonObject::optional_text(const char* key) {
  const void* value = find(key);
  if (value == nullptr || as_value(value).IsNull()) {
    return std::nullopt;
  }
  return text(key);
}

JsonObject JsonObject::object(const char* key) {
  const void* value = need(key);
  check(key, as_value(value).IsObject(), "an object");
  return JsonObject(document_, value, path_of(key));
}

std::optional<JsonObject> JsonObject::optional_object(const char* key) {
  const void* value = find(key);
  if (value == nullptr || as_value(value).IsNull()) {
    return std::nullopt;
  }
  return object(key);
}

std::vector<std::int64_t> JsonObject::integers(const char* key) {
  std::vector<std::int64_t> numbers;
  const void* value = find(key);
  if (value == nullptr) {
    return numbers;
  }
  check(key, as_value(value).IsArray(), "a list of integers");
  for (const auto& element : as_value(value).GetArray()) {
    check(key, element.IsInt64(), "a list of integers");
    numbers.push_back(element.GetInt64());
  }
  return numbers;
}

std::size_t JsonObject::choice(const char* key, std::initializer_list<const char*> allowed, const char* standard) {
  const std::string value = standard == nullptr ? text(key) : text(key, standard);
  std::size_t index = 0;
  std::string list;
  for (const char* candidate : allowed) {
    if (value == candidate) {
      return index;
    }
    list += (index++ == 0 ? "" : " or ") + std::string(candidate);
  }
  wrong(key, list.c_str());
}

void JsonObject::finish() const {
  const auto& object = as_value(value_);
  std::set<std::string> seen;
  for (auto member = object.MemberBegin(); member != object.MemberEnd(); ++member) {
    const std::string key(member->name.GetString(), member->name.GetStringLength());
    if (asked_.count(key) == 0) {
      throw InvalidArgument(path_of(key.c_str()) + " is an unknown key");
    }
    if (!seen.insert(key).second) {
      throw InvalidArgument(path_of(key.c_str()) + " occurs twice");
    }
  }
}

}  // namespace skiptuning::abi
