#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace skiptuning::abi {

// A JSON object of options, read key by key. What is wrong is an InvalidArgument that names the key.
class JsonObject {
 public:
  // `what` names the text in messages.
  static JsonObject parse(const char* text, const char* what);

  // Needed keys.
  std::int64_t integer(const char* key);
  double number(const char* key);
  std::string text(const char* key);
  JsonObject object(const char* key);

  // Keys that may be left out, or null where the result may be empty.
  std::int64_t integer(const char* key, std::int64_t standard);
  double number(const char* key, double standard);
  bool boolean(const char* key, bool standard);
  std::string text(const char* key, const char* standard);
  std::optional<std::string> optional_text(const char* key);
  std::optional<JsonObject> optional_object(const char* key);
  std::vector<std::int64_t> integers(const char* key);  // empty where left out

  // The place of the text `key` holds in the list of those that are allowed.
  std::size_t choice(const char* key, std::initializer_list<const char*> allowed, const char* standard = nullptr);

  // Throws unless `condition` holds; the text says what the key's value must be.
  void check(const char* key, bool condition, const char* must) const;

  // Throws if there is a key that nobody asked for.
  void finish() const;

 private:
  struct Document;  // RapidJSON's, kept out of this header
  JsonObject(std::shared_ptr<const Document> document, const void* value, std::string path);

  const void* find(const char* key);
  const void* need(const char* key);
  std::string path_of(const char* key) const;
  [[noreturn]] void wrong(const char* key, const char* must) const;

  std::shared_ptr<const Document> document_;
  const void* value_;
  std::string path_;
  std::set<std::string> asked_;
};

}  // namespace skiptuning::abi
