// What begin and end share.
#pragma once

#include <atomic>
#include <cstdint>

#include "resil/base/types.h"
#include "resil/engine/ticket.h"

namespace resil {

constexpr std::int32_t answer(BeginAnswer verdict) { return static_cast<std::int32_t>(verdict); }
constexpr std::int32_t answer(EndAnswer decision) { return static_cast<std::int32_t>(decision); }

inline void count(std::atomic<std::uint64_t>& counter) { counter.fetch_add(1, std::memory_order_relaxed); }
inline void count(std::atomic<std::uint32_t>& counter) { counter.fetch_add(1, std::memory_order_relaxed); }

inline std::int32_t done(Ticket& ticket) {
  ticket.reason = 0;
  ticket.delay = 0;
  ticket.set_stage(Stage::Over);
  return answer(EndAnswer::Done);
}

}  // namespace resil
