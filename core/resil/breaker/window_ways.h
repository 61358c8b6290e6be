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
  Nanos about;  // what the attempt's TimeSource said to that, before `seen` was loaded

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
    if (plan.question != TripQuestion::Rate) return WindowWays(*this).fail_in_any(time, counted);
    std::int64_t failures = 0, requests = 0;
    counted = plan.window_calls > 0 ? rate_in_calls(failures, requests) : rate_in_time(time, failures, requests);
    return counted && requests != 0 && !plan.trip->trips_at_rate(failures, requests);
  }

 private:
  WindowCells<Atom>& windows() const { return *tallies[0].windows.load(std::memory_order_acquire); }
  auto still() const {
    return [&cells = cells, seen = seen] {
      return BreakerWord(cells.word.load(std::memory_order_acquire)).generation() == seen.generation();
    };
  }
  TimeWindow<Atom> time_window() const { return {windows(), plan.shape, tallies.size()}; }

  // What is counted where the rule compares failures and requests, which stay in registers. Requests last, as in
  // TimeWindow::show.
  bool rate_in_calls(std::int64_t& failures, std::int64_t& requests) const {
    CallWindow<Atom> window(windows(), plan.window_calls);
    if (!window.add(seen.generation(), true, false, still())) return false;
    const WindowTotals totals = window.totals(seen.generation());
    failures = WindowTotals::shown(totals.failures);
    requests = WindowTotals::shown(totals.calls);
    return true;
  }
  [[gnu::always_inline]] bool rate_in_time(TimeSource& time, std::int64_t& failures, std::int64_t& requests) const {
    using Window = TimeWindow<Atom>;
    const std::uint32_t generation = seen.generation();
    const Window window = time_window();
    std::int64_t bucket = 0;
    if (!window.bucket(generation, time, about, still(), bucket) ||
        !window.add(Window::Failed, 0, generation, bucket, still()))
      return false;
    failures = window.count(Window::Failed, generation, bucket, still());
    requests = window.count(Window::Begun, generation, bucket, still());
    return true;
  }
  [[gnu::noinline]] bool fail_in_any(TimeSource& time, bool& counted) const {
    Counts counts;
    counted = plan.window_calls > 0 ? fail_in_calls(counts) : fail_in_time(time, counts);
    if (!counted) return false;
    if (!plan.reads_any(kConsecutiveFailures)) return !plan.trip->trips(counts);
    counts.consecutive_failures = static_cast<std::int64_t>(seen.payload() + 1);
    return !plan.trip->trips(counts) && swap_longer_run(cells, seen);
  }
  bool fail_in_calls(Counts& counts) const {
    CallWindow<Atom> window(windows(), plan.window_calls);
    if (!window.add(seen.generation(), true, false, still())) return false;
    window.totals(seen.generation()).show(counts);
    return true;
  }
  bool fail_in_time(TimeSource& time, Counts& counts) const {
    using Window = TimeWindow<Atom>;
    const std::uint32_t generation = seen.generation();
    Window window = time_window();
    std::int64_t bucket = 0;
    if (!window.bucket(generation, time, about, still(), bucket)) return false;
    if (plan.reads_any(kTotalFailures) && !window.add(Window::Failed, 0, generation, bucket, still())) return false;
    window.show(plan.reads, counts, [&](auto kind) { return window.count(kind, generation, bucket, still()); });
    return true;
  }
  [[gnu::always_inline]] bool add_to_window(typename TimeWindow<Atom>::Kind kind, TimeSource& time) const {
    TimeWindow<Atom> window = time_window();
    std::int64_t bucket = 0;
    return window.bucket(seen.generation(), time, about, still(), bucket) &&
           window.add(kind, shard, seen.generation(), bucket, still());
  }
};

}  // namespace resil
