// Node-API in fewer words. Every reader answers a default for a value of the wrong type: lib/*.js has checked them
// before.
#pragma once

#include <node_api.h>
#include <resil.h>

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

namespace resil::node {

template <std::size_t N>
struct Arguments {
  napi_value values[N] = {};

  Arguments(napi_env env, napi_callback_info info) {
    std::size_t count = N;
    napi_get_cb_info(env, info, &count, values, nullptr, nullptr);
  }
  napi_value operator[](std::size_t i) const { return values[i]; }
};

inline double to_double(napi_env env, napi_value value) {
  double number = 0;
  napi_get_value_double(env, value, &number);
  return number;
}

// A time in ns; NaN asks the engine to read its own clock. Doubles hold nanoseconds exactly for the first 104 days of a
// clock.
inline std::int64_t to_nanos(double value) { return std::isnan(value) ? RESIL_NOW : static_cast<std::int64_t>(value); }

inline std::int32_t to_int(napi_env env, napi_value value) {
  std::int32_t number = 0;
  napi_get_value_int32(env, value, &number);
  return number;
}

// nullopt for anything that is not a string, so that null and undefined say "none".
inline std::optional<std::string> to_text(napi_env env, napi_value value) {
  std::size_t length = 0;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok) return std::nullopt;
  std::string text(length + 1, '\0');
  napi_get_value_string_utf8(env, value, text.data(), text.size(), &length);
  text.resize(length);
  return text;
}

inline napi_value property(napi_env env, napi_value object, const char* name) {
  napi_value value = nullptr;
  napi_get_named_property(env, object, name, &value);
  return value;
}

inline napi_value number(napi_env env, double value) {
  napi_value result = nullptr;
  napi_create_double(env, value, &result);
  return result;
}

inline napi_value text(napi_env env, const char* data, std::size_t length = NAPI_AUTO_LENGTH) {
  napi_value result = nullptr;
  napi_create_string_utf8(env, data, length, &result);
  return result;
}

inline void set(napi_env env, napi_value object, const char* name, napi_value value) {
  napi_set_named_property(env, object, name, value);
}

// Calls `fill(buffer, capacity)` in the manner of resil_snapshot, again if the text was longer than the buffer.
template <typename Fill>
std::string grow_and_fill(std::size_t first, Fill fill) {
  std::string buffer(first, '\0');
  for (;;) {
    const std::int64_t length = fill(buffer.data(), static_cast<std::int64_t>(buffer.size()));
    if (length < 0) return {};
    if (static_cast<std::size_t>(length) < buffer.size()) {
      buffer.resize(static_cast<std::size_t>(length));
      return buffer;
    }
    buffer.resize(static_cast<std::size_t>(length) + 1);
  }
}

}  // namespace resil::node
