// begin and end as far as nearly every call goes, in line, so that no jump is between them and the C ABI's functions.
// Nothing in this file may lock, allocate, throw, log or enter the kernel (tests/abi checks the object code).
#pragma once

#include "resil/base/thread_slot.h"
#include "resil/engine/engine.h"
#include "resil/engine/hot_path.h"

namespace resil {

// On an endpoint whose word tells hosts that they need not come: a few loads.
[[gnu::always_inline]] inline std::int32_t Engine::begin_in_line(EndpointId id, Nanos now, Ticket& ticket) noexcept {
  EndpointRecord* const found = table_.find_quickly(id);
  if (found == nullptr) [[unlikely]]
    return kBadArgument;
  EndpointRecord& record = *found;
  if (!ticket.is_plain_start()) [[unlikely]]
    return begin_general(id, now, ticket, record);
  const std::uint64_t binding = record.live.binding();
  const BreakerWord word(record.live.word().load(std::memory_order_acquire));
  // The binding again: half of one policy and half of another is worse than the long way.
  if (word.is_fast() && record.live.binding() == binding) [[likely]]
    return admit_first(ticket, id, policy_of(binding), word, word.fast_timeout());
  if (word.elidable()) return begin_counted(id, now, ticket, record);
  if (word.is_plainly_closed()) return begin_closed(id, now, ticket, record);
  if (word.is_open_and_told()) return begin_open(id, now, ticket, record, word);
  return begin_general(id, now, ticket, record);
}

// While the word is fast or counted a success changes nothing, whichever generation it belongs to.
[[gnu::always_inline]] inline std::int32_t Engine::end_in_line(Ticket& ticket, Outcome outcome, Nanos now) noexcept {
  const auto id = static_cast<EndpointId>(ticket.endpoint);
  EndpointRecord* const found = table_.find_quickly(id);
  if (found == nullptr || !ticket.is_plain_attempt()) [[unlikely]]
    return end_with_place(ticket, outcome, now);
  EndpointRecord& record = *found;
  if (!outcome.succeeded()) return end_failed(ticket, outcome, now, record);
  if (ticket.attempt != 1) return end_general(ticket, outcome, now);
  if (!BreakerWord(record.live.word().load(std::memory_order_acquire)).elidable()) {
    return end_closed(ticket, outcome, now, record);
  }
  count(EndpointTable::counts(record, thread_slot(shard_mask_)).successes);
  ticket.flags = 0;
  return done(ticket);
}

}  // namespace resil
