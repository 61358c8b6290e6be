// BreakerPlan: a policy's breaker settings, worked out so that begin and end only compare.
#pragma once

#include <algorithm>
#include <cstdint>

#include "resil/breaker/breaker_word.h"
#include "resil/breaker/window_shape.h"
#include "resil/policy/policy.h"
#include "resil/trip/counts.h"

namespace resil {

// How an attempt passes a closed breaker. General: circuit_breaker.h decides. The short ways (short_ways.h) are apart
// by what they look at: the word and nothing beside it, cells that count, an interval and what counts in it, a window
// of an extension (window_ways.h); or first at the target's gates.
enum class Way : std::uint8_t { General, Word, Cells, Interval, Window, Gates };

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
  // While closed: how one is admitted, ends well, and fails.
  Way begin_way = Way::General, success_way = Way::General, failure_way = Way::General;
  TripQuestion question = TripQuestion::Any;
  CountSet reads = 0;
  std::uint32_t max_requests = 1;
  std::uint64_t fast_timeout_ms = 0;
  Nanos timeout = 0;  // of an attempt
  Nanos interval = 0;
  Nanos open_for = 0;
  Nanos probe_grace = kProbeGrace;
  const TripRule* trip = nullptr;

  // What only a ResiliencyExtension sets. A window and slow calls are none here where the rule does not read them.
  bool counts_apart = false;  // circuit_breaker_apart.h counts what ends
  bool matches = false;       // statuses
  bool shadow = false;
  bool varies = false;  // open times: they grow, or have jitter
  Nanos window = 0;
  std::uint32_t buckets = 1;
  WindowShape shape;  // of these
  std::uint32_t window_calls = 0;
  Nanos slow_call = 0;
  const BreakerRules* rules = nullptr;  // for what is seldom asked

  bool reads_any(CountSet counts) const { return (reads & counts) != 0; }
  bool run_in_word() const { return interval == 0 && reads_any(kConsecutiveFailures); }
  bool counts_successes() const { return reads_any(kTotalSuccesses | kConsecutiveSuccesses); }
  bool windowed() const { return window > 0 || window_calls > 0; }
  // A window of calls counts them as they end.
  bool counts_requests() const { return reads_any(kRequests) && window_calls == 0; }
  bool needs_tallies() const {
    return interval > 0 || reads_any(static_cast<CountSet>(~kConsecutiveFailures)) || needs_windows();
  }
  bool needs_windows() const { return windowed() || shadow || varies; }

  // Does an end count as a failure? Statuses that the list of their kind leaves out are none.
  bool fails(Outcome outcome) const {
    if (!matches) return true;
    return (!outcome.is_http() || rules->http.matches(outcome.status())) &&
           (!outcome.is_grpc() || rules->grpc.matches(outcome.status()));
  }

  // How long an opening lasts, by its number since the breaker was last closed and what was drawn for it in [0, 1).
  Nanos open_time(std::uint64_t opening, double drawn) const {
    const auto held = [](long double time, Nanos most) {
      return time < static_cast<long double>(most) ? static_cast<Nanos>(time) : most;
    };
    const Nanos most = rules->max_timeout > 0 ? rules->max_timeout : held(10.0L * open_for, kForever);
    const Nanos grown = held(power(rules->timeout_multiplier, opening - 1) * open_for, most);
    return add_saturated(grown, held(static_cast<long double>(rules->timeout_jitter) * drawn * grown, kForever));
  }

