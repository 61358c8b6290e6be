// end, the short ways: an attempt of a closed breaker that succeeded, or that failed and trips nothing. What is less
// simple goes on in end.cc. Nothing in this file may lock, allocate, throw, log or enter the kernel (tests/abi checks
// the object code); the clock is read only where the answer depends on it.
#include <algorithm>

#include "resil/base/thread_slot.h"
#include "resil/engine/engine.h"
#include "resil/engine/hot_path.h"
#include "resil/policy/retry.h"

namespace resil {

// While the word is fast or counted a success changes nothing, whichever generation it belongs to.
std::int32_t Engine::end(Ticket& ticket, Outcome outcome, Nanos now) noexcept {
  const auto id = static_cast<EndpointId>(ticket.endpoint);
  if (!table_.contains(id) || !ticket.is_plain_attempt()) [[unlikely]]
    return end_with_place(ticket, outcome, now);
  EndpointRecord& record = table_.at(id);
  if (!outcome.succeeded()) return end_failed(ticket, outcome, now, record);
  if (ticket.attempt != 1 || !BreakerWord(record.live.word().load(std::memory_order_acquire)).elidable()) {
    return end_closed(ticket, outcome, now, record);
  }
  count(EndpointTable::counts(record, thread_slot(shard_mask_)).successes);
  ticket.flags = 0;
  return done(ticket);
}

// A success where there is a window to look at, or a count of successes to keep. As below, the operation began under
// the policy in force.
[[gnu::noinline]] std::int32_t Engine::end_closed(Ticket& ticket, Outcome outcome, Nanos now,
                                                  EndpointRecord& record) noexcept {
  const std::uint32_t number = ticket.policy();
  const std::uint64_t binding = record.live.binding();
  if (ticket.attempt != 1 || Endpoint<std::atomic>::plan_of(binding) != number) {
    return end_general(ticket, outcome, now);
  }
  const BreakerPlan& plan = policies_.at(number).plan;
  const bool windowed = plan.interval > 0;
  const Nanos latest = windowed ? TimeSource(now).not_before_now() : now;
  const auto tallies = [&record, this] { return tallies_of(record); };
  const auto shard = [this] { return thread_slot(shard_mask_); };
  if (!plan.short_end ||
      (plan.present && !record.live.succeed_short(ticket.permit(), binding, plan, windowed, latest, tallies, shard))) {
    return plan.short_window ? end_in_window(ticket, outcome, now, record) : end_general(ticket, outcome, now);
  }
  count(EndpointTable::counts(record, shard()).successes);
  ticket.flags = 0;
  return done(ticket);
}

// Likewise, where a window of an extension counts it.
[[gnu::noinline]] std::int32_t Engine::end_in_window(Ticket& ticket, Outcome outcome, Nanos now,
                                                     EndpointRecord& record) noexcept {
  const std::uint32_t number = ticket.policy();
  const std::uint64_t binding = record.live.binding();
  TimeSource time(now);
  if (Endpoint<std::atomic>::plan_of(binding) != number || !policies_.at(number).plan.short_window ||
      !record.live.succeed_in_window(ticket.permit(), binding, policies_.at(number).plan, tallies_of(record),
                                     thread_slot(shard_mask_), time)) {
    return end_general(ticket, outcome, time.known() ? time.now() : now);
  }
  count(EndpointTable::counts(record, thread_slot(shard_mask_)).successes);
  ticket.flags = 0;
  return done(ticket);
}

// A failure where the rule reads nothing but the run of failures in the word.
[[gnu::noinline]] std::int32_t Engine::end_failed(Ticket& ticket, Outcome outcome, Nanos now,
                                                  EndpointRecord& record) noexcept {
  const std::uint32_t number = ticket.policy();
  const std::uint64_t binding = record.live.binding();
  if (!outcome.plainly_failed() || Endpoint<std::atomic>::plan_of(binding) != number) {
    return end_general(ticket, outcome, now);
  }
  const PolicyRecord& policy = policies_.at(number);
  if (!policy.plan.run_alone) return end_failed_counted(ticket, outcome, now, record, policy);
  if (!policy.plan.short_failure || !record.live.lengthen_run(ticket.permit(), binding, policy.plan)) {
    return end_general(ticket, outcome, now);
  }
  return answer_short(ticket, outcome, now, record, policy);
}

// A failure where cells beside the word count.
[[gnu::noinline]] std::int32_t Engine::end_failed_counted(Ticket& ticket, Outcome outcome, Nanos now,
                                                          EndpointRecord& record, const PolicyRecord& policy) noexcept {
  const BreakerPlan& plan = policy.plan;
  const bool windowed = plan.interval > 0;
  const Nanos latest = windowed ? TimeSource(now).not_before_now() : now;
  const std::uint64_t binding = record.live.binding();
  const auto tallies = [&record, this] { return tallies_of(record); };
  const auto shard = [this] { return thread_slot(shard_mask_); };
  CountedFailure counted;
  const bool ended = plan.short_failure && Endpoint<std::atomic>::plan_of(binding) == policy.number &&
                     (!plan.present || record.live.fail_short(ticket.permit(), binding, plan, windowed, latest, tallies,
                                                              shard, counted));
  if (!ended) return end_general(ticket, outcome, TimeSource(now), counted.progress());
  return answer_short(ticket, outcome, now, record, policy);
}

// What follows a failure that the breaker has counted. `policy` has no retry policy, or one that looks at this attempt
// alone (BreakerPlan::short_failure).
inline std::int32_t Engine::answer_short(Ticket& ticket, Outcome outcome, Nanos now, EndpointRecord& record,
                                         const PolicyRecord& policy) noexcept {
  const RetryPolicy* retry = policy.policy.retry.get();
  if (retry != nullptr) return answer_retry(ticket, outcome, now, record, *retry);
  count(EndpointTable::counts(record, thread_slot(shard_mask_)).failures);
  ticket.flags = 0;
  ticket.reason = static_cast<std::int32_t>(Reason::Exhausted);
  ticket.delay = 0;
  ticket.set_stage(Stage::Over);
  return answer(EndAnswer::GiveUp);
}

[[gnu::noinline]] std::int32_t Engine::answer_retry(Ticket& ticket, Outcome outcome, Nanos now, EndpointRecord& record,
                                                    const RetryPolicy& retry) noexcept {
  TimeSource time(now);
  const Nanos moment = time.about_now();
  CallCounts& counts = EndpointTable::counts(record, thread_slot(shard_mask_));
  count(counts.failures);
  const FailedAttempt failed{.attempt = ticket.attempt,
                             .outcome = outcome,
                             .hint = std::max<Nanos>(0, ticket.delay),
                             .deadline = ticket.deadline};
  const RetryAnswer next = answer_failure(&retry, failed, time, [this] { return jitter_.draw(); });
  ticket.reason = static_cast<std::int32_t>(next.reason);
  ticket.delay = next.delay;
  ticket.flags = Ticket::kHasEvents;
  const bool again = next.decision == EndAnswer::Retry;
  ticket.set_stage(again ? Stage::Between : Stage::Over);
  if (again) {
    count(counts.retries);
  } else {
    count(record.gave_up);
  }
  events_.publish({.time = moment,
                   .endpoint = static_cast<EndpointId>(ticket.endpoint),
                   .kind = again ? EventKind::Retry : EventKind::GaveUp,
                   .before = static_cast<std::int32_t>(ticket.attempt),
                   .after = again ? outcome.code : ticket.reason,
                   .value = again ? next.delay : Nanos{outcome.code}});
  return answer(next.decision);
}

}  // namespace resil
