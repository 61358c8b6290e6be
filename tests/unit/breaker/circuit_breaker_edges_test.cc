// The edges of open and half-open: the very moment that is due, who is told, what a late result leaves, clocks that
// disagree.
#include <gtest/gtest.h>

#include "support/lone_breaker.h"

namespace resil {
namespace {

using testing::LoneBreaker;

// gobreaker is half-open after its timeout, not at it.
TEST(CircuitBreakerEdges, AtTheMomentItIsOpenStillAndANanosecondLaterNoMore) {
  LoneBreaker<> breaker({.timeout = 10, .trip = "consecutiveFailures > 0"});
  breaker.fail(1, 0);
  for (const Nanos now : {0, 1, 9, 10}) {
    EXPECT_EQ(breaker.state(now), BreakerState::Open) << now;
    EXPECT_EQ(breaker.view(now).retry_after, 11 - now) << now;
    EXPECT_EQ(breaker.begin(now).wait, 11 - now) << now;
  }
  EXPECT_EQ(breaker.state(11), BreakerState::HalfOpen);
  EXPECT_EQ(breaker.view(11).retry_after, 0);
  EXPECT_EQ(breaker.begin(11).reason, Reason::None);
}

TEST(CircuitBreakerEdges, AProbeThatSucceedsDoesNotMakeTheNextRejectionTheFirst) {
  LoneBreaker<> breaker({.max_requests = 2, .timeout = 10, .trip = "consecutiveFailures > 0"});
  breaker.fail(1, 0);
  const Permit first = breaker.begin(11).permit;
  breaker.begin(11);
  EXPECT_TRUE(breaker.begin(11).first_rejection);
  EXPECT_FALSE(breaker.begin(11).first_rejection);
  breaker.end(first, Ending::Success, 11);
  ASSERT_EQ(breaker.state(11), BreakerState::HalfOpen);
  const Admission full = breaker.begin(11);
  EXPECT_EQ(full.reason, Reason::TooManyRequests);
  EXPECT_FALSE(full.first_rejection) << "somebody was told already";
}

// The first to find the time up may be the end of an attempt from before; it takes no permit.
TEST(CircuitBreakerEdges, ALateResultLeavesAllPermits) {
  for (const std::uint32_t most : {1U, 2U}) {
    for (const Ending ending : {Ending::Success, Ending::Failure}) {
      LoneBreaker<> breaker({.max_requests = most, .timeout = 10, .trip = "consecutiveFailures > 0"});
      const Permit late = breaker.begin(0).permit;
      breaker.fail(1, 0);
      EXPECT_FALSE(breaker.end(late, ending, 10).happened);
      const Transition transition = breaker.end(late, ending, 11);
      EXPECT_TRUE(transition.happened);
      EXPECT_EQ(transition.to, BreakerState::HalfOpen);
      EXPECT_EQ(breaker.view(11).counts.requests, 0);
      EXPECT_EQ(breaker.view(11).counts.total_successes, 0);
      for (std::uint32_t i = 0; i < most; ++i) EXPECT_EQ(breaker.begin(11).reason, Reason::None);
      EXPECT_TRUE(breaker.begin(11).first_rejection) << "of this half-open";
    }
  }
}

// The moment of a permit wraps after two years, and threads read their clocks at about the same time only.
TEST(CircuitBreakerEdges, HowLongAgoAPermitWasGiven) {
  constexpr Nanos kRound = Nanos{1} << 56, kAhead = Nanos{1} << 50;
  for (const Nanos given : {Nanos{0}, kSecond, kRound - 1, kRound + 5, 3 * kRound - kSecond}) {
    const std::uint64_t cell = GivenAt::pack(7, given);
    for (const Nanos age : {Nanos{0}, Nanos{1}, 60 * kSecond, kRound - kAhead, Nanos{-1}, -kSecond, 1 - kAhead}) {
      EXPECT_EQ(GivenAt::age(cell, given + age), age) << given << " " << age;
    }
    EXPECT_EQ(GivenAt::age(cell, given + kRound), 0);
  }
}

// A probe whose clock was a little ahead is not overdue for a thread whose clock is behind.
TEST(CircuitBreakerEdges, APermitOfAClockThatIsAheadIsNotLost) {
  LoneBreaker<> breaker({.timeout = 10 * kSecond, .trip = "consecutiveFailures > 0"});
  breaker.fail(1, 0);
  ASSERT_EQ(breaker.begin(30 * kSecond).reason, Reason::None);
  const Admission behind = breaker.begin(29 * kSecond);
  EXPECT_EQ(behind.reason, Reason::TooManyRequests);
  EXPECT_EQ(behind.wait, 100 * kMillisecond);
}

}  // namespace
}  // namespace resil
