#pragma once

#include <cstdint>
#include <string>
#include <type_traits>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace skiptuning::abi {

// A JSON text, written from front to back.
class JsonWriter {
 public:
  JsonWriter& begin_object() { return begin(true, nullptr); }
  JsonWriter& begin_array(const char* key) { return begin(false, key); }
  JsonWriter& end_object() {
    writer_.EndObject();
    return *this;
  }
  JsonWriter& end_array() {
    writer_.EndArray();
    return *this;
  }
  JsonWriter& value(const std::string& text) {
    writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    return *this;
  }
  template <class Value>
  JsonWriter& field(const char* key, const Value& value) {
    writer_.Key(key);
    if constexpr (std::is_same_v<Value, bool>) {
      writer_.Bool(value);
    } else if constexpr (std::is_integral_v<Value>) {
      writer_.Int64(value);
    } else if constexpr (std::is_floating_point_v<Value>) {
      writer_.Double(value);
    } else {
      this->value(value);
    }
    return *this;
  }
  std::string text() const { return {buffer_.GetString(), buffer_.GetSize()}; }

 private:
  JsonWriter& begin(bool object, const char* key) {
    if (key != nullptr) {
      writer_.Key(key);
    }
    object ? writer_.StartObject() : writer_.StartArray();
    return *this;
  }

  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

}  // namespace skiptuning::abi
