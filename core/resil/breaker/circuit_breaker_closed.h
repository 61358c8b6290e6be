// CircuitBreaker while closed: what is counted, when a window ends and when the rule is asked.
#pragma once

#include "resil/breaker/circuit_breaker.h"

namespace resil {

template <template <typename> class Atom>
inline bool CircuitBreaker<Atom>::begin_closed(BreakerWord seen, TimeSource& time, Admission& admission) {
  if (plan_.interval > 0 && !window_holds(seen, time)) return false;
  if (plan_.counts_apart) return begin_apart(seen, time, admission);
  if (plan_.reads_any(kRequests) && tallies_[shard_].requests.add(seen.generation(), still(seen.generation())) == 0) {
    return false;
  }
  admission.permit = {seen.generation(), false};
  return true;
}

template <template <typename> class Atom>
inline bool CircuitBreaker<Atom>::succeed_closed(BreakerWord seen, Permit permit, TimeSource& time,
                                                 Progress& progress) {
  const std::uint32_t generation = seen.generation();
  // A window begins with a call, not with the end of one that an earlier breaker admitted.
  if (plan_.interval > 0 && seen.window_unbegun() && generation != permit.generation) return true;
  if (plan_.interval > 0 && !window_holds(seen, time)) return false;
  if (generation != permit.generation || permit.probe) return true;
  // An add that is refused, since the generation is over or only the binding changed, is made again if it may be.
  if (!progress.success_counted && plan_.counts_successes()) {
    if (tallies_[shard_].successes.add(generation, still(generation)) == 0) return false;
    progress.success_counted = true;
  }
  if (!plan_.reads_any(kConsecutiveFailures)) return true;
  if (plan_.interval > 0) {
    if (tallies_[0].run.read(generation) != 0) tallies_[0].run.set(generation, 0, still(generation));
    return true;
  }
  return seen.payload() == 0 || swap(seen, plan_.closed_word(generation, 0));
}

template <template <typename> class Atom>
inline bool CircuitBreaker<Atom>::fail_closed(BreakerWord seen, Permit permit, Nanos near, Jitter* jitter,
                                              TimeSource& time, Progress& progress) {
  const std::uint32_t generation = seen.generation();
  // A window begins with a call, not with the end of one that an earlier breaker admitted.
  if (plan_.interval > 0 && seen.window_unbegun() && generation != permit.generation) return true;
  if (plan_.interval > 0 && !window_holds(seen, time)) return false;
  if (generation != permit.generation || permit.probe) return true;
  if (progress.failures == 0 && plan_.reads_any(kTotalFailures)) {
    progress.failures = tallies_[0].failures.add(generation, still(generation));
    if (progress.failures == 0) return false;
  }
  if (progress.run == 0 && plan_.reads_any(kConsecutiveFailures) && plan_.interval > 0) {
    progress.run = tallies_[0].run.add(generation, still(generation));
    if (progress.run == 0) return false;
  }
  // Again where it starts over: successes that came in between are ended too.
  if (plan_.reads_any(kConsecutiveSuccesses) &&
      !tallies_[0].successes_before_failure.set(generation, successes(generation), still(generation)))
    return false;
  Counts counts;
  // Requests last: whatever ended was begun before, so no ratio is ever over one.
  if (plan_.reads_any(kTotalSuccesses)) counts.total_successes = static_cast<std::int64_t>(successes(generation));
  if (plan_.reads_any(kRequests)) counts.requests = requests(generation);
  counts.total_failures = static_cast<std::int64_t>(progress.failures);
  const bool run_in_word = plan_.run_in_word();
  counts.consecutive_failures = static_cast<std::int64_t>(run_in_word ? seen.payload() + 1 : progress.run);
  if (plan_.trip->trips(counts)) return open(seen, near, jitter, time, BreakerState::Closed, progress.transition);
  if (!run_in_word || seen.payload() == BreakerWord::kPayloadMask) return true;
  return swap(seen, plan_.closed_word(generation, seen.payload() + 1));
}

template <template <typename> class Atom>
inline bool CircuitBreaker<Atom>::window_holds(BreakerWord seen, TimeSource& time) {
  const Nanos near = cells_.window_end_near.load(std::memory_order_acquire);
  if (load() != seen) return false;
  if (!seen.window_unbegun()) {
    if (time.not_past(restore_moment(seen.payload(), near))) return true;
    // Two steps: the next end must not stand in the cell while a word still speaks of this one. After a long silence
    // its low bits, restored by that, would be a moment yet to come.
    const BreakerWord over =
        BreakerWord::slow(Phase::Closed, seen.generation() + 1, 0, /*flag: window not begun*/ true);
    if (!swap(seen, over)) return false;
    seen = over;
  }
  begin_window(seen, seen.generation(), near, time);
  return false;
}

template <template <typename> class Atom>
bool CircuitBreaker<Atom>::begin_window(BreakerWord seen, std::uint32_t generation, Nanos near, TimeSource& time) {
  const Nanos end = add_saturated(time.now(), plan_.interval);
  return put_moment(cells_.window_end_near, near, end) &&
         swap(seen, BreakerWord::slow(Phase::Closed, generation, moment_bits(end)));
}

}  // namespace resil
