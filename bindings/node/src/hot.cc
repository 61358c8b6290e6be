// begin and end: no arguments, no results, no JavaScript value made. Everything travels through the registers.
#include "hot.h"

#include "instance.h"
#include "values.h"

namespace resil::node {
namespace {

constexpr std::int64_t kLongAgo = 1;  // a deadline that has passed

void publish(Registers& r, std::int32_t result, const resil_ticket& ticket) {
  r.ints[kResult] = result;
  r.ints[kAttempt] = static_cast<std::int32_t>(ticket.attempt);
  r.ints[kFlags] = static_cast<std::int32_t>(ticket.flags);
  r.ints[kReason] = ticket.reason;
  r.doubles[kTimeout] = static_cast<double>(ticket.timeout_ns);
  r.doubles[kDelay] = static_cast<double>(ticket.delay_ns);
}

}  // namespace

napi_value begin(napi_env env, napi_callback_info) {
  Instance& instance = *instance_of(env);
  Registers& r = *instance.registers;
  resil_engine* engine = instance.engine(r.ints[kEngine]);
  resil_ticket* ticket = instance.ticket(r.ints[kTicket]);
  if (engine == nullptr || ticket == nullptr) {
    r.ints[kResult] = RESIL_E_ARG;
    return nullptr;
  }
  std::int64_t now = to_nanos(r.doubles[kNow]);
  if ((r.ints[kMode] & kFresh) != 0) {
    *ticket = resil_ticket{};
    if (r.doubles[kDeadline] != 0) {
      if (now == RESIL_NOW) now = resil_now();
      ticket->deadline_ns = now + static_cast<std::int64_t>(r.doubles[kDeadline]);
    }
  }
  publish(r, resil_begin(engine, r.ints[kEndpoint], now, ticket), *ticket);
  return nullptr;
}

napi_value end(napi_env env, napi_callback_info) {
  Instance& instance = *instance_of(env);
  Registers& r = *instance.registers;
  resil_engine* engine = instance.engine(r.ints[kEngine]);
  resil_ticket* ticket = instance.ticket(r.ints[kTicket]);
  if (engine == nullptr || ticket == nullptr) {
    r.ints[kResult] = RESIL_E_ARG;
    return nullptr;
  }
  if ((r.ints[kMode] & kAdopt) != 0) {
    *ticket = resil_ticket{};
    const auto low = static_cast<std::uint32_t>(r.ints[kWordLow]);
    const auto high = static_cast<std::uint32_t>(r.ints[kWordHigh]);
    const std::uint64_t word = (static_cast<std::uint64_t>(high) << 32) | low;
    const std::int32_t adopted = resil_adopt(engine, r.ints[kEndpoint], word, to_nanos(r.doubles[kBegan]), ticket);
    if (adopted < 0) {
      r.ints[kResult] = adopted;
      return nullptr;
    }
  }
  if ((r.ints[kMode] & kNoTime) != 0) ticket->deadline_ns = kLongAgo;
  ticket->delay_ns = static_cast<std::int64_t>(r.doubles[kDelay]);
  publish(r, resil_end(engine, ticket, r.ints[kOutcome], to_nanos(r.doubles[kNow])), *ticket);
  return nullptr;
}

}  // namespace resil::node
