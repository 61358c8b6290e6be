// Any bytes as words and tickets, at any time: each call has an answer, and afterwards the breaker still closes, opens
// and admits a probe.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>

#include "support/operations.h"

namespace {

using namespace resil;           // NOLINT
using namespace resil::testing;  // NOLINT

std::uint64_t number_from(Bytes& bytes) {
  std::uint64_t number = 0;
  for (int i = 0; i < 8; ++i) number = number << 8 | bytes.next();
  return number;
}

// Bytes all over, or a ticket that looks right but for a few.
Ticket ticket_from(Bytes& bytes, const Ticket& last) {
  std::uint64_t words[sizeof(Ticket) / 8];
  std::memcpy(words, &last, sizeof words);
  if (bytes.coin()) std::memset(words, 0, sizeof words);
  for (std::size_t changes = bytes.below(9); changes > 0; --changes) {
    words[bytes.below(8)] = bytes.coin() ? number_from(bytes) : bytes.next();
  }
  Ticket ticket{};
  std::memcpy(static_cast<void*>(&ticket), words, sizeof words);
  return ticket;
}

void expect(bool holds) {
  if (!holds) std::abort();
}

// A permit that nobody can return is lost for no longer than it takes to know.
void expect_alive(Engine& engine, EndpointId id, const ReferencePolicy& policy) {
  Nanos now = kForever / 2;
  const auto state = [&] { return static_cast<BreakerState>(engine.state(id, now)); };
  const auto attempt = [&](Outcome outcome) {
    Ticket ticket{};
    const bool admitted = engine.begin(id, now, ticket) == kAllow;
    if (admitted) engine.end(ticket, outcome, now);
    return admitted;
  };
  if (!policy.breaker) return expect(attempt(kFailure));
  const Nanos grace = std::max(60 * kSecond, 2 * policy.timeout) + policy.breaker->timeout + 2;
  const auto make_closed = [&] {
    for (std::int64_t i = 0; i < 2 * policy.breaker->max_requests + 2 && state() != BreakerState::Closed;
         ++i, now += grace) {
      attempt(kSuccess);
    }
    return state() == BreakerState::Closed;
  };
  expect(make_closed());
  expect(attempt(kSuccess));
  if (kTrips[policy.breaker->trip_number].text == "true") {
    expect(attempt(kFailure) && state() == BreakerState::Open);
    expect(!attempt(kSuccess));
    expect(make_closed());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  Bytes bytes(std::span(data, size));
  PolicyPair policies[2] = {decode_policy(bytes), decode_policy(bytes)};
  std::size_t current = 0;
  Engine engine({.max_endpoints = 8, .event_capacity = 16, .jitter_seed = 1}, one_app(policies[0].target));
  const EndpointId ids[] = {engine.endpoint(TargetKind::App, "app", "m"), engine.endpoint(TargetKind::App, "app", "n"),
                            2, -1};
  Ticket ticket{};
  while (!bytes.empty()) {
    const EndpointId id = bytes.pick(ids);
    const Nanos now = bytes.coin() ? static_cast<Nanos>(number_from(bytes)) : bytes.pick(kOpenFor);
    std::int32_t answer = 0;
    switch (bytes.below(6)) {
      case 0: ticket = ticket_from(bytes, ticket); break;
      case 1: answer = engine.begin(id, now, ticket); break;
      case 2:
        answer = engine.end(
            ticket, bytes.coin() ? bytes.pick(kOutcomes) : Outcome{static_cast<std::int32_t>(number_from(bytes))}, now);
        break;
      case 3: {
        const auto* word = engine.word(id);
        answer = engine.adopt(id, word != nullptr && bytes.coin() ? word->load() ^ bytes.next() : number_from(bytes),
                              now, ticket);
        break;
      }
      case 4: answer = engine.state(id, now); break;
      default: engine.reload(one_app(policies[current = 1 - current].target));
    }
    expect((answer >= 0 && answer <= 2) || answer == kBadArgument || answer == kBadTicket);
  }
  expect_alive(engine, ids[0], policies[current].reference);
  expect_alive(engine, ids[1], policies[current].reference);
  return 0;
}
