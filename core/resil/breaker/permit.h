// Permit: the leave to make one attempt.
#pragma once

#include <cstdint>

namespace resil {

// What begin hands to end: which generation admitted the attempt, and whether as a half-open probe.
struct Permit {
  std::uint32_t generation = 0;
  bool probe = false;
};

}  // namespace resil
