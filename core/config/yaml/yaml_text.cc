// What can be said of a YAML text without parsing it: whether its bytes are text at all, and where its documents begin.
#include <cstdint>
#include <cstdio>

#include "config/yaml/yaml_reader.h"

namespace resil {
namespace {

// The length of the well-formed UTF-8 sequence at `at`, 0 if there is none (Unicode 15, table 3-7).
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0;
  };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned least = first == 0xE0 ? 0xA0 : 0x80,
                   most = first == 0xED ? 0x9F : 0xBF;  // no overlong, no surrogates
    return byte(1) >= least && byte(1) <= most && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned least = first == 0xF0 ? 0x90 : 0x80, most = first == 0xF4 ? 0x8F : 0xBF;
    return byte(1) >= least && byte(1) <= most && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
}

std::string named_byte(char c) {
  char text[8];
  std::snprintf(text, sizeof text, "0x%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
  return text;
}

bool begins_document(std::string_view line) {
  return line.substr(0, 3) == "---" && (line.size() == 3 || line[3] == ' ' || line[3] == '\t' || line[3] == '\r');
}

}  // namespace

std::optional<YamlMistake> find_bad_byte(const YamlDocument& document) {
  const std::string_view text = document.text;
  int line = document.first_line;
  std::size_t line_start = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence_length(text, at);
    const int column = static_cast<int>(at - line_start) + 1;
    if (length == 0)
      return YamlMistake{line, column, "the byte " + named_byte(text[at]) + " is not UTF-8; save the file as UTF-8"};
    if (is_control(text[at])) {
      return YamlMistake{line, column,
                         "the control character " + named_byte(text[at]) + " cannot be in YAML; remove it"};
    }
    if (text[at] == '\n') {
      ++line;
      line_start = at + 1;
    }
    at += length;
  }
  return std::nullopt;
}

std::vector<YamlDocument> split_yaml(std::string_view text) {
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  std::vector<YamlDocument> documents;
  std::size_t start = 0, at = 0;
  int line = 1, first_line = 1;
  while (at < text.size()) {
    const std::size_t newline = text.find('\n', at);
    const std::size_t end = newline == std::string_view::npos ? text.size() : newline;
    if (begins_document(text.substr(at, end - at)) && at > start) {
      documents.push_back({text.substr(start, at - start), first_line});
      start = at;
      first_line = line;
    }
    at = end + 1;
    ++line;
  }
  if (start < text.size()) documents.push_back({text.substr(start), first_line});
  return documents;
}

}  // namespace resil
