#include "config/text/oddity.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

#include "config/text/suggest.h"

namespace resil {
namespace {

struct Range {
  std::uint32_t first, last;
  std::string_view name, remedy;
};

constexpr std::string_view kSpace = "write a plain space", kNothing = "remove it", kQuote = "write plain quotes",
                           kDash = "write '-'";
constexpr std::array kOdd = {
    Range{0x00A0, 0x00A0, "a no-break space", kSpace},
    Range{0x2000, 0x200A, "a typographic space", kSpace},
    Range{0x200B, 0x200D, "an invisible character", kNothing},
    Range{0x202F, 0x202F, "a no-break space", kSpace},
    Range{0x205F, 0x205F, "a typographic space", kSpace},
    Range{0x2060, 0x2060, "an invisible character", kNothing},
    Range{0x3000, 0x3000, "a wide space", kSpace},
    Range{0xFEFF, 0xFEFF, "a byte order mark", kNothing},
    Range{0x2018, 0x201F, "a typographic quote", kQuote},
    Range{0x2010, 0x2015, "a typographic dash", kDash},
    Range{0x2212, 0x2212, "a minus sign", kDash},
};

// The character of two or three bytes at `at`, of those that matter here; 0 for any other.
std::uint32_t character(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  if ((byte(0) & 0xE0U) == 0xC0U) return (byte(0) & 0x1FU) << 6U | (byte(1) & 0x3FU);
  if ((byte(0) & 0xF0U) == 0xE0U) return (byte(0) & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU);
  return 0;
}

}  // namespace

std::optional<Oddity> find_odd_character(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (static_cast<unsigned char>(text[at]) < 0xC0) continue;
    const std::uint32_t code = character(text, at);
    for (const Range& range : kOdd) {
      if (code < range.first || code > range.last) continue;
      char number[16];
      std::snprintf(number, sizeof number, " (U+%04X)", code);
      return Oddity{at, std::string(range.name) + number, std::string(range.remedy)};
    }
  }
  return std::nullopt;
}

std::size_t find_template(std::string_view text) {
  std::size_t first = std::string_view::npos;
  for (const std::string_view mark : {"{{", "{%", "<%", "${"}) first = std::min(first, text.find(mark));
  return first;
}

std::string unrendered(std::string_view text, std::size_t at) {
  std::size_t end = text.size();
  for (const std::string_view mark : {"}}", "%}", "%>", "}"}) {
    const std::size_t found = text.find(mark, at);
    if (found != std::string_view::npos) {
      end = found + mark.size();
      break;
    }
  }
  return quoted(text.substr(at, end - at)) +
         " is a template that nobody filled in; render it (as with helm template) " + "and load the result";
}

}  // namespace resil
