// Corners of the engine that only two things at once lead into: a retry and a limit, a probe that was lost and a target
// that is full, a reload and an attempt of before.
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "support/caller.h"
#include "support/policies.h"

namespace resil {
namespace {

using namespace testing;  // NOLINT: the words of support/caller.h

TargetLimits places(std::uint32_t most) {
  TargetLimits limits;
  limits.max_concurrent = most;
  return limits;
}
TargetLimits rate(std::int64_t burst) {
  TargetLimits limits;
  limits.rate_limit = RateLimit{.rate = 1, .per = 3'600 * kSecond, .burst = burst};
  return limits;
}
TargetView target(const Caller& caller) { return caller.engine.view(caller.now).targets.at(0); }

TEST(EngineCorners, ARetryOnALimitedTargetRecovers) {
  for (const TargetLimits& limits : {places(5), rate(100)}) {
    Caller caller(one_app({.retry = shared(constant_retry(kSecond, 1)), .breaker = breaker(), .limits = limits}));
    const EndpointId id = caller.app();
    Ticket ticket{};
    ASSERT_EQ(caller.begin(id, ticket), kAllow);
    ASSERT_EQ(caller.end(ticket, kFailure), kRetry);
    ASSERT_EQ(caller.begin(id, ticket), kAllow);
    EXPECT_EQ(caller.end(ticket, kSuccess), kDone);
    EXPECT_EQ(caller.events(EventKind::Recovered).size(), 1u);
    EXPECT_EQ(caller.entry(id).totals.recovered, 1u);
  }
}

// The success ends a run of failures, for which the short way asks the general one; the place is given back once.
TEST(EngineCorners, APlaceIsGivenBackOnce) {
  Caller caller(one_app({.breaker = breaker(), .limits = places(5)}));
  const EndpointId id = caller.app();
  Ticket a{}, b{}, c{};
  for (Ticket* ticket : {&a, &b, &c}) ASSERT_EQ(caller.begin(id, *ticket), kAllow);
  caller.end(c, kFailure);
  EXPECT_EQ(target(caller).concurrency->in_flight, 2u);
  caller.end(a, kSuccess);
  EXPECT_EQ(target(caller).concurrency->in_flight, 1u);
  EXPECT_EQ(caller.counts(id).consecutive_failures, 0);
}

// Attempts under way with other timeouts are in flight as well.
TEST(EngineCorners, WhoIsInFlightIsCountedOverAllTimeouts) {
  Caller caller(one_app({.timeout = kSecond, .limits = places(5)}));
  const EndpointId id = caller.app();
  Ticket a{}, b{};
  caller.begin(id, a);
  caller.engine.reload(one_app({.timeout = 600 * kSecond, .limits = places(5)}));
  caller.begin(id, b);
  EXPECT_EQ(target(caller).concurrency->in_flight, 2u);
}

// A probe was lost, so the breaker looks full and admits the next one all the same; where the target then has no room,
// the permit is given back.
TEST(EngineCorners, APermitInsteadOfALostOneIsGivenBackWhereThereIsNoRoom) {
  Caller caller(
      one_app({.breaker = breaker({.timeout = kSecond, .trip = "consecutiveFailures > 0"}), .limits = places(2)}));
  const EndpointId a = caller.app("a"), b = caller.app("b");
  caller.fail(a, 1);
  caller.now += 2 * kSecond;
  Ticket lost{};
  ASSERT_EQ(caller.begin(a, lost), kAllow);
  caller.now += 200 * kSecond;
  Ticket first{}, second{}, next{};
  ASSERT_EQ(caller.begin(b, first), kAllow);
  ASSERT_EQ(caller.begin(b, second), kAllow);
  ASSERT_EQ(caller.begin(a, next), kReject);
  EXPECT_EQ(reason_of(next), Reason::Busy);
  caller.end(first, kSuccess);
  EXPECT_EQ(caller.begin(a, next), kAllow);
}

TEST(EngineCorners, AnActorTypesOpenBreakerComesBeforeTheRate) {
  Caller caller(one_actor(
      {.breaker = breaker({.trip = "consecutiveFailures > 0"}), .scope = TargetEntry::Scope::Type, .limits = rate(1)}));
  const EndpointId a = caller.actor("1"), b = caller.actor("2");
  caller.fail(a, 1);  // and the rate is used up
  Ticket ticket{};
  ASSERT_EQ(caller.begin(b, ticket), kReject);
  EXPECT_EQ(reason_of(ticket), Reason::Open);
}

TEST(EngineCorners, ARateStaysUsedUpWhereOnlyAnotherLimitChanges) {
  TargetLimits more = rate(2);
  more.deadline = 3'600 * kSecond;
  Caller caller(one_app({.limits = rate(2)}));
  const EndpointId id = caller.app();
  for (int i = 0; i < 2; ++i) ASSERT_EQ(caller.attempt(id, kSuccess), kDone);
  for (const TargetLimits& limits : {more, rate(2), more}) {
    caller.engine.reload(one_app({.limits = limits}));
    EXPECT_EQ(caller.attempt(id, kSuccess), -1);
  }
}

TEST(EngineCorners, BesideARateOperationsCountForTheBudgetAndRefusalsAreShown) {
  RetryPolicy retry = constant_retry(kSecond, 5);
  retry.budget = RetryBudget{.ratio = 1, .min_per_second = 0};
  Caller caller(one_app({.retry = shared(retry), .limits = rate(100)}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  for (const std::int32_t answer : {kRetry, kGiveUp}) {  // one operation, one retry
    ASSERT_EQ(caller.begin(id, ticket), kAllow);
    EXPECT_EQ(caller.end(ticket, kFailure), answer);
  }
  EXPECT_EQ(reason_of(ticket), Reason::RetryBudget);
  EXPECT_EQ(target(caller).budget->operations, 1u);
  EXPECT_EQ(target(caller).budget->refused, 1u);
}

TEST(EngineCorners, AnAttemptFromBeforeAHoldWasAskedForHoldsNothing) {
  TargetLimits hold;
  hold.hold_on_retry_after = true;
  Caller caller(one_app({}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  ASSERT_EQ(caller.begin(id, ticket), kAllow);
  caller.engine.reload(one_app({.limits = hold}));
  ticket.delay = 100 * kSecond;
  caller.end(ticket, kFailure);
  EXPECT_EQ(caller.attempt(id, kSuccess), kDone);
}

// What is shown of targets: in order, only what bounds them now, from every thread.
TEST(EngineCorners, TargetsInASnapshot) {
  PolicySet set;
  for (const char* name : {"b", "a"}) set.apps.emplace(name, Target{.limits = rate(1)});
  set.actors.emplace("0", Target{.limits = places(3)});
  Caller caller(set);
  const EndpointId b = caller.engine.endpoint(TargetKind::App, "b", "m");
  caller.engine.endpoint(TargetKind::Actor, "0", "1");
  caller.engine.endpoint(TargetKind::App, "a", "m");
  caller.attempt(b, kSuccess);
  for (int i = 0; i < 8; ++i) std::thread([&] { caller.attempt(b, kSuccess); }).join();
  std::vector<TargetView> targets = caller.engine.view(caller.now).targets;
  ASSERT_EQ(targets.size(), 3u);
  EXPECT_EQ(targets[0].name + targets[1].name + targets[2].name, "ab0");
  EXPECT_EQ(targets[1].rate->rejected, 8u);
  EXPECT_FALSE(targets[1].concurrency);
  EXPECT_TRUE(targets[2].concurrency);
  EXPECT_FALSE(targets[2].rate);
  EXPECT_EQ(caller.entry(b).totals.rejections, 8u);
  caller.engine.reload(PolicySet{});
  EXPECT_TRUE(caller.engine.view(caller.now).targets.empty());
}

TEST(EngineCorners, AnActorShowsItsTypesBreaker) {
  Caller caller(
      one_actor({.breaker = breaker({.trip = "consecutiveFailures > 0"}), .scope = TargetEntry::Scope::Type}));
  const EndpointId a = caller.actor("1"), b = caller.actor("2");
  caller.fail(a, 1);
  EXPECT_EQ(caller.entry(b).breaker->view.state, BreakerState::Open);
  EXPECT_EQ(caller.entry(a).breaker->view.state, BreakerState::Open);
}

// A breaker that counted something is shown, though nobody is on record as having used its endpoint.
TEST(EngineCorners, AnEvictedBreakerThatCountedIsShown) {
  Caller caller(one_app({.breaker = breaker(), .cache_size = 1}));
  const EndpointId a = caller.app("a"), b = caller.app("b");
  ASSERT_TRUE(caller.entry(a).evicted);
  Ticket ticket{};
  ASSERT_EQ(caller.begin(b, ticket), kAllow);
  ticket.endpoint = static_cast<std::uint32_t>(a);
  ticket.set_permit({BreakerWord(caller.engine.word(a)->load()).generation(), false});
  caller.end(ticket, kFailure);
  EXPECT_FALSE(caller.entry(a).evicted);
  EXPECT_EQ(caller.counts(a).consecutive_failures, 1);
}

TEST(EngineCorners, FromHalfTheBoundOnNoCallIsSkippedAndNothingIsNoUse) {
  Caller caller(one_app({.breaker = breaker(), .cache_size = 4}));
  const auto fast = [&](EndpointId id) { return (caller.engine.word(id)->load() & 1) != 0; };
  const EndpointId a = caller.app("a");
  EXPECT_TRUE(fast(a));
  const EndpointId b = caller.app("b");
  EXPECT_FALSE(fast(a) || fast(b));
  caller.app("c"), caller.app("d");
  caller.engine.credit(a, 0);  // no call is none
  caller.app("e");
  EXPECT_TRUE(caller.entry(a).evicted);
  EXPECT_FALSE(caller.entry(b).evicted);
}

TEST(EngineCorners, AFullTableStillTakesAnActorOfAKnownType) {
  Caller caller(one_actor({.breaker = breaker(), .scope = TargetEntry::Scope::Type}), {.max_endpoints = 3});
  EXPECT_GE(caller.actor("1"), 0);  // and its type
  EXPECT_GE(caller.actor("2"), 0);
  EXPECT_EQ(caller.actor("3"), kTableFull);
}

TEST(EngineCorners, ARetryThatIsAdoptedGoesOnUnderItsPolicy) {
  Caller caller(one_app({.retry = shared(constant_retry(kSecond, 5))}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  caller.begin(id, ticket);
  ASSERT_EQ(caller.end(ticket, kFailure), kRetry);
  caller.engine.reload(one_app({}));
  ASSERT_EQ(caller.engine.adopt(id, caller.engine.word(id)->load(), caller.now, ticket), kAllow);
  EXPECT_EQ(caller.end(ticket, kFailure), kRetry);
}

TEST(EngineCorners, AttemptsAreNumberedFromOneAndHoldAtTheEnd) {
  Caller caller(one_app({.retry = shared(constant_retry(kSecond, -1))}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  ticket.attempt = 7;
  ticket.deadline = caller.now + 3'600 * kSecond;
  caller.begin(id, ticket);
  EXPECT_EQ(ticket.attempt, 1u);
  ASSERT_EQ(caller.end(ticket, kFailure), kRetry);
  ticket.attempt = UINT32_MAX;
  caller.begin(id, ticket);
  EXPECT_EQ(ticket.attempt, UINT32_MAX);
}

TEST(EngineCorners, OneThatCameTooLateAndComesAgainWasNotRejected) {
  Caller caller(one_app({}));
  const EndpointId id = caller.app();
  Ticket ticket{}, forged{};
  ticket.deadline = caller.now;
  ASSERT_EQ(caller.begin(id, ticket), kReject);
  EXPECT_EQ(caller.entry(id).operations.rejected, 1u);
  ticket.deadline = 0;
  ASSERT_EQ(caller.begin(id, ticket), kAllow);
  caller.end(ticket, kSuccess);
  EXPECT_EQ(caller.entry(id).operations.rejected, 0u);
  EXPECT_EQ(caller.entry(id).operations.succeeded, 1u);
  forged.mark(Ticket::kRejected);
  ASSERT_EQ(caller.begin(id, forged), kAllow);
  EXPECT_EQ(caller.entry(id).operations.rejected, 0u) << "never below zero, which would be very many";
}

TEST(EngineCorners, AnAttemptThatNobodyTimedIsNotSlow) {
  Caller caller(one_app({.breaker = breaker({.trip = "slowCalls > 5", .slow_call = kSecond})}));
  const EndpointId id = caller.app();
  Ticket ticket{};
  ASSERT_EQ(caller.begin(id, ticket), kAllow);
  ticket.start(ticket.policy(), Stage::InFlight);
  ticket.private_words[2] = 0;
  caller.end(ticket, kSuccess);
  EXPECT_EQ(caller.counts(id).slow_calls, 0);
}

// The short way counts, finds that the rule trips, and tells the general way what it counted.
TEST(EngineCorners, AFailureThatTripsIsCountedOnce) {
  for (const BreakerOptions& options :
       {BreakerOptions{.trip = "totalFailures == 2"}, BreakerOptions{.interval = kSecond, .trip = "totalFailures == 2"},
        BreakerOptions{.interval = kSecond, .trip = "consecutiveFailures == 2"},
        BreakerOptions{.trip = "totalFailures == 2", .window = kSecond},
        BreakerOptions{.trip = "requests > 1 && double(totalFailures) / double(requests) == 1.0"}}) {
    Caller caller(one_app({.breaker = breaker(options)}));
    const EndpointId id = caller.app();
    caller.fail(id, 1);
    EXPECT_EQ(caller.state(id), BreakerState::Closed) << options.trip;
    caller.fail(id, 1);
    EXPECT_EQ(caller.state(id), BreakerState::Open) << options.trip;
  }
}

TEST(EngineCorners, WarningsAreKeptOnceAndUpToABound) {
  Caller caller(one_app({}));
  const auto text = [&] { return caller.engine.event_text(caller.events(EventKind::Warning).back()); };
  for (int i = 0; i < 5'000; ++i) caller.engine.warn("again", -1);
  caller.engine.warn("another", -1);
  EXPECT_EQ(text(), "another");
  for (int i = 3; i <= 4'095; ++i) caller.engine.warn("number " + std::to_string(i), -1);
  EXPECT_EQ(text(), "number 4095");
  caller.engine.warn("one too many", -1);
  EXPECT_EQ(text().substr(0, 39), "there were too many different warnings;");
  caller.engine.warn("again", -1);
  EXPECT_EQ(text(), "again");
}

}  // namespace
}  // namespace resil
