// The gates of a target in the order of the rules: what is told, and that a rejection takes nothing.
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "support/gated.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/

// In this order: held, breaker, rate limit, concurrency.
TEST(EngineGatesOrder, TheFirstGateInTheOrderOfTheRulesIsTold) {
  Caller caller(one_app(
      {.breaker = breaker({.timeout = 5 * kSecond, .trip = "consecutiveFailures > 0"}),
       .limits = {.max_concurrent = 1, .rate_limit = RateLimit{1, 100 * kSecond, 2}, .hold_on_retry_after = true}}));
  const EndpointId id = caller.app();
  Ticket first{}, second{};
  ASSERT_EQ(caller.begin(id, first), kAllow);
  EXPECT_EQ(reason_of(rejected(caller, id)), Reason::Busy);
  ASSERT_EQ(caller.end(first, kSuccess), kDone);
  ASSERT_EQ(caller.begin(id, second), kAllow);
  EXPECT_EQ(reason_of(rejected(caller, id)), Reason::RateLimited) << "and busy";
  second.delay = 2 * kSecond;
  Ticket third = second;  // another one that is in flight
  ASSERT_EQ(caller.end(second, kFailure), kGiveUp);
  EXPECT_EQ(caller.state(id), BreakerState::Open);
  EXPECT_EQ(reason_of(rejected(caller, id)), Reason::Held) << "and open, rate-limited";
  caller.now += 2 * kSecond;
  const Ticket open = rejected(caller, id);
  EXPECT_EQ(reason_of(open), Reason::Open);
  EXPECT_EQ(open.delay, 3 * kSecond + 1);
  caller.now += 3 * kSecond + 1;
  EXPECT_EQ(reason_of(rejected(caller, id)), Reason::RateLimited) << "the breaker would let a probe in";
  EXPECT_EQ(caller.engine.transitions(id, BreakerState::HalfOpen), 0) << "and was not moved by it";
  (void)third;
}

TEST(EngineGatesOrder, AFullHalfOpenBreakerComesBeforeTheRate) {
  Caller caller(one_app(
      {.breaker = breaker({.timeout = kSecond, .trip = "consecutiveFailures > 0"}), .limits = rate(1, 3 * kSecond)}));
  const EndpointId id = caller.app();
  caller.fail(id, 1);
  caller.now += 3 * kSecond;
  Ticket probe{};
  ASSERT_EQ(caller.begin(id, probe), kAllow);
  EXPECT_EQ(reason_of(rejected(caller, id)), Reason::TooManyRequests) << "and rate-limited";
  EXPECT_EQ(caller.end(probe, kSuccess), kDone);
  EXPECT_EQ(caller.state(id), BreakerState::Closed);
  EXPECT_EQ(reason_of(rejected(caller, id)), Reason::RateLimited);
}

TEST(EngineGatesOrder, ARejectionTakesNothingFromTheOthers) {
  const auto make = [](TargetLimits limits) {
    return Caller(
        one_app({.breaker = breaker({.timeout = 5 * kSecond, .trip = "requests >= 1000 || totalFailures > 0"}),
                 .limits = limits}));
  };
  {  // Busy takes no share of the rate, and no request of the breaker.
    Caller caller = make({.max_concurrent = 1, .rate_limit = RateLimit{1, 100 * kSecond, 2}});
    Crowd crowd{caller, caller.app()};
    ASSERT_EQ(crowd.enter(20), 1);
    crowd.leave();
    EXPECT_EQ(caller.counts(crowd.id).requests, 1);
    EXPECT_EQ(crowd.enter(1), 1) << "the second of the burst";
  }
  {  // Rate-limited takes no place, and no request of the breaker.
    Caller caller = make({.max_concurrent = 2, .rate_limit = RateLimit{1, kSecond, 1}});
    Crowd crowd{caller, caller.app()};
    ASSERT_EQ(crowd.enter(1), 1);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(reason_of(rejected(caller, crowd.id)), Reason::RateLimited);
    EXPECT_EQ(caller.counts(crowd.id).requests, 1);
    caller.now += kSecond;
    EXPECT_EQ(crowd.enter(1), 1);
  }
  {  // Open takes neither.
    Caller caller = make({.max_concurrent = 2, .rate_limit = RateLimit{1, 5 * kSecond, 2}});
    Crowd crowd{caller, caller.app()};
    caller.fail(crowd.id, 1);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(reason_of(rejected(caller, crowd.id)), Reason::Open);
    caller.now += 5 * kSecond + 1;
    EXPECT_EQ(crowd.enter(1), 1);
    crowd.leave();
    EXPECT_EQ(crowd.enter(9), 1) << "the second of the burst";
    EXPECT_EQ(reason_of(rejected(caller, crowd.id)), Reason::RateLimited);
  }
}

