// Windows: how an interval clears what a closed breaker counted, and that no wrap of a packed field shows.
#include <gtest/gtest.h>

#include "resil/base/rng.h"
#include "support/lone_breaker.h"

namespace resil {
namespace {

using Breaker = testing::LoneBreaker<std::atomic>;
constexpr std::uint32_t kLastGeneration = (1U << 20) - 1;

TEST(CircuitBreakerWindow, BeginsAtTheFirstCall) {
  Breaker breaker({.interval = 100, .trip = "totalFailures > 1"});
  breaker.fail(1, 5'000);
  breaker.fail(1, 5'100);  // the last moment of it
  EXPECT_EQ(breaker.state(5'100), BreakerState::Open);
}

TEST(CircuitBreakerWindow, EndsStrictlyAfterTheInterval) {
  Breaker breaker({.interval = 100, .trip = "totalFailures > 1"});
  breaker.fail(1, 5'000);
  breaker.fail(1, 5'101);
  EXPECT_EQ(breaker.state(5'101), BreakerState::Closed);
  EXPECT_EQ(breaker.view(5'101).counts.total_failures, 1);
}

TEST(CircuitBreakerWindow, TheNextBeginsAtTheFirstCallAfterTheEndAndNotOnAGrid) {
  Breaker breaker({.interval = 100, .trip = "totalFailures > 1"});
  breaker.fail(1, 1'000);
  breaker.attempt(Ending::Success, 1'150);  // a grid would have it end at 1200
  breaker.fail(1, 1'210);
  breaker.fail(1, 1'250);
  EXPECT_EQ(breaker.state(1'250), BreakerState::Open);
}

TEST(CircuitBreakerWindow, AnEndMayBeTheCallThatNotices) {
  Breaker breaker({.interval = 100, .trip = "totalFailures > 1"});
  breaker.fail(1, 1'000);
  const Permit old = breaker.begin(1'050).permit;
  breaker.end(old, Ending::Failure, 1'150);  // of the window before: ignored, but it begins the next
  EXPECT_EQ(breaker.view(1'150).counts.total_failures, 0);
  breaker.fail(1, 1'200);
  breaker.fail(1, 1'250);
  EXPECT_EQ(breaker.state(1'250), BreakerState::Open);
}

TEST(CircuitBreakerWindow, AFreshBreakerDoesNotBeginItsWithTheEndOfAnOlderOnesAttempt) {
  Breaker breaker({.interval = 100, .trip = "totalFailures > 1"}, 0, /*first_generation=*/7);
  for (const Ending ending : {Ending::Success, Ending::Failure}) breaker.end({6, false}, ending, 1'000);
  breaker.fail(1, 1'090);
  breaker.fail(1, 1'190);
  EXPECT_EQ(breaker.state(1'190), BreakerState::Open);
}

TEST(CircuitBreakerWindow, LookingAfterTheEndShowsZeroAndMovesNothing) {
  Breaker breaker({.interval = 100, .trip = "totalFailures > 9"});
  breaker.fail(3, 1'000);
  const BreakerWord before = breaker.word();
  EXPECT_EQ(breaker.view(1'100).counts.total_failures, 3);
  EXPECT_EQ(breaker.view(1'101).counts.total_failures, 0);
  EXPECT_EQ(breaker.word(), before);
}

TEST(CircuitBreakerWindow, ARunOfFailuresEndsWithTheWindow) {
  Breaker breaker({.interval = 100, .trip = "consecutiveFailures > 2"});
  breaker.fail(2, 1'000);
  breaker.fail(1, 1'101);
  EXPECT_EQ(breaker.view(1'101).counts.consecutive_failures, 1);
  breaker.attempt(Ending::Success, 1'102);
  EXPECT_EQ(breaker.view(1'102).counts.consecutive_failures, 0);
  breaker.fail(3, 1'103);
  EXPECT_EQ(breaker.state(1'103), BreakerState::Open);
}

TEST(CircuitBreakerWindow, ClosingBeginsAWindow) {
  Breaker breaker({.interval = 100, .timeout = 50, .trip = "totalFailures > 0"});
  breaker.fail(1, 1'000);
  breaker.attempt(Ending::Success, 1'060);
  EXPECT_EQ(breaker.word().phase(), Phase::Closed);
  EXPECT_FALSE(breaker.word().window_unbegun());
  breaker.begin(1'160);
  EXPECT_EQ(breaker.word().generation(), 3u);
  breaker.begin(1'161);
  EXPECT_EQ(breaker.word().generation(), 4u);
}

TEST(CircuitBreakerWindow, AnIntervalWithoutEndNeverClears) {
  Breaker breaker({.interval = kForever, .trip = "totalFailures > 1"});
  breaker.fail(1, 1'000);
  breaker.fail(1, kForever);
  EXPECT_EQ(breaker.state(kForever), BreakerState::Open);
}

// Half a minute either side of every moment where the 39 low bits wrap, and the 32 and 40 of other clocks.
TEST(CircuitBreakerWraps, WindowsAndOpenTimesCrossEveryWrapOfTheClock) {
  for (const unsigned bits : {32U, 39U, 40U, 41U}) {
    for (const Nanos around : {-30 * kSecond, -kSecond, Nanos{-1}, Nanos{0}, Nanos{1}, kSecond}) {
      const Nanos start = (Nanos{1} << bits) + around;
      Breaker breaker({.interval = 10 * kSecond, .timeout = 20 * kSecond, .trip = "totalFailures > 1"});
      breaker.fail(1, start);
      breaker.fail(1, start + 10 * kSecond);
      ASSERT_EQ(breaker.state(start + 10 * kSecond), BreakerState::Open) << bits << " " << around;
      ASSERT_EQ(breaker.begin(start + 30 * kSecond).reason, Reason::Open) << bits << " " << around;
      ASSERT_TRUE(breaker.attempt(Ending::Success, start + 30 * kSecond + 1).happened) << bits << " " << around;
      ASSERT_EQ(breaker.state(start + 31 * kSecond), BreakerState::Closed) << bits << " " << around;
    }
  }
}

// However long nobody calls: open, half-open and closed all go on.
TEST(CircuitBreakerWraps, ALongSilenceIsOnlyASilence) {
  for (const Nanos silence :
       {Nanos{9 * 60}, Nanos{10 * 60}, Nanos{86'400}, Nanos{365 * 86'400}, Nanos{100LL * 365 * 86'400}}) {
    Breaker breaker({.interval = kSecond, .timeout = kSecond, .trip = "totalFailures > 1"});
    breaker.fail(1, 1'000);
    const Nanos later = silence * kSecond;
    breaker.fail(1, later);
    EXPECT_EQ(breaker.view(later).counts.total_failures, 1) << silence;
    breaker.fail(1, later);
    EXPECT_EQ(breaker.state(later), BreakerState::Open);
    EXPECT_TRUE(breaker.attempt(Ending::Success, later + silence * kSecond).happened) << silence;
  }
}

TEST(CircuitBreakerWraps, LongTimeoutsAreExact) {
  for (const Nanos timeout : {8 * 60 * kSecond, 10 * 60 * kSecond, 3 * 3600 * kSecond, 30 * 86'400 * kSecond}) {
    Breaker breaker({.timeout = timeout, .trip = "consecutiveFailures > 0"});
    breaker.fail(1, 1'000);
    EXPECT_EQ(breaker.begin(1'000 + timeout).reason, Reason::Open);
    EXPECT_EQ(breaker.begin(1'001 + timeout).reason, Reason::None);
  }
}

// From just before generation 2^20 to well behind it, through every state.
TEST(CircuitBreakerWraps, GenerationsWrapInEveryState) {
  Breaker breaker({.timeout = 10, .trip = "consecutiveFailures > 0"}, 0, kLastGeneration - 5);
  Permit stale = breaker.begin(0).permit;
  for (Nanos now = 0; now < 2'000; now += 20) {
    ASSERT_TRUE(breaker.attempt(Ending::Failure, now).happened);
    ASSERT_FALSE(breaker.end(stale, Ending::Failure, now).happened);
    const Admission probe = breaker.begin(now + 11);
    ASSERT_TRUE(probe.transition.happened);
    stale = probe.permit;
    ASSERT_TRUE(breaker.end(probe.permit, Ending::Success, now + 11).happened);
    ASSERT_EQ(breaker.state(now + 11), BreakerState::Closed);
  }
  EXPECT_LT(breaker.word().generation(), 1'000u);
}

TEST(CircuitBreakerWraps, CountsHoldAtTheirEndAndTheBreakerStillTrips) {
  constexpr std::uint64_t kMost = TaggedCount<std::atomic>::kMost;
  Breaker breaker({.timeout = 10, .trip = "totalFailures >= 17592186044415 && requests >= 17592186044415"});
  breaker.tallies[0].requests.put(0, kMost - 2);
  breaker.tallies[0].failures.put(0, kMost - 2);
  EXPECT_FALSE(breaker.attempt(Ending::Failure, 1).happened);
  EXPECT_TRUE(breaker.attempt(Ending::Failure, 1).happened);
  EXPECT_TRUE(breaker.attempt(Ending::Success, 12).happened);
  EXPECT_EQ(breaker.view(12).counts.requests, 0);
  Breaker held({.trip = "totalFailures > 17592186044415"});
  held.tallies[0].failures.put(0, kMost);
  held.fail(3, 1);
  EXPECT_EQ(held.view(1).counts.total_failures, static_cast<std::int64_t>(kMost));
}

TEST(CircuitBreakerWraps, ARunOfFailuresHoldsAtItsEndAndTheBreakerStillTrips) {
  constexpr std::uint64_t kMostRun = BreakerWord::kPayloadMask;
  Breaker breaker({.timeout = 10, .trip = "consecutiveFailures > 549755813887"});
  breaker.cells.word.store(BreakerWord::slow(Phase::Closed, 0, kMostRun - 1).raw());
  EXPECT_FALSE(breaker.attempt(Ending::Failure, 1).happened);
  EXPECT_TRUE(breaker.attempt(Ending::Failure, 1).happened);
  Breaker held({.trip = "consecutiveFailures < 0"});
  held.cells.word.store(BreakerWord::slow(Phase::Closed, 0, kMostRun).raw());
  held.fail(3, 1);
  EXPECT_EQ(held.view(1).counts.consecutive_failures, static_cast<std::int64_t>(kMostRun));
  held.attempt(Ending::Success, 1);
  EXPECT_TRUE(held.word().is_fast());
}

// A whole round of generations in which nobody failed must not make old failures present ones.
TEST(CircuitBreakerWraps, CountsOfARoundAgoAreNotPresentOnes) {
  Breaker breaker({.interval = 10, .trip = "totalFailures > 5 || consecutiveFailures > 5"});
  breaker.fail(5, 0);
  Nanos now = 0;
  for (std::uint32_t i = 0; i <= kLastGeneration; ++i) breaker.attempt(Ending::Success, now += 11);
  EXPECT_EQ(breaker.word().generation(), 0u);
  EXPECT_EQ(breaker.view(now).counts.total_failures, 0);
  breaker.fail(5, now);
  EXPECT_EQ(breaker.state(now), BreakerState::Closed);
  breaker.fail(1, now);
  EXPECT_EQ(breaker.state(now), BreakerState::Open);
}

}  // namespace
}  // namespace resil
