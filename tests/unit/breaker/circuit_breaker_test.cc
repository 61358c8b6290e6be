// The breaker's rules, one by one, as the table of states has them.
#include "resil/breaker/circuit_breaker.h"

#include <gtest/gtest.h>

#include "support/lone_breaker.h"

namespace resil {
namespace {

using Breaker = testing::LoneBreaker<std::atomic>;

void expect_change(const Transition& transition, BreakerState from, BreakerState to) {
  EXPECT_TRUE(transition.happened);
  EXPECT_EQ(transition.from, from);
  EXPECT_EQ(transition.to, to);
}

// Opens at the first failure; open until 100 + 50.
struct Open : Breaker {
  explicit Open(std::uint32_t max_requests = 1, Nanos timeout = 0)
      : Breaker({.max_requests = max_requests, .timeout = 50, .trip = "consecutiveFailures > 0"}, timeout) {
    expect_change(attempt(Ending::Failure, 100), BreakerState::Closed, BreakerState::Open);
  }
};

TEST(CircuitBreaker, ClosedAdmitsEverybody) {
  Breaker breaker({});
  for (int i = 0; i < 100; ++i) EXPECT_EQ(breaker.begin(1).reason, Reason::None);
  EXPECT_EQ(breaker.state(1), BreakerState::Closed);
}

TEST(CircuitBreaker, AFailureIsCountedBeforeTheRuleIsAsked) {
  Breaker breaker({.trip = "consecutiveFailures == 3"});
  EXPECT_FALSE(breaker.attempt(Ending::Failure, 1).happened);
  EXPECT_FALSE(breaker.attempt(Ending::Failure, 2).happened);
  expect_change(breaker.attempt(Ending::Failure, 3), BreakerState::Closed, BreakerState::Open);
}

TEST(CircuitBreaker, ASuccessEndsTheRunOfFailures) {
  Breaker breaker({.trip = "consecutiveFailures > 2"});
  breaker.fail(2, 1);
  breaker.attempt(Ending::Success, 1);
  breaker.fail(2, 1);
  EXPECT_EQ(breaker.state(1), BreakerState::Closed);
  breaker.fail(1, 1);
  EXPECT_EQ(breaker.state(1), BreakerState::Open);
}

TEST(CircuitBreaker, TheRuleIsAskedAfterFailuresOnly) {
  Breaker breaker({.trip = "requests >= 3"});
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(breaker.attempt(Ending::Success, 1).happened);
  EXPECT_TRUE(breaker.attempt(Ending::Failure, 1).happened);
}

TEST(CircuitBreaker, KeepsEveryCountThatTheRuleReads) {
  Breaker breaker(
      {.trip = "requests + totalSuccesses + totalFailures + consecutiveSuccesses + consecutiveFailures > 99"});
  const Permit pending = breaker.begin(1).permit;
  breaker.attempt(Ending::Success, 1);
  breaker.attempt(Ending::Success, 1);
  BreakerView view = breaker.view(1);
  EXPECT_EQ(view.known, 31);
  EXPECT_EQ(view.counts.requests, 3);
  EXPECT_EQ(view.counts.total_successes, 2);
  EXPECT_EQ(view.counts.consecutive_successes, 2);
  breaker.end(pending, Ending::Failure, 1);
  breaker.attempt(Ending::Failure, 1);
  view = breaker.view(1);
  EXPECT_EQ(view.counts.requests, 4);
  EXPECT_EQ(view.counts.total_successes, 2);
  EXPECT_EQ(view.counts.total_failures, 2);
  EXPECT_EQ(view.counts.consecutive_successes, 0);
  EXPECT_EQ(view.counts.consecutive_failures, 2);
  breaker.attempt(Ending::Success, 1);
  EXPECT_EQ(breaker.view(1).counts.consecutive_successes, 1);
  EXPECT_EQ(breaker.view(1).counts.consecutive_failures, 0);
}

TEST(CircuitBreaker, ARuleSeesTheCountsOfAllShards) {
  Breaker breaker({.trip = "requests >= 4 && totalSuccesses >= 3"});
  for (const unsigned shard : {0U, 1U, 1U}) breaker.end(breaker.begin(1, shard).permit, Ending::Success, 1, shard);
  EXPECT_TRUE(breaker.end(breaker.begin(1, 1).permit, Ending::Failure, 1, 0).happened);
}

TEST(CircuitBreaker, OpenRejectsUntilStrictlyMoreThanTheTimeoutHasPassed) {
  Open breaker;
  for (const Nanos now : {100, 149, 150}) {
    const Admission admission = breaker.begin(now);
    EXPECT_EQ(admission.reason, Reason::Open);
    EXPECT_FALSE(admission.transition.happened);
    EXPECT_EQ(breaker.state(now), BreakerState::Open);
  }
  EXPECT_EQ(breaker.state(151), BreakerState::HalfOpen);  // looking moves nothing
  const Admission admission = breaker.begin(151);
  EXPECT_EQ(admission.reason, Reason::None);
  expect_change(admission.transition, BreakerState::Open, BreakerState::HalfOpen);
}

TEST(CircuitBreaker, ARejectionSaysWhenAnAttemptIsAdmitted) {
  for (const Nanos now : {100, 101, 149, 150}) {
    Open breaker;
    const Nanos wait = breaker.begin(now).wait;
    EXPECT_EQ(breaker.begin(now + wait - 1).reason, Reason::Open);
    EXPECT_EQ(breaker.begin(now + wait).reason, Reason::None);
  }
}

TEST(CircuitBreaker, HalfOpenAdmitsMaxRequestsAtOnce) {
  Open breaker(3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(breaker.begin(151).reason, Reason::None);
  EXPECT_EQ(breaker.begin(151).reason, Reason::TooManyRequests);
  EXPECT_EQ(breaker.view(151).counts.requests, 3);
}

TEST(CircuitBreaker, HalfOpenDoesNotAdmitMoreWhenAProbeSucceeds) {
  Open breaker(3);
  const Permit permit = breaker.begin(151).permit;
  breaker.begin(151);
  breaker.begin(151);
  breaker.end(permit, Ending::Success, 152);
  EXPECT_EQ(breaker.begin(152).reason, Reason::TooManyRequests);  // requests count, not those under way
}

TEST(CircuitBreaker, HalfOpenClosesAtMaxRequestsSuccesses) {
  Open breaker(3);
  EXPECT_FALSE(breaker.attempt(Ending::Success, 151).happened);
  EXPECT_FALSE(breaker.attempt(Ending::Success, 151).happened);
  EXPECT_EQ(breaker.view(151).counts.consecutive_successes, 2);
  expect_change(breaker.attempt(Ending::Success, 151), BreakerState::HalfOpen, BreakerState::Closed);
  EXPECT_EQ(breaker.view(151).counts.total_failures, 0);
}

TEST(CircuitBreaker, OneFailedProbeOpensAgain) {
  Open breaker(3);
  breaker.attempt(Ending::Success, 151);
  expect_change(breaker.attempt(Ending::Failure, 160), BreakerState::HalfOpen, BreakerState::Open);
  EXPECT_EQ(breaker.begin(210).reason, Reason::Open);
  EXPECT_EQ(breaker.begin(211).reason, Reason::None);
}

TEST(CircuitBreaker, AnEndOfAnOlderGenerationIsIgnored) {
  Breaker breaker({.max_requests = 2, .timeout = 50, .trip = "consecutiveFailures > 0"});
  const Permit old = breaker.begin(100).permit;
  breaker.attempt(Ending::Failure, 100);
  EXPECT_FALSE(breaker.end(old, Ending::Failure, 120).happened);  // open
  const Permit probe = breaker.begin(151).permit;
  EXPECT_FALSE(breaker.end(old, Ending::Failure, 152).happened);  // half-open
  EXPECT_FALSE(breaker.end(old, Ending::Success, 152).happened);
  EXPECT_EQ(breaker.view(152).counts.total_successes, 0);
  breaker.end(probe, Ending::Success, 153);
  breaker.attempt(Ending::Success, 153);
  EXPECT_EQ(breaker.state(153), BreakerState::Closed);
  EXPECT_FALSE(breaker.end(old, Ending::Failure, 154).happened);  // closed again
  EXPECT_FALSE(breaker.end(probe, Ending::Failure, 154).happened);
}

TEST(CircuitBreaker, AStaleEndMovesAnOpenBreakerThatIsDue) {
  for (const Ending ending : {Ending::Success, Ending::Failure}) {
    Breaker breaker({.timeout = 50, .trip = "consecutiveFailures > 0"});
    const Permit old = breaker.begin(100).permit;
    breaker.attempt(Ending::Failure, 100);
    EXPECT_FALSE(breaker.end(old, ending, 150).happened);
    expect_change(breaker.end(old, ending, 151), BreakerState::Open, BreakerState::HalfOpen);
    EXPECT_EQ(breaker.begin(151).reason, Reason::None);  // the permit is still there
    EXPECT_EQ(breaker.begin(151).reason, Reason::TooManyRequests);
  }
}

TEST(CircuitBreaker, CancelledFreesThePermitAndCountsForNothing) {
  Open breaker;
  EXPECT_FALSE(breaker.attempt(Ending::Cancelled, 151).happened);
  EXPECT_EQ(breaker.view(151).counts.requests, 0);
  EXPECT_EQ(breaker.state(151), BreakerState::HalfOpen);
  expect_change(breaker.attempt(Ending::Success, 151), BreakerState::HalfOpen, BreakerState::Closed);
  Breaker closed({.trip = "consecutiveFailures > 1"});
  closed.fail(1, 1);
  closed.attempt(Ending::Cancelled, 1);
  EXPECT_EQ(closed.view(1).counts.consecutive_failures, 1);  // neither more nor a new run
}

TEST(CircuitBreaker, APermitIsFreedOnce) {
  Open breaker;
  const Permit permit = breaker.begin(151).permit;
  for (int i = 0; i < 3; ++i) breaker.end(permit, Ending::Cancelled, 151);
  EXPECT_EQ(breaker.begin(151).reason, Reason::None);
  EXPECT_EQ(breaker.begin(151).reason, Reason::TooManyRequests);
}

TEST(CircuitBreaker, ALostPermitIsTakenBackAfterAMinute) {
  Open breaker;
  const Permit lost = breaker.begin(151).permit;
  EXPECT_EQ(breaker.begin(151 + 60 * kSecond).reason, Reason::TooManyRequests);
  const Admission next = breaker.begin(152 + 60 * kSecond);
  EXPECT_EQ(next.reason, Reason::None);
  EXPECT_FALSE(next.transition.happened);  // half-open before and after
  EXPECT_FALSE(breaker.end(lost, Ending::Failure, 153 + 60 * kSecond).happened);
  expect_change(breaker.end(next.permit, Ending::Success, 153 + 60 * kSecond), BreakerState::HalfOpen,
                BreakerState::Closed);
}

TEST(CircuitBreaker, ALostPermitIsTakenBackAfterTwiceALongTimeout) {
  Open breaker(1, 45 * kSecond);
  breaker.begin(151);
  EXPECT_EQ(breaker.begin(151 + 90 * kSecond).reason, Reason::TooManyRequests);
  EXPECT_EQ(breaker.begin(152 + 90 * kSecond).reason, Reason::None);
}

TEST(CircuitBreaker, TakingBackKeepsTheSuccesses) {
  Open breaker(2);
  breaker.attempt(Ending::Success, 151);
  breaker.begin(151);  // lost
  const Admission next = breaker.begin(152 + 60 * kSecond);
  ASSERT_EQ(next.reason, Reason::None);
  expect_change(breaker.end(next.permit, Ending::Success, 153 + 60 * kSecond), BreakerState::HalfOpen,
                BreakerState::Closed);
}

// Permits are told apart by generation only, so an older one that is lost waits for the youngest.
TEST(CircuitBreaker, NoPermitIsTakenBackBeforeTheYoungestIsOverdue) {
  Open breaker(2);
  breaker.begin(151);  // lost
  const Permit young = breaker.begin(151 + 50 * kSecond).permit;
  EXPECT_EQ(breaker.begin(152 + 60 * kSecond).reason, Reason::TooManyRequests);
  EXPECT_FALSE(breaker.end(young, Ending::Success, 152 + 60 * kSecond).happened);
  EXPECT_EQ(breaker.begin(151 + 110 * kSecond).reason, Reason::TooManyRequests);
  EXPECT_EQ(breaker.begin(152 + 110 * kSecond).reason, Reason::None);
}

TEST(CircuitBreaker, ALostPermitIsTakenBackHoweverLongItTakes) {
  for (const Nanos years : {1, 2, 5, 50, 250}) {
    Open breaker;
    breaker.begin(151);
    EXPECT_EQ(breaker.begin(151 + years * 365 * 86'400 * kSecond).reason, Reason::None) << years;
  }
}

TEST(CircuitBreaker, WhileFullTheWaitIsShortAndNeverPastTheLoss) {
  Open breaker(1);
  breaker.plan.open_for = kForever;
  breaker.begin(151);
  EXPECT_EQ(breaker.begin(151).wait, CircuitBreaker<std::atomic>::kLookAgain);
  const Nanos late = 151 + 60 * kSecond;
  EXPECT_EQ(breaker.begin(late).wait, 1);
}

TEST(CircuitBreaker, OneRejectionOfAGenerationIsTheFirst) {
  Open breaker;
  EXPECT_TRUE(breaker.begin(110).first_rejection);
  EXPECT_FALSE(breaker.begin(111).first_rejection);
  const Permit probe = breaker.begin(151).permit;
  EXPECT_TRUE(breaker.begin(151).first_rejection);
  EXPECT_FALSE(breaker.begin(152).first_rejection);
  breaker.end(probe, Ending::Cancelled, 153);
  breaker.begin(153);
  EXPECT_FALSE(breaker.begin(153).first_rejection);  // the same generation, though full anew
}

TEST(CircuitBreaker, AWordIsFastOnlyWhileASuccessWouldChangeNothing) {
  Breaker breaker({.timeout = 50, .trip = "consecutiveFailures > 1"}, 3 * kSecond);
  EXPECT_TRUE(breaker.word().is_fast());
  EXPECT_EQ(breaker.word().fast_timeout(), 3 * kSecond);
  breaker.fail(1, 1);
  EXPECT_FALSE(breaker.word().is_fast());
  breaker.attempt(Ending::Success, 1);
  EXPECT_TRUE(breaker.word().is_fast());
  breaker.fail(2, 100);
  EXPECT_FALSE(breaker.word().is_fast());
  breaker.attempt(Ending::Success, 151);
  EXPECT_TRUE(breaker.word().is_fast());
}

TEST(CircuitBreaker, ForgettingTheClockChangesNothingWhileHealthy) {
  Breaker breaker({});
  TimeSource time(kReadClock);
  Admission admission;
  breaker.on().begin(time, admission);
  Progress progress;
  breaker.on().end(admission.permit, Ending::Success, time, progress);
  EXPECT_FALSE(time.known());  // nobody read it
}

}  // namespace
}  // namespace resil
