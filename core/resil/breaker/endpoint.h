// Endpoint: a breaker's cells together with the policy that is in force for them, and the way a reload replaces
// that policy while calls are in flight.
//
// `binding` is {how often it changed : 32 | the plan's number : 32}. Two kinds of reload:
// - Settings of the breaker equal (or none before and after): the binding changes, the state stays. A fast or counted
// word
//   shows the timeout, so it is rewritten; whoever publishes a fast word later looks whether its binding
//   still holds, and rewrites it if not. Binding and word are swapped and read seq_cst there: either the
//   reload sees the word or the publisher sees the binding.
// - Otherwise the word first becomes {Rebinding, new plan, next generation}: that swap is the moment of the reload.
//   Then the binding, then a fresh word follow, by whoever comes first: nobody waits for the reloader.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include "resil/breaker/breaker_cells.h"
#include "resil/breaker/breaker_plan.h"
#include "resil/breaker/breaker_word.h"
#include "resil/breaker/circuit_breaker.h"
#include "resil/breaker/short_ways.h"
#include "resil/breaker/window_ways.h"

namespace resil {

template <template <typename> class Atom>
class Endpoint {
 public:
  Atom<std::uint64_t>& word() { return cells_.word; }
  const Atom<std::uint64_t>& word() const { return cells_.word; }
  std::uint64_t binding() const { return binding_.load(std::memory_order_acquire); }
  static constexpr std::uint32_t plan_of(std::uint64_t binding) { return static_cast<std::uint32_t>(binding); }

  // Before anybody else knows the endpoint.
  void create(std::uint32_t plan, BreakerWord word) {
    binding_.store(plan, std::memory_order_relaxed);
    cells_.word.store(word.raw(), std::memory_order_release);
  }

  // The short way to a rejection, where `seen` is of a breaker that is open and told somebody so already: how long
  // until half-open is due. False: ask begin. No plan is needed, so no reload can be in the way.
  bool rejects_until(BreakerWord seen, Nanos now, Nanos& wait) const {
    const Nanos due = restore_moment(seen.raw_from_payload(), cells_.half_open_near.load(std::memory_order_acquire));
    // Still the same word: then the cell spoke of the same moment.
    if (BreakerWord(cells_.word.load(std::memory_order_acquire)) != seen || now > due) return false;
    wait = subtract_saturated(due, now - 1);  // which does not wrap: the lowest of all times is kReadClock, and none
    return true;
  }

  // The short ways of a closed breaker (short_ways.h), by the plan of a binding that was just read; kInterval: it has
  // one. False: begin. `admit_by_word` is for a plan that counts nothing where an attempt begins. The word is the
  // plan's only where the binding is the same before and after it was loaded.
  bool admit_by_word(BreakerWord seen, std::uint64_t seen_binding) const {
    return seen.is_plainly_closed() && binding() == seen_binding;
  }
  template <bool kInterval, typename Tallies, typename Shard>
  [[gnu::always_inline]] bool admit_short(BreakerWord seen, std::uint64_t seen_binding, const BreakerPlan& plan,
                                          Nanos latest, const Tallies& tallies, const Shard& shard) {
    if (!seen.is_plainly_closed() || binding() != seen_binding) return false;
    return ShortWays<Atom, kInterval, Tallies, Shard>{cells_, seen, plan, latest, tallies, shard}.admit();
  }
  // An end need not look at the binding again. Only a reload with other settings of the breaker begins a generation, so
  // while the word is of the permit's generation, the plan that was in force since the permit was given says of it what
  // any later one says. `permit`: packed. False: end_general, with what was counted.
  template <bool kInterval, typename Tallies, typename Shard>
  [[gnu::always_inline]] bool succeed_short(std::uint64_t permit, const BreakerPlan& plan, Nanos latest,
                                            const Tallies& tallies, const Shard& shard) {
    const BreakerWord seen(cells_.word.load(std::memory_order_acquire));
    if (!is_closed_for<kInterval>(permit, seen)) return false;
    return ShortWays<Atom, kInterval, Tallies, Shard>{cells_, seen, plan, latest, tallies, shard}.succeed();
  }
  // Of a plan whose rule asks kQuestion.
  template <bool kInterval, TripQuestion kQuestion, typename Tallies, typename Shard>
  [[gnu::always_inline]] bool fail_short(std::uint64_t permit, const BreakerPlan& plan, Nanos latest,
                                         const Tallies& tallies, const Shard& shard, CountedFailure& counted) {
    const BreakerWord seen(cells_.word.load(std::memory_order_acquire));
    if (!is_closed_for<kInterval>(permit, seen)) return false;
    const ShortWays<Atom, kInterval, Tallies, Shard> ways{cells_, seen, plan, latest, tallies, shard};
    return ways.template fail<kQuestion>(counted);
  }

