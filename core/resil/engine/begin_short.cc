// begin, the short ways: the first attempt of an operation without a deadline, on a closed breaker or on an open one
// that said so before. They begin in first_look.h; what is less simple goes on in begin.cc. Nothing in this file may
// lock, allocate, throw, log or enter the kernel (tests/abi checks the object code); the clock is read only where the
// answer depends on it.
#include "resil/base/thread_slot.h"
#include "resil/engine/engine.h"
#include "resil/engine/first_look.h"
#include "resil/engine/hot_path.h"

namespace resil {

std::int32_t Engine::begin(EndpointId id, Nanos now, Ticket& ticket) noexcept { return begin_in_line(id, now, ticket); }

// Where only the request is to be counted: an add to a cell of this thread's shard besides.
[[gnu::noinline]] std::int32_t Engine::begin_counted(EndpointId id, Nanos now, Ticket& ticket,
                                                     EndpointRecord& record) noexcept {
  const std::uint64_t binding = record.live.binding();
  const BreakerWord word(record.live.word().load(std::memory_order_acquire));
  if (!word.is_counted() || record.live.binding() != binding) return begin_general(id, now, ticket, record);
  Tally<std::atomic>& tally = record.tallies.load(std::memory_order_acquire)[thread_slot(shard_mask_)];
  if (!tally.requests.add_if_tagged(word.raw())) return begin_general(id, now, ticket, record);
  return admit_first(ticket, id, policy_of(binding), word, word.counted_timeout());
}

// Where the breaker has a run of failures, an interval, or a rule that reads successes. Here: nothing is counted.
[[gnu::noinline]] std::int32_t Engine::begin_closed(EndpointId id, Nanos now, Ticket& ticket,
                                                    EndpointRecord& record) noexcept {
  const std::uint64_t binding = record.live.binding();
  const std::uint32_t number = Endpoint<std::atomic>::plan_of(binding);
  if (PlanNumber::notes(number)) [[unlikely]]
    return begin_general(id, now, ticket, record);
  const PolicyRecord& policy = policies_.at(number);
  if (policy.plan.begin_way == Way::Interval) return begin_interval(id, now, ticket, record, policy);
  if (policy.plan.begin_way != Way::Word) return begin_beside(id, now, ticket, record, policy);
  const BreakerWord word(record.live.word().load(std::memory_order_acquire));
  if (!record.live.admit_by_word(word, binding)) [[unlikely]]
    return begin_general(id, now, ticket, record);
  return admit_first(ticket, id, number, word, policy.plan.timeout);
}

// Where it has an interval, apart because it reads the clock, which costs a call.
[[gnu::noinline]] std::int32_t Engine::begin_interval(EndpointId id, Nanos now, Ticket& ticket, EndpointRecord& record,
                                                      const PolicyRecord& policy) noexcept {
  const Nanos latest = TimeSource(now).not_before_now();
  const std::uint64_t binding = record.live.binding();
  const BreakerWord word(record.live.word().load(std::memory_order_acquire));
  const auto tallies = [&record, this] { return tallies_of(record); };
  const auto shard = [this] { return thread_slot(shard_mask_); };
  if (Endpoint<std::atomic>::plan_of(binding) != policy.number ||
      !record.live.admit_short<true>(word, binding, policy.plan, latest, tallies, shard)) [[unlikely]]
    return begin_general(id, now, ticket, record);
  return admit_first(ticket, id, policy.number, word, policy.plan.timeout);
}

// Where a cell counts the request, or more is to pass than the breaker.
[[gnu::noinline]] std::int32_t Engine::begin_beside(EndpointId id, Nanos now, Ticket& ticket, EndpointRecord& record,
                                                    const PolicyRecord& policy) noexcept {
  if (policy.plan.begin_way == Way::Window) return begin_in_window(id, now, ticket, record, policy);
  if (policy.plan.begin_way == Way::Gates) return begin_gated_short(id, now, ticket, record, policy);
  const std::uint64_t binding = record.live.binding();
  const BreakerWord word(record.live.word().load(std::memory_order_acquire));
  const auto tallies = [&record, this] { return tallies_of(record); };
  const auto shard = [this] { return thread_slot(shard_mask_); };
  if (policy.plan.begin_way != Way::Cells || Endpoint<std::atomic>::plan_of(binding) != policy.number ||
      !record.live.admit_short<false>(word, binding, policy.plan, now, tallies, shard)) [[unlikely]]
    return begin_general(id, now, ticket, record);
  return admit_first(ticket, id, policy.number, word, policy.plan.timeout);
}

// Where a window of an extension counts the request.
[[gnu::noinline]] std::int32_t Engine::begin_in_window(EndpointId id, Nanos now, Ticket& ticket, EndpointRecord& record,
                                                       const PolicyRecord& policy) noexcept {
  TimeSource time(now);
  const Nanos about = time.about_now();
  const std::uint64_t binding = record.live.binding();
  const BreakerWord word(record.live.word().load(std::memory_order_acquire));
  if (Endpoint<std::atomic>::plan_of(binding) != policy.number ||
      !record.live.admit_in_window(word, binding, policy.plan, tallies_of(record), thread_slot(shard_mask_), time,
                                   about)) [[unlikely]] {
    return begin_general(id, time.known() ? time.now() : now, ticket, record);
  }
  return admit_first(ticket, id, policy.number, word, policy.plan.timeout);
}

// While the breaker is open and somebody was told so: there is only the time to tell.
[[gnu::noinline]] std::int32_t Engine::begin_open(EndpointId id, Nanos now, Ticket& ticket, EndpointRecord& record,
                                                  BreakerWord word) noexcept {
  if (record.gates.load(std::memory_order_relaxed) != nullptr) [[unlikely]]
    return begin_general(id, now, ticket, record);
  now = TimeSource(now).now();
  Nanos wait = 0;
  if (!record.live.rejects_until(word, now, wait)) [[unlikely]]
    return begin_general(id, now, ticket, record);
  count(EndpointTable::counts(record, thread_slot(shard_mask_)).rejections);
  ticket.note_rejected_start(now);
  ticket.flags = Ticket::kMayWait;
  ticket.reason = static_cast<std::int32_t>(Reason::Open);
  ticket.timeout = 0;
  ticket.delay = wait;
  return answer(BeginAnswer::Reject);
}

}  // namespace resil
