#include "config/yaml/yaml_explain.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "config/text/oddity.h"

namespace resil {
namespace {

// A line without its comment. Good enough for looking for what should not be in it at all.
std::string_view code_of(std::string_view line) {
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '#' && (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t')) return line.substr(0, at);
  }
  return line;
}

// A line that was meant to begin another document.
std::optional<std::string> broken_separator(std::string_view line) {
  const std::size_t first = line.find_first_not_of(' ');
  if (first == std::string_view::npos) return std::nullopt;
  const std::string_view marks = line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
  if (marks.size() < 2 || marks.find_first_not_of('-') != std::string_view::npos) return std::nullopt;
  if (marks.size() == 3 && first == 0) return std::nullopt;
  const std::string dashes(std::min<std::size_t>(marks.size(), 12), '-');
  if (marks.size() == 3) return "a line of --- begins another document only if it is not indented; remove the blanks";
  return "a line of " + dashes + " means nothing; another document begins with a line of ---";
}

}  // namespace

std::string explained(const std::string& message, std::string_view line) {
  struct Remedy {
    std::string_view part, advice;
  };
  constexpr Remedy kRemedies[] = {
      {"illegal map value", "put a value that has ': ' in it in quotes, and check the indentation"},
      {"end of map not found", "check the indentation of this line"},
      {"end of sequence not found", "check the indentation of this line"},
      {"illegal block entry", "put a list on lines of its own, or in [ ]"},
      {"flow", "a '{' or '[' is not closed, or a ',' is missing or too many"},
      {"unknown token", "put a value that begins with a special character in quotes"},
      {"unknown escape", "write \\\\ for a backslash, or use single quotes"},
      {"illegal EOF", "a quote is not closed"},
      {"illegal document indicator", "a quote is not closed"},
      {"anchor is not defined", "aliases (*name) are not allowed here, write the value out"},
      {"bad file", "it is nested too deeply, or it is no YAML"},
  };
  if (line.substr(0, line.find_first_not_of(" \t")).find('\t') != std::string_view::npos) {
    return "not valid YAML: the line is indented with a tab; use spaces";
  }
  for (const Remedy& remedy : kRemedies) {
    if (message.find(remedy.part) != std::string::npos) {
      return "not valid YAML: " + message + "; " + std::string(remedy.advice);
    }
  }
  return "not valid YAML: " + message;
}

YamlMistake with_cause(const YamlDocument& document, YamlMistake mistake) {
  std::optional<YamlMistake> separator, odd;
  int line = document.first_line;
  for (std::size_t at = 0; at < document.text.size(); ++line) {
    const std::size_t end = std::min(document.text.find('\n', at), document.text.size());
    const std::string_view text = code_of(document.text.substr(at, end - at));
    at = end + 1;
    if (const std::size_t mark = find_template(text); mark != std::string_view::npos) {
      return {line, static_cast<int>(mark) + 1, unrendered(text, mark)};
    }
    if (!separator) {
      if (auto message = broken_separator(text)) separator = {line, 1, std::move(*message)};
    }
    // The parser may stop at the line after the one that misled it.
    if (line + 1 == mistake.line || line == mistake.line) {
      if (const auto found = find_odd_character(text)) {
        odd = {line, static_cast<int>(found->offset) + 1,
               "not valid YAML: " + found->what + " stands here; " + found->remedy};
      }
    }
  }
  if (separator) return *separator;
  if (odd) return *odd;
  return mistake;
}

}  // namespace resil
