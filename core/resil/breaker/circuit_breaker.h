// CircuitBreaker: the decisions of one breaker, lock-free, over BreakerCells that it does not own.
//
// Guarantee: where the trip rule reads consecutiveFailures only and there is no interval, every begin and end
// is linearizable to the sequential breaker of gobreaker v0.5.0 in all states; the point is the successful
// compare-and-swap of the word, or the load of it that changed nothing. Open and half-open are so for every
// rule. Totals and windows are counted beside the word: exact whenever no call is in flight, and while calls
// overlap a trip may be decided as many calls late as there are calls in flight.
//
// Progress: a loop starts over only because another thread changed the word, so some thread always advances
// (lock-free); begin and end of a healthy call on a fast word have no loop at all (wait-free).
//
// Every swap of the word is seq_cst, since a reload may race with it (endpoint.h), and every load acquire: who sees
// a word sees the cells that were written for it. A moment's cell is swapped before the word that needs it, and only
// from the value read before that word was loaded, so a thread that slept in between cannot overwrite a newer moment
// (core/DESIGN.md).
#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include "resil/base/clock.h"
#include "resil/breaker/breaker_answers.h"
#include "resil/breaker/breaker_cells.h"
#include "resil/breaker/breaker_plan.h"
#include "resil/breaker/breaker_word.h"

namespace resil {

template <template <typename> class Atom>
class CircuitBreaker {
 public:
  // While half-open is full, nobody knows when a probe will end: a host that waits looks again this often.
  static constexpr Nanos kLookAgain = 100 * kMillisecond;

  // `plan` is in force as long as `binding` holds `seen_binding`; see load().
  CircuitBreaker(BreakerCells<Atom>& cells, const Atom<std::uint64_t>& binding, std::uint64_t seen_binding,
                 const BreakerPlan& plan, std::span<Tally<Atom>> tallies, unsigned shard)
      : cells_(cells), binding_(binding), seen_binding_(seen_binding), plan_(plan), tallies_(tallies), shard_(shard) {}

  // False: a reload changed the plan meanwhile; begin again with the new one and the same `admission`.
  bool begin(TimeSource& time, Admission& admission) {
    for (;;) {
      const BreakerWord seen = load();
      switch (seen.phase()) {
        case Phase::Closed:
          if (begin_closed(seen, time, admission)) return true;
          break;
        case Phase::Open:
          if (begin_open(seen, time, admission)) return true;
          break;
        case Phase::HalfOpen:
          if (begin_half_open(seen, time, admission)) return true;
          break;
        case Phase::NoBreaker: admission.permit = {seen.generation(), false}; return true;
        case Phase::Shared: admission.shared = true; return true;
        default: return false;
      }
    }
  }

  // False: a reload changed the plan meanwhile; end again with the new one and the same `progress`.
  bool end(Permit permit, Ending ending, TimeSource& time, Progress& progress) {
    for (;;) {
      const Nanos near = cells_.half_open_near.load(std::memory_order_acquire);
      const BreakerWord seen = load();
      bool settled = true;
      if (seen.phase() == Phase::Rebinding) return false;
      if (ending == Ending::Cancelled) {
        settled = cancel(seen, permit);
      } else if (seen.phase() == Phase::Open) {
        settled = half_open_if_due(seen, time, progress.transition);
      } else if (seen.phase() == Phase::Closed) {
        settled = ending == Ending::Success ? succeed_closed(seen, permit, time, progress)
                                            : fail_closed(seen, permit, near, time, progress);
      } else if (seen.phase() == Phase::HalfOpen && permit.probe && seen.generation() == permit.generation) {
        settled = ending == Ending::Success ? succeed_half_open(seen, time, progress.transition)
                                            : open(seen, near, time, BreakerState::HalfOpen, progress.transition);
      }
      if (settled) return true;
    }
  }

  // True: this call made the word fast or counted, by a plan that a reload may have replaced since (Endpoint checks).
  bool published_fast() const { return published_fast_; }

