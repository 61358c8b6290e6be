// BreakerCells: what one circuit breaker keeps. The word decides; the cells beside it are read only together
// with a word that says they mean something (their generation, or a moment's low bits).
#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include "resil/base/tagged_count.h"
#include "resil/base/types.h"
#include "resil/breaker/breaker_word.h"
#include "resil/breaker/window_cells.h"

namespace resil {

template <template <typename> class Atom>
struct BreakerCells {
  Atom<std::uint64_t> word{0};
  Atom<Nanos> half_open_near{0};   // Open: roughly when half-open is due
  Atom<Nanos> window_end_near{0};  // Closed with an interval: roughly when the window ends
  // HalfOpen: when the n-th permit of a generation was given is in given_at[n % 2], so that the next permit,
  // noted before it is given, leaves the youngest one's moment alone.
  Atom<std::uint64_t> given_at[2]{};
};

// When a permit was given: 8 bits of its generation, to tell the present one from the next, and 56 of the moment.
struct GivenAt {
  static constexpr unsigned kMomentBits = 56;

  static constexpr std::uint64_t pack(std::uint64_t generation, Nanos moment) {
    return generation << kMomentBits | (static_cast<std::uint64_t>(moment) << 8 >> 8);
  }
  static constexpr bool of_generation(std::uint64_t cell, std::uint64_t generation) {
    return cell >> kMomentBits == (generation & 0xFF);
  }
  // How long ago. The moment wraps after two years; only the last 13 days of these read as a moment yet to come, as
  // threads may see it whose clocks were read at about the same time.
  static constexpr Nanos age(std::uint64_t cell, Nanos now) {
    constexpr std::uint64_t kRound = std::uint64_t{1} << kMomentBits, kAhead = std::uint64_t{1} << 50;
    const std::uint64_t age = (static_cast<std::uint64_t>(now) - cell) & (kRound - 1);
    return age > kRound - kAhead ? static_cast<Nanos>(age) - static_cast<Nanos>(kRound) : static_cast<Nanos>(age);
  }
};

// What a rule that reads more than the run of failures needs; such endpoints have one line a thread shard. A healthy
// call of every thread would write requests and successes, so each thread has its own, and whoever evaluates the
// rule adds them up: exact whenever no call is in flight. The rest is written by failures: shard 0's serves all.
template <template <typename> class Atom>
struct alignas(64) Tally {
  TaggedCount<Atom> requests;
  TaggedCount<Atom> successes;
  TaggedCount<Atom> failures;                  // totalFailures
  TaggedCount<Atom> run;                       // consecutiveFailures, where a window's end takes the word's room
  TaggedCount<Atom> successes_before_failure;  // at the latest failure
  TaggedCount<Atom> slow;                      // slowCalls

  // Shard 0's: null while no policy in force here ever needed them. Set before a plan that needs them is bound.
  std::atomic<WindowCells<Atom>*> windows{nullptr};

  template <typename StillCurrent>
  void freshen(std::uint32_t generation, StillCurrent still_current) {
    for (TaggedCount<Atom>* count : {&requests, &successes, &failures, &run, &successes_before_failure, &slow}) {
      count->freshen(generation, still_current);
    }
  }
};

// Over all shards.
template <template <typename> class Atom>
std::int64_t sum(std::span<Tally<Atom>> tallies, TaggedCount<Atom> Tally<Atom>::*count, std::uint32_t generation) {
  std::uint64_t total = 0;
  for (Tally<Atom>& tally : tallies) total += (tally.*count).read(generation);
  return static_cast<std::int64_t>(total);
}

// Generations wrap, and a count that nobody touched for a whole round would be taken for a present one. So whoever
// makes the word show a new generation makes the tags new at every quarter of a round, and those of windows, which are
// shorter, more often. `word` is that new word's atomic.
template <template <typename> class Atom>
void freshen_if_due(std::uint32_t generation, const Atom<std::uint64_t>& word, std::span<Tally<Atom>> tallies) {
  constexpr std::uint32_t kFreshenEvery = 1U << (BreakerWord::kGenerationBits - 2);
  static_assert(kFreshenEvery % WindowCells<Atom>::kFreshenEvery == 0);
  if (generation % WindowCells<Atom>::kFreshenEvery != 0 || tallies.empty()) [[likely]]
    return;
  const auto still_current = [&word, generation] {
    return BreakerWord(word.load(std::memory_order_acquire)).generation() == generation;
  };
  WindowCells<Atom>* windows = tallies[0].windows.load(std::memory_order_acquire);
  if (windows != nullptr) windows->freshen(generation, still_current);
  if (generation % kFreshenEvery != 0) return;
  for (Tally<Atom>& tally : tallies) tally.freshen(generation, still_current);
}

}  // namespace resil
