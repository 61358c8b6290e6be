// Gates: what an attempt on a target must pass besides the breaker, and the state behind it.
//
// A TargetState is what was taken so far: who is in flight, how far a rate is used up, what the budget of retries has
// seen, how long to hold. Gates are what the policies in force make of it; every endpoint of the target points to them.
// Both are made under the engine's lock, never move, and live until the engine is closed, so whoever has loaded a
// pointer may go on with it over any reload. Gates with equal settings are one, and so are their rate limiter and
// budget: a reload of the same documents adds nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "resil/base/types.h"
#include "resil/limits/budget_limiter.h"
#include "resil/limits/concurrency_limiter.h"
#include "resil/limits/hold.h"
#include "resil/limits/once_per.h"
#include "resil/limits/rate_limiter.h"
#include "resil/policy/policy.h"

namespace resil {

// How often each gate was closed, by thread shard: threads that are rejected should not all write one line.
struct alignas(64) Refusals {
  std::atomic<std::uint64_t> held{0}, rate_limited{0}, busy{0}, budget{0};
};

struct TargetState {
  TargetState(TargetKind kind_of_target, std::string_view name_of_target, unsigned shards)
      : kind(kind_of_target), name(name_of_target), refusals(new Refusals[shards]) {}

  // By the grace of the policy that an operation runs under, so an end finds where its begin was counted whatever was
  // reloaded since, and a reload that changes maxConcurrent knows who is in flight.
  alignas(64) ConcurrencyLimiter<std::atomic> places[Grace::kClasses];
  alignas(64) Hold<std::atomic> hold;
  OncePer<std::atomic> tells_held{kSecond}, tells_rate{kSecond}, tells_busy{kSecond};

  // Over all graces: attempts may be under way that began with another timeout.
  std::uint32_t in_flight(Nanos now) const;
  // How many more there may be that are counted in this one's place.
  std::uint32_t room(Nanos now, const Grace& grace, std::uint32_t limit) const;

  const TargetKind kind;
  const std::string name;
  const std::unique_ptr<Refusals[]> refusals;
};

struct Gates {
  TargetState* target = nullptr;  // null: nothing is bounded
  TargetLimits limits;
  std::optional<RetryBudget> allowance;
  RateLimiter<std::atomic>* rate = nullptr;
  BudgetLimiter<std::atomic>* budget = nullptr;
  // The target's policies were of several graces, so attempts in flight may be counted in more than one place.
  bool several_graces = false;
  bool plain = false;  // a rate or a bound of attempts in flight, and nothing else: the short ways can pass

  bool bounds_anything() const { return limits != TargetLimits{} || budget != nullptr; }
  bool asked_by_ends() const { return limits.hold_on_retry_after || budget != nullptr; }
};

// All of them, by target. Under the engine's lock.
class GateTable {
 public:
  explicit GateTable(unsigned shards) : shards_(shards) {}

  // What endpoints of a target with that policy point to; null: the target never had anything to bound. A target that
  // once had keeps its gates, though they be open: attempts that are in flight give back what they took.
  Gates* of(TargetKind kind, std::string_view name, const Policy& policy);

  // Before `after` come in force instead of `before`: what was not in force starts anew.
  static void restart(const std::set<const Gates*>& before, const std::set<const Gates*>& after);

 private:
  template <typename Settings, typename Limiter>
  using Known = std::deque<std::pair<Settings, std::unique_ptr<Limiter>>>;
  struct Entry {
    std::unique_ptr<TargetState> target;
    Known<RateLimit, RateLimiter<std::atomic>> rates;
    Known<RetryBudget, BudgetLimiter<std::atomic>> budgets;
    std::deque<Gates> gates;
    unsigned grace = 0;  // its number, of the latest policy
    bool several_graces = false;
  };

  const unsigned shards_;
  std::map<std::pair<TargetKind, std::string>, Entry> entries_;
};

}  // namespace resil