// The first call of a breaker's new generation goes the general way, after the short one has given back what it took.
TEST(EngineGatesOrder, NothingIsTakenTwiceWhereTheShortWayGivesUp) {
  Caller caller(one_app({.breaker = breaker({.timeout = kSecond, .trip = "requests > 1000 || totalFailures > 0"}),
                         .limits = {.max_concurrent = 2, .rate_limit = RateLimit{1, 1'000 * kSecond, 5}}}));
  Crowd crowd{caller, caller.app()};
  caller.fail(crowd.id, 1);
  caller.now += kSecond + 1;
  ASSERT_EQ(caller.attempt(crowd.id, kSuccess), kDone);
  ASSERT_EQ(caller.state(crowd.id), BreakerState::Closed);
  EXPECT_EQ(crowd.enter(9), 2);
  EXPECT_EQ(reason_of(rejected(caller, crowd.id)), Reason::Busy);
  EXPECT_EQ(caller.counts(crowd.id).requests, 2);
  crowd.leave();
  EXPECT_EQ(crowd.enter(9), 1) << "the last of the burst";
  EXPECT_EQ(reason_of(rejected(caller, crowd.id)), Reason::RateLimited);
}

TEST(EngineGatesOrder, WhatAShadowWouldRefuseMayBeRefusedByAGateAndIsToldOnlyWhereItIsNot) {
  auto shadow = std::make_shared<BreakerSettings>(*breaker({.timeout = 50 * kSecond, .trip = "totalFailures > 0"}));
  shadow->shadow = true;
  Caller caller(one_app({.breaker = shadow, .limits = concurrent(1)}));
  Crowd crowd{caller, caller.app()};
  caller.fail(crowd.id, 1);
  ASSERT_EQ(caller.state(crowd.id), BreakerState::Open);
  EXPECT_EQ(crowd.enter(1), 1);
  EXPECT_EQ(reason_of(rejected(caller, crowd.id)), Reason::Busy);
  const std::vector<Event> events = caller.events(EventKind::Rejected);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_TRUE(events[0].shadow);
  EXPECT_EQ(events[0].after, static_cast<std::int32_t>(Reason::Open));
  EXPECT_FALSE(events[1].shadow);
  EXPECT_EQ(events[1].after, static_cast<std::int32_t>(Reason::Busy));
  crowd.leave();
  EXPECT_EQ(crowd.enter(9), 1);
}

TEST(EngineGatesOrder, TheseRejectionsCountForNoBreaker) {
  Caller caller(one_app({.breaker = breaker({.trip = "consecutiveFailures > 0"}), .limits = concurrent(1)}));
  Crowd crowd{caller, caller.app()};
  crowd.enter(1);
  for (int i = 0; i < 10; ++i) rejected(caller, crowd.id);
  EXPECT_EQ(caller.state(crowd.id), BreakerState::Closed);
  crowd.leave();
  EXPECT_EQ(caller.counts(crowd.id).consecutive_failures, 0);
}

TEST(EngineGatesOrder, TheFirstRejectionInASecondIsAnEvent) {
  for (const bool every : {false, true}) {
    Caller caller(one_app({.limits = concurrent(1)}), {.jitter_seed = 1, .every_rejection = every});
    Crowd crowd{caller, caller.app()};
    crowd.enter(1);
    for (int i = 0; i < 5; ++i) rejected(caller, crowd.id);
    caller.now += kSecond;
    rejected(caller, crowd.id);
    const std::vector<Event> events = caller.events(EventKind::Rejected);
    ASSERT_EQ(events.size(), every ? 6u : 2u);
    EXPECT_EQ(events[0].after, static_cast<std::int32_t>(Reason::Busy));
    EXPECT_EQ(events[0].value, 10 * kMillisecond);
    EXPECT_EQ(events[0].endpoint, crowd.id);
  }
}

}  // namespace
}  // namespace resil
