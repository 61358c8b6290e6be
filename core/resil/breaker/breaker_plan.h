// BreakerPlan: a policy's breaker settings, worked out so that begin and end only compare.
#pragma once

#include <algorithm>
#include <cstdint>

#include "resil/breaker/breaker_word.h"
#include "resil/policy/policy.h"
#include "resil/trip/counts.h"

namespace resil {

struct BreakerPlan {
  // A half-open permit is taken back after this, or after twice the attempt's own budget.
  static constexpr Nanos kProbeGrace = 60 * kSecond;

  bool present = false;
  bool shared = false;           // the breaker is another endpoint's: an actor type's, for one of its actors
  bool fast_allowed = false;     // may a fast word be published?
  bool count_allowed = false;    // may a counted word?
  bool times_operation = false;  // begin must note when the operation began
  bool gated = false;            // begin must pass the target's gates: its limits, or a budget of retries
  bool notes_use = false;        // every call must be seen: its target is near its bound of breakers
  // While closed: may the short ways (short_ways.h) admit an attempt, and end one?
  bool short_begin = false, short_end = false;
  CountSet reads = 0;
  std::uint32_t max_requests = 1;
  std::uint64_t fast_timeout_ms = 0;
  Nanos timeout = 0;  // of an attempt
  Nanos interval = 0;
  Nanos open_for = 0;
  Nanos probe_grace = kProbeGrace;
  const TripRule* trip = nullptr;

  bool reads_any(CountSet counts) const { return (reads & counts) != 0; }
  bool run_in_word() const { return interval == 0 && reads_any(kConsecutiveFailures); }
  bool counts_successes() const { return reads_any(kTotalSuccesses | kConsecutiveSuccesses); }
  bool needs_tallies() const { return interval > 0 || reads_any(static_cast<CountSet>(~kConsecutiveFailures)); }

  static BreakerPlan of(const Policy& policy) {
    BreakerPlan plan;
    const auto whole_ms = static_cast<std::uint64_t>(policy.timeout / kMillisecond);
    plan.fast_timeout_ms = whole_ms;
    plan.timeout = policy.timeout;
    plan.times_operation = policy.retry != nullptr && policy.retry->max_duration > 0;
    plan.gated = policy.limits != TargetLimits{} || (policy.retry != nullptr && policy.retry->budget.has_value());
    plan.fast_allowed = policy.timeout % kMillisecond == 0 && whole_ms <= BreakerWord::kLongestFastTimeoutMs &&
                        !plan.times_operation && !plan.gated;
    if (policy.breaker == nullptr) return plan;

    const BreakerSettings& settings = *policy.breaker;
    plan.present = true;
    plan.shared = policy.breaker_per_target;
    plan.trip = &settings.trip;
    plan.reads = settings.trip.reads();
    plan.max_requests = settings.max_requests;
    plan.interval = settings.interval;
    plan.open_for = settings.timeout;
    plan.probe_grace = std::max(kProbeGrace, add_saturated(policy.timeout, policy.timeout));
    // A success changes nothing only where nobody counts it, and time changes nothing only without a window.
    const bool may_skip = plan.fast_allowed && plan.interval == 0 && !plan.counts_successes();
    plan.fast_allowed = may_skip && !plan.reads_any(kRequests);
    plan.count_allowed = may_skip && plan.reads_any(kRequests);
    plan.short_end = true;
    // Nothing is to be noted about the operation.
    plan.short_begin = !plan.times_operation && !plan.gated;
    return plan;
  }

  // The same settings for an endpoint whose every call must be seen: no word may tell a host to skip any.
  BreakerPlan noting() const {
    BreakerPlan plan = *this;
    plan.notes_use = true;
    plan.fast_allowed = plan.count_allowed = plan.short_begin = false;
    return plan;
  }

  // The word of a closed breaker without an interval.
  BreakerWord closed_word(std::uint32_t generation, std::uint64_t run) const {
    if (run == 0 && fast_allowed) return BreakerWord::fast(generation, fast_timeout_ms);
    if (run == 0 && count_allowed) return BreakerWord::counted(generation, fast_timeout_ms);
    return BreakerWord::slow(Phase::Closed, generation, run);
  }

  // The word a breaker starts with, or that an endpoint without one keeps.
  BreakerWord first_word(std::uint32_t generation) const {
    if (!present) {
      return fast_allowed ? BreakerWord::fast(generation, fast_timeout_ms)
                          : BreakerWord::slow(Phase::NoBreaker, generation, 0);
    }
    if (shared) return BreakerWord::slow(Phase::Shared, generation, 0);
    if (interval > 0) return BreakerWord::slow(Phase::Closed, generation, 0, /*flag: window not begun*/ true);
    return closed_word(generation, 0);
  }
};

}  // namespace resil
