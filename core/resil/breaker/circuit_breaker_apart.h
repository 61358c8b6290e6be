// CircuitBreaker while closed, where what ends is counted apart: in a window of time or of calls, or by how long it
// took.
//
// Runs know no window: they are where they are without one. What is counted here is refused only where the generation
// is over, which the word alone tells: a reload that keeps the state keeps the counts, whoever adds to them.
#pragma once

#include "resil/breaker/call_window.h"
#include "resil/breaker/circuit_breaker.h"
#include "resil/breaker/time_window.h"

namespace resil {

template <template <typename> class Atom>
bool CircuitBreaker<Atom>::begin_apart(BreakerWord seen, TimeSource& time, Admission& admission) {
  const std::uint32_t generation = seen.generation();
  if (plan_.counts_requests()) {
    if (plan_.window > 0) {
      if (!add_to_window(generation, TimeWindow<Atom>::Begun, time)) return false;
    } else if (tallies_[shard_].requests.add(generation, still_in(generation)) == 0) {
      return false;
    }
  }
  admission.permit = {generation, false};
  admission.times_attempt = plan_.slow_call > 0;
  return true;
}

template <template <typename> class Atom>
bool CircuitBreaker<Atom>::end_apart(BreakerWord seen, Permit permit, Ending ending, const Ended& ended, Nanos near,
                                     TimeSource& time, Progress& progress) {
  const std::uint32_t generation = seen.generation();
  // A window begins with a call, not with the end of one that an earlier breaker admitted.
  if (plan_.interval > 0 && seen.window_unbegun() && generation != permit.generation) return true;
  if (plan_.interval > 0 && !window_holds(seen, time)) return false;
  if (generation != permit.generation || permit.probe) return true;
  const bool failed = ending == Ending::Failure;
  const bool slow =
      plan_.slow_call > 0 && ended.began && subtract_saturated(time.now(), *ended.began) > plan_.slow_call;
  if (!count_apart(generation, failed, slow, time, progress)) return false;
  const bool run_in_word = plan_.run_in_word();
  const std::uint64_t run = !failed ? 0 : run_in_word ? seen.payload() + 1 : progress.run;
  if (failed || slow) {
    Counts counts = counts_apart(generation, time);
    if (failed && !plan_.windowed()) counts.total_failures = static_cast<std::int64_t>(progress.failures);
    if (failed) counts.consecutive_successes = 0;
    counts.consecutive_failures = static_cast<std::int64_t>(run);
    if (plan_.trip->trips(counts))
      return open(seen, near, ended.jitter, time, BreakerState::Closed, progress.transition);
  }
  if (!run_in_word || run == seen.payload() || seen.payload() == BreakerWord::kPayloadMask) return true;
  return swap(seen, plan_.closed_word(generation, run));
}

// Each count once, however often a changed word makes the end start over; the run of successes ends each time, with
// those that came in between. False: the generation is over.
template <template <typename> class Atom>
bool CircuitBreaker<Atom>::count_apart(std::uint32_t generation, bool failed, bool slow, TimeSource& time,
                                       Progress& progress) {
  const auto still = still_in(generation);
  const CountSet in_tallies = plan_.windowed() ? kConsecutiveSuccesses : static_cast<CountSet>(~kConsecutiveFailures);
  if (!failed && !progress.success_counted && plan_.reads_any(in_tallies & (kTotalSuccesses | kConsecutiveSuccesses))) {
    if (tallies_[shard_].successes.add(generation, still) == 0) return false;
    progress.success_counted = true;
  }
  if (failed && progress.failures == 0 && plan_.reads_any(in_tallies & kTotalFailures)) {
    progress.failures = tallies_[0].failures.add(generation, still);
    if (progress.failures == 0) return false;
  }
  if (slow && !progress.slow_counted && plan_.reads_any(in_tallies & kSlowCalls)) {
    if (tallies_[0].slow.add(generation, still) == 0) return false;
    progress.slow_counted = true;
  }
  if (plan_.windowed() && !progress.in_window) {
    if (!put_in_window(generation, failed, slow, time)) return false;
    progress.in_window = true;
  }
  if (failed && plan_.reads_any(kConsecutiveSuccesses) &&
      !tallies_[0].successes_before_failure.set(generation, successes(generation), still))
    return false;
  if (plan_.run_in_word() || !plan_.reads_any(kConsecutiveFailures)) return true;
  if (!failed) return tallies_[0].run.read(generation) == 0 || tallies_[0].run.set(generation, 0, still);
  if (progress.run == 0) progress.run = tallies_[0].run.add(generation, still);
  return progress.run != 0;
}

template <template <typename> class Atom>
bool CircuitBreaker<Atom>::put_in_window(std::uint32_t generation, bool failed, bool slow, TimeSource& time) {
  using Window = TimeWindow<Atom>;
  if (plan_.window_calls > 0) {
    return CallWindow<Atom>(windows(), plan_.window_calls).add(generation, failed, slow, still_in(generation));
  }
  // One that is refused after another was not means that the generation is over, and both count for nothing.
  if (failed && plan_.reads_any(kTotalFailures) && !add_to_window(generation, Window::Failed, time)) return false;
  if (!failed && plan_.reads_any(kTotalSuccesses) && !add_to_window(generation, Window::Succeeded, time)) return false;
  return !slow || add_to_window(generation, Window::Slow, time);
}

template <template <typename> class Atom>
bool CircuitBreaker<Atom>::add_to_window(std::uint32_t generation, typename TimeWindow<Atom>::Kind kind,
                                         TimeSource& time) {
  TimeWindow<Atom> window = time_window();
  std::int64_t bucket = 0;
  return window.bucket(generation, time, still_in(generation), bucket) &&
         window.add(kind, kind <= TimeWindow<Atom>::Succeeded ? shard_ : 0, generation, bucket, still_in(generation));
}

// What the rule reads, but for the run of failures. Requests last: whatever ended was begun before.
template <template <typename> class Atom>
Counts CircuitBreaker<Atom>::counts_apart(std::uint32_t generation, TimeSource& time) {
  Counts counts;
  if (plan_.window > 0) {
    std::int64_t bucket = 0;
    TimeWindow<Atom> window = time_window();
    const auto still = still_in(generation);
    if (window.bucket(generation, time, still, bucket))
      window.show(plan_.reads, counts, [&](auto kind) { return window.count(kind, generation, bucket, still); });
  } else {
    read_apart(generation, counts);
  }
  read_successes_in_a_row(generation, counts);
  return counts;
}

template <template <typename> class Atom>
void CircuitBreaker<Atom>::read_window(std::uint32_t generation, std::int64_t bucket, Counts& counts) const {
  const TimeWindow<Atom> window = time_window();
  window.show(plan_.reads, counts, [&](auto kind) { return window.sum(kind, generation, bucket); });
}

// Without a window of time.
template <template <typename> class Atom>
void CircuitBreaker<Atom>::read_apart(std::uint32_t generation, Counts& counts) const {
  if (plan_.window_calls > 0) {
    CallWindow<Atom>(windows(), plan_.window_calls).totals(generation).show(counts);
    return;
  }
  counts.slow_calls = static_cast<std::int64_t>(tallies_[0].slow.read(generation));
  counts.total_failures = static_cast<std::int64_t>(tallies_[0].failures.read(generation));
  counts.total_successes = static_cast<std::int64_t>(successes(generation));
  counts.requests = requests(generation);
}

template <template <typename> class Atom>
void CircuitBreaker<Atom>::read_successes_in_a_row(std::uint32_t generation, Counts& counts) const {
  if (!plan_.reads_any(kConsecutiveSuccesses)) return;
  const std::uint64_t sum = successes(generation);
  const std::uint64_t before = tallies_[0].successes_before_failure.read(generation);
  counts.consecutive_successes = static_cast<std::int64_t>(sum - std::min(sum, before));
}

}  // namespace resil
