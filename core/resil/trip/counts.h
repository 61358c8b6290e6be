// The counts of a breaker's generation, as a trip rule and a snapshot see them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace resil {

struct Counts {
  std::int64_t requests = 0;
  std::int64_t total_successes = 0;
  std::int64_t total_failures = 0;
  std::int64_t consecutive_successes = 0;
  std::int64_t consecutive_failures = 0;
  std::int64_t slow_calls = 0;  // only a ResiliencyExtension counts them

  friend bool operator==(const Counts&, const Counts&) = default;
};

// By number, in the order above.
inline constexpr std::int64_t Counts::*kCountMembers[] = {
    &Counts::requests,
    &Counts::total_successes,
    &Counts::total_failures,
    &Counts::consecutive_successes,
    &Counts::consecutive_failures,
    &Counts::slow_calls,
};

// Counts is its members one after another, so a number is a place in it.
inline std::int64_t count_at(const Counts& counts, std::size_t number) noexcept {
  std::int64_t value = 0;
  std::memcpy(&value, reinterpret_cast<const char*>(&counts) + number * sizeof value, sizeof value);
  return value;
}

// Which of the counts somebody reads: a set of bits.
using CountSet = std::uint8_t;
inline constexpr CountSet kRequests = 1, kTotalSuccesses = 2, kTotalFailures = 4, kConsecutiveSuccesses = 8,
                          kConsecutiveFailures = 16, kSlowCalls = 32;

}  // namespace resil
