// What an engine tells: warnings, and the view that a snapshot shows.
#include <algorithm>

#include "resil/engine/engine.h"

namespace resil {
namespace {

// Different ones; reloading files that are wrong in ever new ways must not grow memory without bound.
constexpr std::size_t kMostWarnings = 4096;
constexpr const char* kNoMoreWarnings =
    "there were too many different warnings; this one is not kept: check the policies to see it";

// Derived, so that no call pays for it: a success ends its operation, and so does a failure that no retry follows.
// Counts that were read while calls were in flight may not fit together; none is then taken for negative.
OperationTotals operations(const CallTotals& calls, const RejectionCounts& more) {
  const auto without = [](std::uint64_t all, std::uint64_t some) { return all - std::min(all, some); };
  const std::uint64_t late = more.late.load(std::memory_order_relaxed);
  return {.succeeded = calls.successes,
          .failed = without(calls.failures, calls.retries),
          .cancelled = calls.cancelled,
          .rejected = without(calls.rejections + late, more.resumed.load(std::memory_order_relaxed))};
}

}  // namespace

void Engine::warn(const std::string& text, EndpointId endpoint) {
  const std::lock_guard held(lock_);
  warn_locked(text, endpoint);
}

// The same warning, as a reload of the same file gives it, is kept once.
void Engine::warn_locked(const std::string& warning, EndpointId endpoint) {
  const bool kept = warning_numbers_.contains(warning) || warnings_.size() + 1 < kMostWarnings;
  const std::string text = kept ? warning : kNoMoreWarnings;
  const auto [found, fresh] = warning_numbers_.try_emplace(text, warnings_.size());
  if (fresh) warnings_.push_back(text);
  events_.publish_apart({.time = read_clock(CLOCK_MONOTONIC_COARSE),
                         .endpoint = endpoint,
                         .kind = EventKind::Warning,
                         .value = static_cast<std::int64_t>(found->second)});
}

TargetView Engine::view(const Gates& gates, Nanos now) const {
  const TargetState& target = *gates.target;
  std::uint64_t held = 0, rate_limited = 0, busy = 0, refused = 0;
  for (unsigned shard = 0; shard <= shard_mask_; ++shard) {
    const Refusals& refusals = target.refusals[shard];
    held += refusals.held.load(std::memory_order_relaxed);
    rate_limited += refusals.rate_limited.load(std::memory_order_relaxed);
    busy += refusals.busy.load(std::memory_order_relaxed);
    refused += refusals.budget.load(std::memory_order_relaxed);
  }
  TargetView view{.kind = target.kind, .name = target.name, .deadline = gates.limits.deadline};
  if (const auto& limit = gates.limits.rate_limit) {
    view.rate = {limit->rate, limit->per, limit->burst, gates.rate->available(now), rate_limited};
  }
  if (gates.limits.max_concurrent != 0) {
    view.concurrency = {gates.limits.max_concurrent, target.in_flight(now), busy};
  }
  if (const auto& allowance = gates.allowance) {
    view.budget = {allowance->ratio,           allowance->min_per_second,
                   allowance->window,          gates.budget->operations(now),
                   gates.budget->retries(now), refused};
  }
  if (gates.limits.hold_on_retry_after) view.hold = {target.hold.left(now), held};
  return view;
}

EngineView Engine::view(Nanos now) const {
  const std::lock_guard held(lock_);
  EngineView view;
  view.events = events_.latest();
  view.policies = policies_.size();
  const std::uint32_t size = table_.size();
  view.endpoints.reserve(size);
  for (std::uint32_t i = 0; i < size; ++i) {
    const auto id = static_cast<EndpointId>(i);
    EndpointRecord& record = table_.at(id);
    const PolicyRecord& in_force = policies_.at(policy_of(record.live.binding()));
    EndpointEntry entry;
    entry.id = id;
    entry.kind = record.name.kind;
    entry.name = record.name.name();
    entry.instance = record.name.instance();
    entry.timeout = in_force.policy.timeout;
    if (in_force.policy.retry != nullptr) entry.retry = in_force.policy.retry->name;
    if (in_force.plan.present) {
      EndpointRecord& owner = in_force.plan.shared ? table_.at(record.owner.load()) : record;
      entry.breaker = BreakerEntry{set_.resolve(entry.kind, entry.name, entry.instance).breaker_name,
                                   in_force.policy.breaker->policy_name,
                                   owner.live.inspect(now, plans(), [&] { return tallies_of(owner); })};
      // An evicted one is as good as new; one that is not has been called since, whatever else is known of it.
      entry.evicted = record.use.load() != nullptr && record.last_used.load() == 0 && entry.breaker->view.is_new();
      if (entry.evicted) entry.breaker.reset();
    }
    for (unsigned shard = 0; shard <= shard_mask_; ++shard) {
      const CallCounts& counts = EndpointTable::counts(record, shard);
      entry.totals.successes += counts.successes.load(std::memory_order_relaxed);
      entry.totals.failures += counts.failures.load(std::memory_order_relaxed);
      entry.totals.rejections += counts.rejections.load(std::memory_order_relaxed);
      entry.totals.retries += counts.retries.load(std::memory_order_relaxed);
    }
    const auto changes_into = [&](BreakerState state) {
      return table_.transitions(id).into(state).load(std::memory_order_relaxed);
    };
    entry.transitions = {changes_into(BreakerState::Closed), changes_into(BreakerState::Open),
                         changes_into(BreakerState::HalfOpen)};
    entry.totals.timeouts = record.timeouts.load(std::memory_order_relaxed);
    entry.totals.cancelled = record.cancelled.load(std::memory_order_relaxed);
    entry.totals.recovered = record.recovered.load(std::memory_order_relaxed);
    entry.totals.gave_up = record.gave_up.load(std::memory_order_relaxed);
    entry.operations = operations(entry.totals, table_.rejections(id));
    view.endpoints.push_back(std::move(entry));
  }
  for (const Gates* gates : gates_in_force()) {
    if (gates->bounds_anything()) view.targets.push_back(this->view(*gates, now));
  }
  std::ranges::sort(view.targets, {}, [](const TargetView& target) { return std::pair(target.kind, target.name); });
  return view;
}

}  // namespace resil
