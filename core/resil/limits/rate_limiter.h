// RateLimiter: at most `rate` attempts begin in each `per`, spaced evenly, `burst` of them at once: the generic cell
// rate algorithm. It keeps one number, when the next attempt would be due if none came early (the theoretical arrival
// time), and admits an attempt as long as that is no further ahead than burst - 1 spacings.
//
// Exact: a spacing of per / rate nanoseconds may be a fraction, so time is counted in units of which a nanosecond has a
// whole number and a spacing too. Such a number of units wraps, within hours for the oddest rates. Therefore
// `busy_until` says in plain nanoseconds how long the word can be ahead of the clock at the most. Once that is over
// the word's age does not matter: whoever comes first makes it the present moment. In this order, each step by a swap:
//   1. the word becomes the present moment, if it may be from any time
//   2. busy_until is raised beyond whatever the word is about to say
//   3. the word becomes what the attempt makes of it
// So who reads a busy_until that is ahead, and then the word, reads a word that is near enough not to have wrapped.
#pragma once

#include <atomic>
#include <cstdint>
#include <numeric>

#include "resil/base/types.h"

namespace resil {

// A rate as the limiter counts.
struct Spacing {
  // What the units may add up to: a quarter of what the sign bit leaves, so that nothing that is compared ever wraps.
  static constexpr std::uint64_t kMost = std::uint64_t{1} << 61;

  std::uint64_t units = 1;             // of time in a nanosecond
  std::uint64_t spacing = kSecond;     // units between two attempts
  std::uint64_t slack = 0;             // units that an attempt may come before it is due
  Nanos longest = kSecond;             // the whole burst: as far as the word is ever ahead
  Nanos ahead = (Nanos{1} << 60) - 1;  // how far busy_until is raised beyond need, so that it seldom is

  // False: the burst would not fit into the units.
  static constexpr bool countable(std::int64_t rate, Nanos per, std::int64_t burst) {
    return static_cast<std::uint64_t>(per / std::gcd(rate, per)) <= kMost / static_cast<std::uint64_t>(burst);
  }
  // All three at least 1, and countable.
  static constexpr Spacing of(std::int64_t rate, Nanos per, std::int64_t burst) {
    const std::int64_t common = std::gcd(rate, per);
    Spacing s;
    s.units = static_cast<std::uint64_t>(rate / common);
    s.spacing = static_cast<std::uint64_t>(per / common);
    s.slack = s.spacing * static_cast<std::uint64_t>(burst - 1);
    s.longest = static_cast<Nanos>((s.slack + s.spacing) / s.units) + 1;
    s.ahead = static_cast<Nanos>((std::uint64_t{1} << 60) / s.units);
    return s;
  }
};

template <template <typename> class Atom>
class RateLimiter {
 public:
  explicit RateLimiter(const Spacing& spacing) : s_(spacing) {}

  struct Taken {
    Nanos wait = 0;                       // 0: taken; else how long until one would be
    std::uint64_t before = 0, after = 0;  // the word
  };

  Taken take(Nanos now) {
    Nanos until = busy_until_.load(std::memory_order_acquire);
    std::uint64_t seen = word_.load(std::memory_order_acquire);
    const Nanos needed = add_saturated(now, s_.longest);
    for (;;) {
      if (until < needed) [[unlikely]]
        prepare(now, until, seen);
      const std::uint64_t lead = lead_of(seen, now);
      if (lead > s_.slack) return {until_within(lead), seen, seen};
      const std::uint64_t before = seen, next = in_units(now) + lead + s_.spacing;
      if (swap(seen, next)) return {0, before, next};
      until = busy_until_.load(std::memory_order_acquire);  // it only grows, but for a restart
    }
  }

  // Gives back what was just taken, if nobody took since: what others have taken since then was told them by a word
  // that had this attempt in it, and nobody could say any more what it would have been without.
  bool undo(const Taken& taken) {
    std::uint64_t expected = taken.after;
    return swap(expected, taken.before);
  }

  // 0: one would be taken now.
  Nanos wait(Nanos now) const {
    const std::uint64_t lead = lead_now(now);
    return lead > s_.slack ? until_within(lead) : 0;
  }

  // How many would be taken now, one after the other.
  std::int64_t available(Nanos now) const {
    const std::uint64_t whole = s_.slack + s_.spacing, lead = lead_now(now);
    return lead >= whole ? 0 : static_cast<std::int64_t>((whole - lead) / s_.spacing);
  }

  // Forgets what was taken.
  void restart() { busy_until_.store(kNever, std::memory_order_release); }

 private:
  static constexpr Nanos kNever = INT64_MIN;

  std::uint64_t in_units(Nanos moment) const { return static_cast<std::uint64_t>(moment) * s_.units; }

  // How far the word is ahead of the clock, in units.
  std::uint64_t lead_of(std::uint64_t word, Nanos now) const {
    const auto lead = static_cast<std::int64_t>(word - in_units(now));
    return lead > 0 ? static_cast<std::uint64_t>(lead) : 0;
  }
  std::uint64_t lead_now(Nanos now) const {
    if (busy_until_.load(std::memory_order_acquire) <= now) return 0;
    return lead_of(word_.load(std::memory_order_acquire), now);
  }

  Nanos until_within(std::uint64_t lead) const { return static_cast<Nanos>((lead - s_.slack - 1) / s_.units) + 1; }

  // Makes a word that may be from any time the present moment, and busy_until great enough for one more.
  [[gnu::noinline]] void prepare(Nanos now, Nanos& until, std::uint64_t& seen) {
    while (until <= now) {
      // The word first this time: a swap from it fails if anybody took meanwhile.
      seen = word_.load(std::memory_order_acquire);
      until = busy_until_.load(std::memory_order_acquire);
      if (until > now) {
        seen = word_.load(std::memory_order_acquire);
      } else if (seen == in_units(now) || swap(seen, in_units(now))) {
        seen = in_units(now);
        break;
      }
    }
    const Nanos needed = add_saturated(now, s_.longest);
    if (until < needed) raise(until, add_saturated(needed, s_.ahead));
  }

  bool swap(std::uint64_t& expected, std::uint64_t next) {
    return word_.compare_exchange_strong(expected, next, std::memory_order_acq_rel, std::memory_order_acquire);
  }

  void raise(Nanos seen, Nanos to) {
    while (seen < to &&
           !busy_until_.compare_exchange_weak(seen, to, std::memory_order_acq_rel, std::memory_order_acquire)) {}
  }

  const Spacing s_;
  Atom<std::uint64_t> word_{0};  // when the next attempt is due, in units, as far as 64 bits go
  Atom<Nanos> busy_until_{kNever};
};

}  // namespace resil
