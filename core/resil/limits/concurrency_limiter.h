// ConcurrencyLimiter: who is in flight, counted, and places that come back by themselves from whoever is lost.
//
// Time is cut into epochs of half the grace. One word has the number of the latest epoch in which an attempt began, and
// how many attempts are in flight that began in it, in the one before, and in the one before that:
//   bits 48..63 epoch | 32..47 two epochs before | 16..31 the one before | 0..15 this one
// Two swaps an attempt: its begin moves the word to the present epoch and adds one, its end takes one off the epoch
// that it began in. What began three epochs before falls out of the word: a place is lost for more than one grace and
// at most one and a half, and an end that comes later finds nothing to take off.
#pragma once

#include <atomic>
#include <cstdint>

#include "resil/base/types.h"

namespace resil {

// How long a lost place stays taken. The grace of an attempt depends on its policy's timeout, and the length of an
// epoch on the grace, so a target has a limiter for each of these lengths, and an attempt's policy says which is its.
// The first is exact, for all timeouts of up to 30 s; the next ones are longer by an eighth each.
struct Grace {
  static constexpr unsigned kClasses = 162;  // the last one is long enough for any timeout
  static constexpr unsigned kUnitBits = 20;  // epochs are counted in units of 2^20 ns, a millisecond or so

  unsigned number = 0;
  std::uint64_t epoch_units = first_units();

  static constexpr Nanos kLeast = 60 * kSecond;
  static constexpr Grace of(Nanos timeout) {
    const Nanos twice = add_saturated(timeout, timeout);
    const std::uint64_t needed = units_of_half(twice > kLeast ? twice : kLeast);
    Grace grace;
    while (grace.epoch_units < needed) grace = grace.next();
    return grace;
  }
  constexpr Grace next() const { return {number + 1, epoch_units + epoch_units / 8}; }

  friend constexpr bool operator==(const Grace&, const Grace&) = default;

 private:
  static constexpr std::uint64_t units_of_half(Nanos grace) {  // twice a timeout or a minute: an even number
    return (static_cast<std::uint64_t>(grace) / 2 + (std::uint64_t{1} << kUnitBits) - 1) >> kUnitBits;
  }
  static constexpr std::uint64_t first_units() { return units_of_half(kLeast); }
};

template <template <typename> class Atom>
class ConcurrencyLimiter {
 public:
  static constexpr std::uint32_t kMost = 65'535;

  // False: `limit`, which is at most kMost, are in flight.
  bool begin(Nanos now, const Grace& grace, std::uint32_t limit) {
    const std::uint64_t epoch = epoch_of(now, grace);
    std::uint64_t seen = word_.load(std::memory_order_acquire);
    for (;;) {
      std::uint64_t next = at_epoch(seen, epoch);
      if (in_flight_of(next) >= limit) return false;
      const std::uint64_t age = ((next >> kEpochShift) - epoch) & kEpochMask;
      if (age >= kFields) return true;  // a clock read more than a grace ago: there is no field to count it in any more
      next += std::uint64_t{1} << 16 * age;
      if (word_.compare_exchange_weak(seen, next, std::memory_order_acq_rel, std::memory_order_acquire)) return true;
    }
  }

  // Of an attempt that begin let in.
  void end(Nanos began, const Grace& grace) {
    const std::uint64_t epoch = epoch_of(began, grace);
    std::uint64_t seen = word_.load(std::memory_order_acquire);
    for (;;) {
      const std::uint64_t age = ((seen >> kEpochShift) - epoch) & kEpochMask;
      if (age >= kFields || ((seen >> 16 * age) & kCountMask) == 0) return;  // lost, and given to others since
      const std::uint64_t next = seen - (std::uint64_t{1} << 16 * age);
      if (word_.compare_exchange_weak(seen, next, std::memory_order_acq_rel, std::memory_order_acquire)) return;
    }
  }

  std::uint32_t in_flight(Nanos now, const Grace& grace) const {
    return in_flight_of(at_epoch(word_.load(std::memory_order_acquire), epoch_of(now, grace)));
  }

 private:
  static constexpr unsigned kEpochShift = 48;
  static constexpr std::uint64_t kFields = 3, kCountMask = 0xFFFF, kEpochMask = 0xFFFF;
  static constexpr std::uint64_t kCounts = (std::uint64_t{1} << kEpochShift) - 1;
  // A clock that is up to this many epochs behind belongs to a thread that slept after it read it; one that seems to be
  // further behind has gone once round the 16 bits (22 days at the least) while nobody called.
  static constexpr std::uint64_t kMostBehind = 64;

  static std::uint64_t epoch_of(Nanos moment, const Grace& grace) {
    const std::uint64_t since = static_cast<std::uint64_t>(moment) ^ std::uint64_t{1} << 63;  // moments in order
    return (since >> Grace::kUnitBits) / grace.epoch_units & kEpochMask;
  }

  // The word as an attempt of that epoch finds it.
  static std::uint64_t at_epoch(std::uint64_t word, std::uint64_t epoch) {
    if ((word & kCounts) == 0) return epoch << kEpochShift;
    const std::uint64_t forward = (epoch - (word >> kEpochShift)) & kEpochMask;
    if (forward == 0 || forward > kEpochMask - kMostBehind) return word;
    return epoch << kEpochShift | (forward < kFields ? (word << 16 * forward) & kCounts : 0);
  }

  static std::uint32_t in_flight_of(std::uint64_t word) {
    return static_cast<std::uint32_t>((word & kCountMask) + (word >> 16 & kCountMask) + (word >> 32 & kCountMask));
  }

  Atom<std::uint64_t> word_{0};
};

}  // namespace resil
