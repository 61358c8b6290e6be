#include "config/text/number.h"

#include <charconv>
#include <cmath>
#include <string>

#include "config/text/digits.h"

namespace resil {
namespace {

constexpr double kTwo63 = 9223372036854775808.0;

bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Without the underscores between digits. Nothing if one stands elsewhere.
std::optional<std::string> without_underscores(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      out += text[i];
    } else if (i == 0 || i + 1 == text.size() || !is_word(text[i - 1]) || !is_word(text[i + 1])) {
      return std::nullopt;
    }
  }
  return out;
}

int base_of(std::string_view digits) {
  if (digits.size() < 3 || digits[0] != '0') return 10;
  switch (digits[1]) {
    case 'x':
    case 'X': return 16;
    case 'o':
    case 'O': return 8;
    case 'b':
    case 'B': return 2;
    default: return 10;
  }
}

// Digits, perhaps a point and an exponent: from_chars alone would also take nan and inf.
bool looks_decimal(std::string_view text) {
  return !text.empty() && (is_digit(text[0]) || text[0] == '.') &&
         text.find_first_not_of("0123456789.eE+-") == std::string_view::npos;
}

}  // namespace

IntegerResult parse_integer(std::string_view text) {
  const std::optional<std::string> plain = without_underscores(text);
  if (!plain) return {};
  std::string_view digits = *plain;
  const bool negative = !digits.empty() && digits[0] == '-';
  if (negative || (!digits.empty() && digits[0] == '+')) digits.remove_prefix(1);
  if (digits.empty() || !(is_digit(digits[0]) || digits[0] == '.')) return {};

  const int base = base_of(digits);
  if (base != 10) digits.remove_prefix(2);
  std::uint64_t magnitude = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), magnitude, base);
  if (parsed.ptr == digits.data() + digits.size()) {
    if (base == 10 && digits.size() > 1 && digits[0] == '0') return {std::nullopt, true, false};
    constexpr std::uint64_t kMost = std::uint64_t{1} << 63;
    if (parsed.ec != std::errc() || magnitude >= kMost) return {std::nullopt, false, true};
    const auto value = static_cast<std::int64_t>(magnitude);
    return {negative ? -value : value, false, false};
  }
  const std::optional<double> number = base == 10 ? parse_number(digits) : std::nullopt;
  if (!number || *number != std::floor(*number)) return {};
  if (*number >= kTwo63) return {std::nullopt, false, true};
  const auto value = static_cast<std::int64_t>(*number);
  return {negative ? -value : value, false, false};
}

std::optional<double> parse_number(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative || (!text.empty() && text[0] == '+')) text.remove_prefix(1);
  if (!looks_decimal(text)) return std::nullopt;
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return negative ? -value : value;
}

std::optional<double> parse_percent(std::string_view text) {
  if (text.empty() || text.back() != '%') return std::nullopt;
  text.remove_suffix(1);
  const std::optional<double> number = parse_number(text);
  return number ? std::optional(*number / 100) : std::nullopt;
}

std::string short_number(double number) {
  char text[32];
  const bool readable = number == 0 || (std::abs(number) >= 1e-4 && std::abs(number) < 1e15);
  const auto end =
      std::to_chars(text, text + sizeof text, number, readable ? std::chars_format::fixed : std::chars_format::general);
  return {text, end.ptr};
}

}  // namespace resil
