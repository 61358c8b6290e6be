// How the C ABI answers: texts into the caller's buffers, errors into resil_error, and no exception past it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>

#include "config/document/loader.h"
#include "resil.h"
#include "resil/engine/engine.h"

namespace resil {

// Copies as much as fits, never half a UTF-8 character, and ends it with NUL.
inline void copy_text(std::string_view text, char* buf, std::size_t capacity) {
  if (buf == nullptr || capacity == 0) return;
  std::size_t length = std::min(text.size(), capacity - 1);
  while (length > 0 && length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) --length;
  if (length > 0) std::memcpy(buf, text.data(), length);
  buf[length] = '\0';
}

inline std::int64_t answer_text(std::string_view text, char* buf, std::int64_t capacity) {
  if (capacity < 0 || (buf == nullptr && capacity > 0)) return RESIL_E_ARG;
  copy_text(text, buf, static_cast<std::size_t>(capacity));
  return static_cast<std::int64_t>(text.size());
}

inline std::int32_t complain(resil_error* err, std::int32_t code, const std::string& message, int line = 0,
                             int column = 0) {
  if (err != nullptr) {
    std::memset(err, 0, sizeof *err);
    err->code = code;
    err->line = line;
    err->column = column;
    copy_text(message, err->message, sizeof err->message);
  }
  return code;
}

inline std::int32_t complain(resil_error* err, const LoadResult& result) {
  const auto is_error = [](const Diagnostic& d) { return d.error; };
  const auto first = std::find_if(result.diagnostics.begin(), result.diagnostics.end(), is_error);
  const auto errors = std::count_if(result.diagnostics.begin(), result.diagnostics.end(), is_error);
  std::string message = first->text();
  if (errors > 1) {
    // The count must survive a long first message.
    const std::string more = " (and " + std::to_string(errors - 1) + " more: resil_check tells all)";
    const std::size_t room = sizeof(resil_error::message) - 1 - more.size();
    if (message.size() > room) {
      char cut[sizeof(resil_error::message)];
      copy_text(message, cut, room - 2);
      message = std::string(cut) + "...";
    }
    message += more;
  }
  return complain(err, RESIL_E_CONFIG, message, first->line, first->column);
}

// Runs a cold call; what it throws becomes an error.
template <typename Call>
std::int64_t fenced(resil_error* err, Call call) noexcept {
  try {
    return call();
  } catch (const EngineFull& e) {
    return complain(err, RESIL_E_FULL, e.what());
  } catch (const std::exception& e) {
    return complain(err, RESIL_E_INTERNAL, std::string("internal error: ") + e.what());
  } catch (...) {
    return complain(err, RESIL_E_INTERNAL, "internal error");
  }
}

}  // namespace resil
