// Caller: an engine as its host sees it, on a clock that moves only when told to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "resil/engine/engine.h"

namespace resil::testing {

inline constexpr std::int32_t kAllow = 0, kReject = 1;             // begin
inline constexpr std::int32_t kDone = 0, kRetry = 1, kGiveUp = 2;  // end
inline constexpr Outcome kSuccess{Outcome::kSuccess}, kFailure{Outcome::kFailure}, kTimeout{Outcome::kTimeout},
    kCancelled{Outcome::kCancelled};
constexpr Outcome http(std::int32_t status) { return {Outcome::kHttp | status}; }
constexpr Outcome grpc(std::int32_t code) { return {Outcome::kGrpc | code}; }

constexpr Reason reason_of(const Ticket& ticket) { return static_cast<Reason>(ticket.reason); }

class Caller {
 public:
  explicit Caller(PolicySet set, EngineOptions options = {.jitter_seed = 1}) : engine(options, std::move(set)) {}

  EndpointId app(std::string_view method = "m") { return engine.endpoint(TargetKind::App, "app", method); }
  EndpointId actor(std::string_view id) { return engine.endpoint(TargetKind::Actor, "actor", id); }

  std::int32_t begin(EndpointId id, Ticket& ticket) { return engine.begin(id, now, ticket); }
  std::int32_t end(Ticket& ticket, Outcome outcome) { return engine.end(ticket, outcome, now); }

  // One attempt of an operation of its own. -1 where it was rejected.
  std::int32_t attempt(EndpointId id, Outcome outcome) {
    Ticket ticket{};
    return begin(id, ticket) == kAllow ? end(ticket, outcome) : -1;
  }
  void fail(EndpointId id, int times) {
    for (int i = 0; i < times; ++i) attempt(id, kFailure);
  }
  bool admits(EndpointId id) {  // and gives the attempt up
    Ticket ticket{};
    if (begin(id, ticket) != kAllow) return false;
    end(ticket, kCancelled);
    return true;
  }
  BreakerState state(EndpointId id) { return static_cast<BreakerState>(engine.state(id, now)); }

  std::vector<Event> events() {  // since the last time
    std::vector<Event> all;
    for (Event event; engine.read_events(cursor_, &event, 1) == 1;) all.push_back(event);
    return all;
  }
  std::vector<Event> events(EventKind kind) {
    std::vector<Event> some = events();
    std::erase_if(some, [kind](const Event& event) { return event.kind != kind; });
    return some;
  }

  const EndpointEntry entry(EndpointId id) const { return engine.view(now).endpoints.at(static_cast<std::size_t>(id)); }
  Counts counts(EndpointId id) const { return entry(id).breaker.value().view.counts; }

  Nanos now = 1'000 * kSecond;
  Engine engine;

 private:
  std::uint64_t cursor_ = 0;
};

}  // namespace resil::testing
