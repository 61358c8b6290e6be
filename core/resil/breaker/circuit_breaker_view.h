// CircuitBreaker as it looks at a moment.
#pragma once

#include "resil/breaker/circuit_breaker.h"

namespace resil {

template <template <typename> class Atom>
inline bool CircuitBreaker<Atom>::inspect(Nanos now, BreakerView& view) const {
  for (;;) {
    const BreakerWord seen = load();
    view = BreakerView{};
    view.known = plan_.reads;
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
    view.counts = closed_counts(seen);
    if (load().generation() == seen.generation()) return true;
  }
}

}  // namespace resil
