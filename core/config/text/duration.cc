#include "config/text/duration.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "config/text/digits.h"
#include "config/text/suggest.h"

namespace resil {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t nanos;
};
// Both spellings of micro: U+00B5 and U+03BC.
constexpr std::array kUnits = {
    Unit{"ns", 1},         Unit{"us", 1'000},        Unit{"\xC2\xB5s", 1'000},  Unit{"\xCE\xBCs", 1'000},
    Unit{"ms", 1'000'000}, Unit{"s", 1'000'000'000}, Unit{"m", 60'000'000'000}, Unit{"h", 3'600'000'000'000},
};

constexpr std::uint64_t kTooFar = std::uint64_t{1} << 63;  // as a magnitude only -2^63 has it

// Reads digits off the front of `text`. False if more digits follow than a number of up to 2^63 has; one that is a hair
// greater is left to whoever multiplies it by its unit.
bool take_integer(std::string_view& text, std::uint64_t& value) {
  value = 0;
  while (!text.empty() && is_digit(text.front())) {
    if (value > kTooFar / 10) return false;
    value = value * 10 + static_cast<std::uint64_t>(text.front() - '0');
    text.remove_prefix(1);
  }
  return true;
}

// Digits after the point, as numerator and scale; those that no longer fit are dropped, as Go does.
void take_fraction(std::string_view& text, std::uint64_t& numerator, double& scale) {
  numerator = 0;
  scale = 1;
  bool full = false;
  for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1)) {
    const auto digit = static_cast<std::uint64_t>(text.front() - '0');
    full = full || numerator > (kTooFar - 1) / 10 || numerator * 10 + digit > kTooFar;
    if (full) continue;
    numerator = numerator * 10 + digit;
    scale *= 10;
  }
}

const Unit* take_unit(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && text[length] != '.' && !is_digit(text[length])) ++length;
  const std::string_view name = text.substr(0, length);
  for (const Unit& unit : kUnits) {
    if (unit.name == name) {
      text.remove_prefix(length);
      return &unit;
    }
  }
  return nullptr;
}

DurationResult wrong(std::string_view text, const std::string& why) {
  return {std::nullopt, quoted(text) + " is not a duration" + why};
}

DurationResult too_long(std::string_view text) {
  return {std::nullopt, quoted(text) + " is too long a duration: at most 292 years"};
}

DurationResult signed_duration(std::string_view whole, std::uint64_t magnitude, bool negative) {
  if (negative) return {static_cast<Nanos>(0 - magnitude), ""};
  if (magnitude >= kTooFar) return too_long(whole);
  return {static_cast<Nanos>(magnitude), ""};
}

// A bare 010 is 8 to YAML and 10 to people.
DurationResult leading_zeros(std::string_view whole, std::string_view digits, bool negative) {
  const std::string sign = negative ? "-" : "";
  std::string_view plain = digits.substr(std::min(digits.find_first_not_of('0'), digits.size() - 1));
  std::string problem = quoted(whole) + " has leading zeros and no unit; write " + sign + std::string(plain) + "ms";
  std::uint64_t octal = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), octal, 8);
  if (parsed.ec == std::errc() && parsed.ptr == digits.data() + digits.size() && octal > 7)
    problem += " (or " + sign + std::to_string(octal) + "ms, which is what YAML reads)";
  return {std::nullopt, problem};
}

constexpr std::string_view kForm = "; write it like 5s, 1.5s, 200ms or 1h30m";

}  // namespace

DurationResult parse_duration(std::string_view whole) {
  std::string_view text = whole;
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (negative || text.front() == '+')) text.remove_prefix(1);
  if (text.empty()) return wrong(whole, std::string(kForm));

  if (text.find_first_not_of("0123456789") == std::string_view::npos) {
    if (text.size() > 1 && text.front() == '0') return leading_zeros(whole, text, negative);
    std::uint64_t millis = 0, nanos = 0;
    if (!take_integer(text, millis) || __builtin_mul_overflow(millis, std::uint64_t{1'000'000}, &nanos) ||
        nanos > kTooFar) {
      return too_long(whole);
    }
    return signed_duration(whole, nanos, negative);
  }

  std::uint64_t total = 0;
  while (!text.empty()) {
    if (text.front() != '.' && !is_digit(text.front())) return wrong(whole, std::string(kForm));
    std::uint64_t value = 0, numerator = 0;
    double scale = 1;
    const std::size_t before = text.size();
    if (!take_integer(text, value)) return too_long(whole);
    bool digits = text.size() != before;
    if (!text.empty() && text.front() == '.') {
      text.remove_prefix(1);
      const std::size_t rest = text.size();
      take_fraction(text, numerator, scale);
      digits = digits || text.size() != rest;
    }
    if (!digits) return wrong(whole, std::string(kForm));
    const std::string_view at = text;
    const Unit* unit = take_unit(text);
    if (unit == nullptr) {
      if (whole.find(' ') != std::string_view::npos) return wrong(whole, "; write it without blanks, like 1h30m");
      if (at.empty() || is_digit(at.front()) || at.front() == '.')
        return wrong(whole, ": a unit is missing" + std::string(kForm));
      return wrong(whole, ": there is no unit " + quoted(at.substr(0, at.find_first_of(".0123456789")), 20) +
                              ", the units are ns, us, ms, s, m and h");
    }
    if (value > kTooFar / unit->nanos) return too_long(whole);
    value *= unit->nanos;
    if (numerator > 0) {
      // The same arithmetic as Go's, so that the last nanosecond is the same too.
      value += static_cast<std::uint64_t>(static_cast<double>(numerator) * (static_cast<double>(unit->nanos) / scale));
      if (value > kTooFar) return too_long(whole);
    }
    if (__builtin_add_overflow(total, value, &total) || total > kTooFar) return too_long(whole);
  }
  return signed_duration(whole, total, negative);
}

std::string duration_text(Nanos duration) {
  if (duration == 0) return "0s";
  auto left = static_cast<std::uint64_t>(duration);
  std::string text;
  for (const std::string_view name : {"h", "m", "s", "ms", "us", "ns"}) {
    for (const Unit& unit : kUnits) {
      if (unit.name != name || left / unit.nanos == 0) continue;
      text += std::to_string(left / unit.nanos) + std::string(name);
      left %= unit.nanos;
    }
  }
  return text;
}

}  // namespace resil
