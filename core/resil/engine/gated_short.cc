// begin and end of attempts on targets with gates, the short ways: a rate limit or a bound of attempts in flight and
// nothing else to pass, before a breaker that is closed or where there is none. What is less simple goes on in
// begin_gated.cc and end.cc. Nothing in this file may lock, allocate, throw, log or enter the kernel (tests/abi checks
// the object code); the clock is read only where the answer depends on it.
#include "resil/base/thread_slot.h"
#include "resil/engine/engine.h"
#include "resil/engine/hot_path.h"

namespace resil {

// The first attempt of an operation without a deadline. What refuses is found out again, and told, by the general way:
// everything that was taken is given back before.
[[gnu::noinline]] std::int32_t Engine::begin_gated_short(EndpointId id, Nanos now, Ticket& ticket,
                                                         EndpointRecord& record, const PolicyRecord& policy) noexcept {
  const Gates* gates = record.gates.load(std::memory_order_acquire);
  const std::uint64_t binding = record.live.binding();
  const BreakerWord word(record.live.word().load(std::memory_order_acquire));
  const BreakerPlan& plan = policy.plan;
  const bool closed = plan.present ? word.is_plainly_closed() : word.phase() == Phase::NoBreaker;
  if (gates == nullptr || !gates->plain || plan.begin_way != Way::Gates || !closed ||
      Endpoint<std::atomic>::plan_of(binding) != policy.number) {
    return begin_general(id, now, ticket, record);
  }
  const std::uint32_t most = gates->limits.max_concurrent;
  RateLimiter<std::atomic>* rate = gates->rate;
  // Whoever has to ask a clock for the moment asks it once.
  if (now == kReadClock)
    now = read_clock(rate != nullptr || plan.interval > 0 ? CLOCK_MONOTONIC : CLOCK_MONOTONIC_COARSE);
  ConcurrencyLimiter<std::atomic>& places = gates->target->places[policy.grace.number];
  if (most != 0 && !places.begin(now, policy.grace, most)) [[unlikely]]
    return begin_general(id, now, ticket, record);
  RateLimiter<std::atomic>::Taken taken;
  if (rate != nullptr) taken = rate->take(now);
  const auto tallies = [&record, this] { return tallies_of(record); };
  const auto shard = [this] { return thread_slot(shard_mask_); };
  const auto admits = [&] {
    return plan.interval > 0 ? record.live.admit_short<true>(word, binding, plan, now, tallies, shard)
                             : record.live.admit_short<false>(word, binding, plan, now, tallies, shard);
  };
  if (taken.wait == 0 && (!plan.present || admits())) [[likely]] {
    admit_first(ticket, id, policy.number, word, plan.timeout);
    if (most != 0) ticket.hold_place(now);
    return answer(BeginAnswer::Allow);
  }
  if (taken.wait == 0 && rate != nullptr) rate->undo(taken);
  if (most != 0) places.end(now, policy.grace);
  return begin_general(id, now, ticket, record);
}

// A success of an attempt that holds a place, of an operation that began under the policy in force.
[[gnu::noinline]] std::int32_t Engine::end_with_place(Ticket& ticket, Outcome outcome, Nanos now) noexcept {
  const auto id = static_cast<EndpointId>(ticket.endpoint);
  if (!table_.contains(id) || !ticket.holds_only_a_place() || !outcome.succeeded()) [[unlikely]]
    return end_general(ticket, outcome, now);
  EndpointRecord& record = table_.at(id);
  const Gates* gates = record.gates.load(std::memory_order_acquire);
  const std::uint32_t number = ticket.policy();
  if (gates == nullptr || gates->target == nullptr || Endpoint<std::atomic>::plan_of(record.live.binding()) != number)
      [[unlikely]]
    return end_general(ticket, outcome, now);
  const PolicyRecord& policy = policies_.at(number);
  const BreakerPlan& plan = policy.plan;
  gates->target->places[policy.grace.number].end(ticket.attempt_began(), policy.grace);
  ticket.unmark(Ticket::kHoldsPlace);
  if (plan.present) {
    const auto tallies = [&record, this] { return tallies_of(record); };
    const auto shard = [this] { return thread_slot(shard_mask_); };
    const auto ends = [&]<bool kInterval>() {
      const Nanos latest = kInterval ? TimeSource(now).not_before_now() : now;
      return record.live.succeed_short<kInterval>(ticket.packed_permit(), plan, latest, tallies, shard);
    };
    if (!(plan.success_way == Way::Interval ? ends.operator()<true>()
                                            : plan.success_way == Way::Cells && ends.operator()<false>())) [[unlikely]]
      return end_general(ticket, outcome, now);
  }
  count(EndpointTable::counts(record, thread_slot(shard_mask_)).successes);
  ticket.flags = 0;
  return done(ticket);
}

}  // namespace resil
