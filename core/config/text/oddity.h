// Characters that look right and are not, and templates that nobody filled in: what people paste into a policy.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace resil {

struct Oddity {
  std::size_t offset = 0;
  std::string what;    // "a no-break space (U+00A0)"
  std::string remedy;  // "write a plain space"
};

// The first character that is taken for a space, a quote or a '-' by people only.
std::optional<Oddity> find_odd_character(std::string_view text);

// Where the mark of a template begins (`{{`, `{%`, `<%`, `${`); npos if there is none.
std::size_t find_template(std::string_view text);

// Says of the piece of template at `at` what to do about it.
std::string unrendered(std::string_view text, std::size_t at);

}  // namespace resil
