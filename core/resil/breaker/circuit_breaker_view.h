// CircuitBreaker as it looks at a moment.
#pragma once

#include "resil/breaker/circuit_breaker.h"

namespace resil {

template <template <typename> class Atom>
inline Counts CircuitBreaker<Atom>::closed_counts(BreakerWord seen, Nanos now) const {
  const std::uint32_t generation = seen.generation();
  Counts counts;
  if (plan_.run_in_word()) counts.consecutive_failures = static_cast<std::int64_t>(seen.payload());
  if (!plan_.needs_tallies()) return counts;
  if (plan_.windowed()) {
    std::int64_t bucket = 0;
    if (plan_.window_calls > 0) {
      read_apart(generation, counts);
    } else if (time_window().look(generation, now, bucket)) {
      read_window(generation, bucket, counts);
    }
    read_successes_in_a_row(generation, counts);
    return counts;
  }
  counts.slow_calls = static_cast<std::int64_t>(tallies_[0].slow.read(generation));
  const std::uint64_t sum = successes(generation);
  const std::uint64_t before = tallies_[0].successes_before_failure.read(generation);
  counts.total_successes = static_cast<std::int64_t>(sum);
  counts.consecutive_successes = static_cast<std::int64_t>(sum - std::min(sum, before));
  counts.total_failures = static_cast<std::int64_t>(tallies_[0].failures.read(generation));
  counts.requests = requests(generation);  // last, as above
  if (!plan_.run_in_word()) counts.consecutive_failures = static_cast<std::int64_t>(tallies_[0].run.read(generation));
  return counts;
}

template <template <typename> class Atom>
inline bool CircuitBreaker<Atom>::inspect(Nanos now, BreakerView& view) const {
  for (;;) {
    const BreakerWord seen = load();
    view = BreakerView{};
    view.known = plan_.reads;
    view.shadow = plan_.shadow;
    if (plan_.shadow) view.shadow_rejections = windows().shadow_rejections.load(std::memory_order_relaxed);
    if (seen.phase() == Phase::Rebinding) return false;
    if (seen.phase() == Phase::Open) {
      Nanos due = 0;
      if (!moment_of(seen, cells_.half_open_near, due)) continue;
      view.known = kAllCounts;
      view.state = now > due ? BreakerState::HalfOpen : BreakerState::Open;
      view.retry_after = now > due ? 0 : add_saturated(subtract_saturated(due, now), 1);
      return true;
    }
    if (seen.phase() == Phase::HalfOpen) {
      view.known = kAllCounts;
      view.state = BreakerState::HalfOpen;
      view.counts.requests = seen.permits_given();
      view.counts.total_successes = view.counts.consecutive_successes = seen.successes();
      return true;
    }
    if (seen.phase() != Phase::Closed) return true;
    if (plan_.interval > 0 && !seen.window_unbegun()) {
      Nanos window_end = 0;
      if (!moment_of(seen, cells_.window_end_near, window_end)) continue;
      if (now > window_end) return true;  // the next call will find everything at zero
    }
    view.counts = closed_counts(seen, now);
    if (load().generation() == seen.generation()) return true;
  }
}

}  // namespace resil