  // The same where a window counts (window_ways.h); `about` is time.about_now().
  [[gnu::always_inline]] bool admit_in_window(BreakerWord seen, std::uint64_t seen_binding, const BreakerPlan& plan,
                                              std::span<Tally<Atom>> tallies, unsigned shard, TimeSource& time,
                                              Nanos about) {
    if (!seen.is_plainly_closed() || binding() != seen_binding) return false;
    return WindowWays<Atom>{cells_, seen, plan, tallies, shard, about}.admit(time);
  }
  [[gnu::always_inline]] bool succeed_in_window(std::uint64_t permit, const BreakerPlan& plan,
                                                std::span<Tally<Atom>> tallies, unsigned shard, TimeSource& time,
                                                Nanos about) {
    const BreakerWord seen(cells_.word.load(std::memory_order_acquire));
    if (!is_closed_for<false>(permit, seen)) return false;
    return WindowWays<Atom>{cells_, seen, plan, tallies, shard, about}.succeed(time);
  }
  [[gnu::always_inline]] bool fail_in_window(std::uint64_t permit, const BreakerPlan& plan,
                                             std::span<Tally<Atom>> tallies, TimeSource& time, Nanos about,
                                             bool& counted) {
    const BreakerWord seen(cells_.word.load(std::memory_order_acquire));
    if (!is_closed_for<false>(permit, seen)) return false;
    return WindowWays<Atom>{cells_, seen, plan, tallies, 0, about}.fail(time, counted);
  }

  // `plans(number)` gives a BreakerPlan, `tallies()` the counters that the plan in force needs: asked for
  // after the binding was read, since a reload provides them before it binds.
  template <typename Plans, typename Tallies>
  Admission begin(TimeSource& time, const Plans& plans, const Tallies& tallies, unsigned shard) {
    Admission admission;
    for (;; settle(plans)) {
      const std::uint64_t seen_binding = binding();
      const BreakerPlan& plan = plans(plan_of(seen_binding));
      CircuitBreaker<Atom> breaker(cells_, binding_, seen_binding, plan, tallies(), shard);
      if (breaker.begin(time, admission)) return admission;
    }
  }

  template <typename Plans, typename Tallies>
  Transition end(Permit permit, const Ended& ended, TimeSource& time, const Plans& plans, const Tallies& tallies,
                 unsigned shard) {
    CountedFailure counted;
    const BreakerPlan& plan = plans(plan_of(binding()));
    const bool failed = ended.ending == Ending::Failure;
    const Way way = failed ? plan.failure_way : ended.ending == Ending::Success ? plan.success_way : Way::General;
    const auto end_short = [&]<bool kInterval>() {
      const Nanos latest = kInterval ? time.not_before_now() : 0;
      const auto own = [shard] { return shard; };
      if (!failed) return succeed_short<kInterval>(permit.packed(), plan, latest, tallies, own);
      return with_question(plan.question, [&]<TripQuestion kQuestion>() {
        return fail_short<kInterval, kQuestion>(permit.packed(), plan, latest, tallies, own, counted);
      });
    };
    if (!plan.present) return {};
    bool done = false, in_window = false;
    if (way == Way::Interval) done = end_short.template operator()<true>();
    if (way == Way::Word || way == Way::Cells) done = end_short.template operator()<false>();
    if (way == Way::Window && failed)
      done = fail_in_window(permit.packed(), plan, tallies(), time, time.about_now(), in_window);
    if (way == Way::Window && !failed)
      done = succeed_in_window(permit.packed(), plan, tallies(), shard, time, time.about_now());
    Progress progress = counted.progress();
    progress.in_window = in_window;
    if (!done) end_general(permit, ended, time, plans, tallies, shard, progress);
    return progress.transition;
  }

  template <typename Plans, typename Tallies>
  [[gnu::noinline]] void end_general(Permit permit, const Ended& ended, TimeSource& time, const Plans& plans,
                                     const Tallies& tallies, unsigned shard, Progress& progress) {
    for (;; settle(plans)) {
      const std::uint64_t seen_binding = binding();
      const BreakerPlan& plan = plans(plan_of(seen_binding));
      if (!plan.present) return;
      CircuitBreaker<Atom> breaker(cells_, binding_, seen_binding, plan, tallies(), shard);
      const bool settled = breaker.end(permit, ended, time, progress);
      if (breaker.published_fast()) renew_fast(seen_binding, plans);
      if (settled) return;
    }
  }

  template <typename Plans, typename Tallies>
  BreakerView inspect(Nanos now, const Plans& plans, const Tallies& tallies) {
    BreakerView view;
    for (;; settle(plans)) {
      const std::uint64_t seen_binding = binding();
      CircuitBreaker<Atom> breaker(cells_, binding_, seen_binding, plans(plan_of(seen_binding)), tallies(), 0);
      if (breaker.inspect(now, view)) return view;
    }
  }

  // Puts a plan in force whose breaker settings equal the present ones.
  template <typename Plans>
  void rebind_keeping_state(std::uint32_t plan, const Plans& plans) {
    const std::uint64_t seen_binding = settle(plans);
    std::uint64_t expected = seen_binding;
    binding_.compare_exchange_strong(expected, next_binding(seen_binding, plan), std::memory_order_seq_cst);
    renew_fast(seen_binding, plans);
  }

