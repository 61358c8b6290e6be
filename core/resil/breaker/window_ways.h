// The short ways of a closed breaker whose plan has a window (Way::Window), beside short_ways.h: a request is counted,
// a success that ends no run, or a failure that trips nothing. All else, and what the clock must time, is
// circuit_breaker_apart.h's.
//
// `seen` is a word of the generation that admits or admitted the attempt, loaded while the binding said `plan`. False:
// ask the general way; nothing was counted, but where `counted` says that a failure is in the window.
#pragma once

#include <span>

#include "resil/base/clock.h"
#include "resil/breaker/breaker_cells.h"
#include "resil/breaker/breaker_plan.h"
#include "resil/breaker/breaker_word.h"
#include "resil/breaker/call_window.h"
#include "resil/breaker/short_ways.h"
#include "resil/breaker/time_window.h"

namespace resil {

template <template <typename> class Atom>
struct WindowWays {
  BreakerCells<Atom>& cells;
  BreakerWord seen;
  const BreakerPlan& plan;
  std::span<Tally<Atom>> tallies;
  unsigned shard;

  [[gnu::always_inline]] bool admit(TimeSource& time) const {
    return !plan.counts_requests() || add_to_window(TimeWindow<Atom>::Begun, time);
  }

  [[gnu::always_inline]] bool succeed(TimeSource& time) const {
    if (plan.reads_any(kConsecutiveFailures) && seen.payload() != 0) return false;  // somebody has to end it
    if (plan.window_calls == 0) {
      return !plan.reads_any(kTotalSuccesses) || add_to_window(TimeWindow<Atom>::Succeeded, time);
    }
    return CallWindow<Atom>(windows(), plan.window_calls).add(seen.generation(), false, false, still());
  }

  [[gnu::always_inline]] bool fail(TimeSource& time, bool& counted) const {
    Counts counts;
    counted = plan.window_calls > 0 ? fail_in_calls(counts) : fail_in_time(time, counts);
    if (!counted) return false;
    if (!plan.reads_any(kConsecutiveFailures)) return !trips(counts);
    counts.consecutive_failures = static_cast<std::int64_t>(seen.payload() + 1);
    return !plan.trip->trips(counts) && swap_longer_run(cells, seen);
  }

 private:
  WindowCells<Atom>& windows() const { return *tallies[0].windows.load(std::memory_order_acquire); }
  auto still() const {
    return [this] { return BreakerWord(cells.word.load(std::memory_order_acquire)).generation() == seen.generation(); };
  }
  bool trips(const Counts& counts) const {
    if (plan.question != TripQuestion::Rate || counts.requests == 0) return plan.trip->trips(counts);
    return plan.trip->trips_at_rate(counts.total_failures, counts.requests);
  }

  bool fail_in_calls(Counts& counts) const {
    CallWindow<Atom> window(windows(), plan.window_calls);
    if (!window.add(seen.generation(), true, false, still())) return false;
    window.totals(seen.generation()).show(counts);
    return true;
  }
  [[gnu::always_inline]] bool fail_in_time(TimeSource& time, Counts& counts) const {
    const std::uint32_t generation = seen.generation();
    TimeWindow<Atom> window(windows(), plan.window, plan.buckets, tallies.size());
    std::int64_t bucket = 0;
    if (!window.bucket(generation, time, still(), bucket)) return false;
    if (plan.reads_any(kTotalFailures) && !window.add(TimeWindow<Atom>::Failed, 0, generation, bucket, still()))
      return false;
    window.show(plan.reads, generation, bucket, counts);
    return true;
  }
  [[gnu::always_inline]] bool add_to_window(typename TimeWindow<Atom>::Kind kind, TimeSource& time) const {
    TimeWindow<Atom> window(windows(), plan.window, plan.buckets, tallies.size());
    std::int64_t bucket = 0;
    return window.bucket(seen.generation(), time, still(), bucket) &&
           window.add(kind, shard, seen.generation(), bucket, still());
  }
};

}  // namespace resil
