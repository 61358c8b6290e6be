// One that sleeps before any access that it makes, while others move the breaker on: what it answers then is what some
// order of them all would answer, and it spoils nothing for those who come later.
#include <gtest/gtest.h>

#include "support/hooked_atomic.h"
#include "support/lone_breaker.h"

namespace resil {
namespace {

using testing::Access;
using testing::BreakerOptions;
using testing::HookedAtomic;
using testing::overtaken;
using Breaker = testing::LoneBreaker<HookedAtomic>;

// So far apart that a moment's low bits, beside another moment, mislead to either side.
constexpr Nanos kMinute = 60 * kSecond, kFar[] = {40 * kMinute, 45 * kMinute};

class CircuitBreakerSleeper : public ::testing::Test {
 protected:
  void TearDown() override { testing::Hook::on_access = nullptr; }
};

Ended failure(Jitter* jitter = nullptr) { return {Ending::Failure, {Outcome::kFailure}, std::nullopt, jitter}; }

TEST_F(CircuitBreakerSleeper, ARejectionTellsTheWaitOfOneOpening) {
  for (const Nanos late : kFar) {
    bool more = true;
    for (int nth = 1; more; ++nth) {
      Breaker breaker({.timeout = 1'000, .trip = "consecutiveFailures > 0"});
      breaker.fail(1, 1);
      breaker.begin(2);  // told
      Admission mine;
      more = overtaken(
          nth,
          [&] {
            breaker.attempt(Ending::Failure, late);
            breaker.begin(late);
          },
          [&] { mine = breaker.begin(3); });
      EXPECT_EQ(mine.reason, Reason::Open);
      EXPECT_TRUE(mine.wait == 999 || mine.wait == late + 998) << mine.wait << " at access " << nth;
    }
  }
}

// Both permits are overdue. While one is given back, somebody notes a third and is too late to give it.
TEST_F(CircuitBreakerSleeper, AFullBreakerIsAskedForTheYoungestOfItsOwnPermits) {
  const Nanos late = 2'001 + kMinute + 10;
  bool more = true;
  for (int nth = 1; more; ++nth) {
    Breaker breaker({.max_requests = 2, .timeout = 1'000, .trip = "consecutiveFailures > 0"});
    breaker.fail(1, 1);
    const Permit a = breaker.begin(2'000).permit, b = breaker.begin(2'001).permit;
    ASSERT_EQ(breaker.begin(2'002).reason, Reason::TooManyRequests);
    Admission mine;
    more = overtaken(
        nth,
        [&] {
          breaker.end(b, Ending::Cancelled, late);
          if (breaker.word().generation() == a.generation) breaker.cells.given_at[0].store(GivenAt::pack(2, late));
          breaker.end(a, Ending::Failure, late);
        },
        [&] { mine = breaker.begin(late); });
    EXPECT_NE(mine.reason, Reason::TooManyRequests) << "at access " << nth;
  }
}

// A sleeper that wins the cell must not lend its own, old moment to the interval that another begins.
TEST_F(CircuitBreakerSleeper, AnIntervalEndsByTheClockOfWhoBeganIt) {
  for (const bool closes : {false, true}) {  // it begins with a call after the one before, or when the breaker closes
    Breaker breaker({.interval = 100, .timeout = 100, .trip = "totalFailures > 0"});
    const Nanos now = 60 * kMinute;
    breaker.attempt(closes ? Ending::Failure : Ending::Success, 1);
    const Permit probe = breaker.begin(closes ? now : 2).permit;
    testing::before(Access::Swap, &breaker.cells.window_end_near, 1, [&] {
      Nanos seen = breaker.cells.window_end_near.load();
      breaker.cells.window_end_near.compare_exchange_strong(seen, Nanos{601 * kSecond});
    });
    EXPECT_EQ(breaker.end(probe, Ending::Success, closes ? now : 2).happened, closes);
    const Permit mine = breaker.begin(now).permit;
    testing::Hook::on_access = nullptr;
    EXPECT_EQ(mine.generation, closes ? 3u : 1u);
    EXPECT_EQ(breaker.begin(now + 100).permit.generation, mine.generation);
    EXPECT_NE(breaker.begin(now + 101).permit.generation, mine.generation);
  }
}

const BreakerOptions kCounting[] = {
    {.trip = "totalFailures > 0 && consecutiveSuccesses > 0"},
    {.interval = kMinute, .trip = "totalFailures > 0 && consecutiveSuccesses > 0"},
    {.trip = "slowCalls > 9 || totalFailures > 0 && consecutiveSuccesses > 0", .slow_call = kMinute},
    {.trip = "totalFailures > 0 && consecutiveSuccesses > 0", .window = kMinute},
    {.trip = "totalFailures > 0 && consecutiveSuccesses > 0", .window_calls = 100},
};

TEST_F(CircuitBreakerSleeper, AFailureEndsTheRunOfSuccessesThatOthersMakeLonger) {
  for (const BreakerOptions& options : kCounting) {
    bool more = true;
    for (int nth = 1; more; ++nth) {
      Breaker breaker(options);
      breaker.attempt(Ending::Success, 1);
      const Permit permit = breaker.begin(1).permit;
      Transition mine;
      more = overtaken(
          nth, [&] { breaker.attempt(Ending::Success, 1); }, [&] { mine = breaker.end(permit, failure(), 1); });
      EXPECT_FALSE(mine.happened) << options.trip << " at access " << nth;
    }
  }
}

// Each failure has a number of its own: whoever has the one that the rule asks for trips, whatever the sum is by then.
TEST_F(CircuitBreakerSleeper, TheFailureOfTheNumberTrips) {
  for (BreakerOptions options : {BreakerOptions{}, {.interval = kMinute}, {.slow_call = kMinute}}) {
    options.trip = options.slow_call > 0 ? "totalFailures == 2 || slowCalls > 9" : "totalFailures == 2";
    bool more = true;
    for (int nth = 1; more; ++nth) {
      Breaker breaker(options);
      breaker.fail(1, 1);
      const Permit permit = breaker.begin(1).permit;
      int trips = 0;
      more = overtaken(
          nth,
          [&] {
            for (int i = 0; i < 2; ++i) trips += breaker.attempt(Ending::Failure, 1).happened;
          },
          [&] { trips += breaker.end(permit, failure(), 1).happened; });
      EXPECT_EQ(trips, 1) << options.trip << " at access " << nth;
      EXPECT_EQ(breaker.state(1), BreakerState::Open);
    }
  }
}

TEST_F(CircuitBreakerSleeper, AShadowsFirstRejectionIsToldOrThereIsNone) {
  bool more = true;
  for (int nth = 1; more; ++nth) {
    Breaker breaker({.timeout = 100, .trip = "totalFailures > 0", .shadow = true});
    breaker.fail(1, 1'000);
    Admission mine;
    more = overtaken(
        nth, [&] { breaker.attempt(Ending::Success, 1'200); }, [&] { mine = breaker.begin(1'010); });
    EXPECT_EQ(mine.shadow, mine.reason != Reason::None);
    EXPECT_EQ(mine.first_rejection, mine.shadow) << "at access " << nth;
    EXPECT_TRUE(mine.shadow || mine.permit.generation == breaker.word().generation());
  }
}

class OpeningSleeper : public CircuitBreakerSleeper {
 protected:
  // Half-open after the first opening, with both permits given; its next opening is of generation `next`.
  struct Probed : Breaker {
    explicit Probed(double jitter, std::uint32_t next = 3)
        : Breaker({.max_requests = 2,
                   .timeout = 1'000,
                   .trip = "totalFailures > 0",
                   .timeout_multiplier = 3,
                   .max_timeout = kSecond,
                   .timeout_jitter = jitter},
                  0, (next - 3) & BreakerWord::kGenerationMask) {
      fail(1, 0);
      for (Permit& probe : probes) probe = begin(1'002).permit;
    }
    Permit probes[2];
  };
};

TEST_F(OpeningSleeper, TwoWhoOpenItGoByOneDraw) {
  for (const std::uint32_t generation : {3U, 0U}) {
    Probed breaker(1, generation);
    Jitter jitter(7), same(7);
    const double first = Opening::drawn(Opening::pack(0, 0, same.draw()));
    Transition other;
    testing::before(Access::Swap, &breaker.cells.half_open_near, 1,
                    [&] { other = breaker.end(breaker.probes[1], failure(&jitter), 1'002); });
    EXPECT_FALSE(breaker.end(breaker.probes[0], failure(&jitter), 1'002).happened);
    EXPECT_TRUE(other.happened);
    ASSERT_EQ(breaker.word().generation(), generation);
    EXPECT_EQ(breaker.view(1'002).retry_after, breaker.plan.open_time(2, first) + 1) << generation;
  }
}

TEST_F(OpeningSleeper, WhatStandsBesideTheWordIsWhatItWasOpenedBy) {
  bool more = true;
  for (int nth = 1; more; ++nth) {
    Probed breaker(1);
    Jitter jitter(7);
    int opened = 0;
    more = overtaken(
        nth, [&] { opened += breaker.end(breaker.probes[1], failure(&jitter), 1'002).happened; },
        [&] { opened += breaker.end(breaker.probes[0], failure(&jitter), 1'002).happened; });
    EXPECT_EQ(opened, 1);
    const double drawn = Opening::drawn(breaker.windows->openings.load());
    EXPECT_EQ(breaker.view(1'002).retry_after, breaker.plan.open_time(2, drawn) + 1) << "at access " << nth;
  }
}

TEST_F(OpeningSleeper, OpeningsMeanwhileAreAllCounted) {
  bool more = true;
  for (int nth = 1; more; ++nth) {
    Probed breaker(0);
    more = overtaken(
        nth,
        [&] {
          breaker.end(breaker.probes[1], failure(), 1'002);
          breaker.attempt(failure(), 10'000);  // the third
        },
        [&] { breaker.end(breaker.probes[0], failure(), 1'002); });
    breaker.attempt(failure(), 100'000);
    EXPECT_EQ(breaker.view(100'000).retry_after, 27'000 + 1) << "at access " << nth;
  }
}

}  // namespace
}  // namespace resil
