// BreakerWord: a circuit breaker's whole state in 64 bits, so that one compare-and-swap changes it and one
// load reads it. It holds no pointer and no address: it means the same in any process that maps it.
//
//   fast  bit 0 = 1 | 1..24 timeout in ms | 25..44 generation
//         closed, no run of failures, and a success would change nothing (resil.h tells hosts about it)
//   slow  bit 0 = 0 | 1..3 phase | 4..23 generation | 24 flag | 25..63 payload, 39 bits
//         Closed     the run of consecutive failures; with an interval, the low bits of the window's end
//                    flag: the window has not begun
//         Open       the low bits of the moment when half-open is due      flag: a rejection was told
//         HalfOpen   0..15 permits given | 16..31 successes                flag: a rejection was told
//         NoBreaker  nothing                     Shared  nothing: the breaker is another endpoint's
//         Rebinding  the policy that a reload is putting in force
//
// Moments keep their low 39 bits (9 minutes); a cell beside the word holds the moment roughly, and the two
// together give it exactly (restore_moment). Generations wrap at 2^20.
#pragma once

#include <cstdint>

#include "resil/base/types.h"

namespace resil {

enum class Phase : std::uint8_t { Closed = 0, Open = 1, HalfOpen = 2, NoBreaker = 3, Shared = 4, Rebinding = 5 };

class BreakerWord {
 public:
  static constexpr unsigned kGenerationBits = 20, kPayloadBits = 39, kTimeoutBits = 24;
  static constexpr std::uint64_t kGenerationMask = (std::uint64_t{1} << kGenerationBits) - 1;
  static constexpr std::uint64_t kPayloadMask = (std::uint64_t{1} << kPayloadBits) - 1;
  static constexpr std::uint64_t kLongestFastTimeoutMs = (std::uint64_t{1} << kTimeoutBits) - 1;

  constexpr explicit BreakerWord(std::uint64_t raw) : raw_(raw) {}

  static constexpr BreakerWord fast(std::uint64_t generation, std::uint64_t timeout_ms) {
    return BreakerWord(1 | timeout_ms << 1 | (generation & kGenerationMask) << 25);
  }
  static constexpr BreakerWord slow(Phase phase, std::uint64_t generation, std::uint64_t payload, bool flag = false) {
    return BreakerWord(static_cast<std::uint64_t>(phase) << 1 | (generation & kGenerationMask) << 4 |
                       std::uint64_t{flag} << 24 | (payload & kPayloadMask) << 25);
  }
  static constexpr BreakerWord half_open(std::uint64_t generation, std::uint32_t given, std::uint32_t successes,
                                         bool flag = false) {
    return slow(Phase::HalfOpen, generation, given | std::uint64_t{successes} << 16, flag);
  }

  constexpr std::uint64_t raw() const { return raw_; }
  constexpr bool is_fast() const { return (raw_ & 1) != 0; }
  constexpr Phase phase() const { return is_fast() ? Phase::Closed : static_cast<Phase>(raw_ >> 1 & 7); }
  constexpr std::uint32_t generation() const {
    return static_cast<std::uint32_t>(raw_ >> (is_fast() ? 25 : 4) & kGenerationMask);
  }
  constexpr Nanos fast_timeout() const { return static_cast<Nanos>(raw_ >> 1 & kLongestFastTimeoutMs) * kMillisecond; }
  constexpr std::uint64_t payload() const { return is_fast() ? 0 : raw_ >> 25; }
  constexpr bool window_unbegun() const { return phase() == Phase::Closed && flag(); }
  constexpr bool rejection_told() const { return phase() != Phase::Closed && flag(); }
  constexpr BreakerWord with_rejection_told() const { return BreakerWord(raw_ | std::uint64_t{1} << 24); }
  constexpr std::uint32_t permits_given() const { return static_cast<std::uint32_t>(payload() & 0xFFFF); }
  constexpr std::uint32_t successes() const { return static_cast<std::uint32_t>(payload() >> 16 & 0xFFFF); }

  friend constexpr bool operator==(BreakerWord, BreakerWord) = default;

 private:
  constexpr bool flag() const { return !is_fast() && (raw_ >> 24 & 1) != 0; }

  std::uint64_t raw_;
};

constexpr std::uint64_t moment_bits(Nanos moment) {
  return static_cast<std::uint64_t>(moment) & BreakerWord::kPayloadMask;
}

// The moment nearest to `near` whose low bits are `bits`: exact as long as `near` is within 4.5 minutes.
constexpr Nanos restore_moment(std::uint64_t bits, Nanos near) {
  constexpr unsigned kShift = 64 - BreakerWord::kPayloadBits;
  const std::uint64_t difference = (bits - static_cast<std::uint64_t>(near)) << kShift;
  return add_saturated(near, static_cast<Nanos>(difference) >> kShift);
}

}  // namespace resil
