#include "config/text/status_range.h"

#include <charconv>

#include "config/text/suggest.h"

namespace resil {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string range_of(const StatusBounds& bounds) {
  return std::to_string(bounds.first) + " to " + std::to_string(bounds.last);
}

// Empty, or why `text` is no status.
std::string parse_status(std::string_view text, const StatusBounds& bounds, int& status) {
  // Signs would be read as part of a range; from_chars knows no other oddities.
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), status);
  if (text.empty() || parsed.ptr != text.data() + text.size() || text.front() == '-') {
    return quoted(text) + " is not a status; write statuses and ranges like 429,500-599";
  }
  if (parsed.ec != std::errc() || status < bounds.first || status > bounds.last) {
    return quoted(text) + " is no " + std::string(bounds.kind) + " status; they go from " + range_of(bounds);
  }
  return "";
}

std::string add_part(std::string_view part, const StatusBounds& bounds, StatusSet& set) {
  const std::size_t dash = part.find('-');
  if (dash != part.rfind('-')) return quoted(part) + " has more than one '-'; write first-last";
  int first = 0, last = 0;
  std::string problem = parse_status(trimmed(part.substr(0, dash)), bounds, first);
  if (!problem.empty()) return problem;
  last = first;
  if (dash != std::string_view::npos) problem = parse_status(trimmed(part.substr(dash + 1)), bounds, last);
  if (!problem.empty()) return problem;
  if (last < first) {
    return quoted(part) + " ends before it starts; write " + std::to_string(last) + "-" + std::to_string(first);
  }
  set.add(first, last);
  return "";
}

}  // namespace

StatusResult parse_statuses(std::string_view text, const StatusBounds& bounds) {
  StatusSet set;
  if (text.empty()) return {set, ""};
  set.give();
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view part = trimmed(text.substr(0, comma));
    if (!part.empty()) {
      std::string problem = add_part(part, bounds, set);
      if (!problem.empty()) return {std::nullopt, problem};
    }
    if (comma == std::string_view::npos) return {set, ""};
    text.remove_prefix(comma + 1);
  }
}

}  // namespace resil
