// Included into every source of the mutants' build: which of the planted faults is on, by the environment.
#pragma once

#include <cstdlib>
#include <type_traits>

namespace resil_mutants {
inline const int chosen = [] {
  const char* text = std::getenv("RESIL_MUTANT");
  return text == nullptr ? 0 : std::atoi(text);
}();
constexpr bool on(int id) { return !std::is_constant_evaluated() && chosen == id; }
}  // namespace resil_mutants
