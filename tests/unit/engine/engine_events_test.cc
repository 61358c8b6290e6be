// Events: one for each thing that happened, the flag that says so, and the lines to log.
#include <thread>

#include <gtest/gtest.h>

#include "support/caller.h"
#include "support/policies.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/caller.h

bool flagged(const Ticket& ticket) { return (ticket.flags & Ticket::kHasEvents) != 0; }

TEST(EngineEvents, AHealthyCallHasNone) {
  Caller caller(one_app({.retry = shared(constant_retry(1, 1)), .breaker = breaker()}));
  Ticket ticket{};
  caller.begin(caller.app(), ticket);
  EXPECT_FALSE(flagged(ticket));
  caller.end(ticket, kSuccess);
  EXPECT_FALSE(flagged(ticket));
  EXPECT_TRUE(caller.events().empty());
}

TEST(EngineEvents, TheStoryOfAnOutage) {
  Caller caller(one_app({.timeout = 3 * kSecond,
                         .retry = shared(constant_retry(5 * kSecond, -1)),
                         .breaker = breaker({.timeout = 5 * kSecond, .trip = "consecutiveFailures >= 2"})}));
  const EndpointId id = caller.app("orders");
  std::vector<std::string> lines;
  const auto log = [&](const Ticket& ticket) {
    const std::vector<Event> events = caller.events();
    EXPECT_EQ(flagged(ticket), !events.empty());
    for (const Event& event : events) {
      EXPECT_EQ(event.endpoint, id);
      EXPECT_EQ(event.time, caller.now);
      if (const std::string text = caller.engine.event_text(event); !text.empty()) lines.push_back(text);
    }
  };
  Ticket ticket{};
  for (const Outcome outcome : {kFailure, kTimeout, kFailure, kSuccess}) {
    while (caller.begin(id, ticket) == kReject) {
      log(ticket);
      caller.now += ticket.delay;
    }
    log(ticket);
    if (caller.end(ticket, outcome) == kRetry) caller.now += 0;
    log(ticket);
  }
  EXPECT_EQ(lines, (std::vector<std::string>{
                       "Error processing operation endpoint[app, app:orders]. Retrying...",
                       "Circuit breaker \"app:orders\" changed state from closed to open",
                       "Circuit breaker \"app:orders\" changed state from open to half-open",
                       "Circuit breaker \"app:orders\" changed state from half-open to open",
                       "Circuit breaker \"app:orders\" changed state from open to half-open",
                       "Circuit breaker \"app:orders\" changed state from half-open to closed",
                       "Recovered processing operation endpoint[app, app:orders] after 4 attempts",
                   }));
}

// A warning has the machine's time, and the hosts' clock may be another: it stands where it was told.
TEST(EngineEvents, AWarningStandsBetweenWhatOtherThreadsDidBeforeAndAfter) {
  for (const Nanos clock : {1 * kSecond, 100'000'000 * kSecond}) {
    Caller caller(one_app({.breaker = breaker({.trip = "consecutiveFailures >= 1"})}));
    caller.now = clock;
    const EndpointId before = caller.app("before"), after = caller.app("after");
    const auto in_new_thread = [](auto step) { std::thread(step).join(); };
    in_new_thread([&] { caller.fail(before, 1); });
    in_new_thread([&] { caller.engine.warn("a warning"); });
    in_new_thread([&] { caller.fail(after, 1); });
    std::vector<EndpointId> endpoints;
    for (const Event& event : caller.events()) endpoints.push_back(event.endpoint);
    EXPECT_EQ(endpoints, (std::vector<EndpointId>{before, -1, after}));
  }
}

TEST(EngineEvents, EachKindCarriesWhatTheHeaderSays) {
  Caller caller(one_app({.timeout = 3 * kSecond,
                         .retry = shared(constant_retry(5 * kSecond, 1)),
                         .breaker = breaker({.timeout = 7 * kSecond, .trip = "consecutiveFailures >= 2"})}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  caller.begin(id, ticket);
  caller.end(ticket, kTimeout);
  std::vector<Event> events = caller.events();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].kind, EventKind::TimedOut);
  EXPECT_EQ(events[0].before, 1);
  EXPECT_EQ(events[0].value, 3 * kSecond);
  EXPECT_EQ(events[1].kind, EventKind::Retry);
  EXPECT_EQ(events[1].before, 1);
  EXPECT_EQ(events[1].after, kTimeout.code);
  EXPECT_EQ(events[1].value, 5 * kSecond);

  caller.begin(id, ticket);
  caller.end(ticket, http(503));
  events = caller.events();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].kind, EventKind::Breaker);
  EXPECT_EQ(events[0].before, 0);
  EXPECT_EQ(events[0].after, 1);
  EXPECT_EQ(events[1].kind, EventKind::GaveUp);
  EXPECT_EQ(events[1].before, 2);
  EXPECT_EQ(events[1].after, static_cast<int>(Reason::Exhausted));
  EXPECT_EQ(events[1].value, http(503).code);

  Ticket next{};
  caller.begin(id, next);
  events = caller.events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, EventKind::Rejected);
  EXPECT_EQ(events[0].before, 0);
  EXPECT_EQ(events[0].after, static_cast<int>(Reason::Open));
  EXPECT_EQ(events[0].value, 7 * kSecond + 1);
}

