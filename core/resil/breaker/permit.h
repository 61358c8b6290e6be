// Permit: the leave to make one attempt.
#pragma once

#include <cstdint>

#include "resil/breaker/breaker_word.h"

namespace resil {

// What begin hands to end: which generation admitted the attempt, and whether as a half-open probe.
struct Permit {
  std::uint32_t generation = 0;
  bool probe = false;

  // In a word: 0 probe | 44..63 the generation, where a breaker's word has it. The rest is not the permit's.
  constexpr std::uint64_t packed() const {
    return std::uint64_t{generation} << BreakerWord::kGenerationShift | std::uint64_t{probe};
  }
  static constexpr Permit of(std::uint64_t packed) { return {BreakerWord(packed).generation(), (packed & 1) != 0}; }
};

}  // namespace resil