  // False: a reload changed the plan meanwhile.
  bool inspect(Nanos now, BreakerView& view) const {
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

 private:
  // A word that `plan_` may interpret. The binding changes only before the word does, so a word loaded while
  // the binding still holds `seen_binding_` was written under this plan, and swapping it away proves that it still is.
  BreakerWord load() const {
    const BreakerWord word(cells_.word.load(std::memory_order_acquire));
    return binding_.load(std::memory_order_acquire) == seen_binding_ ? word : BreakerWord::slow(Phase::Rebinding, 0, 0);
  }

  bool swap(BreakerWord seen, BreakerWord next) {
    std::uint64_t expected = seen.raw();
    const bool swapped =
        cells_.word.compare_exchange_strong(expected, next.raw(), std::memory_order_seq_cst, std::memory_order_acquire);
    if (!swapped) return false;
    if (next.elidable()) published_fast_ = true;
    if (next.generation() != seen.generation()) freshen_if_due(next.generation(), cells_.word, tallies_);
    return true;
  }

  auto still(std::uint32_t generation) const {
    return [this, generation] {
      const BreakerWord word = load();
      return word.phase() == Phase::Closed && word.generation() == generation;
    };
  }

  // The exact moment that `seen` speaks of. False: the word changed while looking, start over.
  bool moment_of(BreakerWord seen, const Atom<Nanos>& near, Nanos& moment) const {
    moment = restore_moment(seen.payload(), near.load(std::memory_order_acquire));
    return load() == seen;
  }

  // Publishes roughly when, for a word about to be swapped in. `before` was read before that word was loaded. False:
  // somebody else published, perhaps after a long sleep; start over.
  template <typename T>
  static bool put_moment(Atom<T>& near, T before, T moment) {
    return near.compare_exchange_strong(before, moment, std::memory_order_acq_rel, std::memory_order_acquire);
  }

  bool begin_closed(BreakerWord seen, TimeSource& time, Admission& admission) {
    if (plan_.interval > 0 && !window_holds(seen, time)) return false;
    if (plan_.reads_any(kRequests) && tallies_[shard_].requests.add(seen.generation(), still(seen.generation())) == 0) {
      return false;
    }
    admission.permit = {seen.generation(), false};
    return true;
  }

  [[gnu::noinline]] bool begin_open(BreakerWord seen, TimeSource& time, Admission& admission) {
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

  [[gnu::noinline]] bool begin_half_open(BreakerWord seen, TimeSource& time, Admission& admission) {
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

  bool give_permit(BreakerWord seen, std::uint64_t generation, std::uint32_t given, std::uint32_t successes,
                   TimeSource& time, Admission& admission) {
    generation &= BreakerWord::kGenerationMask;
    Atom<std::uint64_t>& cell = cells_.given_at[(given + 1) % 2];
    const std::uint64_t before = cell.load(std::memory_order_acquire);
    if (load() != seen) return false;
    if (!put_moment(cell, before, GivenAt::pack(generation, time.now()))) return false;
    const bool told = seen.rejection_told() && generation == seen.generation();
    if (!swap(seen, BreakerWord::half_open(generation, given + 1, successes, told))) return false;
    admission.permit = {static_cast<std::uint32_t>(generation), true};
    return true;
  }

  bool reject(BreakerWord seen, Reason reason, Nanos wait, Admission& admission) {
    // The flag makes exactly one caller the first to be rejected, and costs the others nothing.
    admission.first_rejection = !seen.rejection_told() && swap(seen, seen.with_rejection_told());
    if (!seen.rejection_told() && !admission.first_rejection) return false;
    admission.reason = reason;
    admission.wait = wait;
    return true;
  }

  bool cancel(BreakerWord seen, Permit permit) {
    if (!permit.probe || seen.phase() != Phase::HalfOpen || seen.generation() != permit.generation) return true;
    if (seen.permits_given() <= seen.successes()) return true;  // a copied ticket: nothing is out
    return swap(seen, BreakerWord::half_open(seen.generation(), seen.permits_given() - 1, seen.successes(),
                                             seen.rejection_told()));
  }

  bool succeed_closed(BreakerWord seen, Permit permit, TimeSource& time, Progress& progress) {
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

  bool fail_closed(BreakerWord seen, Permit permit, Nanos near, TimeSource& time, Progress& progress) {
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
    if (!progress.success_marked && plan_.reads_any(kConsecutiveSuccesses)) {
      if (!tallies_[0].successes_before_failure.set(generation, successes(generation), still(generation))) return false;
      progress.success_marked = true;
    }
    Counts counts;
    // Requests last: whatever ended was begun before, so no ratio is ever over one.
    if (plan_.reads_any(kTotalSuccesses)) counts.total_successes = static_cast<std::int64_t>(successes(generation));
    if (plan_.reads_any(kRequests)) counts.requests = requests(generation);
    counts.total_failures = static_cast<std::int64_t>(progress.failures);
    const bool run_in_word = plan_.run_in_word();
    counts.consecutive_failures = static_cast<std::int64_t>(run_in_word ? seen.payload() + 1 : progress.run);
    if (plan_.trip->trips(counts)) return open(seen, near, time, BreakerState::Closed, progress.transition);
    if (!run_in_word || seen.payload() == BreakerWord::kPayloadMask) return true;
    return swap(seen, plan_.closed_word(generation, seen.payload() + 1));
  }

  [[gnu::noinline]] bool succeed_half_open(BreakerWord seen, TimeSource& time, Transition& transition) {
    const std::uint32_t successes = seen.successes() + 1;
    if (successes < plan_.max_requests) {
      return swap(seen,
                  BreakerWord::half_open(seen.generation(), seen.permits_given(), successes, seen.rejection_told()));
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

  [[gnu::noinline]] bool open(BreakerWord seen, Nanos near, TimeSource& time, BreakerState from,
                              Transition& transition) {
    const Nanos due = add_saturated(time.now(), plan_.open_for);
    if (!put_moment(cells_.half_open_near, near, due)) return false;
    if (!swap(seen, BreakerWord::slow(Phase::Open, seen.generation() + 1, moment_bits(due)))) return false;
    transition = {true, from, BreakerState::Open};
    return true;
  }

  // A late result may be the first to find an open breaker's time up. False: start over.
  [[gnu::noinline]] bool half_open_if_due(BreakerWord seen, TimeSource& time, Transition& transition) {
    Nanos due = 0;
    if (!moment_of(seen, cells_.half_open_near, due)) return false;
    if (time.now() <= due) return true;
    if (!swap(seen, BreakerWord::half_open(seen.generation() + 1, 0, 0))) return false;
    transition = {true, BreakerState::Open, BreakerState::HalfOpen};
    return true;
  }

  // True: the window that `seen` speaks of has begun and not ended. Otherwise moves on; start over.
  bool window_holds(BreakerWord seen, TimeSource& time) {
    const Nanos near = cells_.window_end_near.load(std::memory_order_acquire);
    if (load() != seen) return false;
    if (!seen.window_unbegun() && time.not_past(restore_moment(seen.payload(), near))) return true;
    begin_window(seen, seen.generation() + (seen.window_unbegun() ? 0 : 1), near, time);
    return false;
  }

  [[gnu::noinline]] bool begin_window(BreakerWord seen, std::uint32_t generation, Nanos near, TimeSource& time) {
    const Nanos end = add_saturated(time.now(), plan_.interval);
    return put_moment(cells_.window_end_near, near, end) &&
           swap(seen, BreakerWord::slow(Phase::Closed, generation, moment_bits(end)));
  }

  std::int64_t requests(std::uint32_t generation) const { return sum(tallies_, &Tally<Atom>::requests, generation); }
  std::uint64_t successes(std::uint32_t generation) const {
    return static_cast<std::uint64_t>(sum(tallies_, &Tally<Atom>::successes, generation));
  }

  Counts closed_counts(BreakerWord seen) const {
    const std::uint32_t generation = seen.generation();
    Counts counts;
    if (plan_.run_in_word()) counts.consecutive_failures = static_cast<std::int64_t>(seen.payload());
    if (!plan_.needs_tallies()) return counts;
    const std::uint64_t sum = successes(generation);
    const std::uint64_t before = tallies_[0].successes_before_failure.read(generation);
    counts.total_successes = static_cast<std::int64_t>(sum);
    counts.consecutive_successes = static_cast<std::int64_t>(sum - std::min(sum, before));
    counts.total_failures = static_cast<std::int64_t>(tallies_[0].failures.read(generation));
    counts.requests = requests(generation);  // last, as above
    if (!plan_.run_in_word()) counts.consecutive_failures = static_cast<std::int64_t>(tallies_[0].run.read(generation));
    return counts;
  }

  static constexpr CountSet kAllCounts =
      kRequests | kTotalSuccesses | kTotalFailures | kConsecutiveSuccesses | kConsecutiveFailures;

  BreakerCells<Atom>& cells_;
  const Atom<std::uint64_t>& binding_;
  std::uint64_t seen_binding_;
  const BreakerPlan& plan_;
  std::span<Tally<Atom>> tallies_;
  unsigned shard_;
  bool published_fast_ = false;
};

}  // namespace resil
