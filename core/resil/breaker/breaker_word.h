// BreakerWord: a circuit breaker's whole state in 64 bits, so that one compare-and-swap changes it and one
// load reads it. It holds no pointer and no address: it means the same in any process that maps it.
//
//   fast     bits 0 = 1     | 1..24 timeout in ms        | 44..63 generation
//            closed, no run of failures, begin counts nothing and a success would change nothing
//   counted  bits 0..1 = 10 | 2..25 timeout in ms        | 44..63 generation
//            closed, no run of failures, begin counts a request and a success would change nothing
//   slow     bits 0..1 = 00 | 2..4 kind | 5..43 payload  | 44..63 generation
//            Closed     the run of consecutive failures; with an interval, the low bits of the window's end
//            Unbegun    closed with an interval whose window has not begun
//            Open       the low bits of the moment when half-open is due
//            HalfOpen   0..15 permits given | 16..31 successes | 32..38 which opening since it was closed, low bits
//            Idle       0 no breaker | 1 the breaker is another endpoint's
//            Rebinding  the plan that a reload is putting in force
//            Open and HalfOpen have a second kind each: a rejection was told
//
// resil.h tells hosts about fast and counted words, and that the generation is where the cells of TaggedCount have
// their tag, so that one subtraction compares the two.
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
  static constexpr unsigned kGenerationBits = 20, kPayloadBits = 39, kTimeoutBits = 24, kGenerationShift = 44;
  static constexpr std::uint64_t kGenerationMask = (std::uint64_t{1} << kGenerationBits) - 1;
  static constexpr std::uint64_t kPayloadMask = (std::uint64_t{1} << kPayloadBits) - 1;
  static constexpr std::uint64_t kOpeningMask = 0x7F;
  static constexpr std::uint64_t kLongestFastTimeoutMs = (std::uint64_t{1} << kTimeoutBits) - 1;

  constexpr explicit BreakerWord(std::uint64_t raw) : raw_(raw) {}

  static constexpr BreakerWord fast(std::uint64_t generation, std::uint64_t timeout_ms) {
    return BreakerWord(kFast | timeout_ms << 1 | generation << kGenerationShift);
  }
  static constexpr BreakerWord counted(std::uint64_t generation, std::uint64_t timeout_ms) {
    return BreakerWord(kCounted | timeout_ms << 2 | generation << kGenerationShift);
  }
  // The flag is window_unbegun of Closed, rejection_told of Open and HalfOpen, and means nothing to the others.
  static constexpr BreakerWord slow(Phase phase, std::uint64_t generation, std::uint64_t payload, bool flag = false) {
    const bool second = phase == Phase::Rebinding || (flag && phase <= Phase::HalfOpen);
    if (phase >= Phase::NoBreaker && phase != Phase::Rebinding) payload = phase == Phase::Shared ? 1 : 0;
    const std::uint64_t kind = phase <= Phase::HalfOpen ? static_cast<std::uint64_t>(phase) : kOther;
    return BreakerWord(kind << 2 | std::uint64_t{second} << 4 | (payload & kPayloadMask) << 5 |
                       generation << kGenerationShift);
  }
  // `opening` is kept where open times grow, as far as the payload has room for it, and is 0 elsewhere.
  static constexpr BreakerWord half_open(std::uint64_t generation, std::uint32_t given, std::uint32_t successes,
                                         bool flag = false, std::uint64_t opening = 0) {
    return slow(Phase::HalfOpen, generation, given | std::uint64_t{successes} << 16 | opening << 32, flag);
  }

  constexpr std::uint64_t raw() const { return raw_; }
  constexpr bool is_fast() const { return (raw_ & kFast) != 0; }
  constexpr bool is_counted() const { return (raw_ & kForm) == kCounted; }
  // Fast or counted: a success would change nothing, and a host may skip its end.
  constexpr bool elidable() const { return (raw_ & kForm) != 0; }
  constexpr Phase phase() const {
    if (elidable()) return Phase::Closed;
    const std::uint64_t kind = raw_ >> 2 & 3;
    if (kind != kOther) return static_cast<Phase>(kind);
    return second() ? Phase::Rebinding : raw_payload() != 0 ? Phase::Shared : Phase::NoBreaker;
  }
  // Open, and somebody was told so.
  constexpr bool is_open_and_told() const { return (raw_ & 0x1F) == kOpenAndTold; }
  // Closed with a run of failures, or with a window that has begun, or by a plan that lets no host skip anything.
  constexpr bool is_plainly_closed() const { return (raw_ & 0x1F) == 0; }
  constexpr std::uint32_t generation() const { return static_cast<std::uint32_t>(raw_ >> kGenerationShift); }
  // `permit`, packed, is of this generation and no half-open probe's. One with an age beside it (Ticket) is left to the
  // general way.
  constexpr bool admitted(std::uint64_t permit) const { return (raw_ & kTag) == permit; }
  constexpr bool is_plainly_closed_and_admitted(std::uint64_t permit) const { return (raw_ & (kTag | 0x1F)) == permit; }
  // Where it stands it is the timeout times two or four.
  constexpr Nanos fast_timeout() const {
    return is_fast() ? static_cast<Nanos>(raw_ & kLongestFastTimeoutMs << 1) * (kMillisecond / 2) : counted_timeout();
  }
  constexpr Nanos counted_timeout() const {
    return static_cast<Nanos>(raw_ & kLongestFastTimeoutMs << 2) * (kMillisecond / 4);
  }
  constexpr std::uint64_t payload() const { return elidable() ? 0 : raw_payload(); }
  // Of a word that is not elidable.
  constexpr std::uint64_t plain_payload() const { return raw_payload(); }
  // The same with the generation above it, for restore_moment.
  constexpr std::uint64_t raw_from_payload() const { return raw_ >> 5; }
  // Of a closed breaker without an interval, after one failure more in a row; a payload of 0: there is no room for it.
  constexpr BreakerWord with_longer_run() const {
    const std::uint64_t without_form = elidable() ? raw_ & kTag : raw_;
    return BreakerWord(without_form + kOneMore);
  }
  constexpr bool window_unbegun() const { return (raw_ & 0x1F) == kSecond; }
  constexpr bool rejection_told() const { return second() && (raw_ >> 2 & 3) != kOther && phase() != Phase::Closed; }
  constexpr BreakerWord with_rejection_told() const { return BreakerWord(raw_ | kSecond); }
  constexpr std::uint32_t permits_given() const { return static_cast<std::uint32_t>(payload() & 0xFFFF); }
  constexpr std::uint32_t successes() const { return static_cast<std::uint32_t>(payload() >> 16 & 0xFFFF); }
  constexpr std::uint64_t opening_bits() const { return payload() >> 32 & kOpeningMask; }

  friend constexpr bool operator==(BreakerWord, BreakerWord) = default;

 private:
  static constexpr std::uint64_t kFast = 1, kCounted = 2, kForm = 3, kOther = 3, kSecond = 1 << 4, kOneMore = 1 << 5,
                                 kOpenAndTold = kSecond | 1 << 2, kTag = ~std::uint64_t{0} << kGenerationShift;
  constexpr bool second() const { return (raw_ & kSecond) != 0; }
  constexpr std::uint64_t raw_payload() const { return raw_ >> 5 & kPayloadMask; }

  std::uint64_t raw_;
};

constexpr std::uint64_t moment_bits(Nanos moment) {
  return static_cast<std::uint64_t>(moment) & BreakerWord::kPayloadMask;
}

// The moment nearest to `near` that has the low bits of `bits`, whatever is above these: exact as long as `near` is
// within 4.5 minutes.
constexpr Nanos restore_moment(std::uint64_t bits, Nanos near) {
  constexpr unsigned kShift = 64 - BreakerWord::kPayloadBits;
  const std::uint64_t difference = (bits - static_cast<std::uint64_t>(near)) << kShift;
  return add_saturated(near, static_cast<Nanos>(difference) >> kShift);
}

}  // namespace resil