TEST(EngineEvents, ARejectionIsAnEventOnceAGenerationUnlessEveryOneIsAskedFor) {
  for (const bool every : {false, true}) {
    Caller caller(one_app({.breaker = breaker({.trip = "consecutiveFailures > 0"})}), {.every_rejection = every});
    const EndpointId id = caller.app();
    caller.fail(id, 1);
    caller.events();
    for (int i = 0; i < 5; ++i) {
      Ticket ticket{};
      caller.begin(id, ticket);
      EXPECT_EQ(flagged(ticket), every || i == 0);
    }
    EXPECT_EQ(caller.events(EventKind::Rejected).size(), every ? 5u : 1u);
    EXPECT_EQ(caller.entry(id).totals.rejections, 5u);
  }
}

TEST(EngineEvents, WithoutARetryPolicyNobodyGivesUp) {
  Caller caller{PolicySet{}};
  caller.fail(caller.app(), 3);
  EXPECT_TRUE(caller.events().empty());
}

TEST(EngineEvents, CancellingIsNotGivingUp) {
  Caller caller(one_app({.retry = shared(constant_retry(1, 0))}));
  caller.attempt(caller.app(), kCancelled);
  EXPECT_TRUE(caller.events().empty());
}

TEST(EngineEvents, NamesOfOperations) {
  PolicySet set;
  const Target target{.retry = shared(constant_retry(1, 1))};
  set.apps.emplace("a", target);
  set.actors.emplace("t", target);
  set.inbound.emplace("c", target);
  set.outbound.emplace("c", target);
  Caller caller(std::move(set));
  const auto line_of = [&](TargetKind kind, std::string_view name, std::string_view instance) {
    caller.attempt(caller.engine.endpoint(kind, name, instance), kFailure);
    return caller.engine.event_text(caller.events().at(0));
  };
  EXPECT_EQ(line_of(TargetKind::App, "a", "m"), "Error processing operation endpoint[a, a:m]. Retrying...");
  EXPECT_EQ(line_of(TargetKind::Actor, "t", "7"), "Error processing operation actor[t, 7]. Retrying...");
  EXPECT_EQ(line_of(TargetKind::ComponentIn, "c", ""), "Error processing operation component[c] input. Retrying...");
  EXPECT_EQ(line_of(TargetKind::ComponentOut, "c", ""), "Error processing operation component[c] output. Retrying...");
}

