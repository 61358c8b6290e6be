// The edges of the engine's answers, each of them a moment, a bound or a name that is nearly something else.
#include <gtest/gtest.h>

#include <string>

#include "support/caller.h"
#include "support/policies.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/caller.h

Target tripping(Nanos open_for) {
  return {.breaker = breaker({.timeout = open_for, .trip = "consecutiveFailures > 0"})};
}

// While half-open is full nobody knows when the probe ends: a host looks again in 100 ms, or sooner where the breaker
// would not stay open that long, or where the probe is taken back before.
TEST(EngineEdges, HowLongToWaitWhileHalfOpenIsFull) {
  for (const auto& [open_for, wait] : {std::pair{10 * kSecond, 100 * kMillisecond},
                                       {100 * kMillisecond, 100 * kMillisecond},
                                       {30 * kMillisecond, 30 * kMillisecond}}) {
    Caller caller(one_app(tripping(open_for)));
    const EndpointId id = caller.app();
    caller.fail(id, 1);
    caller.now += open_for + 1;
    Ticket probe{}, other{};
    ASSERT_EQ(caller.begin(id, probe), kAllow);
    EXPECT_EQ(caller.begin(id, other), kReject);
    EXPECT_EQ(reason_of(other), Reason::TooManyRequests);
    EXPECT_EQ(other.delay, wait);
    caller.now += 60 * kSecond - 7;
    EXPECT_EQ(caller.begin(id, other), kReject);
    EXPECT_EQ(other.delay, 8) << "the first moment at which the probe is lost";
    caller.now += other.delay;
    EXPECT_EQ(caller.begin(id, other), kAllow);
  }
}

TEST(EngineEdges, AdoptingPastTheDeadlineLeavesABudgetOfOne) {
  for (const Nanos timeout : {Nanos{0}, 5 * kSecond}) {
    for (const Nanos ago : {Nanos{0}, Nanos{1}, 10 * kSecond}) {
      Caller caller(one_app({.timeout = timeout, .breaker = breaker()}));
      const EndpointId id = caller.app();
      Ticket ticket{};
      ticket.deadline = caller.now - ago;
      ASSERT_EQ(caller.engine.adopt(id, caller.engine.word(id)->load(), caller.now, ticket), kAllow);
      EXPECT_EQ(ticket.timeout, 1) << "0 would be no limit at all";
    }
  }
}

TEST(EngineEdges, OpenAndPastTheDeadlineIsPastTheDeadline) {
  Caller caller(one_app(tripping(10 * kSecond)));
  const EndpointId id = caller.app();
  caller.fail(id, 1);
  for (int round = 0; round < 2; ++round) {  // before and after somebody was told that it is open
    Ticket late{}, in_time{};
    late.deadline = caller.now;
    in_time.deadline = caller.now + 1;
    EXPECT_EQ(caller.begin(id, late), kReject);
    EXPECT_EQ(reason_of(late), Reason::Deadline);
    EXPECT_EQ(late.delay, 0);
    EXPECT_EQ(late.flags & Ticket::kMayWait, 0u);
    EXPECT_EQ(caller.begin(id, in_time), kReject);
    EXPECT_EQ(reason_of(in_time), Reason::Open);
    EXPECT_EQ(in_time.flags & Ticket::kMayWait, 0u) << "open for longer than the operation has time";
  }
}

TEST(EngineEdges, WaitingEndsStrictlyBeforeTheDeadline) {
  Caller caller(one_app(tripping(10 * kSecond)));
  const EndpointId id = caller.app();
  caller.fail(id, 1);
  for (const Nanos more : {0, 1}) {
    Ticket ticket{};
    ticket.deadline = caller.now + 10 * kSecond + 1 + more;
    EXPECT_EQ(caller.begin(id, ticket), kReject);
    EXPECT_EQ(ticket.delay, 10 * kSecond + 1);
    EXPECT_EQ((ticket.flags & Ticket::kMayWait) != 0, more == 1);
  }
}

// An actor's probe of its type's breaker is in flight while a reload gives each actor one of its own.
TEST(EngineEdges, ATypesProbeInFlightOverAReloadToOneAnActor) {
  const auto actors = [](TargetEntry::Scope scope) {
    return one_actor({.breaker = breaker({.timeout = kSecond, .trip = "consecutiveFailures > 0"}), .scope = scope});
  };
  for (const Outcome outcome : {kSuccess, kFailure, kCancelled}) {
    Caller caller(actors(TargetEntry::Scope::Type));
    const EndpointId a = caller.actor("1"), b = caller.actor("2");
    caller.fail(a, 1);
    ASSERT_EQ(caller.state(b), BreakerState::Open) << "one for all";
    caller.now += 2 * kSecond;
    Ticket probe{};
    ASSERT_EQ(caller.begin(b, probe), kAllow);
    ASSERT_EQ(caller.state(a), BreakerState::HalfOpen);
    caller.engine.reload(actors(TargetEntry::Scope::Id));
    EXPECT_EQ(caller.state(a), BreakerState::Closed);
    EXPECT_EQ(caller.state(b), BreakerState::Closed);
    caller.events();
    EXPECT_EQ(caller.end(probe, outcome), outcome.code == Outcome::kSuccess ? kDone : kGiveUp);
    EXPECT_EQ(caller.state(a), BreakerState::Closed) << "what the type's breaker asked is nobody's answer now";
    EXPECT_EQ(caller.state(b), BreakerState::Closed);
    for (const Event& event : caller.events(EventKind::Breaker)) {
      EXPECT_NE(event.endpoint, a);  // the type is an endpoint too, and keeps its breaker
      EXPECT_NE(event.endpoint, b);
    }
    caller.fail(b, 1);
    EXPECT_EQ(caller.state(b), BreakerState::Open);
    EXPECT_EQ(caller.state(a), BreakerState::Closed);
  }
}

