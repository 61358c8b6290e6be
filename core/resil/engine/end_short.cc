// end, the short ways: an attempt of a closed breaker that succeeded, or that failed and trips nothing. They begin in
// first_look.h; what is less simple goes on in end.cc. Nothing in this file may lock, allocate, throw, log or enter the
// kernel (tests/abi checks the object code); the clock is read only where the answer depends on it.

#include "resil/base/thread_slot.h"
#include "resil/engine/engine.h"
#include "resil/engine/first_look.h"
#include "resil/engine/hot_path.h"
#include "resil/policy/retry.h"

namespace resil {

std::int32_t Engine::end(Ticket& ticket, Outcome outcome, Nanos now) noexcept {
  return end_in_line(ticket, outcome, now);
}

// A success where there is a window to look at, or a count of successes to keep. As below, the operation began under
// the policy in force: then its number is one of ours, and its plan is what the permit's breaker goes by (Endpoint).
[[gnu::noinline]] std::int32_t Engine::end_closed(Ticket& ticket, Outcome outcome, Nanos now,
                                                  EndpointRecord& record) noexcept {
  const std::uint32_t number = ticket.policy();
  if (Endpoint<std::atomic>::plan_of(record.live.binding()) != number) [[unlikely]]
    return end_general(ticket, outcome, now);
  const PolicyRecord& policy = policies_.at(number);
  switch (policy.plan.success_way) {
    case Way::Interval: return end_closed_in<true>(ticket, outcome, now, record, policy);
    case Way::Cells: return end_closed_in<false>(ticket, outcome, now, record, policy);
    case Way::Window: return end_in_window(ticket, outcome, now, record, policy);
    default: return end_general(ticket, outcome, now);
  }
}

// The outcome stands among the arguments only so that they are where end_closed has them.
template <bool kInterval>
std::int32_t Engine::end_closed_in(Ticket& ticket, [[maybe_unused]] Outcome outcome, Nanos now, EndpointRecord& record,
                                   const PolicyRecord& policy) noexcept {
  const Nanos latest = kInterval ? TimeSource(now).not_before_now() : now;
  const BreakerPlan& plan = policy.plan;
  const auto tallies = [&record, this] { return tallies_of(record); };
  const auto shard = [this] { return thread_slot(shard_mask_); };
  if ((kInterval || plan.present) &&
      !record.live.succeed_short<kInterval>(ticket.packed_permit(), plan, latest, tallies, shard)) [[unlikely]]
    return end_general(ticket, {Outcome::kSuccess}, now);  // which it was makes no difference
  count(EndpointTable::counts(record, shard()).successes);
  ticket.flags = 0;
  return done(ticket);
}

// Likewise, where a window of an extension counts it.
[[gnu::noinline]] std::int32_t Engine::end_in_window(Ticket& ticket, Outcome outcome, Nanos now, EndpointRecord& record,
                                                     const PolicyRecord& policy) noexcept {
  TimeSource time(now);
  const bool timed = policy.plan.window > 0 && policy.plan.reads_any(kTotalSuccesses);
  const Nanos about = timed ? time.about_now() : 0;
  if (!record.live.succeed_in_window(ticket.packed_permit(), policy.plan, tallies_of(record), thread_slot(shard_mask_),
                                     time, about)) [[unlikely]]
    return end_general(ticket, outcome, time.known() ? time.now() : now);
  count(EndpointTable::counts(record, thread_slot(shard_mask_)).successes);
  ticket.flags = 0;
  return done(ticket);
}

// A failure. Where the rule compares the run of failures, and the word has it, no cell is needed and no clock.
[[gnu::noinline]] std::int32_t Engine::end_failed(Ticket& ticket, Outcome outcome, Nanos now,
                                                  EndpointRecord& record) noexcept {
  const std::uint32_t number = ticket.policy();
  if (!outcome.plainly_failed() || Endpoint<std::atomic>::plan_of(record.live.binding()) != number) [[unlikely]]
    return end_general(ticket, outcome, now);
  const PolicyRecord& policy = policies_.at(number);
  if (policy.plan.failure_way != Way::Word) return end_failed_beside(ticket, outcome, now, record, policy);
  const auto none = [] { return Tallies(); };
  const auto nobody = [] { return 0U; };
  CountedFailure counted;
  if (!record.live.fail_short<false, TripQuestion::Run>(ticket.packed_permit(), policy.plan, now, none, nobody,
                                                        counted)) [[unlikely]]
    return end_general(ticket, outcome, now);
  return answer_short(ticket, outcome, now, record, policy);
}

// Where cells beside the word count: a function for each question, so that none pays for the registers of another.
inline std::int32_t Engine::end_failed_beside(Ticket& ticket, Outcome outcome, Nanos now, EndpointRecord& record,
                                              const PolicyRecord& policy) noexcept {
  const BreakerPlan& plan = policy.plan;
  if (plan.failure_way == Way::General) return end_general(ticket, outcome, now);
  if (plan.failure_way == Way::Window) return end_failed_in_window(ticket, outcome, now, record, policy);
  return with_question(plan.question, [&]<TripQuestion kQuestion>() {
    return plan.failure_way == Way::Interval ? end_failed_in<true, kQuestion>(ticket, outcome, now, record, policy)
                                             : end_failed_in<false, kQuestion>(ticket, outcome, now, record, policy);
  });
}

template <bool kInterval, TripQuestion kQuestion>
std::int32_t Engine::end_failed_in(Ticket& ticket, Outcome outcome, Nanos now, EndpointRecord& record,
                                   const PolicyRecord& policy) noexcept {
  const Nanos latest = kInterval ? TimeSource(now).not_before_now() : now;
  const BreakerPlan& plan = policy.plan;
  const auto tallies = [&record, this] { return tallies_of(record); };
  const auto shard = [this] { return thread_slot(shard_mask_); };
  CountedFailure counted;
  const bool ended =
      (!kInterval && !plan.present) ||
      record.live.fail_short<kInterval, kQuestion>(ticket.packed_permit(), plan, latest, tallies, shard, counted);
  if (!ended) [[unlikely]]
    return end_started(ticket, outcome, now, counted);
  return answer_short(ticket, outcome, now, record, policy);
}

[[gnu::noinline]] std::int32_t Engine::end_failed_in_window(Ticket& ticket, Outcome outcome, Nanos now,
                                                            EndpointRecord& record,
                                                            const PolicyRecord& policy) noexcept {
  TimeSource time(now);
  const Nanos about = policy.plan.window > 0 ? time.about_now() : 0;
  Progress progress;
  if (!record.live.fail_in_window(ticket.packed_permit(), policy.plan, tallies_of(record), time, about,
                                  progress.in_window)) [[unlikely]]
    return end_general(ticket, outcome, time, progress);
  return answer_short(ticket, outcome, time.known() ? time.now() : now, record, policy);
}

// A failure of which a short way has counted something.
[[gnu::noinline]] std::int32_t Engine::end_started(Ticket& ticket, Outcome outcome, Nanos now,
                                                   CountedFailure counted) noexcept {
  return end_general(ticket, outcome, TimeSource(now), counted.progress());
}

// What follows a failure that the breaker has counted. `policy` has no retry policy, or one that looks at this attempt
// alone (BreakerPlan::failure_way).
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
  const FailedAttempt failed{
      .attempt = ticket.attempt, .outcome = outcome, .hint = ticket.delay, .deadline = ticket.deadline};
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