TEST(EngineEvents, OnlyAnOperationsFirstRetryHasALine) {
  Caller caller(one_app({.retry = shared(constant_retry(1, 3))}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  for (int i = 0; i < 4; ++i) {
    caller.begin(id, ticket);
    caller.end(ticket, kFailure);
  }
  std::vector<std::string> lines;
  for (const Event& event : caller.events()) lines.push_back(caller.engine.event_text(event));
  EXPECT_EQ(lines,
            (std::vector<std::string>{"Error processing operation endpoint[app, app:m]. Retrying...", "", "", ""}));
}

TEST(EngineEvents, AnEventOutlivesItsBreaker) {
  Caller caller(one_app({.breaker = breaker({.trip = "consecutiveFailures > 0"})}));
  caller.fail(caller.app(), 1);
  const Event event = caller.events().at(0);
  caller.engine.reload(PolicySet{});
  EXPECT_EQ(caller.engine.event_text(event), "Circuit breaker \"app:m\" changed state from closed to open");
}

TEST(EngineEvents, AnyEventIsSurvived) {
  Caller caller{PolicySet{}};
  caller.app();
  for (const std::int32_t kind : {INT32_MIN, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, INT32_MAX}) {
    for (const std::int32_t number : {INT32_MIN, -1, 0, 1, 2, 3, INT32_MAX}) {
      const Event event{
          .endpoint = number, .kind = static_cast<EventKind>(kind), .before = number, .after = number, .value = number};
      EXPECT_LT(caller.engine.event_text(event).size(), 200u);
    }
  }
}

TEST(EngineEvents, WarningsAreKeptOnceAndAnnouncedEachTime) {
  Caller caller{PolicySet{}};
  for (const char* text : {"one", "two", "one"}) caller.engine.warn(text);
  const std::vector<Event> events = caller.events(EventKind::Warning);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(caller.engine.event_text(events[0]), "one");
  EXPECT_EQ(caller.engine.event_text(events[1]), "two");
  EXPECT_EQ(events[2].value, events[0].value);
  EXPECT_EQ(events[0].endpoint, -1);
}

TEST(EngineEvents, TooManyDifferentWarningsAreAnnouncedStillButNotKept) {
  Caller caller{PolicySet{}};
  for (int i = 0; i < 5000; ++i) caller.engine.warn("warning " + std::to_string(i));
  caller.engine.warn("warning 7");
  const std::vector<Event> events = caller.events(EventKind::Warning);
  ASSERT_GE(events.size(), 2u);
  EXPECT_EQ(events.back().seq, 5001u);
  EXPECT_EQ(caller.engine.event_text(events.back()), "warning 7");
  EXPECT_NE(caller.engine.event_text(events[events.size() - 2]).find("not kept"), std::string::npos);
}

TEST(EngineEvents, EveryCallIsInTheTotals) {
  Caller caller(one_app({.retry = shared(constant_retry(1, 1)), .breaker = breaker()}));
  const EndpointId id = caller.app();
  for (const Outcome outcome : {kSuccess, http(200), grpc(0), kCancelled}) caller.attempt(id, outcome);
  Ticket ticket{};
  caller.begin(id, ticket);
  caller.end(ticket, kTimeout);
  caller.begin(id, ticket);
  caller.end(ticket, http(500));
  Ticket other{};
  caller.begin(id, other);
  caller.end(other, kFailure);
  caller.begin(id, other);
  caller.end(other, kSuccess);
  const CallTotals totals = caller.entry(id).totals;
  EXPECT_EQ(totals.successes, 4u);
  EXPECT_EQ(totals.failures, 3u);
  EXPECT_EQ(totals.timeouts, 1u);
  EXPECT_EQ(totals.cancelled, 1u);
  EXPECT_EQ(totals.retries, 2u);
  EXPECT_EQ(totals.recovered, 1u);
  EXPECT_EQ(totals.gave_up, 1u);
  EXPECT_EQ(totals.rejections, 0u);
}

// Counted where the events are made, so that a reader who lost some still knows how many there were.
TEST(EngineEvents, TransitionsAreCountedByEndpoint) {
  Caller caller(one_app({.breaker = breaker({.timeout = kSecond, .trip = "consecutiveFailures > 0"})}),
                {.event_capacity = 2});
  const EndpointId id = caller.app("a"), other = caller.app("b");
  for (int i = 0; i < 20; ++i) {
    caller.fail(id, 1);
    caller.now += kSecond + 1;
  }
  EXPECT_EQ(caller.engine.transitions(id, BreakerState::Open), 20);
  EXPECT_EQ(caller.engine.transitions(id, BreakerState::HalfOpen), 19);
  EXPECT_EQ(caller.engine.transitions(id, BreakerState::Closed), 0);
  caller.attempt(id, kSuccess);
  EXPECT_EQ(caller.engine.transitions(id, BreakerState::Closed), 1);
  EXPECT_EQ(caller.entry(id).transitions.half_open, 20u);
  EXPECT_EQ(caller.engine.transitions(other, BreakerState::Open), 0);
  EXPECT_EQ(caller.engine.transitions(99, BreakerState::Open), kBadArgument);
}

TEST(EngineEvents, TransitionsOfASharedBreakerAreItsTypes) {
  Caller caller(
      one_actor({.breaker = breaker({.trip = "consecutiveFailures > 0"}), .scope = TargetEntry::Scope::Type}));
  const EndpointId id = caller.actor("7"), type = caller.actor("");
  caller.fail(id, 1);
  EXPECT_EQ(caller.engine.transitions(id, BreakerState::Open), 0);
  EXPECT_EQ(caller.engine.transitions(type, BreakerState::Open), 1);
}

// Whoever asks for every rejection gets it, whatever came and went meanwhile: gates, a bound of breakers, a reload.
TEST(EngineEvents, EveryRejectionIsToldBeforeAndAfterABoundCameNear) {
  const auto bounded = [](std::uint32_t bound) {
    return one_app(
        {.breaker = breaker({.timeout = 10 * kSecond, .trip = "consecutiveFailures > 0"}), .cache_size = bound});
  };
  for (const bool every : {true, false}) {
    Caller caller(bounded(100), {.jitter_seed = 1, .every_rejection = every});
    const EndpointId id = caller.app();
    caller.fail(id, 1);
    const auto told = [&] {
      caller.events();
      for (int i = 0; i < 5; ++i) EXPECT_EQ(caller.attempt(id, kSuccess), -1);
      return caller.events(EventKind::Rejected).size();
    };
    EXPECT_EQ(told(), every ? 5u : 1u);
    for (const std::uint32_t bound : {1U, 100U, 2U, 0U, 100U}) {
      caller.engine.reload(bounded(bound));
      ASSERT_EQ(caller.state(id), BreakerState::Open);
      EXPECT_EQ(told(), every ? 5u : 0u) << bound;
    }
  }
}

}  // namespace
}  // namespace resil
