// begin, end and adopt: what runs in front of every call. Nothing in this file may lock, allocate, throw, log or
// enter the kernel (tests/abi checks the object code); the clock is read only where the answer depends on it.
#include <algorithm>

#include "resil/base/thread_slot.h"
#include "resil/engine/engine.h"
#include "resil/policy/retry.h"

namespace resil {

constinit thread_local unsigned thread_number __attribute__((tls_model("initial-exec"))) = 0;
std::atomic<unsigned> threads_seen{0};

namespace {

constexpr std::int32_t answer(BeginAnswer verdict) { return static_cast<std::int32_t>(verdict); }
constexpr std::int32_t answer(EndAnswer decision) { return static_cast<std::int32_t>(decision); }

void count(std::atomic<std::uint64_t>& counter) { counter.fetch_add(1, std::memory_order_relaxed); }
void count(std::atomic<std::uint32_t>& counter) { counter.fetch_add(1, std::memory_order_relaxed); }

}  // namespace

// The first attempt of an operation on an endpoint whose breaker is closed and counts nothing at begin: a few loads, no
// loop, nothing shared is written. Whatever is less simple goes the general way, out of line.
std::int32_t Engine::begin(EndpointId id, Nanos now, Ticket& ticket) noexcept {
  EndpointRecord* record = table_.find(id);
  if (record == nullptr) [[unlikely]]
    return kBadArgument;
  const std::uint64_t binding = record->live.binding();
  const BreakerWord word(record->live.word().load(std::memory_order_acquire));
  // The binding again: half of one policy and half of another is worse than the long way.
  const bool simple = word.phase() == Phase::Closed && ticket.stage() == Stage::Fresh && ticket.deadline == 0 &&
                      record->live.binding() == binding;
  if (!simple) [[unlikely]]
    return word.phase() == Phase::Open ? begin_open(*record, id, word, now, ticket)
                                       : begin_general(*record, id, now, ticket);
  Nanos timeout = word.fast_timeout();
  if (!word.is_fast()) {
    const PolicyRecord& in_force = policies_.at(policy_of(binding));
    const BreakerPlan& plan = policies_.plan(Endpoint<std::atomic>::plan_of(binding));
    if (!plan.admits_freely() || plan.times_operation) return begin_general(*record, id, now, ticket);
    timeout = in_force.policy.timeout;
  }
  ticket.endpoint = static_cast<std::uint32_t>(id);
  ticket.attempt = 1;
  ticket.flags = 0;
  ticket.reason = 0;
  ticket.timeout = timeout;
  ticket.delay = 0;
  ticket.start(policy_of(binding), Stage::InFlight);
  ticket.set_permit({word.generation(), false}, static_cast<std::uint32_t>(id));
  return answer(BeginAnswer::Allow);
}

// The first attempt of an operation while the breaker is open: most often there is only the time to tell.
[[gnu::noinline]] std::int32_t Engine::begin_open(EndpointRecord& record, EndpointId id, BreakerWord word, Nanos now,
                                                  Ticket& ticket) noexcept {
  const bool simple = ticket.stage() == Stage::Fresh && ticket.deadline == 0 && !every_rejection_ &&
                      record.use.load(std::memory_order_relaxed) == nullptr;
  if (!simple) return begin_general(record, id, now, ticket);
  TimeSource time(now);
  const Nanos wait = record.live.time_until_half_open(word, time);
  if (wait == 0) return begin_general(record, id, time.known() ? time.now() : now, ticket);
  count(table_.counts(id, thread_slot(shard_mask_)).rejections);
  ticket.flags = Ticket::kMayWait;
  ticket.reason = static_cast<std::int32_t>(Reason::Open);
  ticket.timeout = 0;
  ticket.delay = wait;
  return answer(BeginAnswer::Reject);
}

[[gnu::noinline]] std::int32_t Engine::begin_general(EndpointRecord& record, EndpointId id, Nanos now,
                                                     Ticket& ticket) noexcept {
  const bool fresh = ticket.stage() == Stage::Fresh;
  if (!fresh && !continues(ticket, id)) return kBadTicket;
  TimeSource time(now);
  ticket.flags = 0;
  ticket.reason = 0;
  ticket.delay = 0;
  ticket.timeout = 0;
  if (ticket.deadline != 0 && time.now() >= ticket.deadline) {
    ticket.reason = static_cast<std::int32_t>(Reason::Deadline);
    return answer(BeginAnswer::Reject);
  }

  const std::uint32_t policy = fresh ? policy_of(record.live.binding()) : ticket.policy();
  EndpointId owner_id = id;
  EndpointRecord* owner = &record;
  Admission admission;
  do {
    admission = owner->live.begin(
        time, plans(), [&] { return tallies_of(*owner); }, thread_slot(shard_mask_));
    // Afterwards: whoever holds a permit of a fresh breaker that an eviction left is on record as using it.
    note_use(*owner, owner_id);
    if (!admission.shared) break;
    // An actor of a type with one breaker for all; never two steps away, but a reload may turn it round meanwhile.
    owner_id = owner_id == id ? record.owner.load(std::memory_order_acquire) : id;
    owner = &table_.at(owner_id);
  } while (true);
  if (admission.transition.happened) publish_transition(ticket, admission.transition, owner_id, time);
  if (admission.reason != Reason::None) return reject(ticket, id, admission, time);
  ticket.set_permit(admission.permit, static_cast<std::uint32_t>(owner_id));
  return admit(ticket, id, policy, policies_.at(policy).policy.timeout, time);
}

std::int32_t Engine::adopt(EndpointId id, std::uint64_t raw, Nanos began, Ticket& ticket) noexcept {
  EndpointRecord* record = table_.find(id);
  const BreakerWord word(raw);
  if (record == nullptr || !word.is_fast()) return kBadArgument;
  const bool fresh = ticket.stage() == Stage::Fresh;
  if (!fresh && !continues(ticket, id)) return kBadTicket;
  note_use(*record, id);  // the word may be from before the target came near its bound
  TimeSource time(began);
  ticket.flags = 0;
  ticket.reason = 0;
  ticket.delay = 0;
  ticket.set_permit({word.generation(), false}, static_cast<std::uint32_t>(id));
  const std::uint32_t policy = fresh ? policy_of(record->live.binding()) : ticket.policy();
  return admit(ticket, id, policy, word.fast_timeout(), time);
}

bool Engine::continues(const Ticket& ticket, EndpointId id) const noexcept {
  return ticket.stage() == Stage::Between && ticket.endpoint == static_cast<std::uint32_t>(id) &&
         policies_.contains(ticket.policy());
}

std::int32_t Engine::admit(Ticket& ticket, EndpointId id, std::uint32_t policy, Nanos timeout,
                           TimeSource& time) noexcept {
  const bool fresh = ticket.stage() == Stage::Fresh;
  if (fresh) ticket.attempt = 0;
  if (ticket.deadline != 0) {
    const Nanos left = std::max<Nanos>(1, add_saturated(ticket.deadline, -time.now()));
    timeout = timeout == 0 ? left : std::min(timeout, left);
  }
  ticket.endpoint = static_cast<std::uint32_t>(id);
  ticket.attempt += ticket.attempt != UINT32_MAX ? 1 : 0;
  ticket.timeout = timeout;
  const bool timed = fresh ? policies_.at(policy).plan.times_operation : ticket.timed();
  if (fresh && timed) ticket.set_began(time.now());
  ticket.start(policy, Stage::InFlight, timed);
  return answer(BeginAnswer::Allow);
}

std::int32_t Engine::reject(Ticket& ticket, EndpointId id, const Admission& admission,
                            const TimeSource& time) noexcept {
  ticket.reason = static_cast<std::int32_t>(admission.reason);
  ticket.delay = admission.wait;
  // Where there is a deadline, begin has asked for the exact time already.
  const bool in_time = ticket.deadline == 0 || add_saturated(time.about_now(), admission.wait) < ticket.deadline;
  ticket.flags |= in_time ? Ticket::kMayWait : 0;
  count(table_.counts(id, thread_slot(shard_mask_)).rejections);
  if (admission.first_rejection || every_rejection_) {
    publish(ticket, {.time = time.about_now(),
                     .endpoint = id,
                     .kind = EventKind::Rejected,
                     .before = static_cast<std::int32_t>(ticket.attempt),
                     .after = ticket.reason,
                     .value = admission.wait});
  }
  return answer(BeginAnswer::Reject);
}

// While the word is fast a success changes nothing, whichever generation it belongs to.
std::int32_t Engine::end(Ticket& ticket, Outcome outcome, Nanos now) noexcept {
  EndpointRecord* record = table_.find(static_cast<EndpointId>(ticket.endpoint));
  const bool simple = record != nullptr && outcome.succeeded() && ticket.stage() == Stage::InFlight &&
                      ticket.permit_owner() == ticket.endpoint && ticket.attempt == 1 &&
                      BreakerWord(record->live.word().load(std::memory_order_acquire)).is_fast();
  if (!simple) [[unlikely]]
    return end_general(ticket, outcome, now);
  count(table_.counts(static_cast<EndpointId>(ticket.endpoint), thread_slot(shard_mask_)).successes);
  ticket.flags = 0;
  ticket.reason = 0;
  ticket.delay = 0;
  ticket.set_stage(Stage::Over);
  return answer(EndAnswer::Done);
}

[[gnu::noinline]] std::int32_t Engine::end_general(Ticket& ticket, Outcome reported, Nanos now) noexcept {
  const Outcome outcome = reported.without_flag();
  if (!outcome.valid()) return kBadArgument;
  EndpointRecord* record = table_.find(static_cast<EndpointId>(ticket.endpoint));
  EndpointRecord* owner = table_.find(static_cast<EndpointId>(ticket.permit_owner()));
  if (ticket.stage() != Stage::InFlight || record == nullptr || owner == nullptr ||
      !policies_.contains(ticket.policy())) {
    return kBadTicket;
  }
  TimeSource time(now);
  ticket.flags = 0;
  const bool success = outcome.succeeded();
  const Ending ending = success ? Ending::Success : outcome.cancelled() ? Ending::Cancelled : Ending::Failure;
  const Transition transition = owner->live.end(
      ticket.permit(), ending, time, plans(), [owner, this] { return tallies_of(*owner); }, thread_slot(shard_mask_));
  if (transition.happened) {
    publish_transition(ticket, transition, static_cast<EndpointId>(ticket.permit_owner()), time);
  }
  return success ? succeed(ticket, *record, time) : fail(ticket, *record, outcome, reported.may_retry(), time);
}

std::int32_t Engine::succeed(Ticket& ticket, EndpointRecord& record, TimeSource& time) noexcept {
  const auto id = static_cast<EndpointId>(ticket.endpoint);
  count(table_.counts(id, thread_slot(shard_mask_)).successes);
  if (ticket.attempt > 1) {
    count(record.recovered);
    publish(ticket, {.time = time.about_now(),
                     .endpoint = id,
                     .kind = EventKind::Recovered,
                     .before = static_cast<std::int32_t>(ticket.attempt)});
  }
  ticket.reason = 0;
  ticket.delay = 0;
  ticket.set_stage(Stage::Over);
  return answer(EndAnswer::Done);
}

std::int32_t Engine::fail(Ticket& ticket, EndpointRecord& record, Outcome outcome, bool may_retry,
                          TimeSource& time) noexcept {
  const auto id = static_cast<EndpointId>(ticket.endpoint);
  CallCounts& counts = table_.counts(id, thread_slot(shard_mask_));
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
      .hint = std::max<Nanos>(0, ticket.delay),
      .deadline = ticket.deadline,
      // Begun while a reload put the limit in force: it counts from here.
      .began = ticket.timed() || retry == nullptr || retry->max_duration == 0 ? ticket.began() : time.now()};
  const RetryAnswer next = answer_failure(retry, failed, time, [this] {
    return random_at(jitter_seed_, jitter_position_.fetch_add(1, std::memory_order_relaxed));
  });
  ticket.reason = static_cast<std::int32_t>(next.reason);
  ticket.delay = next.delay;
  ticket.set_stage(next.decision == EndAnswer::Retry ? Stage::Between : Stage::Over);
  if (next.decision == EndAnswer::Retry) {
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