  static BreakerPlan of(const Policy& policy) {
    BreakerPlan plan;
    const auto whole_ms = static_cast<std::uint64_t>(policy.timeout / kMillisecond);
    plan.fast_timeout_ms = whole_ms;
    plan.timeout = policy.timeout;
    plan.times_operation = policy.retry != nullptr && policy.retry->max_duration > 0;
    plan.gated = policy.limits != TargetLimits{} || (policy.retry != nullptr && policy.retry->budget.has_value());
    plan.fast_allowed = policy.timeout % kMillisecond == 0 && whole_ms <= BreakerWord::kLongestFastTimeoutMs &&
                        !plan.times_operation && !plan.gated;
    // A retry policy that looks back needs the general way, whatever the breaker does.
    const bool looks_back = policy.retry != nullptr && !policy.retry->stateless();
    plan.begin_way = plan.times_operation ? Way::General : plan.gated ? Way::Gates : Way::Word;
    plan.success_way = Way::Cells;
    plan.failure_way = looks_back ? Way::General : Way::Cells;
    if (policy.breaker == nullptr) return plan;

    const BreakerSettings& settings = *policy.breaker;
    plan.present = true;
    plan.shared = policy.breaker_per_target;
    plan.trip = &settings.trip;
    plan.reads = settings.trip.reads();
    plan.max_requests = settings.max_requests;
    plan.interval = settings.interval;
    // A most that is below the timeout holds for the first opening too, whether open times grow or not.
    plan.open_for = settings.max_timeout > 0 ? std::min(settings.timeout, settings.max_timeout) : settings.timeout;
    plan.probe_grace = std::max(kProbeGrace, add_saturated(policy.timeout, policy.timeout));
    // A success changes nothing only where nobody counts it, and time changes nothing only without a window.
    plan.extend(settings);
    const bool may_skip = plan.fast_allowed && plan.interval == 0 && !plan.counts_successes() &&
                          plan.window_calls == 0 && plan.slow_call == 0;
    plan.fast_allowed = may_skip && !plan.counts_requests();
    plan.count_allowed = may_skip && plan.counts_requests() && plan.window == 0;
    plan.find_ways(looks_back);
    return plan;
  }

  // The same settings for an endpoint whose every call must be seen: no word may tell a host to skip any.
  BreakerPlan noting() const {
    BreakerPlan plan = *this;
    plan.notes_use = true;
    plan.fast_allowed = plan.count_allowed = false;
    plan.begin_way = Way::General;
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

 private:
  // `looks_back`: the retry policy needs the general way, whatever the breaker does.
  void find_ways(bool looks_back) {
    question = trip->question();
    const Way beside = interval > 0 ? Way::Interval : Way::Cells;
    const bool in_window = windowed() && slow_call == 0 && interval == 0;
    const Way end_way = !counts_apart                                    ? beside
                        : in_window && !reads_any(kConsecutiveSuccesses) ? Way::Window
                                                                         : Way::General;
    success_way = end_way;
    // A rule that asks for the run alone has nothing to count apart.
    failure_way = looks_back || matches                            ? Way::General
                  : run_in_word() && question == TripQuestion::Run ? Way::Word
                                                                   : end_way;
    if (times_operation || slow_call > 0) {
      begin_way = Way::General;
    } else if (gated) {
      begin_way = counts_apart ? Way::General : Way::Gates;
    } else if (windowed() && reads_any(kRequests)) {
      begin_way = !in_window ? Way::General : window_calls > 0 ? Way::Word : Way::Window;
    } else {
      begin_way = interval > 0 ? Way::Interval : counts_requests() ? Way::Cells : Way::Word;
    }
  }

  void extend(const BreakerRules& settings) {
    rules = &settings;
    if (reads_any(kRequests | kTotalSuccesses | kTotalFailures | kSlowCalls)) {
      window = settings.window;
      buckets = settings.buckets;
      shape = WindowShape::of(window, buckets);
      window_calls = settings.window_calls;
    }
    if (reads_any(kSlowCalls)) slow_call = settings.slow_call;
    counts_apart = windowed() || slow_call > 0;
    matches = settings.http.given() || settings.grpc.given();
    shadow = settings.shadow;
    varies = settings.timeout_multiplier > 1 || settings.timeout_jitter > 0;
  }

  // Exact as long as the power has 64 bits; it stops growing where nobody can tell.
  static constexpr long double power(long double base, std::uint64_t exponent) {
    long double result = 1;
    for (; exponent != 0 && result < 1e30L; exponent >>= 1, base = std::min(base * base, 1e30L)) {
      if ((exponent & 1) != 0) result *= base;
    }
    return result;
  }
};

}  // namespace resil
