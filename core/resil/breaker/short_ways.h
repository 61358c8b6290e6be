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

// then.operator()<question>().
template <typename Then>
[[gnu::always_inline]] inline auto with_question(TripQuestion question, const Then& then) {
  switch (question) {
    case TripQuestion::Rate: return then.template operator()<TripQuestion::Rate>();
    case TripQuestion::Run: return then.template operator()<TripQuestion::Run>();
    default: return then.template operator()<TripQuestion::Any>();
  }
}

// `latest` is not before now, and read before `seen`; it matters only where the plan has an interval, which kInterval
// says. `tallies()` gives a line for each shard and `shard()` the calling thread's; they are asked only where the rule
// counts. All of it belongs in the caller's registers, hence always_inline.
template <template <typename> class Atom, bool kInterval, typename Tallies, typename Shard>
struct ShortWays {
  BreakerCells<Atom>& cells;
  BreakerWord seen;
  const BreakerPlan& plan;
  Nanos latest;
  const Tallies& tallies;
  const Shard& shard;

  [[gnu::always_inline]] bool admit() const {
    if (kInterval && !window_holds()) return false;
    return !plan.reads_any(kRequests) || tallies()[shard()].requests.add_if_tagged(seen.raw());
  }

  // Of an attempt that this generation admitted.
  [[gnu::always_inline]] bool succeed() const {
    if (kInterval && !window_holds()) return false;
    if (plan.reads_any(kConsecutiveFailures)) [[likely]] {
      const bool run = kInterval ? tallies()[0].run.counts_in(seen.raw()) : seen.payload() != 0;
      if (run) return false;  // somebody has to end it
    }
    return !plan.counts_successes() || tallies()[shard()].successes.add_if_tagged(seen.raw());
  }

  // Of an attempt that this generation admitted, where the rule asks kQuestion.
  template <TripQuestion kQuestion>
  [[gnu::always_inline]] bool fail(CountedFailure& counted) const {
    if (kInterval && !window_holds()) return false;
    if constexpr (kQuestion == TripQuestion::Rate) return fail_in_rate(counted);
    if constexpr (kQuestion == TripQuestion::Run) return kInterval ? fail_in_run(counted) : lengthen_run();
    return fail_in_any(counted);
  }

 private:
  // The window that `seen` speaks of is not over.
  [[gnu::always_inline]] bool window_holds() const {
    const Nanos near = cells.window_end_near.load(std::memory_order_acquire);
    // Still the same word: then the cell spoke of the same moment.
    return BreakerWord(cells.word.load(std::memory_order_acquire)) == seen &&
           latest <= restore_moment(seen.raw_from_payload(), near);
  }

  // The word has the run.
  bool lengthen_run() const {
    return !plan.trip->trips_at(seen.with_longer_run().plain_payload()) && swap_longer_run(cells, seen);
  }

  bool fail_in_run(CountedFailure& counted) const {
    counted.run = tallies()[0].run.number_if_tagged(seen.raw());
    return counted.run != 0 && !plan.trip->trips_at(counted.run);
  }

  bool fail_in_rate(CountedFailure& counted) const {
    counted.number = tallies()[0].failures.number_if_tagged(seen.raw());
    if (counted.number == 0) return false;
    const std::int64_t requests = sum<Atom>(tallies(), &Tally<Atom>::requests, seen.generation());
    return requests != 0 && !plan.trip->trips_at_rate(static_cast<std::int64_t>(counted.number), requests);
  }

  bool fail_in_any(CountedFailure& counted) const {
    if (plan.reads_any(kConsecutiveSuccesses)) return false;
    Counts counts;
    if (plan.reads_any(kTotalFailures)) {
      counted.number = tallies()[0].failures.number_if_tagged(seen.raw());
      if (counted.number == 0) return false;
      counts.total_failures = static_cast<std::int64_t>(counted.number);
    }
    const bool reads_run = plan.reads_any(kConsecutiveFailures);
    if (reads_run && kInterval) {
      counted.run = tallies()[0].run.number_if_tagged(seen.raw());
      if (counted.run == 0) return false;
      counts.consecutive_failures = static_cast<std::int64_t>(counted.run);
    } else if (reads_run) {
      counts.consecutive_failures = static_cast<std::int64_t>(seen.payload() + 1);
    }
    // Requests last: whatever ended was begun before, so no ratio is ever over one.
    if (plan.reads_any(kTotalSuccesses))
      counts.total_successes = sum<Atom>(tallies(), &Tally<Atom>::successes, seen.generation());
    if (plan.reads_any(kRequests)) counts.requests = sum<Atom>(tallies(), &Tally<Atom>::requests, seen.generation());
    if (plan.trip->trips(counts)) return false;
    return kInterval || !reads_run || swap_longer_run(cells, seen);
  }
};

}  // namespace resil
