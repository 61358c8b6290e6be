// The short ways of a closed breaker: what nearly every call takes. Each does, in one pass, all that the general way
// (circuit_breaker.h) would do, or answers false where anything is less simple: a trip, a window that is over, a cell
// that counts another generation, a word that changed meanwhile. Then the general way decides; what a short way has
// counted by then is told.
//
// `seen` is a word of a closed breaker, elidable or plainly closed, that was loaded while the binding said `plan`,
// which holds as long as a swap from it succeeds.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include "resil/base/clock.h"
#include "resil/breaker/breaker_answers.h"
#include "resil/breaker/breaker_cells.h"
#include "resil/breaker/breaker_plan.h"
#include "resil/breaker/breaker_word.h"

namespace resil {

// One failure more in a row, where the word has the run. False: it changed, or there is no room.
template <template <typename> class Atom>
bool swap_longer_run(BreakerCells<Atom>& cells, BreakerWord seen) {
  std::uint64_t expected = seen.raw();
  const BreakerWord next = seen.with_longer_run();
  return next.plain_payload() != 0 &&
         cells.word.compare_exchange_strong(expected, next.raw(), std::memory_order_seq_cst, std::memory_order_acquire);
}

// What a failure has counted: its number among the failures and in the run; 0: not counted.
struct CountedFailure {
  std::uint64_t number = 0, run = 0;

  Progress progress() const {
    Progress progress;
    progress.failures = number;
    progress.run = run;
    return progress;
  }
};

// `latest` is not before now, and read before `seen`; it matters only where the plan has an interval. `tallies()` gives
// a line for each shard and `shard()` the calling thread's; they are asked only where the rule counts. `windowed` says
// whether the plan has an interval.
template <template <typename> class Atom, typename Tallies, typename Shard>
struct ShortWays {
  BreakerCells<Atom>& cells;
  BreakerWord seen;
  const BreakerPlan& plan;
  bool windowed;
  Nanos latest;
  const Tallies& tallies;
  const Shard& shard;

  bool admit() const {
    if (windowed && !window_holds()) return false;
    return !plan.reads_any(kRequests) || tallies()[shard()].requests.add_if_tagged(seen.raw());
  }

  // Of an attempt that this generation admitted.
  bool succeed() const {
    if (windowed && !window_holds()) return false;
    if (plan.reads_any(kConsecutiveFailures)) {
      const bool run = windowed ? tallies()[0].run.counts_in(seen.raw()) : seen.payload() != 0;
      if (run) return false;  // somebody has to end it
    }
    return !plan.counts_successes() || tallies()[shard()].successes.add_if_tagged(seen.raw());
  }

  // Of an attempt that this generation admitted.
  bool fail(CountedFailure& counted) const {
    if (plan.reads_any(kConsecutiveSuccesses)) return false;
    if (windowed && !window_holds()) return false;
    Counts counts;
    if (plan.reads_any(kTotalFailures)) {
      counted.number = tallies()[0].failures.number_if_tagged(seen.raw());
      if (counted.number == 0) return false;
      counts.total_failures = static_cast<std::int64_t>(counted.number);
    }
    const bool reads_run = plan.reads_any(kConsecutiveFailures);
    if (reads_run && windowed) {
      counted.run = tallies()[0].run.number_if_tagged(seen.raw());
      if (counted.run == 0) return false;
      counts.consecutive_failures = static_cast<std::int64_t>(counted.run);
    } else if (reads_run) {
      counts.consecutive_failures = static_cast<std::int64_t>(seen.payload() + 1);
    }
    // Requests last: whatever ended was begun before, so no ratio is ever over one.
    const std::uint32_t generation = seen.generation();
    if (plan.reads_any(kTotalSuccesses))
      counts.total_successes = sum<Atom>(tallies(), &Tally<Atom>::successes, generation);
    if (plan.reads_any(kRequests)) counts.requests = sum<Atom>(tallies(), &Tally<Atom>::requests, generation);
    if (plan.trip->trips(counts)) return false;
    return windowed || !reads_run || swap_longer_run(cells, seen);
  }

 private:
  // The window that `seen` speaks of is not over.
  bool window_holds() const {
    const Nanos near = cells.window_end_near.load(std::memory_order_acquire);
    // Still the same word: then the cell spoke of the same moment.
    return BreakerWord(cells.word.load(std::memory_order_acquire)) == seen &&
           latest <= restore_moment(seen.plain_payload(), near);
  }
};

}  // namespace resil
