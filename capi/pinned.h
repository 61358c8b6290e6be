// The wall: what resil.h says in structs and numbers is what the core means by them, or nothing compiles.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "resil.h"
#include "resil/base/tagged_count.h"
#include "resil/base/types.h"
#include "resil/engine/ticket.h"
#include "resil/events/event_ring.h"

namespace resil {

static_assert(sizeof(resil_ticket) == sizeof(Ticket) && alignof(resil_ticket) == alignof(Ticket));
static_assert(offsetof(resil_ticket, endpoint) == offsetof(Ticket, endpoint));
static_assert(offsetof(resil_ticket, attempt) == offsetof(Ticket, attempt));
static_assert(offsetof(resil_ticket, flags) == offsetof(Ticket, flags));
static_assert(offsetof(resil_ticket, reason) == offsetof(Ticket, reason));
static_assert(offsetof(resil_ticket, deadline_ns) == offsetof(Ticket, deadline));
static_assert(offsetof(resil_ticket, timeout_ns) == offsetof(Ticket, timeout));
static_assert(offsetof(resil_ticket, delay_ns) == offsetof(Ticket, delay));
static_assert(offsetof(resil_ticket, engine) == offsetof(Ticket, private_words));
static_assert(sizeof(resil_event) == 64 && sizeof(resil_error) == 256);
static_assert(RESIL_NOW == kReadClock && RESIL_FAST == 1 && RESIL_COUNTED == 2 &&
              RESIL_TALLY_MOST == TaggedCount<std::atomic>::kMost && RESIL_HAS_EVENTS == Ticket::kHasEvents &&
              RESIL_MAY_WAIT == Ticket::kMayWait && RESIL_NO_RETRY == Outcome::kNoRetry);
static_assert(RESIL_E_ARG == kBadArgument && RESIL_E_FULL == kTableFull && RESIL_E_TICKET == kBadTicket);
static_assert(RESIL_APP == int(TargetKind::App) && RESIL_ACTOR == int(TargetKind::Actor) &&
              RESIL_COMPONENT_IN == int(TargetKind::ComponentIn) &&
              RESIL_COMPONENT_OUT == int(TargetKind::ComponentOut) && RESIL_BUILTIN == int(TargetKind::Builtin));
static_assert(RESIL_ALLOW == int(BeginAnswer::Allow) && RESIL_REJECT == int(BeginAnswer::Reject));
static_assert(RESIL_DONE == int(EndAnswer::Done) && RESIL_RETRY == int(EndAnswer::Retry) &&
              RESIL_GIVE_UP == int(EndAnswer::GiveUp));
static_assert(RESIL_WHY_OPEN == int(Reason::Open) && RESIL_WHY_TOO_MANY_REQUESTS == int(Reason::TooManyRequests) &&
              RESIL_WHY_HALF_OPEN_FULL == RESIL_WHY_TOO_MANY_REQUESTS &&
              RESIL_WHY_EXHAUSTED == int(Reason::Exhausted) && RESIL_WHY_NOT_RETRIABLE == int(Reason::NotRetriable) &&
              RESIL_WHY_CANCELLED == int(Reason::Cancelled) && RESIL_WHY_DEADLINE == int(Reason::Deadline) &&
              RESIL_WHY_RETRY_BUDGET == int(Reason::RetryBudget) && RESIL_WHY_BUSY == int(Reason::Busy) &&
              RESIL_WHY_RATE_LIMITED == int(Reason::RateLimited) && RESIL_WHY_HELD == int(Reason::Held));
static_assert(RESIL_SUCCESS == Outcome::kSuccess && RESIL_FAILURE == Outcome::kFailure &&
              RESIL_TIMEOUT == Outcome::kTimeout && RESIL_CANCELLED == Outcome::kCancelled &&
              RESIL_HTTP(0) == Outcome::kHttp && RESIL_GRPC(0) == Outcome::kGrpc);
static_assert(RESIL_CLOSED == int(BreakerState::Closed) && RESIL_OPEN == int(BreakerState::Open) &&
              RESIL_HALF_OPEN == int(BreakerState::HalfOpen));
static_assert(RESIL_EVENT_BREAKER == int(EventKind::Breaker) && RESIL_EVENT_RETRY == int(EventKind::Retry) &&
              RESIL_EVENT_RECOVERED == int(EventKind::Recovered) && RESIL_EVENT_REJECTED == int(EventKind::Rejected) &&
              RESIL_EVENT_TIMED_OUT == int(EventKind::TimedOut) && RESIL_EVENT_GAVE_UP == int(EventKind::GaveUp) &&
              RESIL_EVENT_WARNING == int(EventKind::Warning));
static_assert(std::atomic<std::uint64_t>::is_always_lock_free && sizeof(std::atomic<std::uint64_t>) == 8);

}  // namespace resil
