// What begin and end share.
#pragma once

#include <atomic>
#include <cstdint>

#include "resil/base/types.h"
#include "resil/breaker/breaker_word.h"
#include "resil/engine/ticket.h"

namespace resil {

constexpr std::int32_t answer(BeginAnswer verdict) { return static_cast<std::int32_t>(verdict); }
constexpr std::int32_t answer(EndAnswer decision) { return static_cast<std::int32_t>(decision); }

inline void count(std::atomic<std::uint64_t>& counter) { counter.fetch_add(1, std::memory_order_relaxed); }
inline void count(std::atomic<std::uint32_t>& counter) { counter.fetch_add(1, std::memory_order_relaxed); }

// The first attempt of an operation, admitted by a closed breaker under a policy that needs nothing noted.
inline std::int32_t admit_first(Ticket& ticket, EndpointId id, std::uint32_t policy, BreakerWord word, Nanos timeout) {
  ticket.endpoint = static_cast<std::uint32_t>(id);
  ticket.attempt = 1;
  ticket.flags = 0;
  ticket.reason = 0;
  ticket.timeout = timeout;
  ticket.delay = 0;
  ticket.start(policy, Stage::InFlight);
  ticket.set_permit({word.generation(), false});
  return answer(BeginAnswer::Allow);
}

inline std::int32_t done(Ticket& ticket) {
  ticket.reason = 0;
  ticket.delay = 0;
  ticket.set_stage(Stage::Over);
  return answer(EndAnswer::Done);
}

}  // namespace resil
