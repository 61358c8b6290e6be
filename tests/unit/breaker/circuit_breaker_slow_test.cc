// Slow calls, statuses that are no failures, and how rules over what ended are asked: with a window of either kind,
// with an interval, and with neither.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/lone_breaker.h"

namespace resil {
namespace {

using testing::BreakerOptions;
using Breaker = testing::LoneBreaker<std::atomic>;

// An end of an attempt that began at `began`.
Ended since(Nanos began, Ending ending) { return {ending, {Outcome::kFailure}, began, nullptr}; }
Ended with(Outcome outcome) { return {Ending::Failure, outcome, std::nullopt, nullptr}; }

// Every way to bound what counts cover, wide enough to bound nothing here.
std::vector<BreakerOptions> every_window(BreakerOptions options) {
  std::vector<BreakerOptions> all(4, options);
  all[1].interval = kSecond;
  all[2].window = kSecond;
  all[3].window_calls = 100;
  return all;
}

TEST(SlowCalls, AnAttemptIsSlowIfItTookLongerWhateverItsOutcome) {
  for (const BreakerOptions& options : every_window({.trip = "slowCalls > 9", .slow_call = 100})) {
    Breaker breaker(options);
    for (const Ending ending : {Ending::Success, Ending::Failure}) {
      const Permit permit = breaker.begin(1'000).permit;
      breaker.end(permit, since(1'000, ending), 1'100);
    }
    EXPECT_EQ(breaker.view(1'100).counts.slow_calls, 0) << "as long is not longer";
    for (const Ending ending : {Ending::Success, Ending::Failure, Ending::Cancelled}) {
      const Permit permit = breaker.begin(1'000).permit;
      breaker.end(permit, since(1'000, ending), 1'101);
    }
    EXPECT_EQ(breaker.view(1'101).counts.slow_calls, 2) << "what was cancelled counts for nothing";
    EXPECT_EQ(breaker.view(1'101).known & kSlowCalls, kSlowCalls);
  }
}

TEST(SlowCalls, BeginSaysWhetherTheEndMustKnow) {
  EXPECT_TRUE(Breaker({.trip = "slowCalls > 9", .slow_call = 100}).begin(1).times_attempt);
  EXPECT_FALSE(Breaker({.slow_call = 100}).begin(1).times_attempt) << "the rule does not read it";
  Breaker breaker({.trip = "slowCalls > 0", .slow_call = 100});
  EXPECT_FALSE(breaker.end(breaker.begin(1).permit, Ending::Success, 1'000).happened) << "nobody noted it";
}

TEST(SlowCalls, ASlowSuccessAsksTheRuleToo) {
  for (const BreakerOptions& options : every_window({.timeout = 50, .trip = "slowCalls > 1", .slow_call = 100})) {
    Breaker breaker(options);
    breaker.end(breaker.begin(1).permit, since(1, Ending::Success), 200);
    EXPECT_EQ(breaker.state(200), BreakerState::Closed);
    const Transition change = breaker.end(breaker.begin(200).permit, since(200, Ending::Success), 400);
    EXPECT_TRUE(change.happened);
    EXPECT_EQ(change.from, BreakerState::Closed);
    EXPECT_EQ(breaker.state(400), BreakerState::Open);
  }
}

TEST(SlowCalls, AQuickSuccessDoesNotAskIt) {
  for (const BreakerOptions& options : every_window({.trip = "calls >= 3 && slowRate < 0.5", .slow_call = 100})) {
    Breaker breaker(options);
    for (int i = 0; i < 5; ++i) breaker.end(breaker.begin(1).permit, since(1, Ending::Success), 2);
    EXPECT_EQ(breaker.state(2), BreakerState::Closed);
    breaker.fail(1, 2);
    EXPECT_EQ(breaker.state(2), BreakerState::Open);
  }
}

TEST(SlowCalls, RatesAreOfWhatEnded) {
  for (const BreakerOptions& options :
       every_window({.trip = "calls >= 4 && slowRate >= 0.5 || failureRate > 0.9 && calls > 1", .slow_call = 100})) {
    Breaker breaker(options);
    breaker.begin(1), breaker.begin(1);  // they do not end
    breaker.attempt(Ending::Success, 1), breaker.attempt(Ending::Success, 1);
    breaker.end(breaker.begin(1).permit, since(1, Ending::Failure), 200);
    EXPECT_EQ(breaker.state(200), BreakerState::Closed);
    breaker.end(breaker.begin(200).permit, since(200, Ending::Success), 500);
    EXPECT_EQ(breaker.state(500), BreakerState::Open);
  }
}

TEST(SlowCalls, InHalfOpenASlowSuccessIsASuccess) {
  Breaker breaker({.timeout = 50, .trip = "slowCalls > 0 || totalFailures > 0", .slow_call = 100});
  breaker.fail(1, 1);
  const Permit probe = breaker.begin(100).permit;
  EXPECT_TRUE(probe.probe);
  EXPECT_EQ(breaker.end(probe, since(100, Ending::Success), 900).to, BreakerState::Closed);
}

// Runs know no window.
TEST(Windows, RunsGoOnWhateverTheWindow) {
  for (BreakerOptions options :
       every_window({.trip = "consecutiveFailures > 3 && totalFailures > 0 || slowCalls > 99", .slow_call = kSecond})) {
    if (options.window > 0) options.window = kMillisecond;
    if (options.window_calls > 0) options.window_calls = 2;
    Breaker breaker(options);
    Nanos now = 1;
    const Nanos step = options.window > 0 ? 10 * kMillisecond : 1;
    for (int i = 0; i < 3; ++i) breaker.fail(1, now += step);
    EXPECT_EQ(breaker.view(now).counts.consecutive_failures, 3);
    breaker.attempt(Ending::Success, now += step);
    EXPECT_EQ(breaker.view(now).counts.consecutive_failures, 0);
    for (int i = 0; i < 3; ++i) breaker.fail(1, now += step);
    EXPECT_EQ(breaker.state(now), BreakerState::Closed);
    breaker.fail(1, now += step);
    EXPECT_EQ(breaker.state(now), BreakerState::Open);
  }
}

TEST(Windows, SuccessesInARowAreKnownWhereTheRuleIsAskedAfterASuccess) {
  for (const BreakerOptions& options :
       every_window({.trip = "slowCalls > 0 && consecutiveSuccesses >= 3", .slow_call = 100})) {
    Breaker breaker(options);
    const auto slow = [&breaker] { breaker.end(breaker.begin(1).permit, since(1, Ending::Success), 200); };
    breaker.attempt(Ending::Success, 1);
    breaker.fail(1, 1);
    slow(), slow();
    EXPECT_EQ(breaker.state(200), BreakerState::Closed);
    EXPECT_EQ(breaker.view(200).counts.consecutive_successes, 2);
    slow();
    EXPECT_EQ(breaker.state(200), BreakerState::Open);
  }
}

TEST(Windows, RequestsAreCountedAtTheirBeginOrInAWindowOfCallsAtTheirEnd) {
  for (const BreakerOptions& options : every_window({.trip = "requests > 3 && totalFailures > 0"})) {
    Breaker breaker(options);
    for (int i = 0; i < 5; ++i) breaker.begin(1);
    breaker.fail(1, 1);
    EXPECT_EQ(breaker.state(1), options.window_calls > 0 ? BreakerState::Closed : BreakerState::Open);
  }
}

TEST(Windows, WhatEndsAfterTheGenerationCountsForNothing) {
  for (const BreakerOptions& options : every_window({.timeout = 50, .trip = "totalFailures > 1", .slow_call = 10})) {
    Breaker breaker(options);
    const Permit late = breaker.begin(1).permit;
    breaker.fail(2, 1);
    breaker.attempt(Ending::Success, 100);
    EXPECT_EQ(breaker.state(100), BreakerState::Closed);
    breaker.end(late, since(1, Ending::Failure), 100);
    EXPECT_EQ(breaker.view(100).counts.total_failures, 0);
    breaker.fail(1, 100);
    EXPECT_EQ(breaker.view(100).counts.total_failures, 1);
  }
}

TEST(Windows, AWordIsFastOnlyWhereNoSuccessIsCounted) {
  const auto fast = [](const BreakerOptions& options) { return Breaker(options).word().is_fast(); };
  EXPECT_TRUE(fast({.window = kSecond})) << "a run knows no window";
  EXPECT_TRUE(fast({.window_calls = 5}));
  EXPECT_TRUE(fast({.trip = "totalFailures > 3", .window = kSecond}));
  EXPECT_FALSE(fast({.trip = "failureRate > 0.5", .window = kSecond}));
  EXPECT_FALSE(fast({.trip = "totalFailures > 3", .window_calls = 5})) << "a success pushes a failure out";
  EXPECT_FALSE(fast({.trip = "slowCalls > 3", .slow_call = 5}));
  EXPECT_TRUE(fast({.slow_call = 5})) << "nobody reads it";
  EXPECT_TRUE(fast({.timeout_multiplier = 2, .shadow = true, .http = 500}));
  EXPECT_FALSE(Breaker({.trip = "requests > 3", .window = kSecond}).word().elidable())
      << "no cell of a host's has a bucket";
  EXPECT_FALSE(Breaker({.trip = "requests > 3", .window_calls = 3}).word().elidable());
}

TEST(Matching, AStatusThatTheListOfItsKindLeavesOutIsASuccessOfTheBreaker) {
  for (const BreakerOptions& options : every_window({.trip = "consecutiveFailures > 1", .http = 503})) {
    Breaker breaker(options);
    for (const std::int32_t status : {503, 404}) breaker.attempt(with({Outcome::kHttp | status}), 1);
    EXPECT_EQ(breaker.view(1).counts.consecutive_failures, 0) << "the 404 ended the run";
    breaker.attempt(with({Outcome::kGrpc | 14}), 1);
    breaker.attempt(with({Outcome::kTimeout}), 1);
    EXPECT_EQ(breaker.state(1), BreakerState::Open) << "a kind without a list, and what has no status, fail";
  }
}

TEST(Matching, InHalfOpenToo) {
  Breaker breaker({.timeout = 50, .trip = "consecutiveFailures > 0", .http = 503});
  breaker.attempt(with({Outcome::kHttp | 503}), 1);
  EXPECT_EQ(breaker.attempt(with({Outcome::kHttp | 404}), 100).to, BreakerState::Closed);
}

}  // namespace
}  // namespace resil
