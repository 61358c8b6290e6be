// Numbers as documents write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace resil {

struct IntegerResult {
  std::optional<std::int64_t> value;
  bool octal = false;      // no value: leading zeros, which YAML reads as octal and people do not
  bool too_large = false;  // no value: it is whole, but needs more than 64 bits
};

// A whole number in any of the spellings that YAML and JSON hand on as one: 3, +3, 0x10, 0o17, 0b11, 1_000, 3.0, 1e3.
IntegerResult parse_integer(std::string_view text);

// A finite decimal number: 0.2, 1, +1.5, 2e-1.
std::optional<double> parse_number(std::string_view text);

// What "20%" says: 0.2.
std::optional<double> parse_percent(std::string_view text);

// As few digits as tell it apart from other numbers: 0.2, 1000000000.
std::string short_number(double number);

}  // namespace resil
