#include "config/text/status_range.h"

#include <array>
#include <charconv>
#include <cstddef>

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

// By number, as gRPC's own documentation writes them.
constexpr std::array<std::string_view, 17> kGrpcNames = {
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

// Letters only, small: DeadlineExceeded and DEADLINE_EXCEEDED are one name.
std::string letters(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c >= 'A' && c <= 'Z')
      out += static_cast<char>(c - 'A' + 'a');
    else if (c >= 'a' && c <= 'z')
      out += c;
    else if (c != '_' && c != ' ')
      return "";
  }
  return out;
}

// What people write for a status: its name, or 5xx. Empty if it is neither.
std::string written_out(std::string_view text, const StatusBounds& bounds) {
  if (bounds.first == kGrpcStatuses.first) {
    std::string name = letters(text);
    if (name == "canceled") name = "cancelled";
    for (std::size_t i = 0; !name.empty() && i < kGrpcNames.size(); ++i) {
      if (letters(kGrpcNames[i]) == name) return std::to_string(i);
    }
  } else if (text.size() == 3 && text[0] >= '1' && text[0] <= '5' &&
             text.substr(1).find_first_not_of("xX*") == std::string_view::npos) {
    return std::string(1, text[0]) + "00-" + text[0] + "99";
  }
  return "";
}

// Empty, or why `text` is no status.
std::string parse_status(std::string_view text, const StatusBounds& bounds, int& status) {
  // Signs would be read as part of a range; from_chars knows no other oddities.
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), status);
  if (text.empty() || parsed.ptr != text.data() + text.size() || text.front() == '-') {
    const std::string numbers = written_out(text, bounds);
    if (!numbers.empty()) return quoted(text) + " is not a number; write " + numbers;
    return quoted(text) + " is not a status; write statuses and ranges like " +
           (bounds.first == kGrpcStatuses.first ? "4,8,14" : "429,500-599");
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
