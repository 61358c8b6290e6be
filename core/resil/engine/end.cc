// end, the general way: what end_short.cc does not answer. Nothing in this file may lock, allocate, throw, log or enter
// the kernel (tests/abi checks the object code); the clock is read only where the answer depends on it.
#include <optional>

#include "resil/base/thread_slot.h"
#include "resil/engine/engine.h"
#include "resil/engine/hot_path.h"
#include "resil/policy/retry.h"

namespace resil {

[[gnu::noinline]] std::int32_t Engine::end_general(Ticket& ticket, Outcome reported, Nanos now) noexcept {
  return end_general(ticket, reported, TimeSource(now), {});
}

std::int32_t Engine::end_general(Ticket& ticket, Outcome reported, TimeSource time, Progress progress) noexcept {
  const Outcome outcome = reported.without_flag();
  if (!outcome.valid()) return kBadArgument;
  EndpointRecord* record = table_.find(static_cast<EndpointId>(ticket.endpoint));
  if (ticket.stage() != Stage::InFlight || record == nullptr || !policies_.contains(ticket.policy())) return kBadTicket;
  const bool counts = !ticket.marked(Ticket::kNoPermit);
  const EndpointId owner_id = permit_owner(ticket, *record);
  EndpointRecord& owner = owner_id == static_cast<EndpointId>(ticket.endpoint) ? *record : table_.at(owner_id);
  ticket.flags = 0;
  const bool success = outcome.succeeded();
  const Ending ending = success ? Ending::Success : outcome.cancelled() ? Ending::Cancelled : Ending::Failure;
  const Permit permit = ticket.permit();
  const auto tallies = [&owner, this] { return tallies_of(owner); };
  const unsigned shard = thread_slot(shard_mask_);
  if (counts) {
    const std::optional<Nanos> began = ticket.timed() ? std::optional(ticket.attempt_began()) : std::nullopt;
    owner.live.end_general(permit, {ending, outcome, began, &jitter_}, time, plans(), tallies, shard, progress);
    if (progress.transition.happened) publish_transition(ticket, progress.transition, owner_id, time);
  }
  if (ticket.marked(Ticket::kHoldsPlace)) leave_place(ticket, *record);
  if (success) return succeed(ticket, *record, time);
  const Gates* gates = ticket.marked(Ticket::kTellsTarget) ? record->gates.load(std::memory_order_acquire) : nullptr;
  return fail(ticket, *record, outcome, reported.may_retry(), gates, time);
}

std::int32_t Engine::succeed(Ticket& ticket, EndpointRecord& record, TimeSource& time) noexcept {
  const auto id = static_cast<EndpointId>(ticket.endpoint);
  count(EndpointTable::counts(record, thread_slot(shard_mask_)).successes);
  if (ticket.attempt > 1) {
    count(record.recovered);
    publish(ticket, {.time = time.about_now(),
                     .endpoint = id,
                     .kind = EventKind::Recovered,
                     .before = static_cast<std::int32_t>(ticket.attempt)});
  }
  return done(ticket);
}

// `gates`: those of a target that holds on Retry-After, or has a budget of retries; else null.
std::int32_t Engine::fail(Ticket& ticket, EndpointRecord& record, Outcome outcome, bool may_retry, const Gates* gates,
                          TimeSource& time) noexcept {
  const auto id = static_cast<EndpointId>(ticket.endpoint);
  CallCounts& counts = EndpointTable::counts(record, thread_slot(shard_mask_));
  const auto attempt = static_cast<std::int32_t>(ticket.attempt);
  if (outcome.cancelled()) {
    count(record.cancelled);
  } else {
    count(counts.failures);
  }
  if (outcome.code == Outcome::kTimeout) {
    count(record.timeouts);
    publish(ticket, {.time = time.about_now(),
                     .endpoint = id,
                     .kind = EventKind::TimedOut,
                     .before = attempt,
                     .value = ticket.timeout});
  }

  const RetryPolicy* retry = policies_.at(ticket.policy()).policy.retry.get();
  const FailedAttempt failed{
      .attempt = ticket.attempt,
      .outcome = outcome,
      .may_retry = may_retry,
      .hint = ticket.delay,
      .previous = ticket.previous_delay(),
      .deadline = ticket.deadline,
      // Begun while a reload put the limit in force: it counts from here.
      .began = ticket.timed() || retry == nullptr || retry->max_duration == 0 ? ticket.operation_began() : time.now()};
  if (gates != nullptr && gates->limits.hold_on_retry_after && failed.hint > 0 && !outcome.cancelled()) {
    gates->target->hold.until(add_saturated(time.now(), failed.hint));
  }
  RetryAnswer next = answer_failure(retry, failed, time, [this] { return jitter_.draw(); });
  // The budget last: what is not retried for another reason takes nothing from it.
  if (gates != nullptr && next.decision == EndAnswer::Retry && !budget_allows(*gates, time)) {
    next = {EndAnswer::GiveUp, Reason::RetryBudget, 0};
  }
  ticket.reason = static_cast<std::int32_t>(next.reason);
  ticket.delay = next.delay;
  ticket.set_stage(next.decision == EndAnswer::Retry ? Stage::Between : Stage::Over);
  if (next.decision == EndAnswer::Retry) {
    if (retry->backoff.jitter == Backoff::Jitter::Decorrelated) ticket.set_previous_delay(next.delay);
    count(counts.retries);
    publish(ticket, {.time = time.about_now(),
                     .endpoint = id,
                     .kind = EventKind::Retry,
                     .before = attempt,
                     .after = outcome.code,
                     .value = next.delay});
  } else if (retry != nullptr && !outcome.cancelled()) {
    // Without a retry policy there was nothing to give up.
    count(record.gave_up);
    publish(ticket, {.time = time.about_now(),
                     .endpoint = id,
                     .kind = EventKind::GaveUp,
                     .before = attempt,
                     .after = ticket.reason,
                     .value = outcome.code});
  }
  return answer(next.decision);
}

void Engine::publish(Ticket& ticket, const Event& event) noexcept {
  events_.publish(event);
  ticket.flags |= Ticket::kHasEvents;
}

void Engine::publish_transition(Ticket& ticket, const Transition& transition, EndpointId owner_id,
                                const TimeSource& time) noexcept {
  count(table_.transitions(owner_id).into(transition.to));
  publish(ticket, {.time = time.about_now(),
                   .endpoint = owner_id,
                   .kind = EventKind::Breaker,
                   .before = static_cast<std::int32_t>(transition.from),
                   .after = static_cast<std::int32_t>(transition.to)});
}

}  // namespace resil
