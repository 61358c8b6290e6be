// Open times that grow and have jitter, and a breaker in shadow mode.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "support/lone_breaker.h"

namespace resil {
namespace {

using Breaker = testing::LoneBreaker<std::atomic>;

// Opens the breaker, or opens it again by a failed probe, and says for how long.
Nanos open_for(Breaker& breaker, Nanos& now, Jitter* jitter = nullptr) {
  const Admission admission = breaker.begin(now);
  breaker.end(admission.permit, {Ending::Failure, {Outcome::kFailure}, std::nullopt, jitter}, now);
  const Nanos wait = breaker.begin(now).wait;
  now += wait;
  return wait - 1;  // strictly more than that has to pass
}

TEST(OpenTime, GrowsWithEachOpeningUpToItsMost) {
  Breaker breaker({.timeout = 100, .trip = "totalFailures > 0", .timeout_multiplier = 1.5, .max_timeout = 500});
  Nanos now = 1'000;
  for (const Nanos expected : {100, 150, 225, 337, 500, 500, 500}) EXPECT_EQ(open_for(breaker, now), expected);
}

TEST(OpenTime, IsAtMostTenTimesTheTimeoutIfNobodySaysOtherwise) {
  Breaker breaker({.timeout = 100, .trip = "totalFailures > 0", .timeout_multiplier = 4});
  Nanos now = 1'000;
  for (const Nanos expected : {100, 400, 1'000, 1'000}) EXPECT_EQ(open_for(breaker, now), expected);
}

TEST(OpenTime, IsNeverAboveItsMostEvenWhereItDoesNotGrow) {
  for (const double multiplier : {1.0, 2.0}) {
    Breaker breaker({.timeout = 100, .trip = "totalFailures > 0", .timeout_multiplier = multiplier, .max_timeout = 60});
    Nanos now = 1'000;
    for (int opening = 1; opening <= 3; ++opening) EXPECT_EQ(open_for(breaker, now), 60) << multiplier;
  }
}

TEST(OpenTime, BeginsAgainOnceTheBreakerWasClosed) {
  Breaker breaker({.timeout = 100, .trip = "totalFailures > 0", .timeout_multiplier = 2});
  Nanos now = 1'000;
  EXPECT_EQ(open_for(breaker, now), 100);
  EXPECT_EQ(open_for(breaker, now), 200);
  breaker.attempt(Ending::Success, now);
  EXPECT_EQ(breaker.state(now), BreakerState::Closed);
  EXPECT_EQ(open_for(breaker, now), 100);
}

TEST(OpenTime, AHalfOpenBreakerRemembersThroughAllThatHappensInIt) {
  Breaker breaker({.max_requests = 3, .timeout = 100, .trip = "totalFailures > 0", .timeout_multiplier = 2});
  Nanos now = 1'000;
  EXPECT_EQ(open_for(breaker, now), 100);
  EXPECT_EQ(open_for(breaker, now), 200);
  breaker.attempt(Ending::Success, now);
  breaker.attempt(Ending::Cancelled, now);
  breaker.begin(now), breaker.begin(now);
  breaker.begin(now);  // rejected, and told
  now += 61 * kSecond;
  EXPECT_TRUE(breaker.begin(now).permit.probe) << "lost permits are taken back";
  EXPECT_EQ(open_for(breaker, now), 400);
}

TEST(OpenTime, ALateEndMayBeginHalfOpen) {
  Breaker breaker({.timeout = 100, .trip = "totalFailures > 0", .timeout_multiplier = 2});
  const Permit late = breaker.begin(0).permit;
  Nanos now = 1'000;
  EXPECT_EQ(open_for(breaker, now), 100);
  breaker.end(late, Ending::Success, now);
  EXPECT_EQ(breaker.word().phase(), Phase::HalfOpen);
  EXPECT_EQ(open_for(breaker, now), 200);
}

// The half-open word has 7 bits of the number, and a small growth shows that none is lost.
TEST(OpenTime, CountsOpeningsBeyondWhatTheWordHolds) {
  Breaker breaker(
      {.timeout = 1'000'000, .trip = "totalFailures > 0", .timeout_multiplier = 1.01, .max_timeout = kSecond});
  Nanos now = 1'000;
  for (int opening = 1; opening <= 300; ++opening) {
    const double expected = 1e6 * std::pow(1.01, opening - 1);
    ASSERT_NEAR(static_cast<double>(open_for(breaker, now)), expected, expected * 1e-9 + 1) << opening;
  }
  breaker.attempt(Ending::Success, now);
  EXPECT_EQ(open_for(breaker, now), 1'000'000) << "and forgets all of them once it was closed";
}

TEST(OpenTime, TheNumberOfAnOpeningHolds) {
  EXPECT_EQ(Opening::next(1), 2u);
  EXPECT_EQ(Opening::next(Opening::kMost), Opening::kMost);
}

TEST(OpenTime, GenerationsThatWrapLoseNoOpening) {
  Breaker breaker({.timeout = 100, .trip = "totalFailures > 0", .timeout_multiplier = 2, .max_timeout = 100'000}, 0,
                  (1U << 20) - 3);
  Nanos now = 1'000;
  for (Nanos expected = 100; expected < 10'000; expected *= 2) EXPECT_EQ(open_for(breaker, now), expected);
}

TEST(OpenTime, HoldsAtTheEndOfTime) {
  Breaker breaker({.timeout = kForever / 4, .trip = "totalFailures > 0", .timeout_multiplier = 1'000});
  Nanos now = 0;
  EXPECT_EQ(open_for(breaker, now), kForever / 4);
  breaker.fail(1, now);
  EXPECT_EQ(breaker.view(now).state, BreakerState::Open);
}

TEST(OpenTime, JitterMakesItLongerByUpToItsPartAndTheHintIsExact) {
  std::set<Nanos> drawn;
  Jitter jitter(7);
  for (int i = 0; i < 200; ++i) {
    Breaker breaker({.timeout = kSecond, .trip = "totalFailures > 0", .timeout_jitter = 0.5});
    Nanos now = 1'000;
    const Nanos time = open_for(breaker, now, &jitter);
    EXPECT_GE(time, kSecond);
    EXPECT_LE(time, kSecond + kSecond / 2);
    EXPECT_EQ(breaker.state(now - 1), BreakerState::Open);
    EXPECT_EQ(breaker.state(now), BreakerState::HalfOpen);
    drawn.insert(time);
  }
  EXPECT_GT(drawn.size(), 190u);
  EXPECT_LT(*drawn.begin(), kSecond + kSecond / 20);
  EXPECT_GT(*drawn.rbegin(), kSecond + 9 * kSecond / 20);
}

TEST(OpenTime, JitterIsOfTheGrownTimeAndGoesBeyondTheMost) {
  Jitter jitter(7);
  Breaker breaker({.timeout = kSecond, .trip = "totalFailures > 0", .timeout_multiplier = 4, .timeout_jitter = 1});
  Nanos now = 1'000, longest = 0;
  for (const Nanos base : {1, 4, 10, 10, 10, 10, 10, 10}) {
    const Nanos time = open_for(breaker, now, &jitter);
    longest = std::max(longest, time);
    EXPECT_GE(time, base * kSecond);
    EXPECT_LE(time, 2 * base * kSecond);
  }
  EXPECT_GT(longest, 13 * kSecond);
}

// With a seed all draws of an engine are one sequence.
TEST(OpenTime, WithoutJitterNothingIsDrawn) {
  Jitter jitter(7), untouched(7);
  Breaker breaker({.timeout = 100, .trip = "totalFailures > 0", .timeout_multiplier = 2});
  Nanos now = 1'000;
  for (const Nanos expected : {100, 200, 400}) EXPECT_EQ(open_for(breaker, now, &jitter), expected);
  EXPECT_EQ(jitter.draw(), untouched.draw());
}

TEST(Shadow, RejectsNobodyAndSaysWhatItWould) {
  Breaker breaker({.timeout = 100, .trip = "totalFailures > 0", .shadow = true});
  EXPECT_TRUE(breaker.attempt(Ending::Failure, 1'000).happened);
  for (const bool first : {true, false, false}) {
    const Admission admission = breaker.begin(1'010);
    EXPECT_TRUE(admission.shadow);
    EXPECT_EQ(admission.reason, Reason::Open);
    EXPECT_EQ(admission.wait, 91);
    EXPECT_EQ(admission.first_rejection, first);
  }
  EXPECT_FALSE(breaker.word().is_open_and_told()) << "that word would be rejected without a look at the plan";
  EXPECT_EQ(breaker.view(1'010).shadow_rejections, 3u);
  EXPECT_TRUE(breaker.view(1'010).shadow);
}

TEST(Shadow, HasAFirstRejectionInEachGenerationThoughTheirNumbersComeAgain) {
  Breaker breaker({.timeout = 100, .trip = "totalFailures > 0", .shadow = true});
  breaker.fail(1, 1'000);
  EXPECT_TRUE(breaker.begin(1'010).first_rejection);
  for (int change = 0; change < (1 << 20); ++change) {
    const BreakerWord word = breaker.word(),
                      next = BreakerWord::slow(Phase::Open, word.generation() + 1, word.payload());
    breaker.cells.word.store(next.raw());
    freshen_if_due<std::atomic>(next.generation(), breaker.cells.word, std::span(breaker.tallies));
  }
  EXPECT_TRUE(breaker.begin(1'010).first_rejection);
}

TEST(Shadow, ProbesAsEverAndShadowsTheRest) {
  Breaker breaker({.timeout = 100, .trip = "totalFailures > 0", .shadow = true});
  breaker.fail(1, 1'000);
  const Admission probe = breaker.begin(1'101), other = breaker.begin(1'101);
  EXPECT_TRUE(probe.permit.probe && !probe.shadow);
  EXPECT_TRUE(other.shadow && other.first_rejection);
  EXPECT_EQ(other.reason, Reason::TooManyRequests);
  EXPECT_EQ(breaker.end(probe.permit, Ending::Success, 1'101).to, BreakerState::Closed);
  EXPECT_FALSE(breaker.begin(1'101).shadow);
}

}  // namespace
}  // namespace resil
