// BreakerCells: what one circuit breaker keeps. The word decides; the cells beside it are read only together
// with a word that says they mean something (their generation, or a moment's low bits).
#pragma once

#include <atomic>
#include <cstdint>

#include "resil/tagged_count.h"
#include "resil/types.h"

namespace resil {

template <template <typename> class Atom>
struct BreakerCells {
  Atom<std::uint64_t> word{0};
  Atom<Nanos> half_open_near{0};   // Open: roughly when half-open is due
  Atom<Nanos> window_end_near{0};  // Closed with an interval: roughly when the window ends
  Atom<Nanos> probed_near{0};      // HalfOpen: roughly when the youngest permit was given
  TaggedCount<Atom> run;           // consecutive failures where the word has no room for them (an interval)
  TaggedCount<Atom> failures;      // totalFailures, where the trip rule reads it
};

// Counts of calls that succeed would be written by every healthy call of every thread, so each thread has its
// own line and whoever evaluates the rule adds them up: exact whenever no call is in flight.
template <template <typename> class Atom>
struct alignas(64) Tally {
  TaggedCount<Atom> requests;
  TaggedCount<Atom> successes;
  TaggedCount<Atom> successes_before_failure;  // of all shards, at the latest failure; only shard 0's is used
};

}  // namespace resil
