// The short ways of a closed breaker whose plan has a window (Way::Window), beside short_ways.h: a
// request is counted, or a success that ends no run. All else, and what the clock must time, is
// circuit_breaker_apart.h's.
//
// `seen` is a word of the generation that admits or admitted the attempt, loaded while the binding said `plan`. False:
// nothing was counted, ask the general way.
#pragma once

#include <span>

#include "resil/base/clock.h"
#include "resil/breaker/breaker_cells.h"
#include "resil/breaker/breaker_plan.h"
#include "resil/breaker/breaker_word.h"
#include "resil/breaker/call_window.h"
#include "resil/breaker/time_window.h"

namespace resil {

template <template <typename> class Atom>
struct WindowWays {
  BreakerCells<Atom>& cells;
  BreakerWord seen;
  const BreakerPlan& plan;
  std::span<Tally<Atom>> tallies;
  unsigned shard;

  bool admit(TimeSource& time) const { return !plan.counts_requests() || add_to_window(TimeWindow<Atom>::Begun, time); }

  bool succeed(TimeSource& time) const {
    if (plan.reads_any(kConsecutiveFailures) && seen.payload() != 0) return false;  // somebody has to end it
    if (plan.window_calls == 0) {
      return !plan.reads_any(kTotalSuccesses) || add_to_window(TimeWindow<Atom>::Succeeded, time);
    }
    return CallWindow<Atom>(windows(), plan.window_calls).add(seen.generation(), false, false, still());
  }

 private:
  WindowCells<Atom>& windows() const { return *tallies[0].windows.load(std::memory_order_acquire); }
  auto still() const {
    return [this] { return BreakerWord(cells.word.load(std::memory_order_acquire)).generation() == seen.generation(); };
  }
  bool add_to_window(typename TimeWindow<Atom>::Kind kind, TimeSource& time) const {
    TimeWindow<Atom> window(windows(), plan.window, plan.buckets, tallies.size());
    std::int64_t bucket = 0;
    return window.bucket(seen.generation(), time, still(), bucket) &&
           window.add(kind, shard, seen.generation(), bucket, still());
  }
};

}  // namespace resil
