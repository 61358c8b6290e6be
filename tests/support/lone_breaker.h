// One breaker with its cells, and no engine around it.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <span>

#include "resil/breaker/circuit_breaker.h"
#include "support/policies.h"

namespace resil::testing {

template <template <typename> class Atom = std::atomic>
struct LoneBreaker {
  explicit LoneBreaker(const BreakerOptions& options, Nanos timeout = 0, std::uint32_t first_generation = 0) {
    policy.timeout = timeout;
    policy.breaker = breaker(options);
    plan = BreakerPlan::of(policy);
    cells.word.store(plan.first_word(first_generation).raw());
    if (!plan.needs_windows()) return;
    const std::size_t words = plan.window > 0 ? TimeWindow<Atom>::words(plan.buckets, tallies.size()) : 0;
    windows = std::make_unique<WindowCells<Atom>>(words, plan.window_calls);
    tallies[0].windows.store(windows.get());
  }

  CircuitBreaker<Atom> on(unsigned shard = 0) { return {cells, binding, 0, plan, std::span(tallies), shard}; }

  Admission begin(Nanos now, unsigned shard = 0) {
    TimeSource time(now);
    Admission admission;
    on(shard).begin(time, admission);
    return admission;
  }
  Transition end(Permit permit, const Ended& ended, Nanos now, unsigned shard = 0) {
    TimeSource time(now);
    Progress progress;
    on(shard).end(permit, ended, time, progress);
    return progress.transition;
  }
  Transition attempt(const Ended& ended, Nanos now) { return end(begin(now).permit, ended, now); }
  void fail(int times, Nanos now) {
    for (int i = 0; i < times; ++i) attempt(Ending::Failure, now);
  }
  BreakerView view(Nanos now) {
    BreakerView seen;
    on().inspect(now, seen);
    return seen;
  }
  BreakerState state(Nanos now) { return view(now).state; }
  BreakerWord word() const { return BreakerWord(cells.word.load()); }

  Policy policy;
  BreakerPlan plan;
  BreakerCells<Atom> cells;
  Atom<std::uint64_t> binding{0};
  std::array<Tally<Atom>, 2> tallies;
  std::unique_ptr<WindowCells<Atom>> windows;
};

}  // namespace resil::testing
