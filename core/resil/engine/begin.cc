// begin and adopt, the general way: what begin_short.cc does not answer. Nothing in this file may lock, allocate,
// throw, log or enter the kernel (tests/abi checks the object code); the clock is read only where the answer depends on
// it.
#include <algorithm>

#include "resil/base/thread_slot.h"
#include "resil/engine/engine.h"
#include "resil/engine/hot_path.h"

namespace resil {

[[gnu::noinline]] std::int32_t Engine::begin_general(EndpointId id, Nanos now, Ticket& ticket,
                                                     EndpointRecord& record) noexcept {
  if (!table_.contains(id)) return kBadArgument;
  const bool fresh = ticket.stage() == Stage::Fresh;
  if (!fresh && !continues(ticket, id)) return kBadTicket;
  resume(ticket, id);
  TimeSource time(now);
  ticket.flags = 0;
  ticket.reason = 0;
  ticket.delay = 0;
  ticket.timeout = 0;
  if (const Gates* gates = record.gates.load(std::memory_order_acquire)) {
    return begin_gated(*gates, record, id, time, ticket);
  }
  if (is_late(ticket, time)) return reject_late(ticket, id);
  const std::uint32_t policy = fresh ? policy_of(record.live.binding()) : ticket.policy();
  const Asked asked = ask_breaker(record, id, time, ticket);
  if (asked.admission.reason != Reason::None) return reject(ticket, id, asked.admission, time);
  admit(ticket, id, policy, policies_.at(policy).policy.timeout, asked, time);
  return answer(BeginAnswer::Allow);
}

// A host that waited goes on with the operation that a rejection would have ended.
void Engine::resume(Ticket& ticket, EndpointId id) noexcept {
  if (!ticket.marked(Ticket::kRejected)) [[likely]]
    return;
  ticket.unmark(Ticket::kRejected);
  count(table_.rejections(id).resumed);
}

bool Engine::is_late(const Ticket& ticket, TimeSource& time) noexcept {
  return ticket.deadline != 0 && time.now() >= ticket.deadline;
}

std::int32_t Engine::reject_late(Ticket& ticket, EndpointId id) noexcept {
  count(table_.rejections(id).late);
  ticket.mark(Ticket::kRejected);
  ticket.reason = static_cast<std::int32_t>(Reason::Deadline);
  return answer(BeginAnswer::Reject);
}

Engine::Asked Engine::ask_breaker(EndpointRecord& record, EndpointId id, TimeSource& time, Ticket& ticket) noexcept {
  Asked asked{.owner_id = id};
  EndpointRecord* owner = &record;
  do {
    asked.admission = owner->live.begin(
        time, plans(), [&] { return tallies_of(*owner); }, thread_slot(shard_mask_));
    // Afterwards: whoever holds a permit of a fresh breaker that an eviction left is on record as using it.
    note_use(*owner, asked.owner_id);
    if (!asked.admission.shared) break;
    // An actor of a type with one breaker for all; never two steps away, but a reload may turn it round meanwhile.
    asked.owner_id = asked.owner_id == id ? record.owner.load(std::memory_order_acquire) : id;
    owner = &table_.at(asked.owner_id);
  } while (true);
  Admission& admission = asked.admission;
  if (admission.transition.happened) publish_transition(ticket, admission.transition, asked.owner_id, time);
  if (admission.shadow) {
    // It is told, and then admitted as far as the breaker goes.
    tell_rejection(ticket, id, admission, time);
    admission.reason = Reason::None;
  }
  return asked;
}

std::int32_t Engine::adopt(EndpointId id, std::uint64_t raw, Nanos began, Ticket& ticket) noexcept {
  EndpointRecord* record = table_.find(id);
  const BreakerWord word(raw);
  if (record == nullptr || !word.elidable()) return kBadArgument;
  const bool fresh = ticket.stage() == Stage::Fresh;
  if (!fresh && !continues(ticket, id)) return kBadTicket;
  resume(ticket, id);
  note_use(*record, id);  // the word may be from before the target came near its bound
  TimeSource time(began);
  ticket.flags = 0;
  ticket.reason = 0;
  ticket.delay = 0;
  const std::uint32_t policy = fresh ? policy_of(record->live.binding()) : ticket.policy();
  admit(ticket, id, policy, word.fast_timeout(), {{.permit = {word.generation(), false}}, id}, time);
  return answer(BeginAnswer::Allow);
}

bool Engine::continues(const Ticket& ticket, EndpointId id) const noexcept {
  return ticket.stage() == Stage::Between && ticket.endpoint == static_cast<std::uint32_t>(id) &&
         policies_.contains(ticket.policy());
}

void Engine::admit(Ticket& ticket, EndpointId id, std::uint32_t policy, Nanos timeout, const Asked& asked,
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
  // An operation that nobody timed from its first begin on counts from the first attempt that somebody times.
  const bool timed = asked.admission.times_attempt || policies_.at(policy).plan.times_operation;
  const Nanos began = !timed ? 0 : !ticket.timed() ? time.now() : ticket.operation_began();
  const Nanos previous = fresh ? 0 : ticket.previous_delay();
  ticket.set_permit(asked.admission.permit);
  ticket.start(policy, Stage::InFlight, timed);
  if (timed) ticket.set_began(began, time.now());
  if (previous != 0) ticket.set_previous_delay(previous);
  if (asked.owner_id != id) ticket.mark(Ticket::kOwnersPermit);
  if (asked.admission.shadow) ticket.mark(Ticket::kNoPermit);
}

std::int32_t Engine::reject(Ticket& ticket, EndpointId id, const Admission& admission, TimeSource& time) noexcept {
  ticket.reason = static_cast<std::int32_t>(admission.reason);
  ticket.delay = admission.wait;
  // Where there is a deadline, begin has asked for the exact time already.
  const bool in_time = ticket.deadline == 0 || add_saturated(time.about_now(), admission.wait) < ticket.deadline;
  ticket.flags |= in_time ? Ticket::kMayWait : 0;
  EndpointRecord& record = table_.at(id);
  count(EndpointTable::counts(record, thread_slot(shard_mask_)).rejections);
  // Waiting belongs to the operation: what limits the whole counts from its first begin.
  if (ticket.stage() == Stage::Fresh && !ticket.timed() &&
      policies_.at(policy_of(record.live.binding())).plan.times_operation) {
    ticket.note_rejected_start(time.now());
  } else {
    ticket.mark(Ticket::kRejected);
  }
  tell_rejection(ticket, id, admission, time);
  return answer(BeginAnswer::Reject);
}

void Engine::tell_rejection(Ticket& ticket, EndpointId id, const Admission& admission,
                            const TimeSource& time) noexcept {
  if (!admission.first_rejection && !every_rejection_) return;
  publish(ticket, {.time = time.about_now(),
                   .endpoint = id,
                   .kind = EventKind::Rejected,
                   .shadow = admission.shadow,
                   .before = static_cast<std::int32_t>(ticket.attempt),
                   .after = static_cast<std::int32_t>(admission.reason),
                   .value = admission.wait});
}

}  // namespace resil
