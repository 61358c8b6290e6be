// begin, the short ways: the first attempt of an operation without a deadline, on a closed breaker or on an open one
// that said so before. What is less simple goes on in begin.cc. Nothing in this file may lock, allocate, throw, log or
// enter the kernel (tests/abi checks the object code); the clock is read only where the answer depends on it.
#include "resil/base/thread_slot.h"
#include "resil/engine/engine.h"
#include "resil/engine/hot_path.h"

namespace resil {

// On an endpoint whose word tells hosts that they need not come: a few loads.
std::int32_t Engine::begin(EndpointId id, Nanos now, Ticket& ticket) noexcept {
  if (!table_.contains(id)) [[unlikely]]
    return kBadArgument;
  EndpointRecord& record = table_.at(id);
  const std::uint64_t binding = record.live.binding();
  const BreakerWord word(record.live.word().load(std::memory_order_acquire));
  if (!ticket.is_plain_start()) [[unlikely]]
    return begin_general(record, id, now, ticket);
  // The binding again: half of one policy and half of another is worse than the long way.
  if (word.is_fast() && record.live.binding() == binding) [[likely]]
    return admit_first(ticket, id, policy_of(binding), word, word.fast_timeout());
  if (word.is_counted()) return begin_counted(id, now, ticket, record);
  if (word.is_open_and_told()) return begin_open(id, now, ticket, record);
  return begin_closed(id, now, ticket, record);
}

// Where only the request is to be counted: an add to a cell of this thread's shard besides.
[[gnu::noinline]] std::int32_t Engine::begin_counted(EndpointId id, Nanos now, Ticket& ticket,
                                                     EndpointRecord& record) noexcept {
  const std::uint64_t binding = record.live.binding();
  const BreakerWord word(record.live.word().load(std::memory_order_acquire));
  if (!word.is_counted() || record.live.binding() != binding) return begin_general(record, id, now, ticket);
  Tally<std::atomic>& tally = record.tallies.load(std::memory_order_acquire)[thread_slot(shard_mask_)];
  if (!tally.requests.add_if_tagged(word.raw())) return begin_general(record, id, now, ticket);
  return admit_first(ticket, id, policy_of(binding), word, word.fast_timeout());
}

// Where the breaker has a run of failures, an interval, or a rule that reads successes.
[[gnu::noinline]] std::int32_t Engine::begin_closed(EndpointId id, Nanos now, Ticket& ticket,
                                                    EndpointRecord& record) noexcept {
  const std::uint64_t binding = record.live.binding();
  const std::uint32_t number = Endpoint<std::atomic>::plan_of(binding);
  if (PlanNumber::notes(number)) return begin_general(record, id, now, ticket);
  const PolicyRecord& policy = policies_.at(number);
  const BreakerPlan& plan = policy.plan;
  if (plan.interval > 0) return begin_window(id, now, ticket, record, policy);
  const BreakerWord word(record.live.word().load(std::memory_order_acquire));
  const auto tallies = [&record, this] { return tallies_of(record); };
  const auto shard = [this] { return thread_slot(shard_mask_); };
  if (!plan.short_begin || !record.live.admit_short(word, binding, plan, false, now, tallies, shard)) {
    if (plan.gated) return begin_gated_short(id, now, ticket, record, policy);
    return plan.short_window ? begin_in_window(id, now, ticket, record) : begin_general(record, id, now, ticket);
  }
  return admit_first(ticket, id, number, word, plan.timeout);
}

// Where it has an interval, apart because it reads the clock, which costs a call.
[[gnu::noinline]] std::int32_t Engine::begin_window(EndpointId id, Nanos now, Ticket& ticket, EndpointRecord& record,
                                                    const PolicyRecord& policy) noexcept {
  const Nanos latest = TimeSource(now).not_before_now();
  const BreakerPlan& plan = policy.plan;
  const std::uint64_t binding = record.live.binding();
  const BreakerWord word(record.live.word().load(std::memory_order_acquire));
  const auto tallies = [&record, this] { return tallies_of(record); };
  const auto shard = [this] { return thread_slot(shard_mask_); };
  if (!plan.short_begin || Endpoint<std::atomic>::plan_of(binding) != policy.number ||
      !record.live.admit_short(word, binding, plan, true, latest, tallies, shard)) {
    if (plan.gated) return begin_gated_short(id, now, ticket, record, policy);
    return begin_general(record, id, now, ticket);
  }
  return admit_first(ticket, id, policy.number, word, plan.timeout);
}

// Where a window of an extension counts the request.
[[gnu::noinline]] std::int32_t Engine::begin_in_window(EndpointId id, Nanos now, Ticket& ticket,
                                                       EndpointRecord& record) noexcept {
  const std::uint64_t binding = record.live.binding();
  const std::uint32_t number = Endpoint<std::atomic>::plan_of(binding);
  const BreakerWord word(record.live.word().load(std::memory_order_acquire));
  TimeSource time(now);
  if (PlanNumber::notes(number) || !policies_.at(number).plan.short_window ||
      !record.live.admit_in_window(word, binding, policies_.at(number).plan, tallies_of(record),
                                   thread_slot(shard_mask_), time)) {
    return begin_general(record, id, time.known() ? time.now() : now, ticket);
  }
  return admit_first(ticket, id, number, word, policies_.at(number).plan.timeout);
}

// While the breaker is open and somebody was told so: there is only the time to tell.
[[gnu::noinline]] std::int32_t Engine::begin_open(EndpointId id, Nanos now, Ticket& ticket,
                                                  EndpointRecord& record) noexcept {
  if (record.gates.load(std::memory_order_relaxed) != nullptr) {
    return begin_general(record, id, now, ticket);
  }
  TimeSource time(now);
  const BreakerWord word(record.live.word().load(std::memory_order_acquire));
  const Nanos wait = record.live.time_until_half_open(word, time);
  if (wait == 0) return begin_general(record, id, time.known() ? time.now() : now, ticket);
  count(EndpointTable::counts(record, thread_slot(shard_mask_)).rejections);
  ticket.note_rejected_start(time.now());
  ticket.flags = Ticket::kMayWait;
  ticket.reason = static_cast<std::int32_t>(Reason::Open);
  ticket.timeout = 0;
  ticket.delay = wait;
  return answer(BeginAnswer::Reject);
}

}  // namespace resil