  // Puts a plan in force with a fresh breaker (or none, or another endpoint's).
  template <typename Plans, typename Tallies>
  void rebind(std::uint32_t plan, const Plans& plans, const Tallies& tallies) {
    for (;;) {
      settle(plans);
      const BreakerWord seen(cells_.word.load(std::memory_order_acquire));
      if (seen.phase() == Phase::Rebinding) continue;
      std::uint64_t expected = seen.raw();
      const BreakerWord next = BreakerWord::slow(Phase::Rebinding, seen.generation() + 1, plan);
      if (!cells_.word.compare_exchange_strong(expected, next.raw(), std::memory_order_seq_cst)) continue;
      settle(plans);
      freshen_if_due<Atom>(next.generation(), cells_.word, tallies());
      return;
    }
  }

  // Forgets what a closed breaker counted. False: it was not closed any more. Under the engine's lock, as the reloads
  // are, so that the binding is in force and stays so.
  template <typename Plans, typename Tallies>
  bool forget(const Plans& plans, const Tallies& tallies) {
    const std::uint64_t seen_binding = settle(plans);
    const BreakerWord seen(cells_.word.load(std::memory_order_acquire));
    if (seen.phase() != Phase::Closed) return false;
    std::uint64_t expected = seen.raw();
    const BreakerWord fresh = plans(plan_of(seen_binding)).first_word(seen.generation() + 1);
    if (!cells_.word.compare_exchange_strong(expected, fresh.raw(), std::memory_order_seq_cst)) return false;
    freshen_if_due<Atom>(fresh.generation(), cells_.word, tallies());
    return true;
  }

 private:
  // Closed, in the generation that gave the permit. Beside an interval no word is elidable.
  template <bool kInterval>
  static bool is_closed_for(std::uint64_t permit, BreakerWord word) {
    if (kInterval) return word.is_plainly_closed_and_admitted(permit);
    return (word.elidable() || word.is_plainly_closed()) && word.admitted(permit);
  }
  static constexpr std::uint64_t next_binding(std::uint64_t binding, std::uint32_t plan) {
    return ((binding >> 32) + 1) << 32 | plan;
  }

  // Finishes a reload that is under way, and returns the binding in force.
  template <typename Plans>
  [[gnu::noinline]] std::uint64_t settle(const Plans& plans) {
    for (;;) {
      std::uint64_t seen_binding = binding_.load(std::memory_order_acquire);
      const BreakerWord seen(cells_.word.load(std::memory_order_acquire));
      if (seen.phase() != Phase::Rebinding) return seen_binding;
      // A binding from before the word may name the same plan by chance: whoever slept here while it went and came back
      // would take the reload for done that the word speaks of, and leave one plan's number with another's word.
      if (binding() != seen_binding) continue;
      const auto plan = static_cast<std::uint32_t>(seen.payload());
      // The number of changes in the binding makes a helper fail that slept through a later reload.
      if (plan_of(seen_binding) != plan &&
          !binding_.compare_exchange_strong(seen_binding, next_binding(seen_binding, plan), std::memory_order_seq_cst))
        continue;
      std::uint64_t expected = seen.raw();
      cells_.word.compare_exchange_strong(expected, plans(plan).first_word(seen.generation()).raw(),
                                          std::memory_order_seq_cst);
    }
  }

  // Rewrites a closed word without a run for the binding now in force, unless that is still `seen_binding`. Whoever
  // wrote the binding or the word comes here and reads both: that one of two who write at once sees what the other
  // wrote holds only where all four accesses are seq_cst. Acquire loads may both be stale.
  template <typename Plans>
  [[gnu::noinline]] void renew_fast(std::uint64_t seen_binding, const Plans& plans) {
    for (;;) {
      const std::uint64_t binding = binding_.load(std::memory_order_seq_cst);
      if (binding == seen_binding) return;
      const BreakerWord seen(cells_.word.load(std::memory_order_seq_cst));
      const BreakerPlan& plan = plans(plan_of(binding));
      const bool may_be_fast = seen.elidable() || seen.phase() == Phase::NoBreaker ||
                               (seen.phase() == Phase::Closed && plan.interval == 0 && seen.payload() == 0);
      std::uint64_t expected = seen.raw();
      if (!may_be_fast) return;
      const BreakerWord next =
          plan.present ? plan.closed_word(seen.generation(), 0) : plan.first_word(seen.generation());
      // Then the word is right for that binding; whoever changes it later looks at the word after that.
      if (next == seen) return;
      if (cells_.word.compare_exchange_strong(expected, next.raw(), std::memory_order_seq_cst)) {
        seen_binding = binding;
      }
    }
  }

  BreakerCells<Atom> cells_;
  Atom<std::uint64_t> binding_{0};
};

}  // namespace resil
