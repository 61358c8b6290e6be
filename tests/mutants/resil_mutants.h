// Included into each source of the mutants' build that has faults in it: which of them is on, by the environment.
#pragma once

#include <cstdlib>
#include <type_traits>

namespace resil_mutants {
inline const long chosen = [] {
  const char* text = std::getenv("RESIL_MUTANT");
  return text == nullptr ? 0 : std::atol(text);
}();
constexpr bool on(long number) { return !std::is_constant_evaluated() && chosen == number; }
}  // namespace resil_mutants