TEST(EngineEdges, ATypesProbeThatSucceedsClosesItForAll) {
  Caller caller(one_actor({.breaker = breaker({.timeout = kSecond, .trip = "consecutiveFailures > 0"}),
                           .scope = TargetEntry::Scope::Type}));
  const EndpointId a = caller.actor("1"), b = caller.actor("2");
  caller.fail(a, 1);
  caller.now += 2 * kSecond;
  EXPECT_EQ(caller.attempt(b, kSuccess), kDone);
  EXPECT_EQ(caller.state(a), BreakerState::Closed);
  for (const Event& event : caller.events(EventKind::Breaker)) {
    EXPECT_NE(event.endpoint, a) << "the breaker is the type's";
    EXPECT_NE(event.endpoint, b);
  }
}

PolicySet bounded(std::uint32_t bound) {
  return one_app({.breaker = breaker({.timeout = kSecond, .trip = "consecutiveFailures > 2"}), .cache_size = bound});
}

// In the order of use, not of names or numbers.
TEST(EngineEdges, TheLeastRecentlyUsedIsTheOneCalledLongestAgo) {
  for (const std::string order : {"abc", "acb", "bac", "bca", "cab", "cba"}) {
    Caller caller(bounded(3));
    for (const char* method : {"a", "b", "c"}) caller.app(method);
    for (const char method : order) caller.attempt(method - 'a', kSuccess);
    for (std::size_t gone = 0; gone < 2; ++gone) {
      caller.app("d" + std::to_string(gone));
      for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(caller.entry(order[i] - 'a').evicted, i <= gone) << order << ' ' << order[i];
      }
    }
  }
}

TEST(EngineEdges, ThatABoundCannotBeKeptIsSaidAgainAfterAReload) {
  Caller caller(bounded(2));
  for (const char* method : {"a", "b", "c", "d"}) caller.fail(caller.app(method), 3);
  EXPECT_EQ(caller.events(EventKind::Warning).size(), 1u);
  for (int round = 0; round < 2; ++round) {
    caller.engine.reload(bounded(2));
    const std::vector<Event> said = caller.events(EventKind::Warning);
    ASSERT_EQ(said.size(), 1u);
    EXPECT_NE(caller.engine.event_text(said[0]).find("keeps more than circuitBreakerCacheSize 2"), std::string::npos);
    caller.fail(caller.app("e" + std::to_string(round)), 3);
    EXPECT_TRUE(caller.events(EventKind::Warning).empty()) << "once";
  }
}

// The text of an event names the breaker as its policy did, or as it would have been called, though it is gone.
TEST(EngineEdges, TheTextOfAnEventWhoseBreakerIsGone) {
  PolicySet set = one_app({.breaker = breaker({.trip = "consecutiveFailures > 0"})});
  set.actors = one_actor({.breaker = breaker({.trip = "consecutiveFailures > 0"})}).actors;
  Caller caller(std::move(set));
  caller.fail(caller.app("m"), 1);
  caller.fail(caller.app(""), 1);
  caller.fail(caller.actor("7"), 1);
  const std::vector<Event> events = caller.events(EventKind::Breaker);
  ASSERT_EQ(events.size(), 3u);
  for (const PolicySet& later : {PolicySet{}, one_app({.timeout = kSecond})}) {
    caller.engine.reload(later);
    for (std::size_t i = 0; i < 3; ++i) {
      const char* const names[] = {"app:m", "app", "actor-7"};
      EXPECT_EQ(caller.engine.event_text(events[i]),
                "Circuit breaker \"" + std::string(names[i]) + "\" changed state from closed to open");
    }
  }
}

TEST(EngineEdges, ATimeoutThatThePolicyDoesNotHaveIsTheDeadlinesRest) {
  Caller caller(one_app({.timeout = 3 * kSecond}));
  const EndpointId with = caller.app(), without = caller.engine.endpoint(TargetKind::App, "other", "m");
  for (const auto& [id, left, budget] : {std::tuple{with, 2 * kSecond, 2 * kSecond},
                                         {with, 4 * kSecond, 3 * kSecond},
                                         {without, 2 * kSecond, 2 * kSecond},
                                         {without, 4 * kSecond, 4 * kSecond}}) {
    Ticket ticket{};
    ticket.deadline = caller.now + left;
    ASSERT_EQ(caller.begin(id, ticket), kAllow);
    EXPECT_EQ(ticket.timeout, budget);
  }
}

}  // namespace
}  // namespace resil
