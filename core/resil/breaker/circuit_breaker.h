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
#include "resil/breaker/call_window.h"
#include "resil/breaker/time_window.h"

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
  bool end(Permit permit, const Ended& ended, TimeSource& time, Progress& progress) {
    const bool excused = ended.ending == Ending::Failure && !plan_.fails(ended.outcome);
    const Ending ending = excused ? Ending::Success : ended.ending;
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
        settled = plan_.counts_apart          ? end_apart(seen, permit, ending, ended, near, time, progress)
                  : ending == Ending::Success ? succeed_closed(seen, permit, time, progress)
                                              : fail_closed(seen, permit, near, ended.jitter, time, progress);
      } else if (seen.phase() == Phase::HalfOpen && permit.probe && seen.generation() == permit.generation) {
        settled = ending == Ending::Success
                      ? succeed_half_open(seen, time, progress.transition)
                      : open(seen, near, ended.jitter, time, BreakerState::HalfOpen, progress.transition);
      }
      if (settled) return true;
    }
  }

  // True: this call made the word fast or counted, by a plan that a reload may have replaced since (Endpoint checks).
  bool published_fast() const { return published_fast_; }

  // How the breaker looks at `now`; nothing moves by looking. False: a reload changed the plan meanwhile.
  bool inspect(Nanos now, BreakerView& view) const;

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

  // Whether the generation is the present one, whatever plan is in force.
  auto still_in(std::uint32_t generation) const {
    return [this, generation] {
      return BreakerWord(cells_.word.load(std::memory_order_acquire)).generation() == generation;
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

  // circuit_breaker_closed.h
  bool begin_closed(BreakerWord seen, TimeSource& time, Admission& admission);
  bool succeed_closed(BreakerWord seen, Permit permit, TimeSource& time, Progress& progress);
  bool fail_closed(BreakerWord seen, Permit permit, Nanos near, Jitter* jitter, TimeSource& time, Progress& progress);
  // True: the window that `seen` speaks of has begun and not ended. Otherwise moves on; start over.
  bool window_holds(BreakerWord seen, TimeSource& time);
  [[gnu::noinline]] bool begin_window(BreakerWord seen, std::uint32_t generation, Nanos near, TimeSource& time);
  std::int64_t requests(std::uint32_t generation) const { return sum(tallies_, &Tally<Atom>::requests, generation); }
  std::uint64_t successes(std::uint32_t generation) const {
    return static_cast<std::uint64_t>(sum(tallies_, &Tally<Atom>::successes, generation));
  }

  // circuit_breaker_apart.h
  WindowCells<Atom>& windows() const { return *tallies_[0].windows.load(std::memory_order_acquire); }
  TimeWindow<Atom> time_window() const { return {windows(), plan_.shape, tallies_.size()}; }
  [[gnu::noinline]] bool begin_apart(BreakerWord seen, TimeSource& time, Admission& admission);
  [[gnu::noinline]] bool end_apart(BreakerWord seen, Permit permit, Ending ending, const Ended& ended, Nanos near,
                                   TimeSource& time, Progress& progress);
  bool count_apart(std::uint32_t generation, bool failed, bool slow, TimeSource& time, Progress& progress);
  bool put_in_window(std::uint32_t generation, bool failed, bool slow, TimeSource& time);
  bool add_to_window(std::uint32_t generation, typename TimeWindow<Atom>::Kind kind, TimeSource& time);
  Counts counts_apart(std::uint32_t generation, TimeSource& time);
  void read_window(std::uint32_t generation, std::int64_t bucket, Counts& counts) const;
  void read_apart(std::uint32_t generation, Counts& counts) const;
  void read_successes_in_a_row(std::uint32_t generation, Counts& counts) const;

  // circuit_breaker_view.h
  Counts closed_counts(BreakerWord seen, Nanos now) const;

  // circuit_breaker_open.h
  [[gnu::noinline]] bool begin_open(BreakerWord seen, TimeSource& time, Admission& admission);
  [[gnu::noinline]] bool begin_half_open(BreakerWord seen, TimeSource& time, Admission& admission);
  bool give_permit(BreakerWord seen, std::uint64_t generation, std::uint32_t given, std::uint32_t successes,
                   TimeSource& time, Admission& admission);
  bool reject(BreakerWord seen, Reason reason, Nanos wait, Admission& admission);
  bool reject_in_shadow(BreakerWord seen, Reason reason, Nanos wait, Admission& admission);
  bool cancel(BreakerWord seen, Permit permit);
  [[gnu::noinline]] bool succeed_half_open(BreakerWord seen, TimeSource& time, Transition& transition);
  [[gnu::noinline]] bool open(BreakerWord seen, Nanos near, Jitter* jitter, TimeSource& time, BreakerState from,
                              Transition& transition);
  // How long the opening that follows `seen` lasts. False: the word changed while looking, start over.
  bool open_time(BreakerWord seen, BreakerState from, Jitter* jitter, Nanos& open_for);
  // Which opening a half-open word that follows `seen` is to speak of.
  std::uint64_t opening_of(BreakerWord seen) const;
  // A late result may be the first to find an open breaker's time up. False: start over.
  [[gnu::noinline]] bool half_open_if_due(BreakerWord seen, TimeSource& time, Transition& transition);

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

#include "resil/breaker/circuit_breaker_apart.h"
#include "resil/breaker/circuit_breaker_closed.h"
#include "resil/breaker/circuit_breaker_open.h"
#include "resil/breaker/circuit_breaker_view.h"
