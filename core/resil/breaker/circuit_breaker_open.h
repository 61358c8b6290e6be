// CircuitBreaker while open and half-open: rejections, permits, and the ways in and out.
#pragma once

#include "resil/breaker/circuit_breaker.h"

namespace resil {

template <template <typename> class Atom>
bool CircuitBreaker<Atom>::begin_open(BreakerWord seen, TimeSource& time, Admission& admission) {
  Nanos due = 0;
  if (!moment_of(seen, cells_.half_open_near, due)) return false;
  if (time.now() <= due) {
    return reject(seen, Reason::Open, add_saturated(subtract_saturated(due, time.now()), 1), admission);
  }
  // Who finds the time up also makes the first probe: one swap for both, as in one lock.
  if (!give_permit(seen, seen.generation() + 1, 0, 0, time, admission)) return false;
  admission.transition = {true, BreakerState::Open, BreakerState::HalfOpen};
  return true;
}

template <template <typename> class Atom>
bool CircuitBreaker<Atom>::begin_half_open(BreakerWord seen, TimeSource& time, Admission& admission) {
  if (seen.permits_given() < plan_.max_requests) {
    return give_permit(seen, seen.generation(), seen.permits_given(), seen.successes(), time, admission);
  }
  const std::uint64_t youngest = cells_.given_at[seen.permits_given() % 2].load(std::memory_order_acquire);
  if (load() != seen) return false;
  if (GivenAt::of_generation(youngest, seen.generation())) {
    const Nanos left = subtract_saturated(plan_.probe_grace, GivenAt::age(youngest, time.now()));
    if (left >= 0) {
      return reject(seen, Reason::TooManyRequests, std::min({add_saturated(left, 1), kLookAgain, plan_.open_for}),
                    admission);
    }
  }
  // Even the youngest permit is overdue (or somebody found it so already and noted the next generation's): its
  // caller is lost. What ended well still counts; what has not ended belongs to the past from here on.
  return give_permit(seen, seen.generation() + 1, seen.successes(), seen.successes(), time, admission);
}

template <template <typename> class Atom>
inline bool CircuitBreaker<Atom>::give_permit(BreakerWord seen, std::uint64_t generation, std::uint32_t given,
                                              std::uint32_t successes, TimeSource& time, Admission& admission) {
  generation &= BreakerWord::kGenerationMask;
  Atom<std::uint64_t>& cell = cells_.given_at[(given + 1) % 2];
  const std::uint64_t before = cell.load(std::memory_order_acquire);
  if (load() != seen) return false;
  if (!put_moment(cell, before, GivenAt::pack(generation, time.now()))) return false;
  const bool told = seen.rejection_told() && generation == seen.generation();
  if (!swap(seen, BreakerWord::half_open(generation, given + 1, successes, told, opening_of(seen)))) return false;
  admission.permit = {static_cast<std::uint32_t>(generation), true};
  return true;
}

template <template <typename> class Atom>
inline bool CircuitBreaker<Atom>::reject(BreakerWord seen, Reason reason, Nanos wait, Admission& admission) {
  if (plan_.shadow) return reject_in_shadow(seen, reason, wait, admission);
  // The flag makes exactly one caller the first to be rejected, and costs the others nothing.
  admission.first_rejection = !seen.rejection_told() && swap(seen, seen.with_rejection_told());
  if (!seen.rejection_told() && !admission.first_rejection) return false;
  admission.reason = reason;
  admission.wait = wait;
  return true;
}

// The word must not say that a rejection was told, since whoever reads that rejects without asking for the plan.
template <template <typename> class Atom>
bool CircuitBreaker<Atom>::reject_in_shadow(BreakerWord seen, Reason reason, Nanos wait, Admission& admission) {
  const std::uint64_t number = windows().shadowed.add(seen.generation(), still_in(seen.generation()));
  if (number == 0) return false;
  windows().shadow_rejections.fetch_add(1, std::memory_order_relaxed);
  admission.first_rejection = number == 1;
  admission.shadow = true;
  admission.reason = reason;
  admission.wait = wait;
  return true;
}

template <template <typename> class Atom>
inline bool CircuitBreaker<Atom>::cancel(BreakerWord seen, Permit permit) {
  if (!permit.probe || seen.phase() != Phase::HalfOpen || seen.generation() != permit.generation) return true;
  if (seen.permits_given() <= seen.successes()) return true;  // a copied ticket: nothing is out
  return swap(seen, BreakerWord::half_open(seen.generation(), seen.permits_given() - 1, seen.successes(),
                                           seen.rejection_told(), seen.opening_bits()));
}

template <template <typename> class Atom>
bool CircuitBreaker<Atom>::succeed_half_open(BreakerWord seen, TimeSource& time, Transition& transition) {
  const std::uint32_t successes = seen.successes() + 1;
  if (successes < plan_.max_requests) {
    const bool told = seen.rejection_told();
    return swap(seen,
                BreakerWord::half_open(seen.generation(), seen.permits_given(), successes, told, seen.opening_bits()));
  }
  const std::uint32_t generation = seen.generation() + 1;
  if (plan_.interval > 0) {
    const Nanos near = cells_.window_end_near.load(std::memory_order_acquire);
    if (load() != seen || !begin_window(seen, generation, near, time)) return false;
  } else if (!swap(seen, plan_.closed_word(generation, 0))) {
    return false;
  }
  transition = {true, BreakerState::HalfOpen, BreakerState::Closed};
  return true;
}

template <template <typename> class Atom>
bool CircuitBreaker<Atom>::open(BreakerWord seen, Nanos near, Jitter* jitter, TimeSource& time, BreakerState from,
                                Transition& transition) {
  Nanos open_for = plan_.open_for;
  if (plan_.varies && !open_time(seen, from, jitter, open_for)) return false;
  const Nanos due = add_saturated(time.now(), open_for);
  if (!put_moment(cells_.half_open_near, near, due)) return false;
  if (!swap(seen, BreakerWord::slow(Phase::Open, seen.generation() + 1, moment_bits(due)))) return false;
  transition = {true, from, BreakerState::Open};
  return true;
}

// Which opening it is follows from `seen`, and what is drawn for it stands beside the word before the word is swapped:
// all who open the breaker from `seen` come to the same time, but for what their clocks differ.
template <template <typename> class Atom>
bool CircuitBreaker<Atom>::open_time(BreakerWord seen, BreakerState from, Jitter* jitter, Nanos& open_for) {
  Atom<std::uint64_t>& cell = windows().openings;
  std::uint64_t noted = cell.load(std::memory_order_acquire);
  if (load() != seen) return false;
  const std::uint64_t opening =
      from == BreakerState::Closed ? 1 : Opening::next(Opening::restore(seen.opening_bits(), noted));
  const auto generation = static_cast<std::uint32_t>((seen.generation() + 1) & BreakerWord::kGenerationMask);
  if (!Opening::is(noted, generation, opening)) {
    const std::uint64_t draw = jitter != nullptr && plan_.rules->timeout_jitter > 0 ? jitter->draw() : 0;
    const std::uint64_t mine = Opening::pack(generation, opening, draw);
    if (!cell.compare_exchange_strong(noted, mine, std::memory_order_acq_rel, std::memory_order_acquire)) return false;
    noted = mine;
  }
  open_for = plan_.open_time(opening, Opening::drawn(noted));
  return true;
}

template <template <typename> class Atom>
std::uint64_t CircuitBreaker<Atom>::opening_of(BreakerWord seen) const {
  if (seen.phase() == Phase::HalfOpen) return seen.opening_bits();
  if (!plan_.varies) return 0;
  return Opening::number(windows().openings.load(std::memory_order_acquire));  // an open breaker's, as long as it is
}

template <template <typename> class Atom>
bool CircuitBreaker<Atom>::half_open_if_due(BreakerWord seen, TimeSource& time, Transition& transition) {
  Nanos due = 0;
  if (!moment_of(seen, cells_.half_open_near, due)) return false;
  if (time.now() <= due) return true;
  if (!swap(seen, BreakerWord::half_open(seen.generation() + 1, 0, 0, false, opening_of(seen)))) return false;
  transition = {true, BreakerState::Open, BreakerState::HalfOpen};
  return true;
}

}  // namespace resil
