// begin and end of attempts on targets with gates. Nothing in this file may lock, allocate, throw, log or enter the
// kernel (tests/abi checks the object code); the clock is read only where the answer depends on it.
#include <algorithm>

#include "resil/base/thread_slot.h"
#include "resil/engine/engine.h"
#include "resil/engine/hot_path.h"

namespace resil {
namespace {

// When a place will be free nobody knows.
constexpr Nanos kLookAgain = 10 * kMillisecond;

}  // namespace

// The gates in the order of the rules: held, breaker, rate limit, concurrency. What one refuses takes nothing from the
// others, so what can be given back is taken first: a place, then a share of the rate, and last a permit, which a
// breaker that is closed has counted for good. A breaker that would refuse is therefore asked before all others.
[[gnu::noinline]] std::int32_t Engine::begin_gated(const Gates& gates, EndpointRecord& record, EndpointId id,
                                                   TimeSource& time, Ticket& ticket) noexcept {
  const bool fresh = ticket.stage() == Stage::Fresh;
  const TargetLimits& limits = gates.limits;
  if (fresh && limits.deadline != 0) {
    const Nanos latest = add_saturated(time.now(), limits.deadline);
    if (ticket.deadline == 0 || latest < ticket.deadline) ticket.deadline = latest != 0 ? latest : -1;  // 0 is none
  }
  if (is_late(ticket, time)) return reject_late(ticket, id);
  if (limits.hold_on_retry_after) {
    const Nanos left = gates.target->hold.left(time.now());
    if (left > 0) return reject(ticket, id, closed(gates, Reason::Held, left, time), time);
  }
  const bool counted = limits.max_concurrent != 0;
  Asked asked;
  const bool asked_first = (counted || gates.rate != nullptr) && breaker_refuses(record, time);
  if (asked_first) {
    asked = ask_breaker(record, id, time, ticket);
    if (asked.admission.reason != Reason::None) return reject(ticket, id, asked.admission, time);
    // It changed its mind meanwhile.
  }

  const std::uint32_t policy = fresh ? policy_of(record.live.binding()) : ticket.policy();
  const PolicyRecord& rules = policies_.at(policy);
  // An epoch is so long that the coarse clock would do; but who else asks for the moment gets the same one.
  const BreakerPlan& in_force = policies_.plan(Endpoint<std::atomic>::plan_of(record.live.binding()));
  const bool exact =
      limits.rate_limit || gates.budget != nullptr || rules.plan.times_operation || in_force.slow_call > 0;
  const Nanos moment = exact ? time.now() : time.about_now();
  ConcurrencyLimiter<std::atomic>* places = counted ? &gates.target->places[rules.grace.number] : nullptr;
  const std::uint32_t most = counted && gates.several_graces
                                 ? gates.target->room(moment, rules.grace, limits.max_concurrent)
                                 : limits.max_concurrent;
  RateLimiter<std::atomic>::Taken taken;
  Admission refused;
  if (counted && !places->begin(moment, rules.grace, most)) {
    const Nanos wait = gates.rate != nullptr ? gates.rate->wait(moment) : 0;
    refused = wait > 0 ? closed(gates, Reason::RateLimited, wait, time) : closed(gates, Reason::Busy, kLookAgain, time);
  } else if (gates.rate != nullptr && (taken = gates.rate->take(moment)).wait > 0) {
    refused = closed(gates, Reason::RateLimited, taken.wait, time);
    if (counted) places->end(moment, rules.grace);
  }
  if (refused.reason != Reason::None) {
    if (asked_first) give_permit_back(asked, time);
    return reject(ticket, id, refused, time);
  }
  if (!asked_first) {
    asked = ask_breaker(record, id, time, ticket);
    if (asked.admission.reason != Reason::None) {
      if (gates.rate != nullptr) gates.rate->undo(taken);
      if (counted) places->end(moment, rules.grace);
      return reject(ticket, id, asked.admission, time);
    }
  }

  if (fresh && gates.budget != nullptr) gates.budget->begin_operation(moment);
  asked.admission.times_attempt |= counted;  // its end must find the epoch that it is counted in
  TimeSource began = counted ? TimeSource(moment) : time;
  admit(ticket, id, policy, rules.policy.timeout, asked, began);
  if (counted) ticket.mark(Ticket::kHoldsPlace);
  if (gates.asked_by_ends()) ticket.mark(Ticket::kTellsTarget);
  return answer(BeginAnswer::Allow);
}

// Whether the breaker would refuse, as far as can be told without moving it.
bool Engine::breaker_refuses(EndpointRecord& record, TimeSource& time) noexcept {
  EndpointRecord* owner = &record;
  const auto phase = [&] { return BreakerWord(owner->live.word().load(std::memory_order_acquire)).phase(); };
  if (phase() == Phase::Shared) owner = &table_.at(record.owner.load(std::memory_order_acquire));
  if (phase() != Phase::Open && phase() != Phase::HalfOpen) return false;
  const BreakerPlan& plan = policies_.plan(Endpoint<std::atomic>::plan_of(owner->live.binding()));
  if (plan.shadow) return false;  // and what it would have refused is told once the gates are passed
  const BreakerView view = owner->live.inspect(time.now(), plans(), [&] { return tallies_of(*owner); });
  if (view.state == BreakerState::Open) return true;
  return view.state == BreakerState::HalfOpen && view.counts.requests >= plan.max_requests;
}

void Engine::give_permit_back(const Asked& asked, TimeSource& time) noexcept {
  EndpointRecord& owner = table_.at(asked.owner_id);
  Progress progress;
  owner.live.end_general(
      asked.admission.permit, Ending::Cancelled, time, plans(), [&] { return tallies_of(owner); },
      thread_slot(shard_mask_), progress);
}

// A rejection by a gate. Of one target and reason the first in a second is an event: where thousands are rejected, all
// of them would write one line.
Admission Engine::closed(const Gates& gates, Reason reason, Nanos wait, TimeSource& time) noexcept {
  TargetState& target = *gates.target;
  Refusals& refusals = target.refusals[thread_slot(shard_mask_)];
  OncePer<std::atomic>& tells = reason == Reason::Held          ? target.tells_held
                                : reason == Reason::RateLimited ? target.tells_rate
                                                                : target.tells_busy;
  count(reason == Reason::Held ? refusals.held : reason == Reason::RateLimited ? refusals.rate_limited : refusals.busy);
  return {.reason = reason, .wait = wait, .first_rejection = tells.due(time.about_now())};
}

// A place that an attempt held. Its target has gates as long as the engine lives.
void Engine::leave_place(Ticket& ticket, const EndpointRecord& record) noexcept {
  ticket.unmark(Ticket::kHoldsPlace);
  const Gates* gates = record.gates.load(std::memory_order_acquire);
  if (gates == nullptr || gates->target == nullptr) return;  // no ticket of ours
  const Grace& grace = policies_.at(ticket.policy()).grace;
  gates->target->places[grace.number].end(ticket.attempt_began(), grace);
}

// Whether the target's budget leaves room for a retry that all else would offer.
bool Engine::budget_allows(const Gates& gates, TimeSource& time) noexcept {
  if (gates.budget == nullptr || gates.budget->offer(time.now())) return true;
  count(gates.target->refusals[thread_slot(shard_mask_)].budget);
  return false;
}

}  // namespace resil
