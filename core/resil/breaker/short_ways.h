// The short ways of a closed breaker: what nearly every call takes. Each does, in one pass, all that the general way
// (circuit_breaker.h) would do, or answers false where anything is less simple: a trip, a window that is over, a cell
// that counts another generation, a word that changed meanwhile. Then the general way decides; what a short way has
// counted by then is in Progress.
//
// `seen` is a closed word that was loaded while the binding said `plan`, which holds as long as a swap from it
// succeeds.
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

template <template <typename> class Atom>
struct ShortWays {
  BreakerCells<Atom>& cells;
  BreakerWord seen;
  const BreakerPlan& plan;
  std::span<Tally<Atom>> tallies;
  unsigned shard;

  bool admit(TimeSource& time) const {
    if (plan.interval > 0 && !window_holds(time)) return false;
    return !plan.reads_any(kRequests) || tallies[shard].requests.add_if_tagged(seen.raw());
  }

  // Of an attempt that this generation admitted.
  bool succeed(TimeSource& time) const {
    if (plan.interval > 0 && !window_holds(time)) return false;
    if (plan.reads_any(kConsecutiveFailures)) {
      const bool run = plan.interval > 0 ? tallies[0].run.read(seen.generation()) != 0 : seen.payload() != 0;
      if (run) return false;  // somebody has to end it
    }
    return !plan.counts_successes() || tallies[shard].successes.add_if_tagged(seen.raw());
  }

  // Of an attempt that this generation admitted.
  bool fail(TimeSource& time, Progress& progress) const {
    if (plan.reads_any(kConsecutiveSuccesses) || seen.payload() == BreakerWord::kPayloadMask) return false;
    if (plan.interval > 0 && !window_holds(time)) return false;
    Counts counts;
    if (plan.reads_any(kTotalFailures)) {
      progress.failures = tallies[0].failures.number_if_tagged(seen.raw());
      if (progress.failures == 0) return false;
      counts.total_failures = static_cast<std::int64_t>(progress.failures);
    }
    if (plan.run_in_word()) {
      counts.consecutive_failures = static_cast<std::int64_t>(seen.payload() + 1);
    } else if (plan.reads_any(kConsecutiveFailures)) {
      progress.run = tallies[0].run.number_if_tagged(seen.raw());
      if (progress.run == 0) return false;
      counts.consecutive_failures = static_cast<std::int64_t>(progress.run);
    }
    // Requests last: whatever ended was begun before, so no ratio is ever over one.
    const std::uint32_t generation = seen.generation();
    if (plan.reads_any(kTotalSuccesses)) counts.total_successes = sum(tallies, &Tally<Atom>::successes, generation);
    if (plan.reads_any(kRequests)) counts.requests = sum(tallies, &Tally<Atom>::requests, generation);
    if (plan.trip->trips(counts)) return false;
    if (!plan.run_in_word()) return true;
    std::uint64_t expected = seen.raw();
    const BreakerWord next = BreakerWord::slow(Phase::Closed, generation, seen.payload() + 1);
    return cells.word.compare_exchange_strong(expected, next.raw(), std::memory_order_seq_cst,
                                              std::memory_order_acquire);
  }

 private:
  // The window that `seen` speaks of has begun and is not over.
  bool window_holds(TimeSource& time) const {
    const Nanos near = cells.window_end_near.load(std::memory_order_acquire);
    // Still the same word: then the cell spoke of the same moment.
    return !seen.window_unbegun() && BreakerWord(cells.word.load(std::memory_order_acquire)) == seen &&
           time.not_past(restore_moment(seen.payload(), near));
  }
};

}  // namespace resil
